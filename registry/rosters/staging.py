"""Rows of a file into a temporary table, so that the register can be asked about all of them at once.

The table lives until the transaction ends and holds no readable document number: only its blind indexes, its masked
form and, where it will be needed, the number sealed for the UUID that the person would get.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg
from django.db import connection

from registry.models import sealing
from registry.models.identifiers import uuid7
from registry.rosters import words
from registry.rosters.problems import Problem, Weight
from registry.rosters.reading import Sheet
from registry.rosters.rows import Row, RowReader

Progress = Callable[[int, int], None]
EVERY = 2000

_COLUMNS = (
    ("number", "int4"),
    ("wrong", "bool"),
    ("asks", "bool"),
    ("uuid", "uuid"),
    ("record", "uuid"),
    ("code", "text"),
    ("name", "text"),
    ("sex", "text"),
    ("birth_date", "date"),
    ("category", "text"),
    ("implied_category", "text"),
    ("document_kind", "text"),
    ("document_index", "bytea"),
    ("document_indexes", "bytea[]"),
    ("document_shown", "text"),
    ("document_sealed", "bytea"),
    ("department", "text"),
    ("status", "text"),
    ("leaving", "bool"),
    ("contract_from", "date"),
    ("contract_until", "date"),
    ("certificate", "text"),
    ("practice_institution", "text"),
    ("practice_category", "text"),
    ("practice_scope", "text"),
    ("practice_level", "text"),
    ("title", "text"),
    ("extra", "jsonb"),
    ("digest", "bytea"),
)
_CREATE = f"CREATE TEMPORARY TABLE roster_row ({', '.join(map(' '.join, _COLUMNS))}) ON COMMIT DROP"
TEMPORARY = (
    "roster_row",
    "roster_twice",
    "roster_root",
    "roster_match",
    "roster_member",
    "roster_present",
    "roster_plan",
    "roster_go",
    "roster_sound",
)


@dataclass(slots=True)
class Staged:
    """How many rows were staged, and what was found wrong or doubtful with them already, by number of the row."""

    total: int = 0
    said: dict[int, list[Problem]] = field(default_factory=dict)


def sql_cursor() -> psycopg.Cursor[Any]:
    """A cursor of Django's connection that binds on the client, as statements that create tables need."""
    connection.cursor().close()  # from here on the session knows how far this moment sees
    return psycopg.ClientCursor(connection.connection)


def stage(sheet: Sheet, reader: RowReader, *, seal: bool, progress: Progress) -> Staged:
    """Put every row of the sheet into the table `roster_row` of this transaction. Raises RosterRefused as reading
    does.
    """
    staged = Staged()
    with sql_cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TEMPORARY)}")
        cursor.execute(_CREATE)
        with cursor.copy("COPY roster_row FROM STDIN") as copy:
            for row in _rows(sheet, reader, staged, progress):
                copy.write_row(_columns_of(row, seal=seal))
        cursor.execute("ANALYZE roster_row")
    progress(staged.total, staged.total)
    return staged


def _rows(sheet: Sheet, reader: RowReader, staged: Staged, progress: Progress) -> Iterator[Row]:
    for number, line in sheet.lines:
        if (row := reader.read(number, line)) is None:
            continue
        staged.total += 1
        if row.problems:
            staged.said[number] = row.problems
        if staged.total % EVERY == 0:
            progress(staged.total, max(sheet.about, staged.total))
        yield row


def _columns_of(row: Row, *, seal: bool) -> tuple[Any, ...]:
    uuid, record = (uuid7(), uuid7()) if seal else (None, None)
    number = row.document_number if not row.wrong else ""
    indexes = sealing.blind_indexes(row.document_number) if row.document_number else []
    return (
        row.number,
        row.wrong,
        any(problem.weight is Weight.ASK for problem in row.problems),
        uuid,
        record,
        row.code or None,
        row.name,
        row.sex,
        row.birth_date,
        row.category,
        row.implied_category,
        row.document_kind,
        indexes[0] if indexes else None,
        indexes,
        sealing.masked(row.document_number),
        sealing.seal(number, bound_to=str(uuid)) if seal and number else None,
        row.department,
        row.status,
        words.means_left(row.status),
        *_rest(row),
    )


def _rest(row: Row) -> tuple[date | str | bytes | None, ...]:
    return (
        row.contract_from,
        row.contract_until,
        row.certificate,
        row.practice_institution,
        row.practice_category,
        row.practice_scope,
        row.practice_level,
        row.title,
        json.dumps(row.extra, ensure_ascii=False) if row.extra else "{}",
        row.digest(),
    )
