"""What is answered: the shapes of rows, and of the people and places that they name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder


class Shape(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A JSON object that is answered; read only."""


def document_of(shape: type[Shape], row: Any, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The row as the API shows it, in plain JSON values."""
    shaped = shape(row, context=dict(context or {})).data
    plain: dict[str, Any] = json.loads(json.dumps(shaped, cls=JSONEncoder))
    return plain


def etag_of(document: Mapping[str, Any]) -> str:
    """The entity tag of what is shown: another content, another tag."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


class AgencyShape(Shape):
    """An agency (医保经办机构)."""

    code = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField(source="region_id")


class PlaceRef(Shape):
    """An institution, named."""

    code = serializers.CharField()
    name = serializers.CharField()


class PersonRef(Shape):
    """A practitioner, named. `id` stands for the person wherever the code must not be shown, as in addresses."""

    id = serializers.UUIDField(source="uuid")
    code = serializers.CharField()
    name = serializers.CharField()


class ActorRef(Shape):
    """Somebody who acted, by the name of the account."""

    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")


class Word(serializers.Field):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A choice as its stable code and in words of the caller's language."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        self.words = dict(choices)
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"code": str(value), "text": str(self.words.get(value, value))}
