"""Every page that anybody reaches: no serious finding of axe-core, nothing wider than the screen, light on the wire.

A long form alone: ``REGISTRY_AXE=first`` has each user go through the first pages that nobody has met before, in turn
in both languages and at three widths; ``REGISTRY_AXE=each`` has everybody go through all their pages, each in the next
of these ways; ``REGISTRY_AXE=all`` has everybody go through all pages, each way.
"""

import os
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.handed_out import handed_out, mail_into, with_hand_outs
from tests.browser.walking import Sight, Walk, demo, enter, visitors

WIDTHS = (390, 820, 1440)
LANGUAGES = ("zh-hans", "en")
MOST_BYTES = 200_000
"""Of everything that comes over the wire for one page, without a cache."""
STATUS = "/public/status/"
"""Answers 503 until the worker of the new demo has reported for the first time."""
SERIOUS = ("serious", "critical")
ASKED_FOR = os.environ.get("REGISTRY_AXE", "")
EVERYTHING = ASKED_FOR == "all"
FIRST = 12 if ASKED_FOR == "first" else None
"""So many new pages of each user in the shortest form."""
ASKED = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="long: REGISTRY_AXE=first, each or all"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("walked")
    with demo(folder / "demo", mail_into(folder / "mails")) as found:
        yield {**found, "mails": folder / "mails"}


def findings(sight: Sight, width: int) -> Iterator[str]:
    """What is wrong with a page, in words."""
    if sight.status >= 400 and sight.path != STATUS:
        yield f"answers {sight.status}"
    if sight.wire > MOST_BYTES:
        yield f"{sight.wire:,} bytes"
    wide = sight.page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"{wide} pixels wide at {width}"
    for violation in Axe().run(sight.page, options=ASKED).response["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            yield f"{violation['id']} ({len(violation['nodes'])}): {where}"


def test_every_page_can_be_read_by_everybody_and_is_light(browser: Browser, told: dict[str, Any]) -> None:
    base, found, met = told["url"].rstrip("/"), [], 0
    heaviest = (0, "")
    seen: set[str] = set()
    ways = [(language, width) for width in WIDTHS for language in LANGUAGES]
    turns = cycle(ways)
    given = handed_out(browser, told, told["mails"])
    for visitor in with_hand_outs(visitors(told), given):
        for language, width in ways if EVERYTHING else [next(turns)]:
            before = met
            page = enter(browser, base, visitor, language=language, width=width)
            walk = Walk(base, page, visitor, seen=seen if FIRST else set())
            for sight in islice(walk.sights(), FIRST):
                met += 1
                heaviest = max(heaviest, (sight.wire, sight.path))
                said = f"{visitor.username or 'nobody'} {language} {width} {sight.path}"
                for each in findings(sight, width):
                    found.append(f"{said}: {each}")
                    print(found[-1], flush=True)
            page.context.close()
            print(f"{visitor.username or 'nobody'} {language} {width}: {met - before} pages", flush=True)
    print(f"{met} pages, {len(found)} findings, the heaviest has {heaviest[0]:,} bytes: {heaviest[1]}")
    assert met > 25
    assert found == [], "\n" + "\n".join(found)
