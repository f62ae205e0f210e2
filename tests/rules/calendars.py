"""The calendars that were announced, as the register brings them along, and calendars nobody ever announced."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from registry.config.bootstrap import HOUSE
from registry.rules.clocks import WorkingCalendar

FILES = HOUSE / "registry" / "migrations" / "calendars"
ANNOUNCED = (2024, 2025, 2026)


@cache
def announced(*years: int) -> WorkingCalendar:
    """The official calendar of these years; of all that are known where none is named."""
    rows = [row for year in years or ANNOUNCED for row in rows_of(year)]
    return WorkingCalendar(
        years=frozenset(years or ANNOUNCED),
        holidays=frozenset(day for day, kind, _name in rows if kind == "holiday"),
        make_up_days=frozenset(day for day, kind, _name in rows if kind == "make_up"),
    )


def rows_of(year: int) -> list[tuple[date, str, str]]:
    """Day, kind and holiday of each line of the file of a year."""
    _source, *lines = (FILES / f"{year}.csv").read_text("utf-8").splitlines()
    return [(date.fromisoformat(row["day"]), row["kind"], row["name"]) for row in csv.DictReader(lines)]


def days_of(years: Iterable[int]) -> list[date]:
    """Every day of the years."""
    return [
        date(year, 1, 1) + timedelta(days=each)
        for year in years
        for each in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Any calendar of some of the years 2024 to 2027, sparse or crowded."""
    years = draw(st.frozensets(st.integers(2024, 2027), min_size=1))
    days = days_of(sorted(years))
    special = draw(st.frozensets(st.sampled_from(days), max_size=60))
    longest = draw(st.frozensets(st.sampled_from(days), max_size=2))
    stretches = {day + timedelta(days=each) for day in longest for each in range(40)}
    holidays = special | {day for day in stretches if day.year in years}
    make_up = draw(st.frozensets(st.sampled_from([day for day in days if day.weekday() > 4]), max_size=30))
    return WorkingCalendar(years, holidays - make_up, make_up)
