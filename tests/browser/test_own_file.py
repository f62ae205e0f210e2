"""A code on paper, typed on a phone: to an account and to the own file behind it, in both languages."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from registry.actions.enrolment import issue_enrolment_code
from tests.browser.screens import PHONE, fits, press
from tests.enrolling import CARD, PASSWORD, with_card
from tests.town import Town

Visit = Callable[[str], Page]


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    """A phone at the page for codes; what the browser complains of fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(language: str) -> Page:
        context = browser.new_context(viewport={"width": PHONE, "height": 844})
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": server}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _counts(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/account/enrol/")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def _counts(said: object) -> bool:
    return getattr(said, "type", "") == "error" and "status of 422" not in getattr(said, "text", "")


def large_enough(page: Page) -> bool:
    """Everything to press is large enough for a thumb."""
    pressed = "[...document.querySelectorAll('main button, main .button, main input:not([type=hidden])')]"
    return bool(page.evaluate(f"{pressed}.every(each => !each.offsetHeight || each.offsetHeight >= 44)"))


def typed(page: Page, town: Town, code: str) -> None:
    page.fill("[name=personal_code]", town.surgeon.code)
    page.fill("[name=code]", code)
    press(page, "#enrol-form button")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_surgeon_enrols_on_a_phone_and_asks_for_a_correction(visit: Visit, town: Town, language: str) -> None:
    page = visit(language)
    assert fits(page)
    typed(page, town, "3333-4444-6666")
    assert page.locator(".wrong").count() == 1
    assert fits(page)
    typed(page, town, code_for(town))
    page.fill("[name=username]", "wangwei")
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    assert fits(page)
    assert large_enough(page)
    press(page, "#enrol-form button")
    assert page.locator(".note").count() == 1
    page.fill("[name=login]", "wangwei")
    page.fill("[name=password]", PASSWORD)
    press(page, "#login-form button")
    assert page.url.endswith("/my/")
    assert fits(page)
    assert large_enough(page)
    press(page, ".own-ways li:last-child a")
    assert large_enough(page)
    page.fill("[name=what]", "姓名应为王玮" * 30)
    press(page, "#ask button")
    assert page.locator("#ask li").count() == 1
    assert fits(page)


def code_for(town: Town) -> str:
    """What the agency prints for the surgeon."""
    with_card(town)
    _row, text = issue_enrolment_code(
        practitioner=town.surgeon,
        institution=town.hospital,
        code=town.surgeon.code,
        name=town.surgeon.name,
        document_number=CARD,
        by=town.officer,
        now=timezone.now(),
    )
    return text
