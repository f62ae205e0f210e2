"""Where panels, experts, objections and cases of experts are in the office."""

from django.urls import reverse

from appeals.models import Expert, Objection, Panel, Seat
from appeals.queries.visible import reads_the_pool
from registry.queries.scope import Scope


def panel_url(panel: Panel) -> str:
    """The page of a panel."""
    return reverse("admin:appeals_panel_change", args=[panel.pk])


def expert_url(expert: Expert, seen: Scope) -> str:
    """The page of an expert; for experts their own record."""
    if reads_the_pool(seen):
        return reverse("admin:appeals_expert_change", args=[expert.pk])
    return reverse("admin:expert_record")


def objection_url(objection: Objection) -> str:
    """The page of an objection."""
    return reverse("admin:appeals_objection_change", args=[objection.pk])


def case_url(seat: Seat) -> str:
    """The page of a case on the desk of its expert."""
    return reverse("admin:expert_case", args=[seat.uuid])
