"""When a window ends: the official calendar with its make-up days, to the last minute in Shanghai."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.clocks import (
    SHANGHAI,
    NotYetComputable,
    WorkingCalendar,
    closes_at,
    due_on,
    in_time,
)
from tests.rules.calendars import ANNOUNCED, announced, calendars, days_of, rows_of

CALENDAR = announced()
received = st.dates(date(2023, 12, 20), date(2028, 1, 10))
lengths = st.integers(1, 320)
unhurried = settings(deadline=None)

WEEKENDS = {2024: 104, 2025: 104, 2026: 104}
PUBLIC_HOLIDAYS = {2024: 11, 2025: 13, 2026: 13}  # of all citizens; the State Council added two from 2025 on


def walked(received_on: date, working_days: int, calendar: WorkingCalendar) -> date | NotYetComputable:
    """The same answer the long way: one day after the other, asking of each what it is."""
    day, left = received_on, working_days
    while left:
        day += timedelta(days=1)
        if day.year not in calendar.years:
            return NotYetComputable(day.year)
        rests = day in calendar.holidays or day.strftime("%a") in ("Sat", "Sun")
        left -= not rests or day in calendar.make_up_days
    return day


# stories ----------------------------------------------------------------------------------------------------------


def test_the_day_of_receipt_is_not_counted() -> None:
    assert due_on(date(2025, 3, 10), 1, CALENDAR) == date(2025, 3, 11)


def test_ten_days_are_two_weeks_where_nothing_intervenes() -> None:
    assert due_on(date(2025, 3, 10), 10, CALENDAR) == date(2025, 3, 24)


def test_what_is_received_on_a_rest_day_counts_from_the_next_working_day() -> None:
    assert due_on(date(2025, 3, 8), 1, CALENDAR) == date(2025, 3, 10)


def test_national_day_pushes_a_window_and_its_make_up_sunday_and_saturday_count() -> None:
    received_on = date(2025, 9, 25)  # Thursday; Sunday 28 September and Saturday 11 October are worked
    assert due_on(received_on, 2, CALENDAR) == date(2025, 9, 28)
    assert due_on(received_on, 4, CALENDAR) == date(2025, 9, 30)
    assert due_on(received_on, 5, CALENDAR) == date(2025, 10, 9)
    assert due_on(received_on, 7, CALENDAR) == date(2025, 10, 11)
    assert due_on(received_on, 10, CALENDAR) == date(2025, 10, 15)


def test_spring_festival_of_2025_takes_eight_days_and_gives_two_back() -> None:
    received_on = date(2025, 1, 22)  # Wednesday; Sunday 26 January and Saturday 8 February are worked
    assert due_on(received_on, 3, CALENDAR) == date(2025, 1, 26)
    assert due_on(received_on, 4, CALENDAR) == date(2025, 1, 27)
    assert due_on(received_on, 5, CALENDAR) == date(2025, 2, 5)
    assert due_on(received_on, 8, CALENDAR) == date(2025, 2, 8)
    assert due_on(received_on, 10, CALENDAR) == date(2025, 2, 11)


def test_a_window_runs_on_over_new_year_where_the_next_year_is_known() -> None:
    assert due_on(date(2025, 12, 31), 1, CALENDAR) == date(2026, 1, 4)  # a Sunday that is worked
    assert due_on(date(2025, 12, 29), 10, CALENDAR) == date(2026, 1, 13)


def test_a_window_that_ends_on_the_last_day_of_the_year_needs_no_other_year() -> None:
    assert due_on(date(2026, 12, 30), 1, CALENDAR) == date(2026, 12, 31)


def test_a_window_that_runs_into_an_unknown_year_is_not_yet_computable() -> None:
    assert due_on(date(2026, 12, 30), 2, CALENDAR) == NotYetComputable(2027)
    assert due_on(date(2026, 12, 31), 1, CALENDAR) == NotYetComputable(2027)


def test_whether_a_day_of_an_unknown_year_is_a_working_day_is_not_known_either() -> None:
    calendar = WorkingCalendar(frozenset({2026}), frozenset(), frozenset())
    assert calendar.is_working_day(date(2026, 3, 2)) is True
    assert calendar.is_working_day(date(2027, 3, 2)) == NotYetComputable(2027)


def test_the_year_of_receipt_is_not_needed_when_no_day_of_it_is_counted() -> None:
    assert due_on(date(2024, 12, 31), 1, announced(2025)) == date(2025, 1, 2)


def test_a_missing_year_is_never_leapt_over() -> None:
    assert due_on(date(2024, 12, 20), 300, announced(2024, 2026)) == NotYetComputable(2025)


def test_the_calendar_of_the_world_ends_without_a_fall() -> None:
    assert due_on(date.max, 1, CALENDAR) == NotYetComputable(9999)
    last = WorkingCalendar(frozenset({9999}), frozenset(), frozenset())
    assert due_on(date(9999, 12, 30), 10, last) == NotYetComputable(10_000)


def test_the_last_minute_of_the_last_day_in_shanghai_is_in_time_and_the_next_is_not() -> None:
    due = date(2025, 10, 15)
    assert in_time(datetime(2025, 10, 15, 23, 59, tzinfo=SHANGHAI), due)
    assert not in_time(datetime(2025, 10, 16, 0, 0, tzinfo=SHANGHAI), due)
    assert not in_time(datetime(2025, 10, 16, 0, 1, tzinfo=SHANGHAI), due)


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def _server_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_server_in")
def test_the_zone_of_the_server_makes_no_difference() -> None:
    due = date(2026, 12, 31)
    assert closes_at(due) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert in_time(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), due)
    assert not in_time(datetime(2026, 12, 31, 16, tzinfo=UTC), due)


def test_while_the_end_is_unknown_filing_is_open() -> None:
    assert in_time(datetime(2031, 6, 1, tzinfo=SHANGHAI), NotYetComputable(2027))


def test_not_yet_computable_is_mistaken_neither_for_yes_nor_for_a_day() -> None:
    answer: Any = due_on(date(2026, 12, 31), 1, CALENDAR)
    with pytest.raises(TypeError, match="calendar of 2027"):
        bool(answer)
    with pytest.raises(TypeError):
        answer < date(2027, 1, 4)  # noqa: B015 - the comparison itself is what fails


@pytest.mark.parametrize("length", [0, -1])
def test_a_window_of_no_days_is_no_window(length: int) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        due_on(date(2025, 3, 10), length, CALENDAR)


@pytest.mark.parametrize(
    ("holidays", "make_up", "reason"),
    [
        ({date(2025, 1, 1)}, set(), "none of the years"),
        ({date(2024, 10, 5)}, {date(2024, 10, 5)}, "a holiday and a make-up day"),
        (set(), {date(2024, 10, 8)}, "working day by itself"),
    ],
)
def test_a_calendar_without_sense_is_none(holidays: set[date], make_up: set[date], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        WorkingCalendar(frozenset({2024}), frozenset(holidays), frozenset(make_up))


# the announced years ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ANNOUNCED)
def test_moving_rest_days_about_never_makes_them_more(year: int) -> None:
    """Whatever is moved to where, a year rests on its weekends and on the holidays of all citizens, and on no more."""
    worked = CALENDAR.working_days(year)
    assert not isinstance(worked, NotYetComputable)
    assert len(days_of([year])) - len(worked) == WEEKENDS[year] + PUBLIC_HOLIDAYS[year]


@pytest.mark.parametrize("year", ANNOUNCED)
def test_every_announced_year_has_the_seven_holidays_of_all_citizens(year: int) -> None:
    names = {name for _day, kind, name in rows_of(year) if kind == "holiday"}
    assert names == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


# properties -------------------------------------------------------------------------------------------------------


@unhurried
@given(received, lengths, calendars())
def test_walking_day_by_day_leads_to_the_same_day(received_on: date, length: int, calendar: WorkingCalendar) -> None:
    assert due_on(received_on, length, calendar) == walked(received_on, length, calendar)


@unhurried
@given(received, lengths, st.integers(0, 40), calendars())
def test_more_working_days_never_end_earlier(
    received_on: date, length: int, more: int, calendar: WorkingCalendar
) -> None:
    shorter, longer = due_on(received_on, length, calendar), due_on(received_on, length + more, calendar)
    if isinstance(shorter, NotYetComputable):
        assert longer == shorter
    elif not isinstance(longer, NotYetComputable):
        assert shorter <= longer
        assert (shorter < longer) == (more > 0)


@unhurried
@given(received, st.integers(0, 400), lengths, calendars())
def test_a_later_receipt_never_ends_earlier(
    received_on: date, days: int, length: int, calendar: WorkingCalendar
) -> None:
    earlier = due_on(received_on, length, calendar)
    later = due_on(received_on + timedelta(days=days), length, calendar)
    if not isinstance(earlier, NotYetComputable) and not isinstance(later, NotYetComputable):
        assert earlier <= later


@unhurried
@given(received, lengths, calendars())
def test_a_window_is_as_long_as_it_was_asked_to_be(received_on: date, length: int, calendar: WorkingCalendar) -> None:
    due = due_on(received_on, length, calendar)
    if not isinstance(due, NotYetComputable):
        after = (received_on + timedelta(days=step) for step in range(1, (due - received_on).days + 1))
        assert sum(calendar.is_working_day(day) is True for day in after) == length
        assert calendar.is_working_day(due) is True


@unhurried
@given(received, lengths, calendars(), st.integers(2024, 2027))
def test_a_year_that_becomes_known_moves_no_day_that_was_known(
    received_on: date, length: int, calendar: WorkingCalendar, year: int
) -> None:
    before = due_on(received_on, length, calendar)
    more = WorkingCalendar(calendar.years | {year}, calendar.holidays, calendar.make_up_days)
    after = due_on(received_on, length, more)
    assert after == before or before == NotYetComputable(year)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(-(10**6), 10**6))
def test_whoever_files_on_or_before_the_due_day_in_shanghai_is_in_time(due: date, seconds: int) -> None:
    filed_at = datetime(due.year, due.month, due.day, tzinfo=UTC) + timedelta(seconds=seconds)
    assert in_time(filed_at, due) == (filed_at.astimezone(SHANGHAI).date() <= due)
