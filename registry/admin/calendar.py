"""The working calendar: everybody reads it, administrators of the whole country enter years and correct days."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.admin.base import ListAdmin
from registry.admin.moment import today
from registry.admin.months import mark_of, months_of, weekdays, words_of
from registry.admin.roles import keeps_the_country
from registry.models import CalendarDay, CalendarYear
from registry.queries.calendar import calendar, corrections_of, missing_years
from registry.queries.roles import READERS_OF_REFERENCE
from registry.rules.clocks import NotYetComputable

Kind = CalendarDay.Kind


def legend() -> dict[str, str]:
    """The marks of the months."""
    return {"off": mark_of(Kind.HOLIDAY), "worked": mark_of(Kind.MAKE_UP)}


@admin.register(CalendarYear)
class CalendarYearAdmin(ListAdmin):
    """The years that are known, the latest first."""

    seen_by = READERS_OF_REFERENCE
    keyset = "-year"
    list_before_template = "registry/parts/calendar_start.html"
    list_display = ("year", "holidays", "make_up_days", "source", "recorded_at", "recorded_by")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """All years, with how many days of each kind they have."""
        of_kind = {kind: Count("days", filter=Q(days__kind=kind)) for kind in (Kind.HOLIDAY.value, Kind.MAKE_UP.value)}
        years = CalendarYear.objects.select_related("recorded_by")
        return years.annotate(free=of_kind[Kind.HOLIDAY.value], made_up=of_kind[Kind.MAKE_UP.value])

    @admin.display(description=_("days off"))
    def holidays(self, row: Any) -> int:
        """How many public holidays, weekends within them included."""
        return int(row.free)

    @admin.display(description=_("make-up working days"))
    def make_up_days(self, row: Any) -> int:
        """How many Saturdays and Sundays are worked."""
        return int(row.made_up)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what is missing and the act that helps."""
        extra = {"may_enter": keeps_the_country(request), "missing_years": missing_years(today())}
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **extra})
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The twelve months of a year, where they come from, and what was corrected in them."""
        row = self.found(request, object_id)
        worked = calendar().working_days(row.year)
        assert not isinstance(worked, NotYetComputable)
        corrected = [(each, words_of(each)) for each in corrections_of(row)]
        return self.page(
            request,
            "registry/calendar.html",
            title=gettext("Working calendar %(year)s") % {"year": row.year},
            crumbs=[(_("Working calendar"), reverse("admin:registry_calendaryear_changelist"))],
            row=row,
            working_days=len(worked),
            months=months_of(row.year, row.days.all()),
            weekdays=weekdays(),
            legend=legend(),
            corrections=corrected,
            today=today(),
            may_act=keeps_the_country(request),
        )
