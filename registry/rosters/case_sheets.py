"""People of a case on a spreadsheet, or pasted: who answers with which part, and which points are proposed for whom.

The two are two lists, because two officers write them. A list is read with the machinery of rosters; everything that
is wrong is told by row and column at once, and nothing of a list with a fault is taken. What was read is carried from
the check to the confirmation as text (`text_of`) and read again, so that what is confirmed is what was shown.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.actions.errors import Refused
from registry.actions.many import Identified, ManyRefused, Proposed
from registry.actions.proposals import Item
from registry.models import Case, Grade, Practitioner, Responsibility
from registry.queries.names import normalised_name
from registry.rosters import cells
from registry.rosters.cells import Cell, NotReadable
from registry.rosters.columns import Column, Vocabulary, plain
from registry.rosters.errors import RosterRefused
from registry.rosters.problems import LABELS, Problem
from registry.rosters.reading import read_sheet

MOST_ROWS = 2_000
MOST_TEXT = 1_000_000
LONGEST = MappingProxyType({"grounds": 4000, "reason": 4000, "act": 200})
_WHOLE = re.compile(r"[0-9]{1,4}")
_DIVIDER = re.compile("[\t，,]")

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": ("人员代码", "人员编码", "医保人员代码", "医保医师代码", "personal code", "code"),
        "name": ("姓名", "name"),
        "grade": ("责任等级", "责任程度", "责任认定", "responsibility", "grade"),
        "grounds": ("认定依据", "认定理由", "依据", "grounds"),
        "identified_on": ("认定日期", "identified on"),
        "situation": ("记分情形", "情形", "situation"),
        "points": ("记分", "建议记分", "分值", "points"),
        "months": ("暂停月数", "暂停期限", "months of suspension", "months"),
        "reason": ("偏离理由", "理由", "reason for departing", "reason"),
        "act": ("行为", "行为名称", "act", "name of the act"),
    }
)
IDENTIFYING = ("code", "name", "grade", "grounds", "identified_on")
PROPOSING = ("code", "name", "grade", "situation", "points", "months", "reason", "act")
GRADES: Mapping[str, Grade] = MappingProxyType(
    {word: grade for grade, words in (
        (Grade.GENERAL, ("一般", "一般责任")), (Grade.IMPORTANT, ("重要", "重要责任")),
        (Grade.PRINCIPAL, ("主要", "主要责任")),
    ) for word in (*words, grade.value)}
)  # fmt: skip


def _vocabulary(fields: Sequence[str], suffices: Callable[[frozenset[str]], bool], remedy: Promise) -> Vocabulary:
    known = {plain(heading): (name, None, False) for name in fields for heading in FIELDS[name]}
    return Vocabulary(MappingProxyType(known), suffices, remedy)


IDENTIFICATION = _vocabulary(
    IDENTIFYING,
    lambda given: "code" in given,
    gettext_lazy("One row has to name at least 人员代码 (personal code); the template has every column."),
)
PROPOSAL = _vocabulary(
    PROPOSING,
    lambda given: given >= {"code", "situation"},
    gettext_lazy(
        "One row has to name at least 人员代码 (personal code) and 记分情形 (situation); the template has every column."
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: in which column, and in words. `column` is empty for the row as a whole."""

    column: str
    text: str


@dataclass(slots=True)
class SheetRow:
    """One line as it was read; a list uses the columns that it has."""

    number: int
    code: str = ""
    name: str = ""
    grade: str = ""
    grounds: str = ""
    identified_on: date | None = None
    situation: str = ""
    points: int | None = None
    months: int | None = None
    reason: str = ""
    act: str = ""
    person: Practitioner | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def who(self) -> str:
        """The name that the row gives, else that of the person it means; nobody, where neither is known."""
        return self.name or (self.person.name if self.person else "")

    def fault(self, problem: Problem) -> None:
        """One of the problems that spreadsheets of this register know."""
        self.faults.append(Fault(str(LABELS.get(problem.field, problem.field)), problem.sentence()))


