"""Pages that no link of the register leads to: their addresses stand on paper and in mails, and are made as usual."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.browser.screens import press
from tests.browser.walking import Visitor, enter, visitors

SENDER = "register@example.org"
MAIL_WAITS = 60
"""Seconds; the register sends every five."""
CHECK_OF_A_NOTICE = re.compile(r"/notices/verify/[^/\s]+/")
LINK_IN_A_MAIL = re.compile(r"/account/mail/confirm/[^/\s]+/")


def mail_into(folder: Path) -> dict[str, str]:
    """The variables of a demo that puts its mails into the folder."""
    return {
        "EMAIL_URL": f"filemail:///{folder}",
        "REGISTRY_ADDRESS": "http://127.0.0.1:1",
        "REGISTRY_MAIL_FROM": SENDER,
    }


def handed_out(browser: Browser, told: dict[str, Any], mails: Path) -> tuple[str, ...]:
    """Where whoever holds a paper or reads a mail of the demo's practitioner comes: the checks of a certificate and of
    a notice, a shared standing, an address for e-mail to confirm."""
    base = told["url"].rstrip("/")
    holder = next(each for each in visitors(told) if each.role == "practitioner")
    page = enter(browser, base, holder, language="en", width=1440)
    found = (_certificate(page, base), _notice(page, base), _shared(page, base), _confirmation(page, base, mails))
    page.context.close()
    return found


def with_hand_outs(people: list[Visitor], addresses: tuple[str, ...]) -> list[Visitor]:
    """The same, and whoever is nobody begins at the addresses, too."""
    return [Visitor(each.role, "", "", (*each.starts, *addresses)) if not each.username else each for each in people]


def _certificate(page: Page, base: str) -> str:
    page.goto(f"{base}/my/certificates/")
    press(page, "section.way form button.main")
    return urlsplit(page.get_attribute("a[download] + a", "href") or "").path


def _notice(page: Page, base: str) -> str:
    page.goto(f"{base}/my/notices/")
    own = page.get_attribute("a.told-way", "href")
    page.goto(f"{base}{own}print/")
    return _first(CHECK_OF_A_NOTICE, page.inner_text("main"))


def _shared(page: Page, base: str) -> str:
    page.goto(f"{base}/my/sharing/")
    page.fill("[name=recipient]", "湘雅第二医院")
    press(page, "form button.main")
    return urlsplit(page.inner_text(".given dl div:nth-of-type(1) code")).path


def _confirmation(page: Page, base: str, mails: Path) -> str:
    page.goto(f"{base}/account/mail/")
    page.fill("[name=address]", "somebody@example.org")
    press(page, "form button.main")
    end = time.monotonic() + MAIL_WAITS
    while time.monotonic() < end:
        for letter in mails.glob("*.log"):
            return _first(LINK_IN_A_MAIL, letter.read_text())
        time.sleep(1)
    raise AssertionError(f"no mail with a link came into {mails} within {MAIL_WAITS} seconds")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, f"no {pattern.pattern} in {text[-300:]}"
    return found.group()
