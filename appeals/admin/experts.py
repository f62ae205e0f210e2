"""The pool of experts: the list, the page of each, and what they are to be paid for."""

import csv
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from appeals.models import Expert, ExpertPlace, Seat, Specialty
from appeals.queries.panels import honoraria, honoraria_of
from appeals.queries.pool import with_load
from appeals.queries.visible import experts_for
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.moment import today
from registry.admin.roles import has_any, scope, user_of
from registry.models import User
from registry.queries.explain import name_of
from registry.queries.roles import POOL_KEEPERS, POOL_READERS
from registry.queries.wording import listed

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute instead of showing."""


class OfSpecialty(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Experts of one subject."""

    title = _("specialty")
    parameter_name = "specialty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """The subjects."""
        return Specialty.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those who have it."""
        return queryset.filter(specialties__contains=[self.value()]) if self.value() else queryset


def specialties_of(expert: Expert) -> str:
    """The subjects in words."""
    return listed(Specialty(code).label for code in expert.specialties)


def record_of(expert: Expert) -> dict[str, Any]:
    """What the register keeps of an expert."""
    return {
        "expert": expert,
        "specialties": specialties_of(expert),
        "places": expert.places.select_related("institution").order_by("-starts_on"),
        "availability": expert.availability.order_by("-starts_on"),
        "conflicts": expert.conflicts.select_related("institution", "practitioner").order_by("-pk"),
        "today": today(),
    }


@admin.register(Expert)
class ExpertAdmin(ListAdmin):
    """Who may be drawn for panels."""

    seen_by = POOL_READERS
    list_display = ("name", "subjects", "works_at", "load", "active")
    list_filter = (OfSpecialty, ("active", BooleanRadioFilter))
    search_fields = ("name",)
    search_help_text = _("Name")
    list_before_template = "appeals/parts/experts_start.html"

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The part of the pool that the user reads, with the load of each."""
        places = ExpertPlace.objects.filter(ends_on=None).select_related("institution")
        return with_load(experts_for(scope(request), user_of(request))).prefetch_related(
            Prefetch("places", places, to_attr="present_places")
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the act that adds to it and the year whose votes are counted."""
        keeps = has_any(request, POOL_KEEPERS)
        extra = {**(extra_context or {}), "year": today().year if keeps else None, "may_add": keeps}
        response: HttpResponse = super().changelist_view(request, extra)
        return response

    @admin.display(description=_("specialties"))
    def subjects(self, row: Expert) -> str:
        """In words."""
        return specialties_of(row)

    @admin.display(description=_("works at"))
    def works_at(self, row: Any) -> str:
        """The institutions of today."""
        return listed(place.institution.name for place in row.present_places) or self.empty_value_display

    @admin.display(description=_("panels served"))
    def load(self, row: Any) -> int:
        """The load that the lottery goes by."""
        return int(row.load)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The expert at a glance."""
        expert = self.found(request, object_id)
        year = today().year
        voted = honoraria_of(Seat.objects.filter(expert=expert, closed_at__year=year))
        return self.page(
            request,
            "appeals/expert.html",
            title=expert.name,
            crumbs=[(_("Experts"), reverse("admin:appeals_expert_changelist"))],
            acts=acts_on_expert(expert) if has_any(request, POOL_KEEPERS) else [],
            seats=expert.seats.select_related("panel__objection").order_by("-pk"),
            load=expert.load,
            voted=voted.get(expert.pk, 0),
            year=year,
            changes=expert.history.select_related("history_user").order_by("-history_date", "-history_id"),
            may_act=has_any(request, POOL_KEEPERS),
            **record_of(expert),
        )


def acts_on_expert(expert: Expert) -> list[Button]:
    """What the keepers of the pool can do."""
    told = [
        (_("Change the specialties"), "change_specialties", "school"),
        (_("Record a workplace"), "add_workplace", "add_business"),
        (_("Offer days"), "offer_availability", "event_available"),
        (_("Declare a conflict"), "declare_conflict", "block"),
    ]
    if expert.active:
        told.append((_("Take out of the pool"), "leave_pool", "logout"))
    return [Button(title, reverse(f"admin:{name}", args=[expert.pk]), icon) for title, name, icon in told]


def honoraria_download(site: Any) -> Callable[..., HttpResponse]:
    """The votes of a year per expert, for those who pay them."""

    def download(request: HttpRequest, year: int) -> HttpResponse:
        if not has_any(request, POOL_KEEPERS):
            raise Http404
        sheet = StringIO()
        writer = csv.writer(sheet)
        writer.writerow([gettext("Expert"), gettext("Account"), gettext("Specialties"), gettext("Panels voted on")])
        for row in honoraria(year, experts_for(scope(request), user_of(request))):
            told = [row.expert.name, _account(row.expert.user), specialties_of(row.expert)]
            writer.writerow([*map(_harmless, told), row.votes])
        response = HttpResponse(sheet.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="honoraria-{year}.csv"'
        return response

    return download


def _account(user: User | None) -> str:
    return name_of(user) if user else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
