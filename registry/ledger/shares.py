"""The register cut into shares: runs of files by their id, each read whole, so that many may be read at one time.

What a share needs comes as plain rows straight from PostgreSQL; models and their conversions cost more than the law.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import connection
from psycopg.types.datetime import TimestamptzBinaryLoader

from registry.ledger.chain import FactRow
from registry.ledger.projection import PERIOD_COLUMNS, SPAN_COLUMNS, Lines

T = TypeVar("T")
W = TypeVar("W")

FACTS_OF_A_SHARE = 10_000

_AS_TEXT = {"origin_id": "origin_id::text", "because": "because::text[]"}
"""An identifier is compared and hashed as text; an object for each would cost as much as the rest of its row."""


class Share(NamedTuple):
    """The files whose id is greater than `after` and not greater than `until`."""

    after: int
    until: int


class Spread(Protocol):
    """Does something with each share or piece of work, in this process or in several, and gives what came of it, in
    their order.
    """

    def __call__(self, do: Callable[[W], T], pieces: Sequence[W], /) -> Iterator[T]: ...


def here(do: Callable[[W], T], pieces: Sequence[W], /) -> Iterator[T]:
    """One after the other, in this process, each when what comes of it is asked for."""
    return map(do, pieces)


class Cut(NamedTuple):
    """All files as shares, and how many facts there are in all of them."""

    shares: list[Share]
    facts: int


def cut() -> Cut:
    """Every file, in shares of about `FACTS_OF_A_SHARE` facts; a file is never cut in two."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [FACTS_OF_A_SHARE])
        ends = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM registry_fact")
        facts = cursor.fetchone()[0]
    return Cut([Share(after, until) for after, until in zip([0, *ends], [*ends, _LAST], strict=True)], facts)


_ENDS = """
    SELECT DISTINCT practitioner_id FROM (
        SELECT practitioner_id, row_number() OVER (ORDER BY practitioner_id) AS number FROM registry_fact
    ) AS numbered
    WHERE number %% %s = 0 ORDER BY 1
"""
_LAST = 2**63 - 1


def facts_of(share: Share) -> list[FactRow]:
    """The facts of the share's files, by file and number."""
    return _facts("practitioner_id > %s AND practitioner_id <= %s", share)


def facts_of_files(files: Iterable[int]) -> list[FactRow]:
    """The facts of some files, by file and number."""
    return _facts("practitioner_id = ANY(%s)", [list(files)])


def entries_by_id(ids: Iterable[int]) -> dict[int, str]:
    """The identifiers of some facts in their registers of origin, by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, origin_id::text FROM registry_fact WHERE id = ANY(%s)", [list(ids)])
        return dict(cursor.fetchall())


def merged_in(share: Share) -> set[int]:
    """Those of the share's files that are merged with others now."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [*share, *share])
        return {file for pair in cursor.fetchall() for file in pair if share.after < file <= share.until}


_MERGED = """
    SELECT kept_id, absorbed_id FROM registry_filemerge
    WHERE undone_at IS NULL
        AND (kept_id > %s AND kept_id <= %s OR absorbed_id > %s AND absorbed_id <= %s)
"""


def stored_in(share: Share) -> dict[int, Lines]:
    """The projection as it is kept, by file."""
    return _stored("practitioner_id > %s AND practitioner_id <= %s", share)


_PROJECTION = (
    ("registry_sanctionperiod", PERIOD_COLUMNS, "starts_on, kind"),
    ("registry_standingspan", SPAN_COLUMNS, "starts_on"),
)


def _stored(where: str, values: Sequence[Any]) -> dict[int, Lines]:
    stored: dict[int, Lines] = {}
    for place, (table, columns, order) in enumerate(_PROJECTION):
        for file, *line in _rows(table, ("practitioner_id", *columns), where, values, order):
            if file not in stored:
                stored[file] = Lines([], [])
            stored[file][place].append(tuple(line))
    return stored


def _facts(where: str, values: Sequence[Any]) -> list[FactRow]:
    return list(map(FactRow._make, _rows("registry_fact", FactRow._fields, where, values, "chain_no", binary=True)))


def _rows(
    table: str, columns: Sequence[str], where: str, values: Sequence[Any], order: str, *, binary: bool = False
) -> list[tuple[Any, ...]]:
    """Past Django's cursor, whose loaders of instants are written in Python."""
    chosen = ", ".join(_AS_TEXT.get(column, column) for column in columns)
    asked = f"SELECT {chosen} FROM {table} WHERE {where} ORDER BY practitioner_id, {order}"  # noqa: S608 - our own names
    with connection.cursor() as cursor, cursor.connection.cursor(binary=binary) as plain:
        plain.adapters.register_loader("timestamptz", TimestamptzBinaryLoader)
        rows: list[tuple[Any, ...]] = plain.execute(asked, values).fetchall()
        return rows
