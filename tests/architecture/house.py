"""The files of the repository, as git would take them."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from registry.config.bootstrap import HOUSE


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be added to it."""
    names = _from_git() if shutil.which("git") and (HOUSE / ".git").exists() else _from_disk(HOUSE)
    return tuple(sorted(path for path in names if path.is_file()))


def _from_git() -> list[Path]:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listed, cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    return [HOUSE / name for name in told.split("\0") if name]


def _from_disk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != "__pycache__" and (not path.name.startswith(".") or path.name == ".ci"):
            yield from _from_disk(path)
        elif path.is_file() and path.suffix != ".pyc":
            yield path


def python_files() -> list[Path]:
    """The programs among them, without migrations, which are generated."""
    return [path for path in files() if path.suffix == ".py" and "migrations" not in path.parts]


def texts() -> list[tuple[Path, str]]:
    """Every file that is text, with its text."""
    return [(path, path.read_bytes().decode()) for path in files() if b"\0" not in path.read_bytes()]


def told(path: Path) -> str:
    """Its name inside the repository."""
    return path.relative_to(HOUSE).as_posix()
