"""The settlement check asked of a read replica, whose answers say up to when it is known to have followed.

Whoever follows says how far it has come in the log of the primary, and not until when that is. So the primary is asked
for marks: an instant, and how long its log was just after it. A replica that has replayed as much of the log knows all
that was committed up to that instant, whatever the clocks of the machines say and however quiet the primary is.

Keys are looked up on the primary as ever, so a revocation counts at once; emergencies, which are written there, are
asked there, too. Where the replica is away, too far behind or follows another primary or none, the primary answers.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from registry.queries.eligibility import Answer, Question, eligibilities

CHECKS = "checks"
"""Django's alias of the replica."""

MARK_EVERY = 0.2
"""Seconds between two marks of a process: so much earlier than needed may the instant of an answer be."""

REST = 5.0
"""Seconds for which a replica that failed is left alone."""

_MARK = """
    SELECT clock_timestamp(), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,
        (SELECT system_identifier FROM pg_control_system()),
        pg_size_bytes(current_setting('wal_segment_size')), current_setting('wal_block_size')::bigint
"""  # in this order: the log holds what was committed before the clock was read
REPLAYED = """
    SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,
        (SELECT system_identifier FROM pg_control_system())
"""

"""Whether a server follows another one, how long the log is that it has replayed, and of which primary it is."""

_HEAD_OF_PAGE, _HEAD_OF_SEGMENT = 24, 40  # bytes, as PostgreSQL aligns them on 64 bits

log = structlog.get_logger(__name__)
_asking: ContextVar[bool] = ContextVar("whether the replica is asked", default=False)


class Behind(Exception):
    """The replica cannot answer well enough: too far behind, or not following this primary."""


class ChecksAskTheReplica:
    """Django's router: what a check reads comes from the replica while that is asked, all else from the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """The replica while it is asked."""
        return CHECKS if _asking.get() else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Never there."""
        return False if db == CHECKS else None


@dataclass(frozen=True, slots=True)
class Mark:
    """At `moment`, by the clock of the primary, its log was no longer than `length` bytes."""

    moment: datetime
    length: int
    primary: int
    taken: float = field(default_factory=time.monotonic)


class Marks:
    """The marks of this process, the newest last."""

    def __init__(self) -> None:
        self._marks: deque[Mark] = deque(maxlen=1000)
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def resting(self) -> bool:
        """Whether the replica is left alone for now."""
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        """Leave it alone for a while."""
        self._rests_until = time.monotonic() + REST

    def begin_anew(self) -> None:
        """Forget everything, as a process that starts."""
        self._marks.clear()
        self._rests_until = 0.0

    def up_to(self) -> datetime:
        """The newest instant up to which the replica knows everything. Raises Behind, DatabaseError."""
        self.renew()
        return self.moment_of(*_row(CHECKS, REPLAYED))

    def moment_of(self, standby: bool, length: int, primary: int) -> datetime:
        """The newest instant up to which the server that said this of itself (REPLAYED) knows all. Raises Behind."""
        marks = [*self._marks]
        if not marks or not standby or primary != marks[-1].primary:
            raise Behind("it does not follow this primary")
        known = next((mark for mark in reversed(marks) if mark.length <= length), None)
        if known is None or time.monotonic() - known.taken > settings.REGISTRY_CHECK_LAG:
            raise Behind("it is too far behind")
        return known.moment

    def due(self) -> bool:
        """Whether it is time for another mark."""
        return not self._marks or time.monotonic() - self._marks[-1].taken >= MARK_EVERY

    def renew(self) -> None:
        """Ask the primary for a mark, if it is time. Raises DatabaseError."""
        with self._lock:
            if self.due():
                taken = time.monotonic()  # before it is asked for, so that it never counts as younger than it is
                moment, length, primary, segment, page = _row("default", _MARK)
                self._marks.append(Mark(moment, end_of_log(length, segment=segment, page=page), primary, taken))


MARKS = Marks()


def end_of_log(length: int, *, segment: int, page: int) -> int:
    """Where the last record of the log ends, given where the next one would begin: not behind the head of a page that
    has nothing on it yet. Who replays says the end, and would seem behind until something else is written.
    """
    if length % segment == _HEAD_OF_SEGMENT:
        return length - _HEAD_OF_SEGMENT
    return length - _HEAD_OF_PAGE if length % page == _HEAD_OF_PAGE else length


def nearest_answers(questions: Sequence[Question], *, now: datetime) -> list[Answer]:
    """The answers of the replica where there is one and it can give them, else those of the primary.

    `known_at` of an answer of the replica is an instant up to which it is known to have followed.
    """
    answers = _of_replica(questions) if CHECKS in connections.databases else None
    return eligibilities(questions, now=now) if answers is None else answers


def _of_replica(questions: Sequence[Question]) -> list[Answer] | None:
    if MARKS.resting() or any(question.emergency for question in questions):
        return None
    try:
        known = MARKS.up_to()
        if any(question.known_at and question.known_at > known for question in questions):
            return None
        with _asked():
            return eligibilities(questions, now=known)
    except Behind:
        return None
    except (DatabaseError, InterfaceError) as error:  # of the primary, too: asked again, it says so itself
        MARKS.rest()
        log.warning("replica_left_alone", error=type(error).__name__, seconds=REST)
        return None


@contextmanager
def _asked() -> Iterator[None]:
    token = _asking.set(True)
    try:
        yield
    finally:
        _asking.reset(token)


def _row(alias: str, question: str) -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return tuple(cursor.fetchone() or ())
