"""The official working calendar as the register has it, or had it, and which years are wanting."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from registry.models import CalendarDay, CalendarYear
from registry.models.calendar import FIRST_YEAR
from registry.rules.clocks import WorkingCalendar

Kind = CalendarDay.Kind
NEXT_YEAR_IS_ANNOUNCED_BY = (11, 1)
"""Month and day from which the next year is wanted: windows begin to run into it, and it is usually announced."""


def calendar(known: datetime | None = None) -> WorkingCalendar:
    """The calendar as known now, or as it was known at an instant (inclusive). Two queries."""
    if known is None:
        years: Iterable[int] = CalendarYear.objects.values_list("year", flat=True)
        days: Iterable[tuple[date, str]] = CalendarDay.objects.values_list("day", "kind")
    else:
        years = CalendarYear.history.filter(history_date__lte=known).values_list("year", flat=True)
        versions = CalendarDay.history.filter(history_date__lte=known).order_by("day", "-history_date", "-history_id")
        days = versions.distinct("day").values_list("day", "kind")
    found = list(days)
    return WorkingCalendar(
        years=frozenset(years),
        holidays=frozenset(day for day, kind in found if kind == Kind.HOLIDAY),
        make_up_days=frozenset(day for day, kind in found if kind == Kind.MAKE_UP),
    )


def calendar_before(instant: datetime) -> WorkingCalendar:
    """The calendar of now without the corrections made at or after an instant. Three queries, four where there are any.

    Unlike what was known then it has every year that was entered since.
    """
    present = calendar()
    corrected = CalendarDay.history.filter(history_change_reason__isnull=False, history_date__gte=instant)
    later = set(corrected.values_list("day", flat=True))
    if not later:
        return present
    earlier = CalendarDay.history.filter(day__in=later).exclude(pk__in=corrected.values("pk"))
    versions = earlier.order_by("day", "-history_date", "-history_id").distinct("day")
    before = dict(versions.values_list("day", "kind"))
    return WorkingCalendar(
        years=present.years,
        holidays=present.holidays - later | {day for day in later if before.get(day) == Kind.HOLIDAY},
        make_up_days=present.make_up_days - later | {day for day in later if before.get(day) == Kind.MAKE_UP},
    )


def missing_years(today: date) -> tuple[int, ...]:
    """The years that the clocks need on a day and that nobody entered: up to this one, from 1 November on the next."""
    last = today.year + ((today.month, today.day) >= NEXT_YEAR_IS_ANNOUNCED_BY)
    needed = range(FIRST_YEAR, last + 1)
    entered = set(CalendarYear.objects.filter(year__in=needed).values_list("year", flat=True))
    return tuple(year for year in needed if year not in entered)


def corrections_of(year: CalendarYear) -> QuerySet[Any]:
    """The corrections of days of a year, the latest first: rows of the history, with the reason."""
    corrected = CalendarDay.history.filter(calendar_id=year.pk, history_change_reason__isnull=False)
    rows: QuerySet[Any] = corrected.select_related("history_user").order_by("-history_date", "-history_id")
    return rows
