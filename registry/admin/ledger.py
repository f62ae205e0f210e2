"""The ledger to read: points entries and changes of standing. Nothing here can be edited."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter, RangeDateFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from registry.admin import extensions, labels
from registry.admin.acts.subjects import case_url
from registry.admin.base import ListAdmin
from registry.admin.exact import by_person
from registry.admin.moment import today
from registry.admin.roles import reads_files, scope
from registry.ledger.law import policies
from registry.models import Fact, PointsEntry, ProposedEntry, StandingChange
from registry.queries.departures import OFF_DEFAULT, SHIFTED, departing
from registry.queries.entries import present_of
from registry.queries.explain import wording
from registry.queries.publication import published_entries
from registry.queries.roles import READERS_OF_THE_PUBLISHED


def by_document(term: str) -> Q:
    """The number of the document, as it is written there."""
    return Q(fact__document_number=term)


class Departing(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Entries whose points are not what the grade and the band would give."""

    title = _("departure")
    parameter_name = "departs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """From the default, or from the band."""
        return [(OFF_DEFAULT, _("not the default of the grade")), (SHIFTED, _("outside the band"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the points as decided."""
        return departing(queryset, self.value() or "")


class OfSituation(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Entries of one situation."""

    title = _("situation")
    parameter_name = "situation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """By the codes of every policy."""
        codes = {code for law in policies().values() if not law.draft for code in law.situations}
        return [(code, code) for code in sorted(codes)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Exactly this one."""
        return queryset.filter(situation=self.value()) if self.value() else queryset


@admin.register(PointsEntry)
class EntryAdmin(ListAdmin):
    """Points on one practitioner for one situation in one handling."""

    list_display = ("person", "points", "situation", "cause", "effective_on", "state")
    list_display_links = ("points",)
    list_filter = (
        ("fact__effective_on", RangeDateFilter),
        ("responsibility__grade", ChoicesRadioFilter),
        Departing,
        OfSituation,
    )
    search_fields = ("practitioner__code",)
    search_help_text = _("Personal code, or document number")
    exactly = (by_person, by_document)
    seen_by = READERS_OF_THE_PUBLISHED

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The entries in the user's scope, with their corrections."""
        seen = scope(request)
        rows = published_entries(seen, seen.entries(), today=today()).select_related(
            "fact__agency", "fact__actor", "fact__second", "practitioner", "responsibility", "trigger",
            "handling__institution",
        )  # fmt: skip
        return rows.prefetch_related(Prefetch("fact__corrections", Fact.objects.order_by("decided_at", "id")))

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """To the case behind it, for whoever reads cases."""
        return self.list_display_links if reads_files(request) else None

    @admin.display(description=_("practitioner"))
    def person(self, row: PointsEntry) -> SafeString:
        """The person."""
        return labels.person(row.practitioner)

    @admin.display(description=_("points"))
    def points(self, row: PointsEntry) -> str:
        """The points recorded."""
        return str(row.fact.points)

    @admin.display(description=_("document"))
    def cause(self, row: PointsEntry) -> str:
        """The document of the handling or trigger."""
        return row.fact.document_number

    @admin.display(description=_("effective on"))
    def effective_on(self, row: PointsEntry) -> Any:
        """From which day it counts."""
        return row.fact.effective_on

    @admin.display(description=_("corrected"))
    def state(self, row: PointsEntry) -> str:
        """Whether it was annulled or revised."""
        return corrected(row)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The entry with everything that stands behind it."""
        entry = self.found(request, object_id)
        law = policies()[entry.fact.policy]
        situation = law.situations.get(entry.situation)
        proposed = ProposedEntry.objects.filter(entry=entry).select_related("proposal__case").first()
        case = proposed.proposal.case if proposed else None
        return self.page(
            request,
            "registry/entry.html",
            title=f"{entry.practitioner.name} · {entry.fact.points}",
            crumbs=[(_("Points entries"), reverse("admin:registry_pointsentry_changelist"))],
            entry=entry,
            situation=wording(situation) if situation else entry.situation,
            law=law,
            annulled=present_of(entry).annulled,
            corrections=list(entry.fact.corrections.all()),
            proposed=proposed,
            case_url=case_url(case) if case and scope(request).cases().filter(pk=case.pk).exists() else "",
            acts=extensions.buttons("entry", request, entry),
            sections=extensions.sections("entry", request, entry),
        )


def corrected(entry: PointsEntry) -> str:
    """The corrections of an entry in a word; its facts are fetched already."""
    found = present_of(entry)
    if found.annulled:
        return str(_("annulled"))
    return str(_("revised to %(points)s") % {"points": found.points}) if found.revised else "–"


@admin.register(StandingChange)
class ChangeAdmin(ListAdmin):
    """Every change of a standing, by a fact, a merge, or because a day came."""

    list_display = ("on_day", "person", "before", "after", "points_before", "points_after", "cause")
    list_display_links = None
    list_filter = (("status_after", ChoicesRadioFilter), ("cause", ChoicesRadioFilter), ("on_day", RangeDateFilter))
    search_fields = ("practitioner__code",)
    search_help_text = _("Personal code")
    exactly = (by_person,)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The changes of people in the user's scope."""
        seen = scope(request)
        rows = StandingChange.objects.select_related("practitioner")
        return rows if seen.sees_everything else rows.filter(seen.about("practitioner"))

    @admin.display(description=_("practitioner"))
    def person(self, row: StandingChange) -> SafeString:
        """The person."""
        return labels.person(row.practitioner)

    @admin.display(description=_("before"))
    def before(self, row: StandingChange) -> SafeString:
        """The standing before."""
        return labels.status(row.status_before)

    @admin.display(description=_("after"))
    def after(self, row: StandingChange) -> SafeString:
        """The standing after."""
        return labels.status(row.status_after)
