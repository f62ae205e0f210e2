"""Why the demo or the servers cannot start, told to whoever typed the command. Standard library only."""

import shutil
from pathlib import Path

FULL_DISK = "No space left on device"
MEGABYTE = 1024 * 1024


class Trouble(Exception):
    """What is wrong, with which value, and what to do next."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n{remedy}")
        self.what, self.remedy = what, remedy


def need_space(folder: Path, megabytes: int) -> None:
    """Raise Trouble unless ``megabytes`` are free where ``folder`` is."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < megabytes:
        raise no_space(folder, f"{free} MB are free, {megabytes} MB are needed")


def no_space(folder: Path, detail: str) -> Trouble:
    """The disk is full, or about to be."""
    return Trouble(
        f"There is not enough space on the disk of {folder}: {detail}.",
        "Make room there, or name a folder on another disk (demo --data DIR; for tests the variable TMPDIR).",
    )


def failed(what: str, folder: Path, output: str) -> Trouble:
    """A program ended although it should not have; its last lines tell why."""
    if FULL_DISK in output:
        return no_space(folder, "a program could not write any more")
    return Trouble(
        f"{what} failed. Its last lines:\n{output}",
        "If the lines do not tell you what to do, remove the data folder and start again.",
    )