class SheetFaulty(Refused):
    """The list has faults, so nothing of it is taken; `rows` are those with faults."""

    def __init__(self, rows: Sequence[SheetRow], *, among: int) -> None:
        super().__init__(
            "sheet_has_faults",
            _("Nothing was recorded: %(faulty)s of %(all)s rows have faults. Correct them below or in the file.")
            % {"faulty": len(rows), "all": among},
            field="rows",
        )
        self.rows = tuple(rows)


def read_rows(content: bytes, vocabulary: Vocabulary) -> list[SheetRow]:
    """The rows of a spreadsheet. Raises RosterRefused for a file that cannot be read or that is too long."""
    sheet = read_sheet(content, vocabulary)
    rows: list[SheetRow] = []
    for number, line in sheet.lines:
        if not any(bool(cell.strip() if isinstance(cell, str) else cell is not None) for cell in line):
            continue
        if len(rows) == MOST_ROWS:
            raise RosterRefused(
                "too_many_rows",
                _("The list has more than {most} rows. Divide it into several lists.").format(most=MOST_ROWS),
            )
        rows.append(_read(number, sheet.columns.columns, line))
    if not rows:
        raise RosterRefused("no_rows", _("No row stands below the headings. Fill in one row for each person."))
    return rows


def read_pasted(text: str, vocabulary: Vocabulary, order: Sequence[str]) -> list[SheetRow]:
    """The rows that somebody pasted: where they have no headings, their columns are those of `order`.

    What divides the cells is what comes first, for no code holds it; the longest row says how many columns there are,
    so that nothing that stands in a later row is passed over. Rows are numbered as they were pasted. Raises
    RosterRefused.
    """
    found = _DIVIDER.search(text)
    divider = found[0] if found else ","
    lines = [line.split(divider) for line in text.splitlines() if line.strip()]
    if lines and plain(lines[0][0]) in vocabulary.known:
        return read_rows(text.encode(), vocabulary)
    headings = [FIELDS[name][0] for name in order[: max(map(len, lines), default=1)]]
    rows = read_rows(f"{divider.join(headings)}\r\n{text}".encode(), vocabulary)
    for row in rows:
        row.number -= 1
    return rows


