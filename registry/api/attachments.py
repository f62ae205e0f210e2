"""Giving out bytes: always as an attachment, never kept by anybody between, never run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from registry.api.desk import DeskFace
from registry.api.problems import MEDIA_TYPE
from registry.api.schema import READ, DeskSchema, ProblemDocument
from registry.rules.attachments.kinds import KINDS

NOTHING_RUNS = "default-src 'none'; sandbox"


class AsItIs(BaseContentNegotiation):
    """The content is of the type that it is, whatever is asked for; a problem is problem+json."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class AttachedSchema(DeskSchema):
    """A download in the description: bytes, or a problem."""

    def get_response_serializers(self) -> Any:
        """The bytes, of whichever kind, and every kind of problem of reading."""
        answers: dict[Any, Any] = {(200, each): self.view.holds for each in self.view.media_types}
        return answers | {(status, MEDIA_TYPE): ProblemDocument for status in READ}

    def get_override_parameters(self) -> list[Any]:
        """None."""
        return []


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is given out."""

    name: str
    media_type: str
    content: bytes


class Attached(DeskFace):
    """Bytes to keep."""

    schema = AttachedSchema()
    content_negotiation_class = AsItIs
    media_types: ClassVar[tuple[str, ...]] = tuple(kind.media_type for kind in KINDS)
    holds: ClassVar[OpenApiTypes] = OpenApiTypes.BINARY

    def find(self, **path: Any) -> Attachment:
        """What is at the address. Raises NotFound for what is not the asker's."""
        raise NotImplementedError

    def get(self, request: Request, **path: Any) -> HttpResponse:
        """The bytes."""
        self.require(self.seen_by)
        found = self.find(**path)
        response = HttpResponse(found.content, content_type=found.media_type)
        response["Content-Disposition"] = content_disposition_header(True, found.name)
        response["Content-Security-Policy"] = NOTHING_RUNS
        response["X-Content-Type-Options"] = "nosniff"
        return response
