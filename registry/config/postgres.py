"""A PostgreSQL of our own on a private Unix socket: making its folder, starting it, its roles."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from registry.config.children import last_lines, spawn, stop
from registry.config.database import ACTING, KEEPING, READING
from registry.config.programs import BUILTIN_LOCALE_SINCE, PostgresPrograms, postgres_programs
from registry.config.trouble import Trouble, failed
from registry.config.unroot import Disguise, NoDisguise, disguise

SUPERUSER = "postgres"
OWNER = "registry_owner"
ROLES = {
    OWNER: sql.SQL("LOGIN"),
    ACTING: sql.SQL("LOGIN NOINHERIT"),
    READING: sql.SQL("NOLOGIN"),
    KEEPING: sql.SQL("LOGIN BYPASSRLS"),
}
"""Who acts does not inherit from who reads: what binds the one must not bind the other."""

DATABASE = "registry"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "synchronous_commit": "off",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
STREAMING = {"wal_level": "replica", "max_wal_senders": "4"}


class Postgres:
    """One server on the folder ``data``, its socket in ``sockets``. ``throwaway`` data need not survive a power cut.

    By default an answer does not wait for the disk: a server that is killed may forget the last second.
    ``durable`` keeps whatever was answered, as a server of production does. ``streaming`` lets others follow it.
    """

    def __init__(
        self,
        *,
        data: Path,
        sockets: Path,
        log: Path,
        throwaway: bool,
        durable: bool = False,
        streaming: bool = False,
        programs: PostgresPrograms | None = None,
    ) -> None:
        self.data, self.sockets, self.log, self.throwaway = data, sockets, log, throwaway
        self.programs = programs
        self.kept: Mapping[str, str] = {
            **({"synchronous_commit": "on"} if durable else {}),
            **(STREAMING if streaming else {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder when there is none, start, wait, and make roles and database. Raises Trouble."""
        programs = self.programs or postgres_programs()
        way = _way(programs, self.data.parent)
        if self.data.exists():
            _refuse_other_version(self.data, programs)
            _forget_dead_server(self.data)
            _give(self.data, way.owner)
        else:
            self._fill(programs, way)
        self.process = spawn(
            [programs.postgres, "-D", self.data, *self._options()],
            log=self.log,
            environ=_environ(),
            ended_by=signal.SIGQUIT,  # the postmaster takes its children along; the log is replayed at the next start
            become=way.become,
        )
        self._wait()
        self._make_roles()

    def stop(self) -> None:
        """End it in order. Whoever is still connected is cut off."""
        if self.process:
            stop(self.process, by=signal.SIGQUIT if self.throwaway else signal.SIGINT, grace=STOP_SECONDS)
            self.process = None

    def url(self, user: str) -> str:
        """The address of the database for ``user``. The socket's folder lets in nobody but us: no passwords."""
        return f"postgres://{user}@/{DATABASE}?host={self.sockets}"

    def _fill(self, programs: PostgresPrograms, way: Disguise) -> None:
        # the builtin provider sorts; trigrams of Chinese names still ask LC_CTYPE what a letter is
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
        locale = builtin if programs.major >= BUILTIN_LOCALE_SINCE else ["--locale=C.UTF-8"]
        common = ["--encoding=UTF8", f"--username={SUPERUSER}", "--auth=trust", "--no-sync", "--no-instructions"]
        make_folder(self.data, [programs.initdb, *locale, *common], way)

    def _options(self) -> list[str]:
        options = {
            **COMMON,
            **(THROWAWAY if self.throwaway else {}),
            **self.kept,
            "unix_socket_directories": str(self.sockets),
        }
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True)

    def _wait(self) -> None:
        assert self.process
        until = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.03)
        self.stop()
        raise failed("Starting PostgreSQL", self.data, last_lines(self.log))

    def _make_roles(self) -> None:
        with self._connect() as connection:
            there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            owner, acting, reading, database = map(sql.Identifier, (OWNER, ACTING, READING, DATABASE))
            for name in ROLES.keys() - there:
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), ROLES[name]))
            connection.execute(sql.SQL("GRANT {} TO {}").format(acting, owner))
            connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(acting))
            connection.execute(sql.SQL("GRANT {} TO {}").format(reading, acting))
            connection.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(sql.Identifier(KEEPING)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))


def _way(programs: PostgresPrograms, folder: Path) -> Disguise:
    try:
        return disguise(programs.postgres, folder)
    except NoDisguise:
        raise Trouble(
            "PostgreSQL refuses to run as root, and root may neither make a user namespace here nor change its user.",
            "Run the command as an ordinary user, or set DATABASE_URL to a running PostgreSQL.",
        ) from None


def make_folder(data: Path, program: Sequence[str | Path], way: Disguise) -> None:
    """By a program that makes the folder named after ``-D``. Under another name first: what is interrupted is never
    taken for whole. Raises Trouble.
    """
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    made = subprocess.run(
        [*program, "-D", unfinished], capture_output=True, text=True, check=False, env=_environ(), preexec_fn=way.become
    )
    if made.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise failed("Making the database folder", data, made.stderr)
    unfinished.rename(data)


def _refuse_other_version(data: Path, programs: PostgresPrograms) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise Trouble(
            f"{data} is not a database folder: {error.strerror}.", "Remove it, or name another folder with --data."
        ) from None
    if found != str(programs.major):
        raise Trouble(
            f"The data in {data} is of PostgreSQL {found}; the programs here are of PostgreSQL {programs.major}.",
            f"Name another folder with --data, or remove {data} to start with new data.",
        )


def _forget_dead_server(data: Path) -> None:
    """A killed server leaves its number behind; by now it may be another program's. Ours stands in the data folder."""
    pid_file = data / "postmaster.pid"
    until = time.monotonic() + STOP_SECONDS
    while Path("/proc/self").exists() and pid_file.exists():
        if not _stands_in(pid_file.read_text().split("\n")[0], data):
            pid_file.unlink(missing_ok=True)
        elif time.monotonic() > until:
            raise Trouble(
                f"A PostgreSQL server still runs on {data}.", f"End it: kill {pid_file.read_text().split()[0]}"
            )
        time.sleep(0.05)


def _stands_in(pid: str, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _give(data: Path, owner: int) -> None:
    """Root may have run it in the other disguise before."""
    if os.geteuid() != 0 or data.stat().st_uid == owner:
        return
    for folder, folders, files in os.walk(data):
        for name in ("", *folders, *files):
            os.chown(Path(folder, name), owner, owner, follow_symlinks=False)


def _environ() -> dict[str, str]:
    """No PGHOST or PGDATA of the user's shall reach our server, nor a language."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
