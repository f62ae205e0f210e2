"""How the faces describe themselves in OpenAPI: everything follows from what a view says it takes and gives."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from registry.api.problems import MEDIA_TYPE

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"


class ProblemError(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """What is wrong with one member."""

    field = serializers.CharField(help_text="the member, with dots and brackets where it lies deeper")
    value = serializers.JSONField(help_text="what was sent, shortened; null where nothing was")
    code = serializers.CharField(help_text="stable")
    message = serializers.CharField(help_text="why, in the language of the request")
    remedy = serializers.CharField(help_text="what to do")


class ProblemDocument(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """RFC 9457. `type` and `code` never change; the sentences follow `Accept-Language`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(required=False, help_text="why the register refused")
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]  # a field when it runs


READ = (400, 401, 403, 404, 406, 429, 503)
WRITE = (400, 401, 403, 404, 406, 409, 411, 412, 413, 415, 422, 429, 503)


class DeskSchema(AutoSchema):
    """The description of a face."""

    view: Any

    def get_operation_id(self) -> str:
        """The name of the view, with what is done."""
        name = _WORDS.sub("_", type(self.view).__name__.removesuffix("View")).lower()
        if self.method == "POST":
            return str(getattr(self.view, "creates", "") or name)
        return f"list_{name}" if self._is_list() else f"get_{name}"

    def get_tags(self) -> list[str]:
        """By noun."""
        return [self.view.tag]

    def get_summary(self) -> str:
        """The first line of what the view says of itself."""
        return self._said()[0]

    def get_description(self) -> str:  # type: ignore[override]  # the generator calls it without arguments
        """All that the view says of itself, and who may do it."""
        return "\n".join([*self._said(), "", "Roles: " + ", ".join(self._roles()) + "."]).strip()

    def get_extensions(self) -> dict[str, Any]:
        """Which roles may ask, for programs."""
        return {"x-roles": self._roles()}

    def _roles(self) -> list[str]:
        acts = self.method == "POST" and hasattr(self.view, "done_by")
        return sorted(self.view.done_by if acts else getattr(self.view, "seen_by", {"settlement_system"}))

    def get_request_serializer(self) -> Any:
        """What is sent."""
        return getattr(self.view, "given", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """What is answered, and every kind of problem."""
        problems = WRITE if self.method == "POST" else (*READ, *((409,) if self._refuses() else ()))
        good = 201 if self.method == "POST" and getattr(self.view, "makes", False) else 200
        files = getattr(self.view, "downloads", ())
        answers: dict[Any, Any] = {(good, media_type): OpenApiTypes.BINARY for media_type in files}
        if not files:
            answers[good] = self._answer()
        if self.method == "GET" and self._has_tag() and not self._is_list():
            answers[304] = None
        return answers | {(status, MEDIA_TYPE): ProblemDocument for status in problems}

    def _has_tag(self) -> bool:
        """Files have no entity tag, unless they say so."""
        return bool(getattr(self.view, "tagged", not hasattr(self.view, "downloads")))

    def _refuses(self) -> bool:
        return bool(getattr(self.view, "refuses", False))

    def get_override_parameters(self) -> list[Any]:
        """Headers, and the parameters of a list."""
        if self.method == "POST":
            return self._headers_of_writes()
        return [*self._asked(), *getattr(self.view, "headers_of_reads", ())]

    def _asked(self) -> list[Any]:
        if self._is_list():
            return [self.view.asks()]
        if asks := getattr(self.view, "asks", None):
            return [asks]
        if not self._has_tag():
            return []
        return [OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)]

    def _headers_of_writes(self) -> list[Any]:
        if not hasattr(self.view, "done_by"):
            return []
        header: Any = OpenApiParameter.HEADER
        said = "yours, another one for each thing to do; the same request under it is answered the same for ever"
        found = [
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]{8,200}$"},
                header,
                required=True,
                description=said,
            )
        ]
        if getattr(self.view, "subject_shape", None):
            found.append(OpenApiParameter("If-Match", str, header, description="the entity tag of what you decided on"))
        if self.view.two_people:
            told = "from `/api/v1/signatures/`, where two people are needed"
            found.append(OpenApiParameter("Second-Signature", str, header, description=told))
        return found

    def _answer(self) -> Any:
        if not (self.method == "GET" and self._is_list()):
            return self.view.shape
        return inline_serializer(
            f"{type(self.view).__name__}Page",
            {"items": self.view.shape(many=True), "next": serializers.CharField(allow_null=True)},
        )

    def _is_list(self) -> bool:
        return hasattr(self.view, "filters")

    def _said(self) -> list[str]:
        if self.method == "POST" and (creating := getattr(self.view, "creating", "")):
            return [creating]
        return [line.strip() for line in (type(self.view).__doc__ or "").strip().splitlines()]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key in the header `Authorization`."""

    target_class = "registry.api.authentication.BearerKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "a key that an administrator issued"}


class WordScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A choice with its words: one component, whatever the choice is about."""

    target_class = "registry.api.shapes.Word"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        word = {
            "type": "object",
            "description": "A choice as its stable code and in words of the caller's language.",
            "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
            "required": ["code", "text"],
        }
        return component("Word", word, self.target_class, auto_schema)


class KeptScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A row as it is kept: one component, whatever it holds."""

    target_class = "registry.api.own_data.Kept"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        row = {"type": "object", "description": "A row as it is kept.", "additionalProperties": {}}
        return component("Kept", row, self.target_class, auto_schema)


def component(name: str, schema: dict[str, Any], of: Any, auto_schema: Any) -> dict[str, Any]:
    """Where the schema stands under its name, for all who need it."""
    found = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=of
    )
    auto_schema.registry.register_on_missing(found)
    return dict(found.ref)


class AmountScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Yuan as they are taken: digits, and behind a point one or two more."""

    target_class = "registry.api.given.Amount"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": self.target.pattern}


class TextScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A string: how long, and without which characters."""

    target_class = "registry.api.given.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        text = self.target
        bounds = {"maxLength": text.max_length} if text.max_length else {}
        least = {} if text.allow_blank else {"minLength": 1}
        return {"type": "string", **least, **bounds, "pattern": text.pattern}


class ContentScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Bytes as base64, without line breaks."""

    target_class = "registry.api.files.Content"
    priority = 1

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "contentEncoding": "base64", "pattern": BASE64}


class ContentOfRosterScheme(ContentScheme):  # type: ignore[no-untyped-call]
    """The same of a roster."""

    target_class = "registry.api.rosters.Content"


def nothing_else(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What is sent has these members and no others: said of every object of a request."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request"):
            component["additionalProperties"] = False
    return result
