"""Making a backup and restoring one, by PostgreSQL's own programs."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from registry.config.backups.manifest import Contents, Manifest, beside, digest_of, instant, key_signs, shown
from registry.config.database import ACTING, KEEPING, READING
from registry.config.programs import dumping_programs
from registry.config.trouble import FULL_DISK, Trouble, no_space

LogIn = Mapping[str, str]

KEEPER_SQL = f"""CREATE ROLE {KEEPING} LOGIN BYPASSRLS PASSWORD '…'; GRANT pg_read_all_data TO {KEEPING};"""
ROLES_SQL = f"CREATE ROLE {ACTING} LOGIN NOINHERIT PASSWORD '…'; CREATE ROLE {READING}; GRANT {READING} TO {ACTING};"
_SEES_EVERYTHING = "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
_UNREADABLE = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
        AND NOT has_table_privilege(oid, 'SELECT') ORDER BY 1
"""
_ANYTHING = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1
"""


def back_up(dump: Path, keeper: LogIn | None) -> Manifest:
    """Dump the whole database into the file and write its manifest beside it; both show one moment. Raises Trouble.

    Nobody is held up meanwhile. The files are ours alone (0600). Until the manifest is there, which comes last, there
    is no backup; what was begun and not finished is taken away.
    """
    if keeper is None:
        raise Trouble(
            "DATABASE_BACKUP_URL is not set: the role of the application and the owner of the tables may not read past"
            " the wall, and a dump that they make would lack people.",
            f"Make a role that may, as a superuser: {KEEPER_SQL} Then set DATABASE_BACKUP_URL.",
        )
    unfinished = dump.with_name(f"{dump.name}.unfinished")
    _refuse_what_is_there(dump, unfinished)
    unfinished.touch(mode=0o600, exist_ok=False)
    try:
        manifest = _dumped(unfinished, keeper)
        manifest.write(beside(unfinished))
        _to_disk(unfinished, beside(unfinished))
        unfinished.rename(dump)
        beside(unfinished).rename(beside(dump))
        _to_disk(dump.parent)
    finally:
        unfinished.unlink(missing_ok=True)
        beside(unfinished).unlink(missing_ok=True)
    return manifest


def _dumped(file: Path, keeper: LogIn) -> Manifest:
    with _reading(keeper) as connection:
        _refuse_who_is_held_back(connection)
        now, snapshot = _first(connection, "SELECT now(), pg_export_snapshot()")
        programs = dumping_programs(connection.info.server_version // 10000)
        told = ["--format=custom", f"--snapshot={snapshot}", f"--file={file}", "--no-password"]
        _run([programs / "pg_dump", *told], keeper, what="pg_dump", folder=file.parent)
        contents = Contents.of(connection)
    return Manifest(
        register=settings.REGISTRY_REGISTER_ID,
        made_at=instant(now),
        keys=key_signs(),
        dump=digest_of(file),
        contents=contents,
    )


def restore(dump: Path, owner: LogIn, *, jobs: int = 1) -> Manifest:
    """Fill the empty database of `owner` with the backup and compare all of it with the manifest. Raises Trouble.

    With one job it is one transaction; with more, a restoring that fails leaves a database that must be dropped.
    """
    manifest = Manifest.read(beside(dump))
    _refuse_other_keys(manifest)
    _refuse_newer(manifest)
    if digest_of(dump) != manifest.dump:
        raise Trouble(f"{dump} is not the file that its manifest describes: it was altered or cut off.", "Use another.")
    with psycopg.connect(**owner) as connection:  # type: ignore[arg-type]  # psycopg's own words
        _refuse_unfit(connection, manifest)
    programs = dumping_programs(manifest.contents.server)
    at_once = ["--single-transaction"] if jobs == 1 else [f"--jobs={jobs}"]
    into = ["--no-owner", "--exit-on-error", f"--dbname={owner['dbname']}", "--no-password"]
    _run([programs / "pg_restore", *at_once, *into, dump], owner, what="pg_restore", folder=dump.parent)
    with psycopg.connect(**owner, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute("ANALYZE")
    compare(manifest, owner)
    return manifest


def compare(manifest: Manifest, owner: LogIn) -> None:
    """Raises Trouble unless the database holds what the manifest says: rows, chains, guards and roles."""
    with psycopg.connect(**owner) as connection:  # type: ignore[arg-type]
        faults = manifest.contents.faults(Contents.of(connection))
    if faults:
        raise Trouble(
            f"The database does not hold what the backup held; {len(faults)} differences:\n{shown(faults)}",
            "Do not use it: drop it, and restore another backup.",
        )


@contextmanager
def _reading(keeper: LogIn) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that sees one moment."""
    with psycopg.connect(**keeper) as connection:  # type: ignore[arg-type]
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def _refuse_what_is_there(dump: Path, unfinished: Path) -> None:
    for each in (dump, beside(dump)):
        if each.exists():
            raise Trouble(f"{each} is there already.", "A backup never takes the place of another: name another file.")
    if unfinished.exists():
        raise Trouble(
            f"{unfinished} is there: of a backup that still runs, or that was killed.",
            "Wait for the one, or remove what the other left.",
        )
    if not dump.parent.is_dir() or not os.access(dump.parent, os.W_OK):
        raise Trouble(f"Nothing can be written to the folder {dump.parent}.", "Make it, or name another one.")


