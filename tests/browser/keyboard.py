"""A page by the keyboard alone: where Tab comes, that one sees it, and where Enter leads."""

from playwright.sync_api import Page

from tests.browser.screens import fits

MOST_STEPS = 90
FOCUSED = "document.activeElement"
SHOWN = f"""(() => {{
    const drawn = [{FOCUSED}, {FOCUSED}.closest('label') || {FOCUSED}].map(each => getComputedStyle(each));
    return drawn.some(each => ['solid', 'auto'].includes(each.outlineStyle) || each.boxShadow !== 'none');
}})()"""


def reach(page: Page, selector: str) -> None:
    """Tab until the focus is there; it must come there, and be visible."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches({selector!r})"):
            assert page.evaluate(SHOWN), f"nobody sees that the focus is at {selector}"
            return
    raise AssertionError(f"the keyboard never came to {selector} on {page.url}")


def go(page: Page, selector: str) -> None:
    """Reach it and press Enter, which leads to another page."""
    reach(page, selector)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert fits(page), page.url


def write(page: Page, selector: str, text: str) -> None:
    """Reach it and write, as an input method does; in place of what stood there."""
    reach(page, selector)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def mark(page: Page, selector: str) -> None:
    """Reach a box or a choice and mark it, or take the mark away."""
    reach(page, selector)
    page.keyboard.press("Space")


def past_the_menu(page: Page) -> None:
    """The first Tab of a page comes to the link past the menu, and Enter goes there."""
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.matches('.rg-skip')"), page.url
    page.keyboard.press("Enter")
