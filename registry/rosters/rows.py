"""One line of the sheet to one validated row. Knows nothing of the register: what can be said from the line alone."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from registry.models.people import Category, DocumentKind, Sex
from registry.rosters import cells, words
from registry.rosters.cells import Cell, NotReadable
from registry.rosters.columns import FIELDS, Column, Columns, plain
from registry.rosters.planning import CERTIFICATE
from registry.rosters.problems import Problem, Weight
from registry.rules import resident_id

LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "code": 64,
        "name": 100,
        "document_number": 64,
        "department": 100,
        "status": 40,
        "certificate": 64,
        "practice_institution": 200,
        "practice_category": 100,
        "practice_scope": 200,
        "practice_level": 100,
        "title": 100,
    }
)
LONGEST_FURTHER = 1000
EARLIEST_CONTRACT = dt.date(1949, 10, 1)  # an earlier day is what spreadsheets make of an empty or broken cell
RESIDENT_ID_LENGTH = 18
_CODE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/")
_DOCUMENT_CHARACTERS = _CODE_CHARACTERS | frozenset("()")


@dataclass(slots=True)
class Row:
    """What one line says, normalised; empty texts and None where it says nothing. `number` counts lines of the
    sheet from 1.
    """

    number: int
    code: str = ""
    name: str = ""
    sex: str = ""
    birth_date: dt.date | None = None
    category: str = ""
    implied_category: str = ""
    document_kind: str = ""
    document_number: str = ""
    department: str = ""
    status: str = ""
    contract_from: dt.date | None = None
    contract_until: dt.date | None = None
    certificate: str = ""
    practice_institution: str = ""
    practice_category: str = ""
    practice_scope: str = ""
    practice_level: str = ""
    title: str = ""
    extra: dict[str, str | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return bool(self.problems) and any(problem.weight is Weight.WRONG for problem in self.problems)

    def digest(self) -> bytes:
        """The same for lines that say the same of the same person."""
        said = [getattr(self, name) for name in self.__slots__ if name not in ("number", "problems")]
        return hashlib.sha256(repr(said).encode()).digest()[:16]


class RowReader:
    """Reads the lines of one sheet for one institution on one day. `category` is for lines that do not say it."""

    def __init__(self, columns: Columns, *, institution_code: str, today: dt.date, category: str = "") -> None:
        self._given = columns.given
        self._takers = [(column, _TAKERS.get(column.field, _take_text)) for column in columns.columns]
        name = next(column for column in columns.columns if column.field == "name")
        self._at_name, self._name_heading = name.index, plain(name.heading)
        self._institution_code = institution_code
        self._today = today
        self._category = category

    def read(self, number: int, line: Sequence[Cell]) -> Row | None:
        """The row that a line states; None for an empty line and for the headings printed once more."""
        if not any(cell if not isinstance(cell, str) else cell.strip() for cell in line) or self._repeats_headings(
            line
        ):
            return None
        row = Row(number)
        for (column, taker), cell in zip(self._takers, line, strict=False):
            try:
                taker(self, row, column, cell)
            except NotReadable as unreadable:
                row.problems.append(Problem(unreadable.code, column.field or column.heading, _shown(column, cell)))
        self._judge(row)
        return row

    def _repeats_headings(self, line: Sequence[Cell]) -> bool:
        cell = line[self._at_name] if self._at_name < len(line) else None
        return isinstance(cell, str) and len(cell) >= len(self._name_heading) and plain(cell) == self._name_heading

    def _judge(self, row: Row) -> None:
        if not row.name and not _told(row, "name"):
            row.problems.append(Problem("missing", "name"))
        if not row.code and not row.document_number and not (_told(row, "code") or _told(row, "document_number")):
            row.problems.append(Problem("no_identifier", "code"))
        if row.contract_from and row.contract_from < EARLIEST_CONTRACT:
            row.problems.append(Problem("too_early", "contract_from", str(row.contract_from), str(EARLIEST_CONTRACT)))
        if row.contract_from and row.contract_until and row.contract_until < row.contract_from:
            row.problems.append(
                Problem(
                    "contract_order", "contract_until", row.contract_until.isoformat(), row.contract_from.isoformat()
                )
            )
        self._keep_practice(row)
        _judge_document(row, self._today)
        row.implied_category = row.category or _implied(row) or self._category

    def _keep_practice(self, row: Row) -> None:
        """Words about a certificate whose number is not given are kept as further columns, always under the first
        heading of their field, so that a list in another language speaks of the same column.
        """
        for name in CERTIFICATE:
            if name in self._given:
                row.extra[FIELDS[name][0]] = None if row.certificate else getattr(row, name) or None

    def take_institution(self, row: Row, column: Column, cell: Cell) -> None:
        code = cells.as_code(cell)
        if not code:
            row.problems.append(Problem("missing", column.field or ""))
        elif code != self._institution_code:
            row.problems.append(Problem("other_institution", column.field or "", code, self._institution_code))


def _take_further(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    row.extra[column.heading] = _limited(row, column.heading, cells.as_text(cell), LONGEST_FURTHER) or None


def _take_code(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    code = cells.as_code(cell)
    if code in words.NO_DOCUMENT:
        return
    if row.code and row.code != code:
        row.problems.append(Problem("two_codes", "code", row.code, code))
    elif not set(code) <= _CODE_CHARACTERS:
        row.problems.append(Problem("code_characters", "code", code))
    else:
        row.code = _limited(row, "code", code, LONGEST["code"])
        row.category = row.category or str(column.category or "")


def _take_document(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    number = cells.as_code(cell)
    if number in words.NO_DOCUMENT:
        return
    if not set(number) <= _DOCUMENT_CHARACTERS:
        row.problems.append(Problem("document_characters", "document_number"))
    else:
        row.document_number = _limited(row, "document_number", number, LONGEST["document_number"])
        row.document_kind = DocumentKind.RESIDENT_ID.value if column.resident_id else row.document_kind


def _take_name(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    """A name is text with a letter in it; a date or a number in its place is a slipped column."""
    if cell is not None and not isinstance(cell, str):
        raise NotReadable("not_a_name")
    _take_text(reader, row, column, cell)
    if row.name and not any(map(str.isalpha, row.name)):
        raise NotReadable("not_a_name")


def _take_word(row: Row, column: Column, cell: Cell, known: Mapping[str, str]) -> str:
    word = words.key(cells.as_text(cell))
    if not word or (meant := known.get(word)) is not None:
        return str(meant) if word else ""
    examples = ", ".join(dict.fromkeys(list(known)[:8]))
    row.problems.append(Problem("unknown_word", column.field or "", cells.as_text(cell), examples))
    return ""


def _take_sex(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    row.sex = _take_word(row, column, cell, words.SEXES)


def _take_category(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    row.category = _take_word(row, column, cell, words.CATEGORIES) or row.category


def _take_document_kind(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    row.document_kind = _take_word(row, column, cell, words.DOCUMENTS) or row.document_kind


def _take_day(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    setattr(row, column.field or "", cells.as_day(cell))


def _take_last_day(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    row.contract_until = cells.as_last_day(cell)


def _take_text(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    field = column.field or ""
    setattr(row, field, _limited(row, field, cells.as_text(cell), LONGEST[field]))


def _take_certificate(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    number = cells.as_code(cell)
    row.certificate = (
        "" if number in words.NO_DOCUMENT else _limited(row, "certificate", number, LONGEST["certificate"])
    )


def _ignore(reader: RowReader, row: Row, column: Column, cell: Cell) -> None:
    """The name of the institution is as its code says, and problems of an earlier import are no longer of interest."""


Taker = Callable[[RowReader, Row, Column, Cell], None]

_TAKERS: Mapping[str | None, Taker] = MappingProxyType(
    {
        None: _take_further,
        "institution_code": RowReader.take_institution,
        "institution_name": _ignore,
        "problem": _ignore,
        "code": _take_code,
        "name": _take_name,
        "sex": _take_sex,
        "birth_date": _take_day,
        "category": _take_category,
        "document_kind": _take_document_kind,
        "document_number": _take_document,
        "contract_from": _take_day,
        "contract_until": _take_last_day,
        "certificate": _take_certificate,
    }
)


def _judge_document(row: Row, today: dt.date) -> None:
    if not row.document_number:
        row.document_kind = ""
        return
    if not row.document_kind:
        row.document_kind = _kind_by_shape(row.document_number)
    if row.document_kind != DocumentKind.RESIDENT_ID:
        return
    if (fault := _fault(row.document_number, today)) is not None:
        row.problems.append(Problem(f"resident_id_{fault}", "document_number"))
    else:
        _compare_with_document(row)


def _fault(number: str, today: dt.date) -> str | None:
    fault = resident_id.fault(number)
    if fault == "form" and len(number) != RESIDENT_ID_LENGTH:
        return "length"
    born = resident_id.birth_date(number) if fault is None else None
    return "birth_date" if born and born > today else fault


def _kind_by_shape(number: str) -> str:
    """A number without a stated kind is a resident identity number if it is as long as one."""
    shaped = len(number) == RESIDENT_ID_LENGTH and number[:17].isdigit()
    return str(DocumentKind.RESIDENT_ID if shaped else DocumentKind.OTHER)


def _compare_with_document(row: Row) -> None:
    born, sex = resident_id.birth_date(row.document_number), resident_id.sex(row.document_number)
    if row.birth_date is not None and row.birth_date != born:
        row.problems.append(Problem("birth_date_differs", "birth_date", row.birth_date.isoformat(), str(born)))
    if row.sex in (Sex.MALE, Sex.FEMALE) and row.sex != sex:
        row.problems.append(Problem("sex_differs", "sex", str(Sex(row.sex).label), str(Sex(sex).label)))
    row.birth_date = row.birth_date or born
    row.sex = sex if row.sex in ("", Sex.UNKNOWN) else row.sex


def _implied(row: Row) -> str:
    stated = words.CATEGORIES.get(words.key(row.practice_category))
    implied: Category | None = stated or words.category_by_title(row.practice_level, row.title, row.practice_category)
    return str(implied or "")


def _limited(row: Row, name: str, text: str, longest: int) -> str:
    if len(text) > longest:
        row.problems.append(Problem("too_long", name, text[:20], str(longest)))
    return text[:longest]


def _told(row: Row, name: str) -> bool:
    return bool(row.problems) and any(problem.field == name for problem in row.problems)


def _shown(column: Column, cell: Cell) -> str:
    """The value for the message; never of a document number, which is not to be spread."""
    return "" if column.field == "document_number" else str(cell)[:60]
