"""A year of the working calendar as twelve months, each readable at a glance."""

from calendar import Calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from registry.models import CalendarDay
from registry.models.calendar import FESTIVALS
from registry.rules.clocks import is_weekend

Kind = CalendarDay.Kind
WEEK = [date(2024, 1, 1) + timedelta(days=each) for each in range(7)]
"""Any week that begins on a Monday, for the names of its days."""


class Special(Protocol):
    """A day with what it is and which holiday it belongs to: a row of the calendar, or one that would become a row."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def kind(self) -> str:
        """Holiday, make-up day or as the week has it."""

    @property
    def name(self) -> str:
        """The holiday as the notice writes it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month: how it is shown, the mark that says so without colour, and the same in words."""

    day: date
    look: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Run:
    """Days of a month that follow each other and are the same thing."""

    days: str
    look: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of a month from Monday to Sunday, None where a day is not of it, and what is special in it."""

    title: str
    weeks: list[list[Cell | None]]
    runs: list[Run]


def months_of(year: int, specials: Iterable[Special]) -> list[Month]:
    """The twelve months of a year with the days that differ from the week."""
    found = {each.day: each for each in specials if each.kind != Kind.ORDINARY}
    return [_month(year, number, found) for number in range(1, 13)]


def weekdays() -> list[tuple[str, str]]:
    """The short and the long name of each day of the week, from Monday on."""
    return [(date_format(day, "D").removeprefix("星期"), date_format(day, "l")) for day in WEEK]


def words_of(special: Special) -> str:
    """What the day is and which holiday it belongs to."""
    kind = str(Kind(special.kind).label)
    title = str(FESTIVALS.get(special.name, special.name))
    return gettext("%(holiday)s: %(kind)s") % {"holiday": title, "kind": kind} if title else kind


def mark_of(kind: str) -> str:
    """The mark that calendars print at a holiday or at a make-up day."""
    return {Kind.HOLIDAY.value: pgettext("mark in a calendar", "off"), Kind.MAKE_UP.value: _worked()}.get(kind, "")


def _worked() -> str:
    return pgettext("mark in a calendar", "work")


def _month(year: int, number: int, found: Mapping[date, Special]) -> Month:
    weeks = Calendar().monthdatescalendar(year, number)
    cells = [[_cell(day, found.get(day)) if day.month == number else None for day in week] for week in weeks]
    own = sorted(day for day in found if (day.year, day.month) == (year, number))
    return Month(
        date_format(date(year, number, 1), "F"), cells, [_run(run) for run in _runs([found[day] for day in own])]
    )


def _cell(day: date, special: Special | None) -> Cell:
    if special is None:
        return Cell(day, "weekend" if is_weekend(day) else "working", "", "")
    return Cell(day, special.kind, mark_of(special.kind), words_of(special))


def _runs(specials: Sequence[Special]) -> Iterator[list[Special]]:
    run: list[Special] = []
    for each in specials:
        if run and not _follows(run[-1], each):
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _follows(first: Special, second: Special) -> bool:
    same = (first.kind, first.name) == (second.kind, second.name)
    return same and second.day - first.day == timedelta(days=1)


def _run(run: Sequence[Special]) -> Run:
    first, last = run[0], run[-1]
    days = str(first.day.day) if len(run) == 1 else f"{first.day.day}–{last.day.day}"
    return Run(days, first.kind, mark_of(first.kind), words_of(first))
