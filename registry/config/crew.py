"""The processes of a running register: started together, watched, ended together. Standard library only."""

import errno
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from registry.config import ready
from registry.config.bootstrap import HOUSE
from registry.config.children import await_end, last_lines, spawn, stop
from registry.config.trouble import Trouble, failed

HOST = "127.0.0.1"
READY_SECONDS = 120.0
STOP_SECONDS = 5.0
LOOK_EVERY = 0.05


@contextmanager
def reserved(port: int) -> Iterator[socket.socket]:
    """A socket bound to ``port`` of this machine, 0 for any free one. Raises Trouble when it is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise _port_trouble(port, error) from None
        yield listener


def _port_trouble(port: int, error: Exception) -> Trouble:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return Trouble(f"Port {port} of {HOST} is in use by another program.", f"Choose another: --port {port + 1}")
    return Trouble(
        f"Port {port} of {HOST} cannot be used: {error}.", "Choose one between 1024 and 65535, for example --port 8000"
    )


def run(arguments: Sequence[str], *, what: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Run a command of ours to its end; what it tells goes to standard error. Raises Trouble when it fails."""
    process = spawn([sys.executable, *arguments], environ=environ)
    try:
        if process.wait() != 0:
            raise Trouble(
                f"{what} failed; the lines above say why.",
                f"When the cause is gone, run it again; the data is in {folder}.",
            )
    finally:
        stop(process, grace=STOP_SECONDS)


class Crew:
    """Processes with one environment, each with a log of its name."""

    def __init__(self, logs: Path, environ: Mapping[str, str]) -> None:
        self.logs = logs
        self.environ = {**environ, ready.FOLDER: str(logs), "PYTHONPATH": str(HOUSE)}
        self.members: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str], pass_fds: Collection[int] = ()) -> None:
        """Start a Python process; it leaves a file ``NAME.ready`` in the folder of logs when it is ready."""
        self._sign(name).unlink(missing_ok=True)
        argv = [sys.executable, *arguments]
        self.members[name] = spawn(argv, log=self._log(name), environ=self.environ, pass_fds=pass_fds)

    def wait_until_ready(self) -> None:
        """Return when every one is ready. Raises Trouble when one ends before or takes too long."""
        until = time.monotonic() + READY_SECONDS
        while missing := [name for name in self.members if not self._sign(name).exists()]:
            self.check()
            if time.monotonic() > until:
                raise failed(f"Starting {missing[0]}", self._log(missing[0]), last_lines(self._log(missing[0])))
            time.sleep(LOOK_EVERY)

    def check(self) -> None:
        """Raise Trouble when one has ended by itself."""
        for name, process in self.members.items():
            if process.poll() is not None:
                raise failed(f"The process '{name}'", self._log(name), last_lines(self._log(name)))

    def end(self) -> None:
        """End all: ask everybody first, then wait for each. A task that is cut off runs again later."""
        for process in self.members.values():
            if process.poll() is None:
                process.send_signal(signal.SIGQUIT)
        for process in self.members.values():
            await_end(process, grace=STOP_SECONDS)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _sign(self, name: str) -> Path:
        return self.logs / f"{name}.ready"
