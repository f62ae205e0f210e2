from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from appeals.models import Activity
from tests.admin.deeds import url
from tests.appeals.repairs import SEEN, called, completed, enrolled, expert, filed, offered, signed
from tests.browser.conftest import Open
from tests.browser.screens import DESK, PHONE, fits, press
from tests.town import Town, score

FEBRUARY = date(2026, 2, 3)


@pytest.mark.parametrize(("language", "width"), [("en", DESK), ("zh-hans", PHONE)])
def test_the_pages_of_repair_fit_the_screen(open_page: Open, town: Town, language: str, width: int) -> None:
    score(town, 9, FEBRUARY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, FEBRUARY)], FEBRUARY)
    two = [expert("林"), expert("郑")]
    called(town, application, FEBRUARY, *two)
    signed(application, two[0], FEBRUARY, in_favour=False)
    training = offered(town, FEBRUARY, "study_with_test", ends_on=date(2099, 1, 1), places=40)
    enrolled(town, training, town.nurse, town.surgeon)
    page = open_page(url("appeals_activity_changelist"), language=language, width=width)
    for name, *args in shown(town, training, application):
        page.goto(page.url.split("/admin/")[0] + url(name, *args))
        assert page.locator(".rg, #changelist").count(), name
        assert fits(page), name


def shown(town: Town, training: Activity, application: Any) -> list[tuple[Any, ...]]:
    return [
        ("appeals_activity_changelist",),
        ("appeals_application_changelist",),
        ("offer_activity",),
        ("appeals_activity_change", training.pk),
        ("enrol", training.pk),
        ("record_results", training.pk),
        ("appeals_application_change", application.pk),
        ("convene", application.pk),
        ("refuse_application", application.pk),
        ("file_application", town.nurse.pk),
        ("registry_practitioner_change", town.nurse.pk),
        ("prospects", town.nurse.pk),
    ]


def test_results_are_entered_in_the_table_on_a_phone(open_page: Open, town: Town) -> None:
    training = offered(town, FEBRUARY, "study_with_test", ends_on=date(2099, 1, 1))
    (part,) = enrolled(town, training, town.nurse)
    page = open_page(url("record_results", training.pk), width=PHONE)
    page.fill("[name=remark]", SEEN)
    page.get_by_label(f"{town.nurse.name} · Outcome").select_option("attended")
    page.fill(f"[name=score_{part.pk}]", "88")
    press(page, "button[name=step][value=form]")
    expect(page.locator("body")).to_contain_text("1 results recorded, 1 of them completed.")
