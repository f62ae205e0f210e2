"""Handlings with the responsibilities and points that came of them, and personal triggers."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter, RangeDateFilter

from registry.admin import labels
from registry.admin.acts.buttons import acts_on_handling
from registry.admin.base import ListAdmin
from registry.admin.filters import ByInstitution, RegionOfInstitution
from registry.admin.roles import scope
from registry.models import Case, Handling, PersonalTrigger, PointsEntry, Responsibility

MOST_SHOWN = 50


@admin.register(Handling)
class HandlingAdmin(ListAdmin):
    """What was done to institutions."""

    list_display = ("document_number", "kind", "place", "made_on", "agency", "opens")
    list_filter = (
        ("kind", ChoicesRadioFilter),
        ("made_on", RangeDateFilter),
        ("institution", ByInstitution),
        RegionOfInstitution,
    )
    search_fields = ("document_number",)
    search_help_text = _("Document number")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The handlings in the user's scope."""
        return scope(request).handlings().select_related("institution", "agency", "authority", "recorded_by")

    @admin.display(description=_("institution"))
    def place(self, row: Handling) -> SafeString:
        """The institution."""
        return labels.institution(row.institution)

    @admin.display(description=_("opens points"), boolean=True)
    def opens(self, row: Handling) -> bool:
        """Whether people may be scored for it."""
        return row.opens_the_gate

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The handling at a glance: who answers for it, and what was recorded."""
        handling = self.found(request, object_id)
        case = Case.objects.filter(handling=handling).first()
        return self.page(
            request,
            "registry/handling.html",
            title=handling.document_number,
            crumbs=[(_("Handlings"), reverse("admin:registry_handling_changelist"))],
            handling=handling,
            case=case,
            responsibilities=responsibilities(scope(request).answering().filter(handling=handling)),
            acts=acts_on_handling(request, handling, case),
        )


@admin.register(PersonalTrigger)
class TriggerAdmin(ListAdmin):
    """Findings against one person."""

    list_display = ("document_number", "kind", "person", "made_on", "agency")
    list_filter = (("kind", ChoicesRadioFilter), ("made_on", RangeDateFilter))
    search_fields = ("document_number",)
    search_help_text = _("Document number")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The triggers in the user's scope."""
        return scope(request).triggers().select_related("practitioner", "agency", "institution", "recorded_by")

    @admin.display(description=_("practitioner"))
    def person(self, row: PersonalTrigger) -> SafeString:
        """The person."""
        return labels.person(row.practitioner)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The trigger at a glance."""
        trigger = self.found(request, object_id)
        return self.page(
            request,
            "registry/trigger.html",
            title=trigger.document_number,
            crumbs=[(_("Personal triggers"), reverse("admin:registry_personaltrigger_changelist"))],
            trigger=trigger,
            case=Case.objects.filter(trigger=trigger).first(),
            responsibilities=responsibilities(trigger.responsibilities.all()),
        )


def responsibilities(rows: QuerySet[Responsibility]) -> QuerySet[Responsibility]:
    """The first of them with their people, entries and proposals, in four more queries; the case has everybody."""
    entries = PointsEntry.objects.select_related("fact").prefetch_related("fact__corrections")
    with_all = rows.select_related("practitioner").prefetch_related(Prefetch("points_entries", entries), "proposals")
    return with_all[:MOST_SHOWN]
