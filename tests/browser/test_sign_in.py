"""Signing in with a real browser: both languages, on a phone and on a desk, by app and by key."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.conftest import PASSWORD
from tests.signin.door import code_now
from tests.town import Town

NARROW, WIDE = 390, 1440
VIRTUAL_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: str, town: Town) -> Iterator[Visit]:
    """A new visitor at the door; what the browser complains of fails the test, the content policy included."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(*, language: str = "en", width: int = WIDE) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        home = server.replace("127.0.0.1", "localhost")  # keys belong to a name, never to a number
        context.add_cookies([{"name": "django_language", "value": language, "url": home}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{home}/admin/")
        return page

    with override_settings(REGISTRY_SECOND_FACTOR=True):
        yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def type_password(page: Page, town: Town) -> None:
    page.fill("[name=login]", town.officer.username)
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button")


def fits(page: Page) -> bool:
    """Nothing reaches beyond the screen, and everything to press is large enough for a thumb."""
    small = "[...document.querySelectorAll('main button, main .button, main input:not([type=hidden])')]"
    low = page.evaluate(f"{small}.filter(e => e.offsetHeight && e.offsetHeight < 44).length")
    return bool(low == 0 and page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("language", "heading", "set_up"),
    [
        ("en", "Sign in", "Set up a second factor"),
        ("zh-hans", "登录", "设置双重验证"),
    ],
)
def test_an_officer_signs_in_sets_up_an_app_and_signs_in_with_it(
    visit: Visit, town: Town, language: str, heading: str, set_up: str, width: int
) -> None:
    page = visit(language=language, width=width)
    assert page.inner_text("h1") == heading
    assert fits(page)
    type_password(page, town)
    assert page.inner_text("h1") == set_up
    assert fits(page)
    page.click("a[href$='/factor/app/']")
    assert page.locator("img.code").evaluate("image => image.naturalWidth") > 0
    assert fits(page)
    secret = page.inner_text(".steps code")
    page.fill("[name=code]", code_now(secret))
    page.click("button.main")
    assert page.locator(".codes li").count() == 10
    assert fits(page)
    page.click("a.main")
    assert "/admin/" in page.url
    page.context.clear_cookies(name="sessionid")
    page.goto(page.url)
    type_password(page, town)
    assert re.search("/account/factor/code/", page.url)
    assert fits(page)


def test_the_language_is_chosen_at_the_door(visit: Visit) -> None:
    page = visit(language="en")
    page.click("button[lang=zh-Hans]")
    assert page.inner_text("h1") == "登录"
    assert page.get_attribute("html", "lang") == "zh-hans"


def test_an_officer_adds_a_key_and_signs_in_with_it(visit: Visit, town: Town) -> None:
    page = visit()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL_KEY})
    type_password(page, town)
    late: list[Route] = []

    def hold(asked: Route) -> None:
        late.append(asked)

    def give_nothing(asked: Route) -> None:
        asked.fulfill(body="", content_type="text/javascript")

    page.route("**/webauthn.js", hold)
    page.route("**/onload.js", give_nothing)  # it would complain of the other
    page.click("a[href$='/keys/add/']", no_wait_after=True)
    page.wait_for_function("document.querySelector('#add_key')")
    assert page.is_disabled("#add_key"), "pressed before its script is there it would do nothing, and say nothing"
    while not late:
        page.wait_for_timeout(10)
    with page.expect_event("domcontentloaded"):
        give_nothing(late[0])
    assert page.is_disabled("#add_key"), "its script never came"
    assert page.is_visible("#key_failed")
    page.unroute_all()
    page.reload()
    assert page.is_hidden("#key_failed")
    page.fill("[name=name]", "Key of the office")
    page.click("#add_key")
    page.wait_for_selector(".codes")
    page.context.clear_cookies(name="sessionid")
    page.goto(page.url)
    type_password(page, town)
    page.click("#use_key")
    page.wait_for_url("**/account/factor/recovery/")
    page.goto(page.url.replace("recovery/", ""))
    assert "Key of the office" in page.inner_text("main")
