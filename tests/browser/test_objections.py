"""Objections on the screen: taken in with files, decided point by point, and nothing sticks out to the side."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from appeals.models import Objection
from registry.models import PointsEntry
from tests.admin.deeds import url
from tests.appeals.disputes import in_review, objected
from tests.browser.conftest import Open
from tests.browser.screens import DESK, PHONE, fits, press
from tests.casework import desk, received
from tests.rules import sample_files
from tests.town import Town, at

SIZES = [("en", PHONE), ("zh-hans", PHONE), ("zh-hans", DESK)]
SOME_DAYS_AGO = timedelta(days=3)


@pytest.mark.parametrize(("language", "width"), SIZES)
def test_an_objection_is_taken_in_with_two_points_and_a_file(
    open_page: Open, town: Town, tmp_path: Path, language: str, width: int
) -> None:
    here = desk(town)
    proposal = received(here, 3, 6, on=timezone.localdate() - SOME_DAYS_AGO)
    first, second = proposal.items.order_by("pk")
    scan = tmp_path / "考勤.pdf"
    scan.write_bytes(sample_files.pdf())
    page = open_page(url("take_in_objection", proposal.pk), language=language, width=width)
    page.select_option("[name=item_1]", str(first.pk))
    page.fill("[name=text_1]", "当日不在岗")
    page.set_input_files("[name=files_1]", [scan])
    expect(page.locator("details.rg-point:visible")).to_have_count(2)
    page.locator("summary").nth(1).click()
    expect(page.locator("details.rg-point:visible")).to_have_count(3)
    page.select_option("[name=item_2]", str(second.pk))
    page.fill("[name=text_2]", "金额算错了")
    assert fits(page)
    press(page, "button[value=form]")
    expect(page.locator(".rg-event")).to_have_count(2)
    expect(page.locator("body")).to_contain_text("考勤.pdf")
    assert fits(page)
    assert Objection.objects.get().points.count() == 2


@pytest.mark.parametrize(("language", "width"), SIZES)
def test_the_reviewer_decides_on_the_screen(open_page: Open, town: Town, language: str, width: int) -> None:
    here = desk(town)
    day = timezone.localdate() - SOME_DAYS_AGO
    proposal = received(here, 3, 6, on=day)
    filed = at(day + timedelta(days=1))
    objection = in_review(here, objected(proposal, "当日不在岗", "金额算错了", now=filed), now=filed)
    page = open_page(url("decide_objection", objection.pk), language=language, width=width)
    for number, outcome in ((1, "annulled"), (2, "upheld")):
        page.check(f"[name=result_{number}][value={outcome}]")
        page.fill(f"[name=grounds_{number}]", "查证属实")
    page.fill("[name=decision]", "部分支持")
    assert fits(page)
    press(page, "button[value=form]")
    expect(page.locator(".rg-side-after")).to_contain_text("6")
    assert fits(page)
    assert not PointsEntry.objects.exists()
