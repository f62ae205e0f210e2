"""Looking at the processes of this machine."""

import time
from collections.abc import Callable
from pathlib import Path


def processes_with(text: str) -> set[int]:
    """The processes whose command line or environment holds ``text``."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue  # gone meanwhile, or not ours
        if text.encode() in told:
            found.add(int(folder.name))
    return found


def comes_true(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Whether ``condition`` holds within ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
