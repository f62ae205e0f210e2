"""Half-open ranges of days, and months added to a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date
from typing import NamedTuple

SUSPENSION = "suspension"
TERMINATION = "termination"

SHORTEST = 28
"""Every month has so many days."""


class Period(NamedTuple):
    """The days [from_, until) in which a person is suspended or terminated.

    A suspension always has `until`. A termination has `barred_until`, the first day on which registration is possible
    again; its `until` is the day of re-registration and None before that. `because` holds the ids of the entries
    that caused it, in order of application. `single` says that one entry alone reached the threshold.
    """

    kind: str
    from_: date
    until: date | None
    barred_until: date | None
    because: tuple[str, ...]
    single: bool

    @property
    def end(self) -> date:
        """The first day after the period; the last day of the calendar while it is open."""
        return self.until or date.max

    @property
    def is_empty(self) -> bool:
        """No day lies in it."""
        return self.until is not None and self.until <= self.from_

    def covers(self, day: date) -> bool:
        """The day lies in [from_, until)."""
        return self.from_ <= day and (self.until is None or day < self.until)


def add_months(day: date, months: int) -> date:
    """The same day of the month, or that month's last day if it has none.

    The calendar ends on 9999-12-31: anything later is that day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    in_month = day.day if day.day <= SHORTEST else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, in_month)


def next_day(day: date) -> date:
    """The day after, or the last day of the calendar."""
    return day if day == date.max else date.fromordinal(day.toordinal() + 1)


def first_of_next_month(day: date) -> date:
    """The first day of the month after, or the last day of the calendar."""
    return add_months(day.replace(day=1), 1)


def new_year(year: int) -> date | None:
    """1 January of the year, or None where the calendar has no such year."""
    return date(year, 1, 1) if year <= MAXYEAR else None


def earlier(day: date, days: int, *, not_before: date) -> date:
    """`days` days earlier, but never before `not_before`."""
    return date.fromordinal(max(not_before.toordinal(), day.toordinal() - days))
