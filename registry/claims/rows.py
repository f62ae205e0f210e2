"""One row of a file of claims: a question of eligibility, or what is wrong with it. Nothing in a row stops the file."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from registry.queries import faults, members
from registry.queries.eligibility import Question
from registry.queries.faults import Fault, FieldError, printable, shown
from registry.queries.members import Reader, Wrong
from registry.queries.questions import READERS, Misread, read_service
from registry.rosters.cells import Cell, NotReadable, as_code, as_day, as_text

LONGEST_ID = 100
YES = frozenset({"是", "有", "急", "急诊", "Y", "YES", "T", "TRUE", "1", "√"})
NO = frozenset({"否", "无", "非", "N", "NO", "F", "FALSE", "0", "-", "×"})

NOT_YES_OR_NO = Fault(
    "wrong_type", _("“%(value)s” is neither yes nor no."), _("Write 是 or 否, or leave the cell empty.")
)
ROUNDED = Fault(
    "rounded_number",
    _("“%(value)s” was rounded by a spreadsheet: its last digits are lost."),
    _("Write the column as text in the program that the file comes from."),
)
NOT_A_CODE = Fault("wrong_type", _("“%(value)s” is no code."), _("Write the column as text."))
ID_TOO_LONG = Fault("too_long", _("“%(value)s” is longer than 100 characters."), _("Shorten it, or leave it out."))
NOT_AN_ID = Fault("wrong_type", _("%(value)s is neither a string nor a whole number."), _("Write it as a JSON string."))
NO_KEY_FOR_EMERGENCY = Fault(
    "emergency_not_kept",
    _("The row claims an emergency, which is kept under the key of a settlement system, and no key was named."),
    _("Name the key by its first characters with `--key`."),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, by the number under which a spreadsheet or an editor shows it, and by its own id where it has one.

    Without a question there are errors, and `given` is what was sent, as it may be shown.
    """

    number: int
    own_id: str
    given: Mapping[str, str]
    question: Question | None = None
    errors: tuple[FieldError, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Unread:
    """A row as its file has it: members or cells by name, or the error for which it has none."""

    number: int
    values: Mapping[str, object] = field(default_factory=dict)
    error: FieldError | None = None


def _own_id(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise Wrong(NOT_AN_ID)
    if len(text) > LONGEST_ID:
        raise Wrong(ID_TOO_LONG)
    return members.text(text)


def _readable(read: Callable[[Cell], Any], otherwise: Fault) -> Callable[[object], Any]:
    def cell(value: object) -> Any:
        try:
            return read(cast(Cell, value))
        except NotReadable as error:
            raise Wrong(ROUNDED if error.code == "rounded_number" else otherwise) from None

    return cell


_text = _readable(as_text, faults.NOT_TEXT)
_code = _readable(as_code, NOT_A_CODE)
_day = _readable(as_day, faults.NOT_A_DAY)


def _day_cell(value: object) -> dt.date:
    day: dt.date | None = _day(value)
    if day is None:
        raise Wrong(faults.NOT_A_DAY)
    return day


def _flag_cell(value: object) -> bool:
    text = _text(value).upper()
    if text not in YES | NO:
        raise Wrong(NOT_YES_OR_NO)
    return text in YES


OF_JSON: Mapping[str, Reader] = {"id": _own_id, **{name: READERS[name] for name in READERS if name != "known_at"}}
"""Members as the API reads them, and the row's own id. When it is known at holds for the whole file."""

OF_TABLES: Mapping[str, Reader] = {
    "id": lambda cell: _own_id(_text(cell)),
    "practitioner": lambda cell: members.code(_code(cell)),
    "institution": lambda cell: members.code(_code(cell)),
    "on": _day_cell,
    "emergency": _flag_cell,
    "emergency_reason": lambda cell: members.reason(_text(cell)),
    "name": lambda cell: members.name(_text(cell)),
}
"""Cells as spreadsheets write them; an empty cell says nothing."""

NULLABLE = frozenset({"id", "emergency_reason", "name"})
_ANY = frozenset(OF_TABLES)
_NOTHING: Mapping[str, str] = MappingProxyType({})


def read_row(
    unread: Unread,
    readers: Mapping[str, Reader],
    *,
    now: dt.datetime,
    keeps_emergencies: bool,
    headings: Mapping[str, str] | None = None,
) -> Row:
    """The row, read. `headings` are those of the file, by which a table calls what is missing; with them every cell may
    be empty.
    """
    if unread.error:
        return Row(unread.number, "", _given(unread.values), errors=(unread.error,))
    try:
        nullable = NULLABLE if headings is None else _ANY
        values = read_service(unread.values, readers, nullable=nullable, now=now)
    except Misread as misread:
        errors = tuple(_called(error, headings or {}) for error in misread.errors)
        return _wrong(unread, errors)
    if values.get("emergency") and not keeps_emergencies:
        return _wrong(unread, (NO_KEY_FOR_EMERGENCY.of("emergency", unread.values["emergency"]),))
    own_id = values.pop("id", "")
    return Row(unread.number, own_id, _NOTHING, Question(**values))


def _wrong(unread: Unread, errors: tuple[FieldError, ...]) -> Row:
    given = _given(unread.values)
    return Row(unread.number, given.get("id", ""), given, errors=errors)


def _given(values: Mapping[str, object]) -> dict[str, str]:
    shown_of = ("id", "practitioner", "institution", "on")
    return {name: _shown(values[name]) for name in shown_of if values.get(name) is not None}


def _shown(value: object) -> str:
    return printable(value) if isinstance(value, str) else str(shown(value))


def _called(error: FieldError, headings: Mapping[str, str]) -> FieldError:
    """What is missing in a table is called as its heading calls it."""
    if error.code != faults.REQUIRED.code or error.value is not None or error.field not in headings:
        return error
    if error.message != faults.REQUIRED.of(error.field, None).message:
        return error
    named = faults.REQUIRED.of(headings[error.field], None)
    return FieldError(error.field, None, named.code, named.message, named.remedy)
