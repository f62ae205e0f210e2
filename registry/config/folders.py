"""Folders that only we may enter: of data, held by one process at a time; of sockets, short-lived and short-named."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from registry.config.trouble import Trouble

LONGEST_SOCKET_PATH = 107  # bytes in sockaddr_un, less the closing zero
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")
PREFIX = "register-"
FURTHER_BASES = ("/tmp", "/var/tmp")  # noqa: S108 - what is made there is private
SETTLED_SECONDS = 60  # a folder younger than this may be about to be held


def private(folder: Path) -> Path:
    """Make ``folder`` when missing; see that it is ours and closed to others. Raises Trouble."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Trouble(
            f"The folder {folder} cannot be made: {error.strerror}.", "Name another one with --data."
        ) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Trouble(f"{folder} is not a folder of yours (user {os.geteuid()}).", "Name another one with --data.")
    folder.chmod(0o700)
    return folder


def hold(folder: Path, used_by: str) -> TextIO:
    """Hold ``folder`` until the file returned is closed or this process ends. Raises Trouble when another holds it."""
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise Trouble(
            f"The folder {folder} is in use by another {used_by} (process {holder}).",
            f"End that one first (kill {holder}), or name another folder with --data.",
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


@contextmanager
def temporary(purpose: str) -> Iterator[Path]:
    """A new private folder whose name is short enough for sockets inside, removed at the end.

    Folders of processes that were killed, which nobody holds any more, are removed first.
    """
    _remove_abandoned(purpose)
    folder = private(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-", dir=_base(purpose))))
    try:
        with hold(folder, "process"):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _base(purpose: str) -> str:
    for base in (tempfile.gettempdir(), *FURTHER_BASES):
        if len(os.fsencode(base)) + len(f"/{PREFIX}{purpose}-12345678") + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return base
    raise Trouble(
        "No temporary folder has a name short enough for a socket.", "Set TMPDIR to a folder with a short name."
    )


def _remove_abandoned(purpose: str) -> None:
    for folder in Path(_base(purpose)).glob(f"{PREFIX}{purpose}-*"):
        try:
            if time.time() - folder.stat().st_mtime > SETTLED_SECONDS:
                hold(folder, "process").close()
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, Trouble):
            continue  # of another user, or held
