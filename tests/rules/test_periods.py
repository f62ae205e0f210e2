"""Months added to a day, and days taken off one."""

from datetime import date

import pytest

from registry.rules.periods import (
    SUSPENSION,
    TERMINATION,
    Period,
    add_months,
    earlier,
    first_of_next_month,
    new_year,
    next_day,
)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2025-03-10", 2, "2025-05-10"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2025-08-31", 1, "2025-09-30"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2025-12-01", 1, "2026-01-01"),
        ("2025-11-01", 1, "2025-12-01"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("9999-11-30", 1, "9999-12-30"),
        ("9999-12-01", 1, "9999-12-31"),
        ("9998-12-05", 36, "9999-12-31"),
    ],
)
def test_months_keep_the_day_or_take_the_last_one(day: str, months: int, wanted: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(wanted)


def test_the_day_after() -> None:
    assert next_day(date(2025, 12, 31)) == date(2026, 1, 1)
    assert next_day(date(2028, 2, 28)) == date(2028, 2, 29)
    assert next_day(date(9999, 12, 31)) == date.max


def test_the_first_of_the_next_month() -> None:
    assert first_of_next_month(date(2025, 1, 31)) == date(2025, 2, 1)
    assert first_of_next_month(date(2025, 12, 1)) == date(2026, 1, 1)
    assert first_of_next_month(date.max) == date.max


def test_new_year_ends_with_the_calendar() -> None:
    assert new_year(2026) == date(2026, 1, 1)
    assert new_year(9999) == date(9999, 1, 1)
    assert new_year(10000) is None


def test_earlier_stops_at_its_floor() -> None:
    floor = date(2025, 3, 1)
    assert earlier(date(2025, 3, 10), 8, not_before=floor) == date(2025, 3, 2)
    assert earlier(date(2025, 3, 10), 9, not_before=floor) == floor
    assert earlier(date(2025, 3, 10), 10**30, not_before=floor) == floor


def suspension(until: date) -> Period:
    return Period(SUSPENSION, date(2025, 3, 10), until, None, ("e1",), True)


def test_a_period_covers_its_first_day_and_not_its_until() -> None:
    period = suspension(date(2025, 5, 10))
    days = [date(2025, 3, 9), date(2025, 3, 10), date(2025, 5, 9), date(2025, 5, 10)]
    assert [period.covers(day) for day in days] == [False, True, True, False]


def test_an_open_period_covers_every_later_day() -> None:
    period = Period(TERMINATION, date(2025, 3, 10), None, date(2026, 3, 10), ("e1",), True)
    assert [period.covers(day) for day in (date(2025, 3, 9), date(2025, 3, 10), date.max)] == [False, True, True]
    assert (period.end, period.is_empty) == (date.max, False)


def test_a_period_without_a_day_is_empty() -> None:
    assert suspension(date(2025, 3, 10)).is_empty
    assert suspension(date(2025, 3, 9)).is_empty
    assert not suspension(date(2025, 3, 11)).is_empty
