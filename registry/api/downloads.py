"""Answers that are files: negotiated like any other, told what they are called, kept by nobody on the way."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from registry.api.desk import DeskFace

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
NDJSON = "application/x-ndjson"
PARQUET = "application/vnd.apache.parquet"
Response = TypeVar("Response", bound=HttpResponseBase)
ENDINGS = {XLSX: "xlsx", CSV: "csv", NDJSON: "ndjson"}


class _Named(JSONRenderer):
    """Lets a media type be asked for; what goes wrong is told in JSON all the same."""

    charset = None
    render_style = "binary"


class XlsxFile(_Named):
    """A workbook."""

    media_type = XLSX
    format = "xlsx"


class CsvFile(_Named):
    """A table as text."""

    media_type = CSV
    format = "csv"


class NdjsonFile(_Named):
    """One JSON object on each line."""

    media_type = NDJSON
    format = "ndjson"


FILES: dict[str, type[BaseRenderer]] = {XLSX: XlsxFile, CSV: CsvFile, NDJSON: NdjsonFile}


class Download(DeskFace):
    """An answer that is a file; which one, `Accept` says, else it is the first."""

    http_method_names = ["get", "head"]
    downloads: ClassVar[Sequence[str]] = (XLSX,)

    def get_renderers(self) -> list[Any]:
        """What can be asked for; problems are JSON."""
        return [*(FILES[each]() for each in self.downloads), JSONRenderer()]

    def wanted(self, request: Request) -> str:
        """The media type that the file shall have."""
        asked = request.accepted_renderer.media_type if request.accepted_renderer else ""
        return asked if asked in self.downloads else self.downloads[0]


def whole_file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file that is there at once."""
    return _named(HttpResponse(content, content_type=_typed(media_type)), name)


def stream(lines: Iterable[str], media_type: str, name: str) -> StreamingHttpResponse:
    """A file that is written while it is read."""
    return stream_pieces((line.encode() for line in lines), media_type, name)


def stream_pieces(pieces: Iterable[bytes], media_type: str, name: str) -> StreamingHttpResponse:
    """A file that is there in pieces, in UTF-8."""
    return _named(StreamingHttpResponse(pieces, content_type=_typed(media_type)), name)


def _typed(media_type: str) -> str:
    return media_type if media_type == XLSX else f"{media_type}; charset=utf-8"


def _named(response: Response, name: str) -> Response:
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
