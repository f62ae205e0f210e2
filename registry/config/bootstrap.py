"""From a bare Python to one with the packages of the lock file. Standard library only.

The packages live in ``.venv`` beside ``manage.py``. A stamp in it holds the digest of the lock file it was filled from,
so that a changed lock file is noticed and an unchanged one costs nothing.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

HOUSE = Path(__file__).resolve().parents[2]
VENV = HOUSE / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = HOUSE / "requirements.lock"
DEVELOPMENT = HOUSE / "requirements-dev.lock"
NEED_DEVELOPMENT = {"test", "bench"}


def ensure_packages(argv: Sequence[str]) -> None:
    """Return when this process may import the locked packages; else install them and start ``argv`` anew in ``.venv``.

    Where another environment was made for the register (a container, an activated one), it is used as it is.
    """
    lock = lock_for(argv)
    if _inside_venv():
        if not filled_from(lock):
            _install(lock)
            _restart(argv)
        return
    if not PYTHON.exists() and _complete_elsewhere(lock):
        return
    if not filled_from(lock):
        _install(lock)
    _restart(argv)


def lock_for(argv: Sequence[str]) -> Path:
    """The lock file that the command in ``argv`` needs: tests and benchmarks need the development packages too."""
    return DEVELOPMENT if set(argv[1:2]) & NEED_DEVELOPMENT else RUNTIME


def filled_from(lock: Path) -> bool:
    """Whether ``.venv`` was filled from this very lock file, or from the development one, which holds all of it."""
    return any(_stamp(each).is_file() and _stamp(each).read_text() == _digest(each) for each in {lock, DEVELOPMENT})


def _inside_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _complete_elsewhere(lock: Path) -> bool:
    needed = ["django", "pytest"] if lock == DEVELOPMENT else ["django"]
    return sys.prefix != sys.base_prefix and all(map(importlib.util.find_spec, needed))


def _stamp(lock: Path) -> Path:
    return VENV / f"filled-from-{lock.name}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _restart(argv: Sequence[str]) -> NoReturn:
    os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606 - the same process, so that whoever started it can end it


def _install(lock: Path) -> None:
    _say(f"Installing the packages of {lock.name} into {VENV.name}/ (once; about a minute)")
    if not PYTHON.exists():
        _make_venv()
    _stamp(lock).unlink(missing_ok=True)
    _pip_install(lock)
    _stamp(lock).write_text(_digest(lock))
    _say("Packages are ready")


def _make_venv() -> None:
    if not os.access(HOUSE, os.W_OK):
        _stop(
            f"{HOUSE} cannot be written to, so .venv cannot be made in it.\n"
            "Copy the folder to a place of your own and run it there."
        )
    with_pip = importlib.util.find_spec("ensurepip") is not None
    if importlib.util.find_spec("venv") is None or not (with_pip or importlib.util.find_spec("pip")):
        _stop(
            f"{sys.executable} comes without the modules venv and ensurepip, so the packages cannot be installed.\n"
            "Install them (on Debian and Ubuntu: apt-get install python3-venv) and run the command again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)], check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        _stop(
            f"{sys.executable} -m venv failed (above is why), so the packages cannot be installed.\n"
            "On Debian and Ubuntu: apt-get install python3-venv. Then run the command again."
        )


def _pip_install(lock: Path) -> None:
    own_pip = (VENV / "bin" / "pip").exists()
    pip = [str(PYTHON), "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--require-hashes", "--no-deps", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    if os.environ.get("PIP_ONLY_BINARY") is None:
        options += ["--prefer-binary"]
    done = subprocess.run([*pip, "install", *options, "-r", str(lock)], stdout=sys.stderr, check=False)
    if done.returncode:
        _stop(
            f"Installing the packages of {lock.name} failed; the lines above say at which package.\n"
            "The first run needs a package index over the network (pip's settings name it) and about 600 MB of disk.\n"
            "What is installed is kept: run the command again when the cause is gone."
        )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop(message: str) -> NoReturn:
    sys.exit(message)
