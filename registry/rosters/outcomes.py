"""What a check found, kept with the job: counts, and each row that is not as the register has it, sealed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import Cursor

from registry.models import IdentityDocument, RosterJob
from registry.rosters.problems import Problem

BATCH = 2000

_FOUND = """
    SELECT number, outcome, acceptable, person, code, name, registration IS NULL AS registers, twice, twice_other,
        doubt, found_name, found_code, document_of, document_shown, barred_until, category_unknown, status,
        adds_document, changes
    FROM roster_plan WHERE outcome <> 'unchanged' OR leaving ORDER BY number NULLS LAST, code
"""


@dataclass(slots=True)
class FoundRow:
    """One row of the table `roster_plan`, as far as a person is shown it."""

    number: int | None
    outcome: str
    acceptable: bool
    person: int | None
    code: str | None
    name: str
    registers: bool
    twice: str | None
    twice_other: int | None
    doubt: str
    found_name: str | None
    found_code: str | None
    document_of: str | None
    document_shown: str | None
    barred_until: Any
    category_unknown: bool | None
    status: str | None
    adds_document: bool | None
    changes: str | None  # jsonb, which Django's connections leave as text
    document_on_file: str = ""
    problems: list[Problem] = field(default_factory=list)


_TAKEN_DOWN = """
    DROP TABLE IF EXISTS roster_taken_down;
    CREATE TEMPORARY TABLE roster_taken_down ON COMMIT DROP AS
        SELECT job_id, number, outcome, acceptable, practitioner_id, sealed FROM registry_rosterrow WHERE false
"""
_KEEP = """
    INSERT INTO registry_rosterrow (job_id, number, outcome, acceptable, practitioner_id, sealed)
    SELECT job_id, number, outcome, acceptable, practitioner_id, sealed FROM roster_taken_down ORDER BY number
"""
"""COPY does not write into a table behind the wall; it writes beside it."""


def count_outcomes(cursor: Cursor[Any]) -> dict[str, int]:
    """How many rows have which outcome."""
    cursor.execute("SELECT outcome, count(*) FROM roster_plan GROUP BY outcome")
    return dict(cursor.fetchall())


def keep_rows(cursor: Cursor[Any], job: RosterJob, said: Mapping[int, list[Problem]]) -> None:
    """Replace the rows kept for the job by those of the table `roster_plan`; `said` is what the file alone told."""
    vault = job.vault
    cursor.execute("DELETE FROM registry_rosterrow WHERE job_id = %s", [job.pk])
    cursor.execute(_TAKEN_DOWN)
    cursor.execute("DECLARE roster_found NO SCROLL CURSOR FOR " + _FOUND)
    while batch := _fetch(cursor):
        found = _with_problems(batch, said)
        with cursor.copy("COPY roster_taken_down FROM STDIN") as copy:
            for row in found:
                copy.write_row(
                    (job.pk, row.number, row.outcome, _acceptable(row), row.person, vault.seal_words(_words(row)))
                )
    cursor.execute("CLOSE roster_found")
    cursor.execute(_KEEP)


def _fetch(cursor: Cursor[Any]) -> list[FoundRow]:
    cursor.execute(f"FETCH {BATCH} FROM roster_found")
    return [FoundRow(*row) for row in cursor.fetchall()]


def _with_problems(rows: list[FoundRow], said: Mapping[int, list[Problem]]) -> list[FoundRow]:
    on_file = _documents_on_file([row.person for row in rows if row.person and row.doubt == "document_differs"])
    for row in rows:
        row.document_on_file = on_file.get(row.person or 0, "")
        row.problems = [*said.get(row.number or 0, ()), *_problems(row)]
    return rows


def _documents_on_file(people: list[int]) -> dict[int, str]:
    """The documents of each of the people, masked."""
    documents = IdentityDocument.objects.filter(practitioner__in=people).select_related("practitioner").order_by("id")
    shown: dict[int, list[str]] = {}
    for document in documents if people else ():
        shown.setdefault(document.practitioner_id, []).append(document.masked)
    return {person: ", ".join(numbers) for person, numbers in shown.items()}


def _problems(row: FoundRow) -> Iterator[Problem]:
    if row.twice:
        yield Problem(row.twice, "code", row.code or "", str(row.twice_other))
    if row.doubt:
        yield _doubt(row)
    if row.category_unknown and row.outcome == "wrong":
        yield Problem("category_unknown", "category")
    if row.barred_until is not None:
        yield Problem("terminated", "code", str(row.barred_until))
    if row.outcome == "unchanged":
        yield Problem("has_left", "status", row.status or "")


def _doubt(row: FoundRow) -> Problem:
    """Names of people whom the row may not be about are shown by their first character only."""
    first = (row.found_name or "")[:1] + "＊"
    match row.doubt:
        case "name_differs":
            return Problem(row.doubt, "name", row.name, row.found_name or "")
        case "document_differs":
            return Problem(row.doubt, "document_number", row.document_shown or "", row.document_on_file)
        case "code_for_provisional" | "another_code":
            return Problem(row.doubt, "code", row.code or "", row.found_code or "")
        case "probable_duplicate":
            return Problem(row.doubt, "name", row.name, row.found_code or "")
        case "two_people":
            return Problem(row.doubt, "document_number", f"{first} {row.found_code}", row.document_of or "")
        case _:
            return Problem(row.doubt, "name", row.name, first)


def _acceptable(row: FoundRow) -> bool:
    return row.acceptable and row.outcome not in ("wrong", "unchanged")


def _words(row: FoundRow) -> dict[str, Any]:
    changes: dict[str, list[Any]] = json.loads(row.changes or "{}")
    if row.adds_document and row.outcome != "wrong":
        changes["document"] = [None, row.document_shown]
    return {
        "code": row.code or "",
        "name": row.name,
        "known": row.person is not None,
        "registers": row.registers,
        "changes": changes,
        "problems": [problem.as_data() for problem in row.problems],
    }
