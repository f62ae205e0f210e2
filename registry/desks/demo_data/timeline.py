"""When things happen in the demo: instants of working hours, and days counted back from the present."""

from datetime import date, datetime, time, timedelta

from registry.ledger.days import SHANGHAI

FIRST_DAY = date(2025, 1, 1)
"""The day the scheme came into force."""
PREPARATION = date(2024, 12, 10)
"""When rosters and agreements were entered, before the first day."""


def at(day: date, *, hour: int, minute: int = 0) -> datetime:
    """An instant of that day in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def night_after(last_day: date) -> datetime:
    """When the clock does what was due until the end of a day."""
    return at(last_day + timedelta(1), hour=0, minute=20)


def same_year(last: date, *, days_before: int) -> tuple[date, date]:
    """Two days that many days apart which one calendar year owns, the later not after `last`.

    Points of two years do not add up, so early in January both days move into the December before.
    """
    if (last - timedelta(days_before)).year != last.year:
        last = date(last.year - 1, 12, 31)
    return last - timedelta(days_before), last
