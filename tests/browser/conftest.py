"""A real browser on a real server: Debian's chromium, driven by Playwright, at the register on a port of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from registry.models import Assignment, Role
from tests.browser.screens import press
from tests.town import LAW_BEGINS, Town, build

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
PASSWORD = "eine lange Parole für Proben"
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser on the machine these tests are skipped, and say so."""
    if Path(CHROMIUM).exists():
        return
    missing = pytest.mark.skip(reason=f"no browser at {CHROMIUM}; install chromium or name one in CHROMIUM")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(missing)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each test has a profile of its own."""
    with pytest.MonkeyPatch.context() as environ, sync_playwright() as playwright:
        environ.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop is in this thread, Django is not in it
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def town(committed: None) -> Town:
    """The town, committed, so that the server's threads see it; its officers may sign in."""
    town = build()
    for user in (town.officer, town.second):
        user.set_password(PASSWORD)
        user.save()
        Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    return town


@pytest.fixture
def server(town: Town) -> Iterator[str]:
    """The address of the register, served with its style sheets."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def open_page(browser: Browser, server: str, town: Town) -> Iterator[Open]:
    """Sign an officer in with a language and a width; a page that complains on its console fails the test."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    def open_page(path: str, *, language: str = "en", width: int = 1440) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": server}])
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/account/login/")
        page.fill("[name=login]", town.officer.username)
        page.fill("[name=password]", PASSWORD)
        press(page, "#login-form button")
        page.goto(server + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
