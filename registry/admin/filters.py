"""Filters of lists: by standing and points of today, by region tree, by institution."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from registry.admin.moment import today
from registry.admin.pickers import Picker
from registry.admin.roles import scope
from registry.ledger.law import policies
from registry.models import Region, Registration, StandingSpan, StandingStatus
from registry.queries.publication import is_outsider
from registry.rules.policy import NATIONAL

MOST_REGIONS = 60


def spans_on(day: date) -> QuerySet[StandingSpan]:
    """The spans that hold the day."""
    return StandingSpan.objects.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


def spans_ahead(request: HttpRequest) -> QuerySet[StandingSpan]:
    """The spans that hold today or begin later, in order; today's alone for whoever is told what is published."""
    if is_outsider(scope(request)):
        return spans_on(today())
    return StandingSpan.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today())).order_by("starts_on")


class StandingToday(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Practitioners by their standing today."""

    title = _("standing today")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """The three standings, and those who may be registered again."""
        return [*StandingStatus.choices, ("may_reregister", _("may be registered again"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only people with facts have spans; everybody else is normal."""
        spans = spans_on(today()).filter(practitioner=OuterRef("pk"))
        match self.value():
            case "normal":
                return queryset.exclude(Exists(spans.exclude(status="normal")))
            case "suspended" | "terminated" as status:
                return queryset.filter(Exists(spans.filter(status=status)))
            case "may_reregister":
                return queryset.filter(Exists(spans.filter(may_reregister=True)))
        return queryset


class PointsThisYear(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Practitioners by the points of the running year, in the tiers of the national policy."""

    title = _("points this year")
    parameter_name = "points"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """From each tier to the next."""
        return [(f"{low}-{high}", f"{low}–{high}" if low < high else str(low)) for low, high in _tiers()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only people with facts have points."""
        for low, high in _tiers():
            if self.value() == f"{low}-{high}":
                spans = spans_on(today()).filter(practitioner=OuterRef("pk"))
                if low == 0:
                    return queryset.exclude(Exists(spans.filter(points__gt=0)))
                return queryset.filter(Exists(spans.filter(points__gte=low, points__lte=high)))
        return queryset


class PickerForm(AutocompleteDropdownForm):  # type: ignore[misc]  # the theme is untyped
    """The theme's form of a filter that is searched, with our own field."""

    widget = Picker

    class Media:
        extend = False
        js = ("registry/picker.js",)


class ByInstitution(AutocompleteSelectFilter):  # type: ignore[misc]  # the theme is untyped
    """Rows of one institution. The columns have no name for people, so the filter would be called as in the code."""

    form_class = PickerForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("institution")


def _tiers() -> list[tuple[int, int]]:
    law = policies().in_force(NATIONAL, today())
    edges = [1, law.get("tiers.talk"), law.get("tiers.interview"), law.suspend_at, law.terminate_at]
    return [(0, 0), *((low, high - 1) for low, high in pairwise(edges)), (edges[-1], edges[-1])]


def registered_on(day: date) -> QuerySet[Registration]:
    """The registrations in force on the day, as known now."""
    rows = Registration.objects.filter(superseded_at=None, starts_on__lte=day)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=day))


class RegionTree(admin.SimpleListFilter):
    """Rows whose institution lies in a region or below it. One goes down from the province step by step."""

    title = _("region")
    parameter_name = "region"
    template = "admin/registry/region_filter.html"
    institution_path = "region__code"

    def has_output(self) -> bool:
        """Always shown."""
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """None: the template shows its own."""
        return []

    def choices(self, changelist: Any) -> Any:
        """The provinces; or the region picked, with those around it and those directly below it."""
        picked = self.value() or ""
        around = [f"{picked[:2]}0000", f"{picked[:4]}00", picked]
        shown = Q(code__in=around) | Q(parent=picked) if picked else Q(code__endswith="0000")
        yield {"value": picked, "regions": Region.objects.filter(shown)[:MOST_REGIONS]}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The region tree by the digits that its codes begin with."""
        if not (code := self.value()):
            return queryset
        region = Region(code=code) if code.isdecimal() and len(code) == 6 else None
        return self.narrowed(queryset, region)

    def narrowed(self, queryset: QuerySet[Any], region: Region | None) -> QuerySet[Any]:
        """Rows with an institution of their own."""
        prefix = region.prefix if region else "-"
        return queryset.filter(**{f"{self.institution_path}__startswith": prefix})


class RegionOfInstitution(RegionTree):
    """Rows that name an institution."""

    institution_path = "institution__region__code"


class RegionOfPerson(RegionTree):
    """Practitioners registered today in the region."""

    def narrowed(self, queryset: QuerySet[Any], region: Region | None) -> QuerySet[Any]:
        """Asked of each row: as a join PostgreSQL would begin with everybody who is registered in the region."""
        here = registered_on(today()).filter(institution__region__code__startswith=region.prefix if region else "-")
        first_of_them = Subquery(here.filter(practitioner=OuterRef("pk")).values("pk")[:1])
        found: QuerySet[Any] = queryset.alias(registered_here=first_of_them).filter(registered_here__isnull=False)
        return found
