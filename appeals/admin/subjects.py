"""Where panels, experts and objections are in the office."""

from django.urls import reverse

from appeals.models import Expert, Objection, Panel


def panel_url(panel: Panel) -> str:
    """The page of a panel."""
    return reverse("admin:appeals_panel_change", args=[panel.pk])


def expert_url(expert: Expert) -> str:
    """The page of an expert."""
    return reverse("admin:appeals_expert_change", args=[expert.pk])


def objection_url(objection: Objection) -> str:
    """The page of an objection."""
    return reverse("admin:appeals_objection_change", args=[objection.pk])
