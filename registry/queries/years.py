"""The years of a file as strips: which share of each year was suspended or terminated, and where entries lie."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from registry.rules.periods import Period

MOST_YEARS = 8
MOST_DOTS = 12
"""More dots than that in a year would cover each other: then each month has one, with all its points."""


@dataclass(frozen=True, slots=True)
class Run:
    """Part of a year in one standing; `left` and `width` are per cent of the year."""

    status: str
    left: float
    width: float
    from_: date
    until: date


@dataclass(frozen=True, slots=True)
class Dot:
    """A points entry, or those from the day `on` up to and including `to`; `left` is per cent of the year."""

    left: float
    points: int
    on: date
    to: date


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year. `today` is per cent of the year when the day asked lies in it."""

    number: int
    runs: tuple[Run, ...]
    dots: tuple[Dot, ...]
    today: float | None


def years_of(periods: Iterable[Period], entries: Iterable[tuple[date, int]], *, on: date) -> tuple[Year, ...]:
    """The years from the first entry or period to the last, newest first; at most the newest eight."""
    periods, entries = list(periods), list(entries)
    days = [on, *(day for day, _points in entries)]
    for period in periods:
        days += [period.from_, _shown_end(period, on)]
    numbers = range(max(days).year, min(days).year - 1, -1)
    return tuple(_year(number, periods, entries, on) for number in list(numbers)[:MOST_YEARS])


def _year(number: int, periods: list[Period], entries: list[tuple[date, int]], on: date) -> Year:
    dots = _dots(sorted(each for each in entries if each[0].year == number))
    return Year(number, tuple(_runs(number, periods)), dots, _share(on) if on.year == number else None)


def _dots(entries: list[tuple[date, int]]) -> tuple[Dot, ...]:
    if len(entries) <= MOST_DOTS:
        return tuple(Dot(_share(day), points, day, day) for day, points in entries)
    months = [list(month) for _month, month in groupby(entries, key=lambda each: each[0].month)]
    return tuple(
        Dot(_share(month[0][0]), sum(points for _day, points in month), month[0][0], month[-1][0]) for month in months
    )


def _runs(number: int, periods: list[Period]) -> Iterator[Run]:
    """An open termination lasts: nobody becomes normal again because the bar is over, so it is drawn to the end."""
    first, after = date(number, 1, 1), date(number + 1, 1, 1)
    for period in periods:
        start, end = max(period.from_, first), min(period.until or after, after)
        if start < end:
            left = _share(start)
            right = 100.0 if end == after else _share(end)
            yield Run("suspended" if period.kind == "suspension" else "terminated", left, right - left, start, end)


def _shown_end(period: Period, on: date) -> date:
    """The years of an open termination go on until its bar ends or until the day asked, whichever is later."""
    return period.until or max(period.barred_until or on, on)


def _share(day: date) -> float:
    first = date(day.year, 1, 1)
    return round(100 * (day - first).days / (date(day.year, 12, 31).toordinal() - first.toordinal() + 1), 2)
