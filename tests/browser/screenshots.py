"""Pictures of every page: ``python3 manage.py screenshots``. One file for each page, language and width."""

import os
import re
import tempfile
from argparse import ArgumentParser
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests.browser.handed_out import handed_out, mail_into, with_hand_outs
from tests.browser.walking import Walk, demo, enter, visitors

LANGUAGES = ["zh-hans", "en"]
WIDTHS = [390, 820, 1440]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def take(folder: Path, *, role: str | None, languages: list[str], widths: list[int]) -> int:
    """The pictures, by user; the number of them."""
    taken = 0
    with (
        tempfile.TemporaryDirectory() as place,
        demo(Path(place) / "demo", mail_into(mails := Path(place) / "mails")) as told,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        given = handed_out(browser, told, mails) if role in (None, "nobody") else ()
        for visitor in with_hand_outs(visitors(told), given):
            if role not in (None, visitor.role):
                continue
            target = folder / (visitor.username or "nobody")
            target.mkdir(parents=True, exist_ok=True)
            for language in languages:
                for width in widths:
                    page = enter(browser, told["url"].rstrip("/"), visitor, language=language, width=width)
                    for sight in Walk(told["url"].rstrip("/"), page, visitor).sights():
                        name = re.sub(r"[^\w]+", "-", sight.path).strip("-") or "start"
                        page.screenshot(path=target / f"{name[:80]}-{language}-{width}.png", full_page=True)
                        taken += 1
                    page.context.close()
            print(f"{target}: done", flush=True)
        browser.close()
    return taken


if __name__ == "__main__":
    django.setup()
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--role")
    parser.add_argument("--language", action="append")
    parser.add_argument("--width", action="append", type=int)
    told = parser.parse_args()
    taken = take(told.folder, role=told.role, languages=told.language or LANGUAGES, widths=told.width or WIDTHS)
    print(f"{taken} pictures in {told.folder}")
