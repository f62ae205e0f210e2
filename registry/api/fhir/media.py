"""In which forms FHIR is asked for and answered: JSON only, searches as forms."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import IO, Any

from django.http import QueryDict
from rest_framework.exceptions import NotAcceptable, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from registry.api.parsers import too_many_bytes

FHIR_JSON = "application/fhir+json; charset=utf-8"
FORMATS = ("json", "application/json", "application/fhir+json")
_VERSIONS = ("4.0", "4.0.1")


class FhirJson(JSONRenderer):
    """FHIR as JSON; whoever accepts plain JSON gets it too."""

    media_type = "application/fhir+json"
    format = "json"
    charset = "utf-8"


class PlainJson(FhirJson):
    """The same, asked for as JSON."""

    media_type = "application/json"


class Negotiation(DefaultContentNegotiation):
    """`_format` goes before `Accept`; a version of FHIR other than R4 is not to be had."""

    settings: Any = SimpleNamespace(URL_FORMAT_OVERRIDE=None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer. Raises NotAcceptable."""
        offered = list(renderers)
        if asked := request.query_params.get("_format"):
            if asked.partition(";")[0].strip() not in FORMATS:
                raise NotAcceptable(available_renderers=offered)
            return offered[0], FHIR_JSON
        version = request.headers.get("Accept", "").lower().replace(" ", "").partition("fhirversion=")[2]
        if version and version.split(",")[0].split(";")[0].strip('"') not in _VERSIONS:
            raise NotAcceptable(available_renderers=offered)
        renderer, _accepted = super().select_renderer(request, offered, format_suffix)
        return renderer, FHIR_JSON


class SearchForm(BaseParser):
    """A search as a form. Reads at most `max_body_bytes` of the view. Raises Problem for what is too large."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> QueryDict:
        """The parameters."""
        assert parser_context is not None
        request = parser_context["request"]
        limit: int = parser_context["view"].max_body_bytes
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise too_many_bytes(limit)
        try:
            return QueryDict(stream.read(limit).decode("ascii"), encoding="utf-8")
        except UnicodeDecodeError:
            raise UnsupportedMediaType(media_type or "") from None
