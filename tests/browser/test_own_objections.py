"""A surgeon objects on a phone with the keyboard alone, from her list to the receipt; a refused file is among it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from appeals.models import DraftFile, Objection
from registry.ledger.days import shanghai_day
from registry.models import Assignment, Role, User
from tests.browser.conftest import PASSWORD
from tests.browser.keyboard import FOCUSED, go, reach, write
from tests.browser.screens import DESK, PHONE, fits, press
from tests.casework import desk, received
from tests.rules import sample_files
from tests.town import LAW_BEGINS, Town

Visit = Callable[[int], Page]


@pytest.fixture
def visit(browser: Browser, server: str, town: Town) -> Iterator[Visit]:
    """The surgeon, signed in, at her objections; what the browser complains of fails the test."""
    user = User.objects.create(username="wangwei")
    user.set_password(PASSWORD)
    user.save()
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=town.surgeon, starts_on=LAW_BEGINS)
    received(desk(town), 3, 5, on=shanghai_day(timezone.now()) - timedelta(days=1))
    complaints: list[str] = []
    contexts = []

    def visit(width: int) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": "en", "url": server}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _counts(said.type, said.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/account/login/?next=/my/objections/")
        page.fill("[name=login]", user.username)
        page.fill("[name=password]", PASSWORD)
        press(page, "#login-form button")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def _counts(kind: str, text: str) -> bool:
    return kind == "error" and "status of 422" not in text


def test_she_objects_with_the_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit(PHONE)
    assert fits(page)
    go(page, ".matter-now form button")
    go(page, "a[href*='points/add']")
    write(page, "textarea[name=text]", "当日不在岗" * 40)
    reach(page, "input[name=professional]")
    page.keyboard.press("Space")
    bad, good = tmp_path / "宏.txt", tmp_path / "考勤.pdf"
    bad.write_bytes(b"only words")
    good.write_bytes(sample_files.pdf())
    page.set_input_files("input[type=file]", [bad, good])
    reach(page, "button[value=upload]")
    with page.expect_response(lambda answer: answer.status == 422):
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-errors]")
    assert page.evaluate(f"{FOCUSED}.matches('[data-errors]')"), "what is wrong has the focus"
    assert "宏" in page.inner_text("[data-errors]")
    assert page.input_value("textarea[name=text]") == "当日不在岗" * 40
    assert page.is_checked("input[name=professional]")
    assert [each.name for each in DraftFile.objects.all()] == ["考勤.pdf"]
    assert fits(page)
    go(page, "button.main[value=save]")
    go(page, "main a[href$='/words/'].button")
    write(page, "textarea[name=statement]", "我不服")
    go(page, "main form button.main")
    go(page, "main form button.main")
    assert page.url.endswith("/receipt/")
    filed = Objection.objects.get()
    assert filed.number in page.inner_text("main")
    assert filed.points.get().evidence.count() == 1
    go(page, f"main .buttons a[href='/my/objections/{filed.uuid}/']")
    go(page, "a[href$='/withdrawal/']")
    go(page, "button.stop")
    filed.refresh_from_db()
    assert filed.state == "withdrawn"


def test_every_page_fits_a_wide_screen_too(visit: Visit) -> None:
    page = visit(DESK)
    assert fits(page)
    go(page, ".matter-now form button")
    go(page, "a[href*='points/add']")
