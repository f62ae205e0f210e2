"""Clocks of the procedure: working days of the official calendar, and when a window ends.

Monday to Friday are working days, except for public holidays; a Saturday or Sunday is one where the official notice
makes it a make-up day (调休). Each year is announced by itself, so a year that nobody entered is unknown: what would
need it is not yet computable, and never a guess.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from functools import lru_cache
from itertools import chain
from typing import NoReturn
from zoneinfo import ZoneInfo

from registry.rules.periods import next_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class NotYetComputable:
    """The answer where a calendar year is missing: `year` is the first one that was needed.

    It is neither true nor false and has no place before or after a day, so that nobody mistakes it for an answer.
    """

    year: int

    def __bool__(self) -> NoReturn:
        raise TypeError(f"not yet computable without the calendar of {self.year}: ask which of the two it is")


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """What is known of the official calendar: `years` announced in full, their holidays and make-up working days.

    Raises ValueError for a day outside the years, one that is both, and a make-up day from Monday to Friday.
    """

    years: frozenset[int]
    holidays: frozenset[date]
    make_up_days: frozenset[date]

    def __post_init__(self) -> None:
        for day in chain(self.holidays, self.make_up_days):
            if day.year not in self.years:
                raise ValueError(f"{day} lies in none of the years of the calendar")
        for day in self.make_up_days:
            if day in self.holidays:
                raise ValueError(f"{day} cannot be a holiday and a make-up day")
            if not is_weekend(day):
                raise ValueError(f"{day} is a working day by itself and cannot be a make-up day")

    def is_working_day(self, day: date) -> bool | NotYetComputable:
        """Whether the day counts for clocks."""
        if day.year not in self.years:
            return NotYetComputable(day.year)
        return day in self.make_up_days or not (is_weekend(day) or day in self.holidays)

    def working_days(self, year: int) -> tuple[date, ...] | NotYetComputable:
        """The working days of a year, in order."""
        return _working_days(self, year) if year in self.years else NotYetComputable(year)


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


def due_on(received_on: date, working_days: int, calendar: WorkingCalendar) -> date | NotYetComputable:
    """The last day of a window of so many working days; the day of receipt is not counted.

    The year of receipt is needed only as far as days after the receipt are counted in it. Raises ValueError for a
    window of less than one day.
    """
    if working_days < 1:
        raise ValueError(f"a window has at least one working day, not {working_days}")
    left = working_days
    for year in range(next_day(received_on).year, MAXYEAR + 1):
        days = calendar.working_days(year)
        if isinstance(days, NotYetComputable):
            return days
        rest = days[bisect_right(days, received_on) :]
        if left <= len(rest):
            return rest[left - 1]
        left -= len(rest)
    return NotYetComputable(MAXYEAR + 1)


def days_left(due: date, today: date, calendar: WorkingCalendar) -> int | NotYetComputable:
    """How many working days come after today up to and including the last day; 0 on that day and after it.

    The year of today is needed only as far as days after it are counted in it.
    """
    left = 0
    for year in range(next_day(today).year, due.year + 1):
        days = calendar.working_days(year)
        if isinstance(days, NotYetComputable):
            return days
        left += max(0, bisect_right(days, due) - bisect_right(days, today))
    return left


def closes_at(due: date) -> datetime:
    """The instant at which a window that is due on this day is over: 24:00 in Shanghai, the next day's midnight."""
    return datetime.combine(next_day(due), time(), SHANGHAI)


def in_time(filed_at: datetime, due: date | NotYetComputable) -> bool:
    """Whether something filed at this instant (which knows its zone) is within the window.

    As long as the end of the window is not known, it is open.
    """
    return isinstance(due, NotYetComputable) or filed_at < closes_at(due)


@lru_cache(maxsize=256)
def _working_days(calendar: WorkingCalendar, year: int) -> tuple[date, ...]:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = (date.fromordinal(each) for each in range(first, last + 1))
    return tuple(day for day in days if calendar.is_working_day(day) is True)
