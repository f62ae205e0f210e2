"""Pages for everybody, as a browser lays them out."""

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import DESK, PHONE, TABLET, fits

BROKEN = """[...document.querySelectorAll('.dated td')].filter(cell => {
    const words = document.createRange();
    words.selectNodeContents(cell);
    const lines = new Set([...words.getClientRects()].map(each => each.top)).size;
    return lines > 1 && (cell.matches('.whole') || !/\\s/.test(cell.innerText));
}).map(cell => cell.innerText)"""
"""Words, and days, that take more than one line."""


@pytest.mark.parametrize("width", [PHONE, TABLET, DESK])
def test_words_and_days_are_whole_in_the_list_of_the_rules(browser: Browser, server: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, locale="en")
    page.goto(f"{server}/public/policies/")
    assert page.locator(".dated td.whole").count() > 3
    assert page.evaluate(BROKEN) == []
    assert fits(page)
    page.close()
