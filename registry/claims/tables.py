"""Claims as CSV: one line is one row, whatever is in it, so that nothing in one row hides another."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.claims.errors import ClaimsRefused
from registry.claims.headings import columns_of, no_heading
from registry.claims.rows import Unread
from registry.claims.surveying import Survey
from registry.queries.faults import Fault
from registry.rosters.cells import tidy
from registry.rosters.columns import ROWS_ABOVE, Columns
from registry.rosters.reading import DELIMITERS

LONGEST_LINE = 256 * 1024
"""Characters; what is longer is no row of claims, and is not read into memory to find out."""

_END = len("\r\n")
BROKEN_LINE = Fault(
    "broken_quotes",
    gettext_lazy("The quotation marks of the line do not match: “%(value)s”."),
    gettext_lazy("Write each row on one line, and a quotation mark inside a cell twice."),
)
TOO_MANY_CELLS = Fault(
    "too_many_cells",
    gettext_lazy("The line has more cells than the heading: “%(value)s”."),
    gettext_lazy("Write a cell that holds the separator in quotation marks."),
)


@dataclass(frozen=True, slots=True)
class Table:
    """How a CSV file is laid out."""

    columns: Columns
    delimiter: str
    headings: Mapping[str, str]
    further: tuple[str, ...]


def table_of(file: IO[bytes], found: Survey) -> Table:
    """The layout of the CSV file. Raises ClaimsRefused: 'no_heading', 'heading_twice', 'truncated', 'line_too_long'."""
    first = list(islice(_lines(file, found.encoding), ROWS_ABOVE))
    tables = [_table(first, delimiter) for delimiter in DELIMITERS]
    best = max(tables, key=lambda table: len(table.columns.given) if table else 0)
    if best is None:
        raise no_heading()
    _require_whole(file, found, best)
    return best


def rows_of(file: IO[bytes], found: Survey, table: Table) -> Iterator[Unread]:
    """The rows below the heading, each with the number of its line. Empty lines are none."""
    width = len(table.columns.columns)
    fields = [(column.index, column.field) for column in table.columns.columns if column.field]
    for number, line in enumerate(_lines(file, found.encoding), start=1):
        if number <= table.columns.row + 1 or not line.strip():
            continue
        cells = _cells(line, table.delimiter)
        if cells is None:
            yield Unread(number, error=BROKEN_LINE.of("", line.strip()))
        elif len(cells) > width and any(cells[width:]):
            yield Unread(number, error=TOO_MANY_CELLS.of("", line.strip()))
        elif any(cells):
            named = {field: cells[index].strip() or None for index, field in fields if index < len(cells)}
            yield Unread(number, named)


def _table(first: list[str], delimiter: str) -> Table | None:
    rows = [[tidy(cell) for cell in _cells(line, delimiter) or ()] for line in first]
    columns = columns_of(rows)
    if columns is None:
        return None
    headings = {column.field: column.heading for column in columns.columns if column.field}
    further = tuple(each for each in columns.further if not each.startswith("["))
    return Table(columns, delimiter, headings, further)


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line; None where its quotation marks do not match."""
    try:
        return next(csv.reader((line,), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                raise ClaimsRefused(
                    "line_too_long",
                    _("Line %(line)s has more than %(most)s characters. Write one claim on each line.")
                    % {"line": number, "most": LONGEST_LINE},
                )
            yield line
    finally:
        with suppress(ValueError):  # the file was closed meanwhile
            text.detach()


def _require_whole(file: IO[bytes], found: Survey, table: Table) -> None:
    """A last line that neither ends nor has its cells was cut off on the way."""
    if found.ends_with_a_line:
        return
    file.seek(max(0, found.size - LONGEST_LINE))
    last = file.read().rpartition(b"\n")[2].decode(found.encoding, "replace")
    cells = _cells(last, table.delimiter)
    if cells is None or (last.strip() and len(cells) <= max(c.index for c in table.columns.columns if c.field)):
        raise ClaimsRefused("truncated", _("The file ends in the middle of a line. Send it again, whole."))
