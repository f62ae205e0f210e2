"""Processes that never outlive the one that started them, not even when that one is killed. Standard library only."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent(by: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send ``by`` to this process when its parent dies. Linux only; elsewhere nothing happens."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, by.value, 0, 0, 0)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path | None = None,
    environ: Mapping[str, str] | None = None,
    ended_by: signal.Signals = signal.SIGKILL,
    become: Callable[[], None] | None = None,
    pass_fds: Collection[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``argv`` in a session of its own, so that Ctrl-C in a terminal reaches the parent only.

    Its output goes to ``log``, else to our standard error. ``become`` runs in the child first and may change who it is.
    Call from the main thread: the kernel sends ``ended_by`` when the starting *thread* ends.
    """
    parent = os.getpid()

    def prepare() -> None:
        if become:
            become()
        end_with_parent(ended_by)  # after become: changing identity clears it
        if os.getppid() != parent:
            os._exit(1)

    with log.open("wb") if log else os.fdopen(os.dup(2), "wb") as output:
        return subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environ,
            pass_fds=pass_fds,
            preexec_fn=prepare,  # noqa: PLW1509 - nothing else can set the signal between fork and exec
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, grace: float) -> None:
    """Ask with ``by``, wait ``grace`` seconds, then kill the process and everything it started in its session."""
    if process.poll() is None:
        process.send_signal(by)
    await_end(process, grace=grace)


def await_end(process: subprocess.Popen[bytes], *, grace: float) -> None:
    """Wait ``grace`` seconds for a process that was asked to end, then kill it and everything it started."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
