"""A register with a replica for its checks, on this machine: to be shown, and to be tested."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from registry.config import folders
from registry.config.backups.drill import Copy, Say, questions_at
from registry.config.standby import Standby
from registry.config.trouble import Trouble
from registry.queries.eligibility import Answer, Question
from registry.queries.nearest import CHECKS, MARK_EVERY, MARKS, nearest_answers

PATIENCE = 20.0  # seconds


@contextmanager
def followed(copy: Copy) -> Iterator[Standby]:
    """Within, checks of this process ask a replica that follows the copy, on which it must work already."""
    with folders.temporary("follow") as folder:
        standby = Standby(copy.server, data=folder / "postgres", sockets=folder, log=folder / "postgres.log")
        try:
            standby.start()
            connections.databases[CHECKS] = {**connection.settings_dict, "HOST": str(folder)}
            MARKS.begin_anew()
            yield standby
        finally:
            connections[CHECKS].close()
            del connections[CHECKS], connections.databases[CHECKS]
            standby.stop()


def pause(standby: Standby) -> None:
    """Let it receive the log and replay no more of it."""
    _do(standby, "SELECT pg_wal_replay_pause()")
    until = time.monotonic() + PATIENCE
    while _do(standby, "SELECT pg_get_wal_replay_pause_state()") != "paused" and time.monotonic() < until:
        time.sleep(0.01)


def resume(standby: Standby) -> None:
    """Let it go on."""
    _do(standby, "SELECT pg_wal_replay_resume()")


def of_replica(question: Question) -> Answer:
    """The answer of the replica, as soon as it has come so far. Raises Trouble."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        now = timezone.now()
        (answer,) = nearest_answers([question], now=now)
        if answer.known_at != now:
            return answer
        time.sleep(0.02)
    raise Trouble("The replica does not catch up.", "Look into its log.")


def show(copy: Copy, *, say: Say) -> None:
    """What a check answers while its replica follows, stands still, is too far behind, and is gone."""
    with followed(copy) as standby:
        question = replace(questions_at(datetime.fromisoformat(copy.manifest.made_at))[0], known_at=None)
        say(_told("the replica follows", of_replica(question)))
        pause(standby)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'register', 'something is committed')")
        for seconds in (1, 1, 1):
            time.sleep(seconds)
            say(_told("its replay is paused", _asked(question)))
        time.sleep(settings.REGISTRY_CHECK_LAG)
        say(_told(f"and behind by more than {settings.REGISTRY_CHECK_LAG:g} s", _asked(question)))
        resume(standby)
        say(_told("replay goes on", of_replica(question)))
        say(_costs(question))
        standby.stop()
        say(_told("it is gone", _asked(question)))


def _asked(question: Question) -> Answer:
    return nearest_answers([question], now=timezone.now())[0]


def _told(when: str, answer: Answer) -> str:
    ago = (timezone.now() - answer.known_at).total_seconds()
    return f"{when + ':':<32} {'payable' if answer.payable else 'not payable'}, as known {ago:.2f} s ago"


def _costs(question: Question) -> str:
    """Processor and waiting time of a check, by both, one after the other on one connection."""
    turns = 200
    took = []
    for rest in (False, True):
        MARKS.begin_anew()
        if rest:
            MARKS.rest()
        began = time.perf_counter()
        for _turn in range(turns):
            _asked(question)
        took.append((time.perf_counter() - began) / turns * 1000)
    MARKS.begin_anew()
    return f"a check of the replica / of the primary takes {took[0]:.2f} / {took[1]:.2f} ms, a mark each {MARK_EVERY} s"


def _do(standby: Standby, statement: str) -> object:
    with psycopg.connect(standby.url("postgres"), autocommit=True) as session, suppress(psycopg.ProgrammingError):
        row = session.execute(statement).fetchone()
        return row[0] if row else None
    return None