def _refuse_who_is_held_back(connection: psycopg.Connection[Any]) -> None:
    if not _first(connection, _SEES_EVERYTHING)[0]:
        raise Trouble(
            f"The role {connection.info.user} is held back by row-level security: rows about people and cases would be"
            " missing from the dump, and nobody would notice.",
            f"As a superuser: ALTER ROLE {connection.info.user} BYPASSRLS; or make a role for it: {KEEPER_SQL}",
        )
    unreadable = [name for (name,) in connection.execute(_UNREADABLE)]
    if unreadable:
        raise Trouble(
            f"The role {connection.info.user} may not read {', '.join(unreadable[:5])}"
            f"{' and others' if len(unreadable) > 5 else ''}: the dump would not be whole.",
            f"As a superuser: GRANT pg_read_all_data TO {connection.info.user};",
        )


def _refuse_other_keys(manifest: Manifest) -> None:
    if manifest.register != settings.REGISTRY_REGISTER_ID:
        raise Trouble(
            f"The backup is of the register {manifest.register}; this one is {settings.REGISTRY_REGISTER_ID}.",
            "Set REGISTRY_REGISTER_ID as it was there.",
        )
    here = set(key_signs().values())
    missing = [name for name, sign in manifest.keys.items() if sign not in here]
    if missing:
        raise Trouble(
            f"The keys here are not those under which the backup was made: {', '.join(missing)}. What is sealed in it"
            " could not be opened, and its chains not be checked.",
            "Keys are never in a backup: take them from where they are kept, and set them as they were.",
        )


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest.contents.migrations) - known):
        raise Trouble(
            f"The backup is of a newer register than this one, which does not know {', '.join(newer[:5])}.",
            "Restore it with the version that made it, or a newer one.",
        )


def _refuse_unfit(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    server, user = connection.info.server_version // 10000, connection.info.user
    if server != manifest.contents.server:
        raise Trouble(
            f"The backup is of PostgreSQL {manifest.contents.server}; the server here is {server}.",
            "Restore it on the same version, and bring that to the newer one by pg_upgrade.",
        )
    if user != manifest.contents.owner:
        raise Trouble(
            f"The tables belong to {manifest.contents.owner}, whom their policies name; the log-in here is of {user}.",
            f"Make the role {manifest.contents.owner} the owner of the database, and name it in DATABASE_OWNER_URL.",
        )
    asked = "SELECT count(*) FROM pg_roles WHERE rolname = ANY (%s)"
    if _first(connection, asked, [[ACTING, READING]])[0] < 2:
        raise Trouble("The roles of the register are not on this server.", f"As a superuser: {ROLES_SQL} {KEEPER_SQL}")
    if found := connection.execute(_ANYTHING).fetchone():
        raise Trouble(
            f"The database {connection.info.dbname} is not empty: it has {found[0]}, for example.",
            "A backup is restored into an empty one only: make another database, or drop this one yourself.",
        )


def _run(argv: Sequence[str | Path], log_in: LogIn, *, what: str, folder: Path) -> None:
    """With the log-in in the environment: what stands on a command line is seen by everybody on the machine."""
    names = {"user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE"}
    given = {names.get(name, f"PG{name.upper()}"): value for name, value in log_in.items()}
    environ = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **given}
    done = subprocess.run([str(word) for word in argv], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        told = "\n".join(done.stderr.splitlines()[-8:])
        if FULL_DISK in told:
            raise no_space(folder, f"{what} could not write any more")
        raise Trouble(
            f"{what} failed. Its last lines:\n{told}", "Nothing was kept of it; run it again when the cause is gone."
        )


def _to_disk(*files: Path) -> None:
    for each in files:
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _first(connection: psycopg.Connection[Any], asked: str, given: Sequence[Any] = ()) -> tuple[Any, ...]:
    row = connection.execute(asked, given).fetchone()
    assert row is not None
    return tuple(row)
