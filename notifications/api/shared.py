"""What the faces of notices have in common: the bodies that are told, as they are shown and as they are named."""

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from notifications.actions.endpoints import Body
from notifications.models.bodies import BODIES, OfABody
from notifications.queries.inbox import bodies_of
from registry.api.given import NOT_KNOWN, Choice, Given, Text
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import Shape
from registry.models import Agency, Authority, Institution, Region
from registry.queries.scope import Scope

MODELS: dict[str, type[Model]] = {
    "institution": Institution,
    "agency": Agency,
    "authority": Authority,
    "region": Region,
}


class BodyRef(Shape):
    """An institution, agency, authority, or another region with its register."""

    kind = serializers.CharField(help_text=", ".join(BODIES))
    code = serializers.CharField()
    name = serializers.CharField()


class BodyGiven(Given):
    """One of your bodies."""

    kind = Choice(choices=list(BODIES))
    code = Text(max_length=20)


def body_of(row: OfABody) -> dict[str, str] | None:
    """The body of the row, as it is shown; nothing where the row is a person's."""
    for kind in BODIES:
        if body := getattr(row, kind):
            return {"kind": kind, "code": body.code, "name": str(body.name)}
    return None


def named_body(seen: Scope, given: dict[str, Any]) -> Body:
    """The body that is named, where somebody with this scope may act for it. Raises Problem on that member."""
    rows: Any = MODELS[given["kind"]]._default_manager.filter(code=given["code"])
    if not seen.sees_everything:
        rows = rows.filter(pk__in=bodies_of(seen).get(f"{given['kind']}_id", []))
    found: Body | None = rows.first()
    if found is None:
        raise Problem(VALUE_REFUSED, errors=[NOT_KNOWN.of("body.code", given["code"])])
    return found
