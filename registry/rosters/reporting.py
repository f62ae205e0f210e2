"""What a job found, for people: counts, pages of rows, and the same workbook with what is wrong and what to do."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from registry.models import Category, DocumentKind, RosterJob, RosterRow, Sex
from registry.queries.wording import sentences
from registry.rosters.cells import Cell, harmless
from registry.rosters.columns import PROBLEM_HEADING
from registry.rosters.errors import RosterRefused
from registry.rosters.problems import LABELS, Problem
from registry.rosters.reading import Sheet, read_sheet

PAGE = 50
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "sex": dict(Sex.choices),
    "category": dict(Category.choices),
    "document_kind": dict(DocumentKind.choices),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from old to new; `label` and the values are words for people."""

    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of the sheet, or, without a `number`, somebody who is registered but missing from it.

    `known`: the person has a file already. `registers`: a registration at this institution would begin. `problems`
    are sentences that say what is the matter and what to do; `codes` their stable names.
    """

    number: int | None
    outcome: str
    acceptable: bool
    practitioner_id: int | None
    code: str
    name: str
    known: bool
    registers: bool
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a dry run found. `counts` has every outcome; rows that are unchanged are counted, not kept."""

    job: RosterJob
    counts: dict[str, int]
    further: tuple[str, ...]

    @property
    def applicable(self) -> bool:
        """Whether all of it may be accepted at once: nothing wrong, nothing doubtful."""
        return not self.counts[RosterRow.Outcome.WRONG] and not self.counts[RosterRow.Outcome.DOUBTFUL]

    def rows(self, outcome: str, *, page: int = 1, size: int = PAGE) -> list[ReportRow]:
        """One page of the rows with this outcome, in the order of the sheet; pages count from 1."""
        start = (page - 1) * size
        rows = RosterRow.objects.filter(job=self.job, outcome=outcome).order_by("number", "id")[start : start + size]
        return list(opened(self.job, rows))

    def all_rows(self, *outcomes: str) -> Iterator[ReportRow]:
        """Every row with one of these outcomes, in the order of the sheet."""
        rows = RosterRow.objects.filter(job=self.job, outcome__in=outcomes).order_by("number", "id")
        return opened(self.job, rows.iterator(chunk_size=1000))


def report(job: RosterJob) -> Report:
    """What the latest check of the job found; all counts are 0 before it."""
    counts = {outcome: int(job.counts.get(outcome, 0)) for outcome in RosterRow.Outcome.values}
    return Report(job, counts, tuple(job.headings.get("further", ())))


def original(job: RosterJob) -> bytes:
    """The uploaded file. Raises RosterRefused('purged') when it was kept long enough, SealBroken for altered bytes."""
    if job.sealed_file is None:
        raise RosterRefused("purged", _("The uploaded file is no longer kept. Upload it again."))
    return job.vault.unseal(bytes(job.sealed_file))


def error_workbook(job: RosterJob) -> bytes:
    """The uploaded sheet as XLSX, with a first column that says what is wrong or doubtful and what to do.
    Corrected, it can be uploaded again as it is.
    """
    sheet = read_sheet(original(job))
    told = {row.number: sentences(row.problems) for row in report(job).all_rows("wrong", "doubtful")}
    workbook = Workbook(write_only=True)
    written = workbook.create_sheet(_sheet_title(sheet.name))
    for line in _lines(sheet, told):
        written.append(line)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def _lines(sheet: Sheet, told: Mapping[int | None, str]) -> Iterator[list[Any]]:
    again = next((column.index for column in sheet.columns.columns if column.field == "problem"), None)

    def line(first: str, cells: list[Cell]) -> list[Any]:
        kept = [cell for index, cell in enumerate(cells) if index != again]
        return [_writable(first), *(_writable(cell) if isinstance(cell, str) else cell for cell in kept)]

    for row, cells in enumerate(sheet.above):
        yield line(PROBLEM_HEADING if row == sheet.columns.row else "", cells)
    for number, cells in sheet.lines:
        yield line(told.get(number, ""), cells)


def _writable(text: str) -> str:
    """Text as XLSX can hold it: readers give control characters that no writer takes back."""
    return harmless(ILLEGAL_CHARACTERS_RE.sub(" ", text))


def _sheet_title(name: str) -> str:
    return "".join(" " if character in "[]:*?/\\" else character for character in name)[:31] or "1"


def opened(job: RosterJob, rows: Iterable[RosterRow]) -> Iterator[ReportRow]:
    """The rows with their words, which are sealed."""
    vault = job.vault
    for row in rows:
        words = vault.unseal_words(bytes(row.sealed))
        problems = [Problem(**data) for data in words["problems"]]
        yield ReportRow(
            number=row.number,
            outcome=row.outcome,
            acceptable=row.acceptable,
            practitioner_id=row.practitioner_id,
            code=words["code"],
            name=words["name"],
            known=words["known"],
            registers=words["registers"],
            changes=tuple(_change(name, *values) for name, values in words["changes"].items()),
            problems=tuple(problem.sentence() for problem in problems),
            codes=tuple(problem.code for problem in problems),
        )


def _change(name: str, old: Any, new: Any) -> Change:
    return Change(name, str(LABELS.get(name, name)), _shown(name, old), _shown(name, new))


def _shown(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{heading}: {text}" for heading, text in value.items())
    return str(_WORDS.get(name, {}).get(value, value)) if value is not None else ""
