"""A file of claims, whichever kind it is: looked at as a whole, then read row after row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO

from registry.claims import columnar, json_lines, tables
from registry.claims.columnar import Columnar
from registry.claims.rows import OF_JSON, OF_TABLES, Row, Unread, read_row
from registry.claims.surveying import CSV, NDJSON, PARQUET, Survey, survey
from registry.claims.tables import Table

__all__ = ["CSV", "NDJSON", "PARQUET", "ClaimsFile", "open_claims"]


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """A file of claims that can be read, from the beginning and as often as wanted."""

    file: IO[bytes]
    survey: Survey
    layout: Table | Columnar | None

    @property
    def further(self) -> tuple[str, ...]:
        """The columns that are no part of a question and are not looked at."""
        return self.layout.further if self.layout else ()

    @property
    def about(self) -> int:
        """How many rows there are, to within a few."""
        return self.layout.rows if isinstance(self.layout, Columnar) else self.survey.lines

    def rows(self, *, after: int, now: datetime, keeps_emergencies: bool) -> Iterator[Row]:
        """The rows behind the first `after` ones. With `keeps_emergencies` False a claimed emergency is an error."""
        headings = self.layout.headings if isinstance(self.layout, Table) else None if self.layout is None else {}
        readers = OF_JSON if self.layout is None else OF_TABLES
        for unread in islice(self._unread(), after, None):
            yield read_row(unread, readers, now=now, keeps_emergencies=keeps_emergencies, headings=headings)

    def _unread(self) -> Iterator[Unread]:
        if isinstance(self.layout, Table):
            return tables.rows_of(self.file, self.survey, self.layout)
        if isinstance(self.layout, Columnar):
            return columnar.rows_of(self.file, self.layout)
        return json_lines.rows_of(self.file)


def open_claims(file: IO[bytes]) -> ClaimsFile:
    """The file, which must be seekable, looked at once. Raises ClaimsRefused for one that is none of claims."""
    found = survey(file)
    if found.kind == CSV:
        return ClaimsFile(file, found, tables.table_of(file, found))
    if found.kind == PARQUET:
        return ClaimsFile(file, found, columnar.columnar_of(file))
    json_lines.require_whole(file, found)
    return ClaimsFile(file, found, None)