def text_of(rows: Iterable[SheetRow], fields: Sequence[str]) -> str:
    """The rows as text that `read_rows` takes again, with headings. Raises RosterRefused where it is too long."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t")
    writer.writerow(FIELDS[name][0] for name in fields)
    for row in rows:
        values = [getattr(row, name) for name in fields]
        writer.writerow("" if value is None else str(value) for value in values)
    if written.tell() > MOST_TEXT:
        raise RosterRefused("too_large", _("The list holds too much text. Divide it into several lists."))
    return written.getvalue()


def identified_rows(
    rows: Sequence[SheetRow], *, people: QuerySet[Practitioner], grade: str, grounds: str, identified_on: date | None
) -> list[Identified]:
    """Who is identified; `grade`, `grounds` and `identified_on` hold where a row says none. Raises SheetFaulty."""
    _find_people(rows, people)
    for row in rows:
        row.grade, row.grounds = row.grade or grade, row.grounds or grounds
        row.identified_on = row.identified_on or identified_on
        _require(row, "code", "grade", "grounds", "identified_on")
    _refuse_faults(rows)
    return [
        Identified(
            number=row.number,
            practitioner=row.person,
            grade=GRADES[row.grade.casefold()],
            grounds=row.grounds,
            identified_on=row.identified_on,
        )
        for row in rows
        if row.person and row.identified_on
    ]


def proposed_rows(rows: Sequence[SheetRow], *, case: Case, people: QuerySet[Practitioner]) -> list[Proposed]:
    """What is proposed: rows of one person are the situations of one proposal. Raises SheetFaulty."""
    _find_people(rows, people)
    answering = {one.practitioner_id: one for one in responsibilities_of(case)}
    proposed: dict[int, list[SheetRow]] = {}
    for row in rows:
        _require(row, "code", "situation")
        if row.person is None:
            continue
        if (responsibility := answering.get(row.person.pk)) is None:
            row.fault(Problem("not_identified", "code", row.name or row.code))
            continue
        if row.grade and GRADES.get(row.grade.casefold(), responsibility.grade) != responsibility.grade:
            identified = str(Grade(responsibility.grade).label)
            row.fault(Problem("grade_differs", "grade", row.grade, identified))
        proposed.setdefault(responsibility.pk, []).append(row)
    _refuse_faults(rows)
    by_id = {one.pk: one for one in answering.values()}
    return [
        Proposed(number=of_person[0].number, responsibility=by_id[pk], items=[_item(row) for row in of_person])
        for pk, of_person in proposed.items()
    ]


def responsibilities_of(case: Case) -> QuerySet[Responsibility]:
    """Everybody who answers in the case, with the person."""
    rows = Responsibility.objects.filter(handling=case.handling_id, trigger=case.trigger_id)
    return rows.select_related("practitioner").order_by("pk")


def with_refusals(rows: Sequence[SheetRow], refused: ManyRefused) -> SheetFaulty:
    """The refusals of the act, at the rows and columns that they are about."""
    by_number = {row.number: row for row in rows}
    for each in refused.rows:
        row = by_number[each.number]
        column = _COLUMNS.get(each.refusal.field or "", "")
        row.person = each.person
        row.faults.append(Fault(str(LABELS.get(column, column)), str(each.refusal.message)))
    return SheetFaulty([row for row in rows if row.faults], among=len(rows))


_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "practitioner": "code",
        "departure_reason": "reason",
        **{name: name for name in (*IDENTIFYING, *PROPOSING) if name != "code"},
    }
)
"""By the argument that an act refused: the column."""


def _read(number: int, columns: Sequence[Column], line: Sequence[Cell]) -> SheetRow:
    row = SheetRow(number)
    for column, cell in zip(columns, line, strict=False):
        if column.field is None:
            continue
        try:
            setattr(row, column.field, _value(column.field, cell))
        except NotReadable as unreadable:
            row.fault(Problem(unreadable.code, column.field, str(cell)[:60]))
    return row


def _value(name: str, cell: Cell) -> str | int | date | None:
    if name == "identified_on":
        return cells.as_day(cell)
    if name in ("points", "months"):
        return _whole(cells.as_text(cell))
    if name in ("code", "situation"):
        return cells.as_code(cell)
    return cells.as_text(cell)


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise NotReadable("not_whole")
    return int(text)


def _find_people(rows: Sequence[SheetRow], people: QuerySet[Practitioner]) -> None:
    codes = {row.code for row in rows if row.code}
    found: dict[Any, int] = dict(people.filter(codes__code__in=codes).order_by().values_list("codes__code", "pk"))
    by_id = Practitioner.objects.in_bulk(set(found.values()))
    for row in rows:
        row.person = by_id.get(found.get(row.code, 0))
        if row.person is None and row.code:
            row.fault(Problem("unknown_person", "code", row.code))
        elif row.person and row.name and normalised_name(row.name) != normalised_name(row.person.name):
            row.fault(Problem("name_is_another", "name", row.name, row.person.name[:1] + "＊"))


def _require(row: SheetRow, *names: str) -> None:
    told = {fault.column for fault in row.faults}
    for name in names:
        if not getattr(row, name) and str(LABELS[name]) not in told:
            row.fault(Problem("missing", name))
    if row.grade and row.grade.casefold() not in GRADES:
        row.fault(Problem("unknown_word", "grade", row.grade, "一般, 重要, 主要, general, important, principal"))
    for name, most in LONGEST.items():
        if len(getattr(row, name)) > most:
            row.fault(Problem("too_long", name, "", str(most)))


def _refuse_faults(rows: Sequence[SheetRow]) -> None:
    if faulty := [row for row in rows if row.faults]:
        raise SheetFaulty(faulty, among=len(rows))


def _item(row: SheetRow) -> Item:
    return Item(situation=row.situation, points=row.points, months=row.months, departure_reason=row.reason, act=row.act)
