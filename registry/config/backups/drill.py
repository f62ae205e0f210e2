"""The drill: a backup is restored on an empty PostgreSQL of its own, and looked at as the register it then is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from registry.config import folders
from registry.config.backups.dumping import restore
from registry.config.backups.manifest import Manifest, beside
from registry.config.database import ACTING, READING, elsewhere
from registry.config.postgres import DATABASE, SUPERUSER, Postgres
from registry.config.programs import postgres_programs_of
from registry.config.trouble import Trouble, need_space
from registry.ledger.checking import differences
from registry.ledger.days import shanghai_day
from registry.models import Practitioner, Registration, SanctionPeriod
from registry.queries.eligibility import Answer, Question, eligibilities

ASKED = 50
"""So many checks about people under sanction, and as many about others."""

GROWS = 6
"""How many times as large as its compressed dump a database is, with indexes, generously."""

MEGABYTE = 1024 * 1024
Say = Callable[[str], None]


@dataclass(frozen=True)
class Copy:
    """A restored register on a server of its own."""

    log_in: dict[str, str]
    superuser: dict[str, str]
    owner: dict[str, str]
    manifest: Manifest
    server: Postgres


def drill(dump: Path, *, say: Say) -> None:
    """Restore the backup on an empty server and see that everything is there and everything holds. Raises Trouble.

    Rows, chains, guards and roles are compared with the manifest, the ledger is recomputed, who is told of nobody must
    see nobody, and checks as known when the backup was made are asked on the register that runs and on the copy.
    """
    with restored(dump, say=say) as copy:
        look_over(copy, say=say)


def look_over(copy: Copy, *, say: Say) -> None:
    """Everything that a drill sees in a copy that was restored. Raises Trouble."""
    held = copy.manifest.contents
    rows = sum(rows for rows, _digest in held.tables.values())
    say(f"Rows, chains, guards and roles are those of the manifest: {len(held.tables)} tables, {rows:,} rows")
    see_that_it_holds(copy)
    say("check_register finds no difference")
    see_that_the_wall_stands(copy)
    say(f"{READING}, who is told of nobody, sees nobody")
    asked = see_that_it_answers_alike(copy)
    say(f"{asked} settlement checks have the same answers as on the register that runs")


@contextmanager
def restored(dump: Path, *, say: Say, streaming: bool = False) -> Iterator[Copy]:
    """Within, the backup is a register on an empty server that was made for it and is thrown away. Raises Trouble.

    `streaming` lets a standby follow it.
    """
    manifest = Manifest.read(beside(dump))
    programs = postgres_programs_of(manifest.contents.server)
    with folders.temporary("drill") as folder:
        need_space(folder, 200 + GROWS * dump.stat().st_size // MEGABYTE)
        server = Postgres(
            data=folder / "postgres",
            sockets=folder,
            log=folder / "postgres.log",
            throwaway=True,
            durable=streaming,
            streaming=streaming,
            programs=programs,
        )
        try:
            server.start()
            copy = _copy(server, manifest)
            _prepare(copy)
            began = time.monotonic()
            restore(dump, copy.owner)
            say(f"Restored on an empty PostgreSQL {programs.major} in {time.monotonic() - began:.1f} s")
            yield copy
        finally:
            server.stop()


def see_that_it_holds(copy: Copy) -> None:
    """Raises Trouble where the ledger of the copy does not say what its facts say."""
    with on(copy):
        found = list(differences())
    if found:
        told = "\n".join(f"  {each}" for each in found[:20])
        raise Trouble(f"check_register finds {len(found)} differences in the copy:\n{told}", "Run it where it runs.")


def see_that_the_wall_stands(copy: Copy) -> None:
    """Raises Trouble where somebody who is told of nobody sees anybody."""
    people = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(Practitioner._meta.db_table))
    with psycopg.connect(**copy.superuser) as session:  # type: ignore[arg-type]  # psycopg's own words
        session.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(READING)))
        seen = session.execute(people).fetchone()
    if seen != (0,):
        raise Trouble(f"{READING} sees people in the copy although nobody is shown to it.", "The wall does not stand.")


def see_that_it_answers_alike(copy: Copy) -> int:
    """Ask both the same checks, as known when the backup was made; return how many. Raises Trouble."""
    made_at = datetime.fromisoformat(copy.manifest.made_at)
    questions = questions_at(made_at)
    here = _answers(questions, made_at)
    with on(copy):
        there = _answers(questions, made_at)
    for question, one, other in zip(questions, here, there, strict=True):
        if one != other:
            raise Trouble(
                f"Asked about {question.practitioner} at {question.institution} on {question.on}, the register that"
                f" runs answers {one}, the copy {other}.",
                "Do not rely on this backup.",
            )
    return len(questions)


def questions_at(made_at: datetime) -> list[Question]:
    """Checks about people under sanction and about others, for that day and as known then."""
    registered = Registration.objects.filter(superseded_at=None, recorded_at__lte=made_at).order_by("pk")
    sanctioned = registered.filter(practitioner__in=SanctionPeriod.objects.values("practitioner"))
    asked = [
        pair
        for rows in (sanctioned, registered)
        for pair in rows.values_list("practitioner__code", "institution__code")[:ASKED]
    ]
    day = shanghai_day(made_at)
    return [
        Question(practitioner=person, institution=place, on=day, known_at=made_at) for person, place in sorted({*asked})
    ]


def _answers(questions: list[Question], now: datetime) -> list[Answer]:
    return eligibilities(questions, now=now)


@contextmanager
def on(copy: Copy) -> Iterator[None]:
    """Within, this process works on the copy."""
    connection.close()
    with elsewhere(connection.settings_dict, copy.log_in):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # the session learns whose sight it has before a transaction begins
        yield
        connection.close()


def _copy(server: Postgres, manifest: Manifest) -> Copy:
    at = {"host": str(server.sockets), "dbname": DATABASE}
    return Copy(
        log_in={**at, "user": ACTING},
        superuser={**at, "user": SUPERUSER},
        owner={**at, "user": manifest.contents.owner},
        manifest=manifest,
        server=server,
    )


def _prepare(copy: Copy) -> None:
    """The owner may have another name there."""
    name = copy.owner["user"]
    with psycopg.connect(**copy.superuser, autocommit=True) as session:  # type: ignore[arg-type]
        if not session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            session.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        owned = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        session.execute(owned.format(sql.Identifier(DATABASE), sql.Identifier(name)))
