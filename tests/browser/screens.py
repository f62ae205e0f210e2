"""How the tests look at a page: the whole page, and the one that came after the click."""

from playwright.sync_api import Page

PHONE, DESK = 390, 1440


def press(page: Page, button: str) -> None:
    """Click what leads to another page and wait until that one is loaded, even where its address is the same."""
    with page.expect_navigation(wait_until="load"):
        page.click(button)


def fits(page: Page) -> bool:
    """Nothing sticks out to the side. A page that is still loading has no root yet or not all of its width."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
