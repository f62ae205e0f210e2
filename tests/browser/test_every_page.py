"""Every page that anybody reaches: no serious finding of axe-core, nothing wider than the screen, light on the wire.

Each kind of page is met once in a run, by the first who reaches it, in turn in Chinese and English and at three widths;
of the office, axe-core looks at a fixed third. ``REGISTRY_AXE=all`` meets and looks at each page as everybody, in both
languages and at each width.
"""

import os
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.walking import Sight, Walk, demo, enter, visitors

WIDTHS = (390, 820, 1440)
LANGUAGES = ("zh-hans", "en")
MOST_BYTES = 200_000
MOST_BYTES_IN_THE_OFFICE = 240_000
"""Forms of the theme that pick from long lists bring scripts of their own."""
SERIOUS = ("serious", "critical")
EVERYTHING = os.environ.get("REGISTRY_AXE") == "all"
SHARE = 3
ASKED = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with demo(tmp_path_factory.mktemp("walked") / "demo") as found:
        yield found


def is_passed_over(route: str) -> bool:
    """Whether axe-core leaves a page of the office to the long form; always the same ones."""
    return not EVERYTHING and route.startswith("admin/") and bool(crc32(route.encode()) % SHARE)


def findings(sight: Sight, width: int) -> Iterator[str]:
    """What is wrong with a page, in words."""
    if sight.status >= 400:
        yield f"answers {sight.status}"
    if sight.wire > (MOST_BYTES_IN_THE_OFFICE if sight.path.startswith("/admin/") else MOST_BYTES):
        yield f"{sight.wire:,} bytes"
    wide = sight.page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"{wide} pixels wide at {width}"
    if is_passed_over(sight.route):
        return
    for violation in Axe().run(sight.page, options=ASKED).response["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            yield f"{violation['id']} ({len(violation['nodes'])}): {where}"


def test_every_page_can_be_read_by_everybody_and_is_light(browser: Browser, told: dict[str, Any]) -> None:
    base, found, met = told["url"].rstrip("/"), [], 0
    seen: set[str] = set()
    ways = [(language, width) for width in WIDTHS for language in LANGUAGES]
    turns = cycle(ways)
    for visitor in visitors(told):
        for language, width in ways if EVERYTHING else [next(turns)]:
            page = enter(browser, base, visitor, language=language, width=width)
            walk = Walk(base, page, visitor, seen=set() if EVERYTHING else seen)
            for sight in walk.sights():
                met += 1
                said = f"{visitor.username or 'nobody'} {language} {width} {sight.path}"
                found += [f"{said}: {each}" for each in findings(sight, width)]
            page.context.close()
    assert met > 100
    assert found == [], "\n" + "\n".join(found)
