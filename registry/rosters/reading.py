"""From the bytes of a file to the rows of one sheet: XLSX, or CSV in UTF-8, UTF-16 or GB 18030."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from registry.queries.wording import sentences
from registry.rosters.cells import Cell, NotReadable, as_text
from registry.rosters.columns import ROSTER, ROWS_ABOVE, Columns, Vocabulary, find_columns
from registry.rosters.errors import RosterRefused
from registry.rosters.workbooks import MOST_BYTES, made_safe, refuse_ole

DELIMITERS = (",", "\t", ";", "，")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
MOST_ROWS = 500_000
_ZIP = b"PK\x03\x04"
_OTHER_FILES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"<html", "HTML"),
    (b"<!DOCTYPE", "HTML"),
)


@dataclass(slots=True)
class Sheet:
    """A sheet with a heading row. `lines` gives what stands below it, each with its number in the sheet (from 1),
    once.
    """

    name: str
    columns: Columns
    above: list[list[Cell]] = field(repr=False)
    lines: Iterator[tuple[int, list[Cell]]] = field(repr=False)
    about: int = 0


def read_sheet(content: bytes, vocabulary: Vocabulary = ROSTER) -> Sheet:
    """The sheet of the file that lists people.

    Raises RosterRefused: 'empty_file', 'too_large', 'not_a_spreadsheet', 'encrypted', 'old_excel', 'damaged',
    'unknown_encoding', 'no_heading', 'several_lists', 'heading_twice', 'too_many_columns'.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise RosterRefused("empty_file", _("The file is empty. Upload the staff list as .xlsx or CSV."))
    if len(content) > MOST_BYTES:
        raise RosterRefused(
            "too_large",
            _("The file has {size} MB; at most {most} MB are read. Divide the list into several files.").format(
                size=len(content) // 1024**2, most=MOST_BYTES // 1024**2
            ),
        )
    refuse_ole(content)
    if content.startswith(_ZIP):
        return _from_workbook(made_safe(content), vocabulary)
    return _from_csv(content, vocabulary)


def _from_workbook(content: bytes, vocabulary: Vocabulary) -> Sheet:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        read = (_list_in(name, workbook.get_sheet_by_name(name), vocabulary) for name in names)
        lists = [sheet for sheet in read if sheet is not None]
    except (CalamineError, OSError, ValueError) as error:
        raise RosterRefused(
            "damaged",
            _("The workbook cannot be read ({reason}). Open it in the spreadsheet program and save it again.").format(
                reason=error
            ),
        ) from error
    if len(lists) > 1:
        raise RosterRefused(
            "several_lists",
            _(
                "Several sheets list people ({names}). Save each as a file of its own, or put the rows into one sheet."
            ).format(names=", ".join(sheet.name for sheet in lists)),
        )
    if not lists:
        raise _no_heading(vocabulary)
    return lists[0]


def _list_in(name: str, sheet: CalamineSheet, vocabulary: Vocabulary) -> Sheet | None:
    """The sheet as a list of people; None if no row of it is a heading row. Reading it is the dear part, so it is
    done once.
    """
    columns = _columns_of(sheet, vocabulary)
    if columns is None:
        return None
    rows = cast("Iterator[list[Cell]]", sheet.iter_rows())
    above = [next(rows) for _row in range(columns.row + 1)]
    return Sheet(name, columns, above, enumerate(rows, start=columns.row + 2), sheet.height - columns.row - 1)


def _columns_of(sheet: CalamineSheet, vocabulary: Vocabulary) -> Columns | None:
    rows = sheet.iter_rows() if sheet.height else iter(())
    return find_columns([[_heading_text(cell) for cell in row] for row in islice(rows, ROWS_ABOVE)], vocabulary)


def _heading_text(cell: Cell) -> str:
    try:
        return as_text(cell)
    except NotReadable:
        return ""


def _from_csv(content: bytes, vocabulary: Vocabulary) -> Sheet:
    encoding = _encoding(content)
    delimiter = _delimiter(content, encoding, vocabulary)
    columns = _columns_of_csv(content, encoding, delimiter, vocabulary)
    if columns is None:
        raise _no_heading(vocabulary)
    rows: Iterator[list[Cell]] = _csv_rows(content, encoding, delimiter)  # type: ignore[assignment]
    above = [next(rows) for _row in range(columns.row + 1)]
    return Sheet("CSV", columns, above, enumerate(rows, start=columns.row + 2), content.count(b"\n"))


def _encoding(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    for start, name in _OTHER_FILES:
        if content.lstrip()[: len(start)].lower() == start.lower():
            raise _not_a_spreadsheet(name)
    if b"\0" in content[:65536]:
        raise _not_a_spreadsheet(_("binary data"))
    for encoding in ("utf-8", "gb18030"):
        if _decodes(content, encoding):
            return encoding
    raise RosterRefused(
        "unknown_encoding",
        _("The characters of the CSV file are neither UTF-8 nor GB 18030. Save it as “CSV UTF-8” or as .xlsx."),
    )


def _not_a_spreadsheet(name: str) -> RosterRefused:
    return RosterRefused(
        "not_a_spreadsheet",
        _("The file is no spreadsheet but {kind}. Upload the staff list as .xlsx or CSV.").format(kind=name),
        value=name,
    )


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether the bytes are of this encoding, a megabyte at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(content), 1024 * 1024):
            decoder.decode(view[start : start + 1024 * 1024])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(content: bytes, encoding: str, vocabulary: Vocabulary) -> str:
    """The character by which most headings are recognised; the comma if none is better."""

    def recognised(delimiter: str) -> int:
        columns = _columns_of_csv(content, encoding, delimiter, vocabulary)
        return len(columns.given) if columns else 0

    return max(DELIMITERS, key=recognised)


def _columns_of_csv(content: bytes, encoding: str, delimiter: str, vocabulary: Vocabulary) -> Columns | None:
    rows = _csv_rows(content, encoding, delimiter)
    return find_columns([[as_text(cell) for cell in row] for row in islice(rows, ROWS_ABOVE)], vocabulary)


def _csv_rows(content: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    try:
        yield from csv.reader(stream, delimiter=delimiter)
    except (csv.Error, UnicodeDecodeError) as error:
        raise RosterRefused(
            "damaged",
            _("The CSV file cannot be read ({reason}). Save it again as “CSV UTF-8” or as .xlsx.").format(reason=error),
        ) from error


def _no_heading(vocabulary: Vocabulary) -> RosterRefused:
    found = _("No heading row was found among the first {rows} rows.").format(rows=ROWS_ABOVE)
    return RosterRefused("no_heading", sentences([found, vocabulary.remedy]))
