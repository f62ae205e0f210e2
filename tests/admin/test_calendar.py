"""Administrators enter the official notice; everybody reads the year."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from registry.models import Assignment, CalendarDay, CalendarYear, Role, User
from registry.rules.clocks import is_weekend
from tests.actions.notices import ANNOUNCED_ON, NOTICE, SOURCE, enter
from tests.admin.conftest import SignIn
from tests.admin.deeds import confirm, preview, text_of, url
from tests.town import LAW_BEGINS, Town, at

FORM = {"year": "2027", "source": SOURCE, "days": NOTICE}
SUNDAY = date(2027, 2, 14)


@pytest.fixture(autouse=True)
def _the_notice_has_just_come_out() -> Iterator[None]:
    with time_machine.travel(at(ANNOUNCED_ON, 15), tick=False):
        yield


@pytest.fixture
def guan(sign_in: SignIn, administrator: User) -> Client:
    return sign_in(administrator)


def test_an_administrator_is_reminded_until_the_year_is_entered(guan: Client) -> None:
    assert "The working calendar lacks 2027." in text_of(guan.get(url("index")))
    assert url("enter_year") in guan.get(url("index")).content.decode()
    enter()
    assert "The working calendar lacks" not in text_of(guan.get(url("index")))


def test_who_keeps_a_part_of_the_country_does_not_keep_its_calendar(sign_in: SignIn, town: Town) -> None:
    local = User.objects.create_user("sheng")
    Assignment.objects.create(user=local, role=Role.ADMINISTRATOR, region=town.region.parent, starts_on=LAW_BEGINS)
    client = sign_in(local)
    year = CalendarYear.objects.earliest("pk").pk
    assert url("enter_year") not in client.get(url("registry_calendaryear_changelist")).content.decode()
    assert url("correct_day", year) not in client.get(url("registry_calendaryear_change", year)).content.decode()
    assert [client.get(url(*act)).status_code for act in (("enter_year",), ("correct_day", year))] == [404, 404]


def test_nobody_else_is_reminded(sign_in: SignIn, town: Town, compliance: User) -> None:
    for user in (town.officer, compliance):
        assert "The working calendar lacks" not in text_of(sign_in(user).get(url("index")))


def test_the_pasted_notice_is_shown_as_months_and_then_entered(guan: Client, administrator: User) -> None:
    form = guan.get(url("enter_year"))
    assert form.context["form"].initial["year"] == 2027
    shown = preview(guan, url("enter_year"), FORM)
    assert "Working days of the year 255" in text_of(shown)
    assert "5–8 Spring Festival: public holiday" in text_of(shown)
    assert not CalendarYear.objects.filter(year=2027).exists()
    done = confirm(guan, url("enter_year"), FORM, shown)
    assert done["Location"] == url("registry_calendaryear_change", 2027)
    year = CalendarYear.objects.get(year=2027)
    assert (year.recorded_by, year.source, year.days.count()) == (administrator, SOURCE, 12)
    assert year.days.first().history.get().history_user == administrator  # type: ignore[union-attr]


def test_a_notice_that_lacks_a_holiday_gives_a_warning(guan: Client) -> None:
    shown = preview(guan, url("enter_year"), {**FORM, "days": NOTICE.replace("2027-06-09 端午节\n", "")})
    assert "No day is named Dragon Boat Festival. Is the notice complete?" in text_of(shown)


def test_a_wrong_line_is_told_at_the_lines(guan: Client) -> None:
    for line, said in (("2027-02-15 上班", "Feb. 15, 2027 is no Saturday or Sunday"), ("元旦 1月1日", "Line 14")):
        shown = preview(guan, url("enter_year"), {**FORM, "days": NOTICE + line})
        assert shown.status_code == 422
        assert said in str(shown.context["form"].errors["days"])


def test_every_officer_reads_a_year_and_only_administrators_change_it(
    sign_in: SignIn, town: Town, compliance: User
) -> None:
    for user in (town.officer, compliance):
        client = sign_in(user)
        listed = client.get(url("registry_calendaryear_changelist"))
        assert "2026 33 6" in text_of(listed)
        assert url("enter_year") not in listed.content.decode()
        page = client.get(url("registry_calendaryear_change", 2026))
        assert "15–23 Spring Festival: public holiday" in text_of(page)
        assert url("correct_day", 2026) not in page.content.decode()
        for act in (url("enter_year"), url("correct_day", 2026)):
            assert client.get(act).status_code == 403
            assert client.post(act, FORM).status_code == 403


def test_a_year_shows_every_day_once_with_its_mark_in_words(guan: Client) -> None:
    page = guan.get(url("registry_calendaryear_change", 2026))
    cells = [cell for month in page.context["months"] for week in month.weeks for cell in week if cell]
    assert len({cell.day for cell in cells}) == len(cells) == 365
    special = {row.day: row.kind for row in CalendarDay.objects.filter(calendar=2026)}
    for cell in cells:
        plain = "weekend" if is_weekend(cell.day) else "working"
        assert cell.look == special.get(cell.day, plain)
        assert cell.mark == {"holiday": "off", "make_up": "work"}.get(cell.look, "")
    assert "Working days of the year 248" in text_of(page)
    assert "came with the register" in text_of(page)


def test_a_week_begins_on_monday_in_both_languages(guan: Client) -> None:
    for language, first in (("en", "Mon"), ("zh-hans", "一")):
        with translation.override(language):
            page = guan.get(url("registry_calendaryear_change", 2026), headers={"accept-language": language})
        assert page.context["weekdays"][0][0] == first


def test_a_year_that_is_not_entered_is_not_there(guan: Client) -> None:
    for page in (url("registry_calendaryear_change", 2027), url("correct_day", 2027)):
        assert guan.get(page).status_code == 404


def test_a_day_is_corrected_with_what_it_was_shown_first(guan: Client) -> None:
    enter()
    act, form = url("correct_day", 2027), {"day": "2027-02-14", "kind": "ordinary", "reason": "补充通知"}
    shown = preview(guan, act, form)
    assert "Spring" not in text_of(shown)
    assert "make-up working day, counted as a working day" in text_of(shown)
    assert "as the week has it, not counted" in text_of(shown)
    assert "follow the correction" in text_of(shown)
    assert confirm(guan, act, form, shown)["Location"] == url("registry_calendaryear_change", 2027)
    assert CalendarDay.objects.get(day=SUNDAY).kind == "ordinary"
    page = text_of(guan.get(url("registry_calendaryear_change", 2027)))
    assert "Feb. 14, 2027 · as the week has it 补充通知 guan" in page


def test_a_day_of_another_year_is_corrected_on_the_page_of_that_year(guan: Client) -> None:
    form = {"day": "2025-02-14", "kind": "holiday", "name": "元旦", "reason": "补充通知"}
    shown = preview(guan, url("correct_day", 2026), form)
    assert "is no day of 2026" in str(shown.context["form"].errors["day"])
    assert not CalendarDay.objects.filter(day="2025-02-14").exists()
