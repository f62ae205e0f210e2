"""Whole lists to take away, written while they are read: CSV for spreadsheets, NDJSON for programs."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any, ClassVar

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from registry.actions.access_log import Kind, record_many
from registry.api.desk import parameters
from registry.api.downloads import CSV, ENDINGS, NDJSON, XLSX, Download, stream, whole_file
from registry.api.given import Day, Given, Whole
from registry.api.opening import MISSING, SAID, access_reason, reason_needed
from registry.api.subjects import one
from registry.queries import exports
from registry.queries.access_log import works_on_files
from registry.queries.exports import Export, Row
from registry.rosters.cells import harmless
from registry.rosters.jobs import export

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know that a text is UTF-8."""


class AskedExport(Given):
    """From where it goes on."""

    after = Whole(min_value=1, required=False, help_text="the number of the last row that arrived, to go on after it")


class AskedSince(AskedExport):
    """From which day on, and from where it goes on."""

    since = Day(required=False, help_text="from this day on")


class AskedOn(AskedExport):
    """On which day, and from where it goes on."""

    on = Day(required=False, help_text="the day asked about; today unless told")


class Exported(Download):
    """A list as a file."""

    tag = "exports"
    downloads = (CSV, NDJSON)
    asks: ClassVar[type[Given]] = AskedExport
    name: ClassVar[str]

    def export(self, asked: Mapping[str, Any]) -> Export:
        """The list."""
        raise NotImplementedError

    def keep(self, found: Export, after: int) -> None:
        """Record whose files leave with the list, where files do. Raises Problem where a reason is needed."""

    def get(self, request: Request, **path: Any) -> StreamingHttpResponse:
        self.require(self.seen_by)
        asked, media_type = parameters(self.asks, request, beside=("format",)), self.wanted(request)
        found, after = self.export(asked), asked.get("after", 0)
        self.keep(found, after)
        rows = found.after(after)
        lines = as_csv(found.columns, rows) if media_type == CSV else as_ndjson(rows)
        return stream(lines, media_type, f"{self.name}-{self.asker.today}.{ENDINGS[media_type]}")


class ExportPractitioners(Exported):
    """Everybody who concerns you, with the standing of a day and where they are registered on it."""

    name = "practitioners"
    asks = AskedOn

    def export(self, asked: Mapping[str, Any]) -> Export:
        return exports.practitioners(self.asker.scope, asked.get("on") or self.asker.today)


class ExportFacts(Exported):
    """The facts of everybody who concerns you. That takes their files away, which is kept in each of them."""

    name = "facts"
    asks = AskedSince
    headers_of_reads = (SAID,)

    def keep(self, found: Export, after: int) -> None:
        reason = access_reason(self.request)
        if not reason and not works_on_files(self.asker.scope):
            raise reason_needed(MISSING)
        rows = found.rows.filter(pk__gt=after).order_by().values_list("practitioner_id", flat=True)
        record_many(
            practitioners=rows.distinct(),
            by=self.asker.person,
            key=self.asker.key,
            kind=Kind.EXPORTED,
            reason=reason,
            now=self.asker.now,
        )

    def export(self, asked: Mapping[str, Any]) -> Export:
        return exports.facts(self.asker.scope, since=asked.get("since"))


class ExportChanges(Exported):
    """The changes of standing of everybody who concerns you."""

    name = "changes"
    asks = AskedSince

    def export(self, asked: Mapping[str, Any]) -> Export:
        return exports.changes(self.asker.scope, since=asked.get("since"))


class ExportTasks(Exported):
    """Your open tasks."""

    name = "tasks"

    def export(self, asked: Mapping[str, Any]) -> Export:
        return exports.tasks(self.asker.scope, self.asker.user, self.asker.today)


class ExportStaff(Download):
    """The staff of an institution today as a workbook with the columns of a roster, without document numbers."""

    tag = "exports"
    downloads = (XLSX,)

    def get(self, request: Request, **path: Any) -> HttpResponse:
        self.require(self.seen_by)
        place = one(self.asker.scope.institutions(), **path)
        today = self.asker.today
        return whole_file(export(place, today, document_numbers=None), XLSX, f"{place.code}-{today}.xlsx")


def as_csv(columns: Iterable[str], rows: Iterable[Row]) -> Iterator[str]:
    """A heading, and one line for each row; no text in it is taken for a formula."""
    yield BYTE_ORDER_MARK + _line(columns)
    for row in rows:
        yield _line(_cell(value) for value in row.values())


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else json.dumps(value)


def _line(cells: Iterable[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(list(cells))
    return written.getvalue()


def as_ndjson(rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object for each row, each on a line of its own."""
    for row in rows:
        yield json.dumps(row, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":")) + "\n"
