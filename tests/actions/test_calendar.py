"""Years come into the calendar whole or not at all; days are corrected, and what they were stays known."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from registry.actions.calendar import correct_day, preview_correction, preview_year
from registry.actions.errors import Refused
from registry.actions.notices import Announced, read_notice, title_of_notice
from registry.models import CalendarDay, CalendarYear, User
from registry.queries.calendar import calendar, corrections_of
from registry.rules.clocks import NotYetComputable, due_on
from tests.actions.notices import ANNOUNCED_ON, NOTICE, SOURCE, enter
from tests.rules.calendars import announced
from tests.town import at

pytestmark = pytest.mark.django_db

SATURDAY, SUNDAY, MONDAY = date(2027, 2, 13), date(2027, 2, 14), date(2027, 2, 15)
LATER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def guan() -> User:
    return User.objects.create_user("guan")


def correct(day: date, kind: str, *, name: str = "", by: User | None = None, hour: int = 10) -> CalendarDay:
    return correct_day(day=day, kind=kind, name=name, reason="补充通知", by=by, now=at(LATER, hour))


def test_the_years_that_were_announced_come_with_the_register() -> None:
    assert calendar() == announced()
    for year in CalendarYear.objects.all():
        assert f"国务院办公厅关于{year.year}年" in year.source
        assert year.history.get().source == year.source
    for day in CalendarDay.objects.all():
        was = day.history.get()
        assert (was.calendar_id, was.day, was.kind, was.name) == (day.calendar_id, day.day, day.kind, day.name)


def test_a_window_that_was_not_computable_is_so_once_the_year_is_entered(guan: User) -> None:
    assert due_on(date(2026, 12, 31), 1, calendar()) == NotYetComputable(2027)
    year = enter(by=guan)
    assert due_on(date(2026, 12, 31), 1, calendar()) == date(2027, 1, 4)
    assert due_on(date(2027, 2, 4), 5, calendar()) == SUNDAY
    assert (year.recorded_by, year.recorded_at, year.days.count()) == (guan, at(ANNOUNCED_ON), 12)


def test_the_same_notice_twice_is_the_same_year(guan: User) -> None:
    first, again = enter(by=guan), enter(now=at(LATER))
    assert (again, again.recorded_by, again.history.count()) == (first, guan, 1)


@pytest.mark.parametrize("change", [{"text": NOTICE + "2027-10-02 国庆节"}, {"source": "另一通知"}])
def test_another_notice_of_an_entered_year_is_refused(change: dict[str, Any]) -> None:
    enter()
    with pytest.raises(Refused, match=r"already in the calendar, from .*Correct single days") as refusal:
        enter(**change)
    assert (refusal.value.code, refusal.value.field) == ("calendar_year_exists", "year")
    assert CalendarDay.objects.filter(calendar=2027).count() == 12


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("2026-12-31 元旦", "calendar_day_outside_year", r"Dec\. 31, 2026 lies outside the year 2027"),
        ("2027-01-01 元旦", "calendar_day_twice", r"Jan\. 1, 2027 is there twice"),
        ("2027-02-15 上班", "make_up_day_on_a_weekday", r"Feb\. 15, 2027 is no Saturday or Sunday"),
        ("2027-12-25", "holiday_without_name", r"Dec\. 25, 2027 has no name"),
        ("2027-12-25 " + "节" * 61, "days_too_long", "at most 60 characters"),
    ],
)
def test_one_wrong_day_keeps_the_whole_year_out(line: str, code: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        enter(NOTICE + line)
    assert (refusal.value.code, refusal.value.field) == (code, "days")
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("year", [2023, 2028, 9999])
def test_a_year_that_nobody_can_have_announced_is_refused(year: int) -> None:
    with pytest.raises(Refused, match=f"year {year} cannot be entered.*2024 to 2027") as refusal:
        enter(f"{year}-01-01 元旦", year=year)
    assert refusal.value.value == year


def test_a_notice_names_itself_and_its_days() -> None:
    with pytest.raises(Refused) as refusal:
        enter(source="  ")
    assert refusal.value.code == "source_missing"
    with pytest.raises(Refused, match="at most 300 characters") as refusal:
        enter(source="通" * 301)
    assert refusal.value.field == "source"
    with pytest.raises(Refused, match="names no day") as refusal:
        enter("# nothing yet\n\n")
    assert refusal.value.code == "notice_without_days"


def test_a_preview_counts_and_misses_what_a_notice_always_has() -> None:
    days = read_notice(NOTICE.replace("2027-09-15 中秋节\n", ""))
    found = preview_year(year=2027, days=days, source=SOURCE, now=at(ANNOUNCED_ON))
    assert (found.holidays, found.make_up_days, found.missing) == (9, 2, ("中秋节",))
    assert found.working_days == 365 - 104 - 7 + 2
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_holiday_may_lie_on_any_day_and_two_may_be_one() -> None:
    found = preview_year(year=2027, days=read_notice("2027-10-02 国庆节、中秋节"), source=SOURCE, now=at(ANNOUNCED_ON))
    assert not {"国庆节", "中秋节"} & set(found.missing)


def test_a_day_is_corrected_and_the_past_keeps_what_was_known(guan: User) -> None:
    enter()
    correct(SATURDAY, "make_up", name="春节", by=guan)
    correct(SUNDAY, "ordinary", by=guan, hour=11)
    assert due_on(date(2027, 2, 12), 2, calendar()) == MONDAY
    assert due_on(date(2027, 2, 12), 1, calendar(known=at(ANNOUNCED_ON, 12))) == SUNDAY
    assert due_on(date(2027, 2, 12), 1, calendar(known=at(LATER, 10))) == SATURDAY
    assert due_on(date(2027, 2, 12), 1, calendar(known=at(LATER, 9))) == SUNDAY
    assert 2027 not in calendar(known=at(ANNOUNCED_ON, 9)).years


def test_a_correction_keeps_who_made_it_and_a_reason_of_any_length(guan: User) -> None:
    year, reason = enter(), "依据补充通知。" * 40
    correct_day(day=MONDAY, kind="holiday", name="特别假日", reason=reason, by=guan, now=at(LATER))
    made = corrections_of(year).get()
    assert (made.day, made.kind, made.name) == (MONDAY, "holiday", "特别假日")
    assert (made.history_user, made.history_change_reason, made.history_date) == (guan, reason, at(LATER))


def test_the_same_correction_twice_is_the_same_one(guan: User) -> None:
    year = enter()
    first, again = correct(SUNDAY, "ordinary", by=guan), correct(SUNDAY, "ordinary", hour=15)
    assert first == again
    assert corrections_of(year).count() == 1
    assert SUNDAY not in calendar().make_up_days


@pytest.mark.parametrize(
    ("day", "kind", "name", "code", "field"),
    [
        (date(2028, 1, 1), "holiday", "元旦", "calendar_year_missing", "day"),
        (MONDAY, "make_up", "", "make_up_day_on_a_weekday", "kind"),
        (MONDAY, "holiday", " ", "holiday_without_name", "name"),
        (MONDAY, "holiday", "节" * 61, "name_too_long", "name"),
        (MONDAY, "ordinary", "", "calendar_day_ordinary_already", "day"),
        (MONDAY, "half", "", "kind_unknown", "kind"),
    ],
)
def test_a_correction_without_sense_is_refused(day: date, kind: str, name: str, code: str, field: str) -> None:
    year = enter()
    for attempt in (
        lambda: correct(day, kind, name=name),
        lambda: preview_correction(day=day, kind=kind, name=name, reason="补充通知"),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not corrections_of(year).exists()


def test_a_correction_has_a_reason() -> None:
    enter()
    with pytest.raises(Refused) as refusal:
        correct_day(day=SUNDAY, kind="ordinary", reason=" ", by=None, now=at(LATER))
    assert refusal.value.code == "reason_missing"


def test_a_preview_of_a_correction_says_what_was_and_what_would_be() -> None:
    enter()
    found = preview_correction(day=SUNDAY, kind="ordinary", reason="补充通知")
    assert (found.before.kind, found.worked_before) == ("make_up", True)
    assert (found.after.kind, found.worked_after) == ("ordinary", False)
    found = preview_correction(day=MONDAY, kind="holiday", name="特别假日", reason="补充通知")
    assert (found.before, found.worked_before, found.worked_after) == (Announced(MONDAY, "ordinary"), True, False)


@pytest.mark.parametrize(
    ("fault", "constraint"),
    [
        ({"day": MONDAY, "kind": "make_up"}, "a_make_up_day_is_a_saturday_or_a_sunday"),
        ({"day": date(2026, 7, 4), "kind": "make_up"}, "a_day_of_the_calendar_lies_in_its_year"),
        ({"day": MONDAY, "kind": "holiday"}, "a_public_holiday_has_a_name"),
        ({"day": MONDAY, "kind": "half"}, "a_day_is_free_made_up_or_ordinary"),
        ({"day": SUNDAY, "kind": "make_up"}, "registry_calendarday_day_key"),
    ],
)
def test_the_database_refuses_what_makes_no_sense(fault: dict[str, Any], constraint: str) -> None:
    year = enter()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CalendarDay.objects.create(calendar=year, **fault)


def test_the_calendar_begins_with_the_scheme() -> None:
    with pytest.raises(IntegrityError, match="the_calendar_begins_in_2024"), transaction.atomic():
        CalendarYear.objects.create(year=2023, source=SOURCE, recorded_at=at(LATER))
    with pytest.raises(IntegrityError, match="a_calendar_year_names_its_notice"), transaction.atomic():
        CalendarYear.objects.create(year=2027, source="", recorded_at=at(LATER))


# the notice as text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("2027-02-14 上班", "make_up", ""),
        ("2027-02-14,make_up,春节", "make_up", "春节"),
        ("2027/2/14 春节 调休上班", "make_up", "春节"),
        ("2027年2月14日\t春节", "holiday", "春节"),
        ("\ufeff  2027.02.14，放假，春节 ", "holiday", "春节"),
        ("2027-02-14 国庆节、中秋节", "holiday", "国庆节、中秋节"),
    ],
)
def test_a_line_is_read_however_it_is_written(line: str, kind: str, name: str) -> None:
    assert read_notice(line) == [Announced(SUNDAY, kind, name)]


@pytest.mark.parametrize("line", ["春节 2027-02-14", "2027-02-30 春节", "14.02.2027 春节", "2027-02-14春节", ",,"])
def test_a_line_without_a_day_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Refused, match="Line 3, “") as refusal:
        read_notice(f"day,kind,name\n2027-01-01,holiday,元旦\n{line}\n")
    assert (refusal.value.code, refusal.value.field) == ("notice_line_without_day", "days")


def test_a_file_names_its_notice_in_the_first_line() -> None:
    assert title_of_notice("\ufeff# 通知（7号）\n2027-01-01 元旦") == "通知（7号）"
    assert title_of_notice("2027-01-01 元旦\n# 通知") == ""
