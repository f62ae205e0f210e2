"""The projection put right where it is not what the facts say: computed by many, without a lock; written at once."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from registry.ledger.checking import Done, Progress
from registry.ledger.examining import Wrong, compare
from registry.ledger.families import Families, Person, families
from registry.ledger.projection import PERIOD_COLUMNS, SPAN_COLUMNS
from registry.ledger.shares import Spread, cut, here
from registry.rules.facts import InvalidHistory

AT_ONCE = 10_000
"""Files that are locked, compared or written by one statement."""

PATIENCE = "10s"
"""How long one file is waited for that somebody else is writing to."""

Hands = Callable[[], AbstractContextManager[Spread]]
Locking = Callable[[int], None]


class Busy(Exception):
    """Somebody else has been writing to a file for too long. Nothing was changed."""


@dataclass
class Findings:
    """The files that are wrong, kept on the disk: after a change of the law they may be most of the register."""

    kept: IO[bytes]
    files: int = 0

    def add(self, wrong: list[Wrong]) -> None:
        """Keep some more of them."""
        for each in wrong:
            pickle.dump(tuple(each), self.kept)
        self.files += len(wrong)

    def __iter__(self) -> Iterator[Wrong]:
        self.kept.seek(0)
        for _ in range(self.files):
            yield Wrong._make(pickle.load(self.kept))  # noqa: S301 - written by ourselves, in a file without a name


def rebuild(
    *, hands: Hands = lambda: nullcontext(here), progress: Progress | None = None, locking: Locking | None = None
) -> int:
    """Recompute the projection of everyone and put right what differs; return how many files were.

    All is computed as of one instant, and nobody waits. Then, in one transaction, the files found wrong are locked as
    every writer locks them, and rewritten: whoever writes to one of these waits (`locking` is told of how many, when
    it begins), readers see the old answers until the end. A file with which something happened since that instant is
    left to whoever did it, for they have rewritten it whole. All or nothing. Raises InvalidHistory for facts that are
    no history, and Busy.
    """
    with TemporaryFile() as kept:
        found = Findings(kept)
        with hands() as spread:
            find(found, spread, progress)
        return put_right(found, locking) if found.files else 0


def find(found: Findings, spread: Spread, progress: Progress | None) -> None:
    """Add every file that is wrong. Raises InvalidHistory."""
    shares, of_facts = cut()
    files = facts = 0
    for compared in spread(compare, shares):
        for fault in compared.broken:
            raise InvalidHistory("facts", None, fault)
        found.add(compared.wrong)
        files, facts = files + compared.files, facts + compared.facts
        if progress:
            progress(Done(files, facts, of_facts))


def put_right(found: Findings, locking: Locking | None = None) -> int:
    """Write what should be, of all files found in which nothing has happened since; return how many. Raises Busy."""
    with transaction.atomic(), connection.cursor() as cursor:
        _stage(cursor, found)
        if locking:
            locking(found.files)
        _lock(cursor)
        _leave_those_changed_since(cursor, found)
        for table, staged, columns in _TABLES:
            _replace(cursor, table, staged, ", ".join(columns))
        cursor.execute("SELECT count(*) FROM wrong_file")
        changed: int = cursor.fetchone()[0]
        cursor.execute("DROP TABLE wrong_file, wrong_period, wrong_span")
    return changed


_TABLES = (
    ("registry_sanctionperiod", "wrong_period", PERIOD_COLUMNS),
    ("registry_standingspan", "wrong_span", SPAN_COLUMNS),
)


def _stage(cursor: Any, found: Findings) -> None:
    cursor.execute("CREATE TEMPORARY TABLE wrong_file (file bigint, facts integer, files bigint[]) ON COMMIT DROP")
    for table, staged, columns in _TABLES:
        cursor.execute(f"CREATE TEMPORARY TABLE {staged} {_like(table, columns)}")
    for some in _batches(found):
        _copy(cursor, "wrong_file", ((each.file, each.facts, list(each.person.files)) for each in some))
        _copy(cursor, "wrong_period", ((each.file, *line) for each in some for line in each.should.periods))
        _copy(cursor, "wrong_span", ((each.file, *line) for each in some for line in each.should.spans))
    cursor.execute("ANALYZE wrong_file, wrong_period, wrong_span")


def _like(table: str, columns: tuple[str, ...]) -> str:
    chosen = ", ".join(columns)
    return f"ON COMMIT DROP AS SELECT practitioner_id AS file, {chosen} FROM {table} WITH NO DATA"  # noqa: S608


def _copy(cursor: Any, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as into:
        for row in rows:
            into.write_row(row)


def _lock(cursor: Any) -> None:
    """All files of these people, in order of id, as every writer does."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    try:
        cursor.execute(_LOCK)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Busy(
            f"Somebody has been writing to one of the files for more than {PATIENCE}: a long import, or a session that"
            " was left open (pg_stat_activity tells). Nothing was changed; start again when it has ended."
        ) from None


_LOCK = """
    SELECT count(*) FROM (
        SELECT id FROM registry_practitioner WHERE id IN (SELECT unnest(files) FROM wrong_file)
        ORDER BY id FOR NO KEY UPDATE
    ) AS locked
"""


def _replace(cursor: Any, table: str, staged: str, columns: str) -> None:
    """The rows of all these files by those that should be."""
    chosen = f"SELECT file, {columns} FROM {staged} JOIN wrong_file USING (file) ORDER BY file, starts_on"  # noqa: S608 - our own names
    cursor.execute(f"DELETE FROM {table} USING wrong_file WHERE practitioner_id = file")  # noqa: S608
    cursor.execute(f"INSERT INTO {table} (practitioner_id, {columns}) {chosen}")


def _leave_those_changed_since(cursor: Any, found: Findings) -> None:
    """Forget the files of people who have other facts, or other files, than when they were looked at."""
    cursor.execute(
        "DELETE FROM wrong_file WHERE facts <> (SELECT count(*) FROM registry_fact WHERE practitioner_id = ANY (files))"
    )
    for some in _batches(found):
        now = families(each.file for each in some)
        others = [each.file for each in some if _person_of(now, each.file) != each.person]
        cursor.execute("DELETE FROM wrong_file WHERE file = ANY (%s::bigint[])", [others])


def _person_of(now: Families, file: int) -> Person:
    kept = now.kept[file]
    return Person(kept, now.members[kept])


def _batches(found: Findings) -> Iterator[list[Wrong]]:
    every = iter(found)
    while some := list(islice(every, AT_ONCE)):
        yield some
