"""Whose countersignature an objection can be given, and whether an institution has still to answer."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from appeals.models import Objection
from appeals.rules.procedures import OBJECTION
from registry.models import Case, Institution, Registration


def could_countersign(files: Collection[int], case_id: int | None, on: date) -> list[Institution]:
    """Where the person of the `files` is registered on the day: the institution of the case first. Two queries."""
    rows = Registration.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on, superseded_at=None)
    rows = rows.filter(practitioner__in=files).select_related("institution").order_by("starts_on", "pk")
    found = list(dict.fromkeys(row.institution for row in rows))
    case = Case.objects.filter(pk=case_id or 0).values_list("handling__institution", "trigger__institution").first()
    return sorted(found, key=lambda each: each.pk not in (case or ()))


def can_ask(objection: Objection) -> bool:
    """Whether the person can still ask an institution: once, while it is open and nobody has countersigned."""
    unasked = objection.countersigned_at is None and objection.countersignature_asked_at is None
    return unasked and OBJECTION.allows(objection.state, "ask_countersignature")


def waits_for_countersignature(objection: Objection) -> bool:
    """Whether an institution was asked, and has neither signed nor declined while the objection is open."""
    answered = objection.countersigned_at or objection.countersignature_declined_at
    asked = objection.countersignature_asked_at is not None and answered is None
    return asked and OBJECTION.allows(objection.state, "countersign")
