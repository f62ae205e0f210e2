"""How the tests look at a page: the whole page, at every width, in both languages, on paper; and the one that came
after the click."""

from playwright.sync_api import Page

PHONE, TABLET, DESK = WIDTHS = 390, 820, 1440
PAPER = 794
"""Pixels of the width of A4."""
OTHER = {"en": "zh-hans", "zh-hans": "en"}
UNPRINTED = ".rg-noprint, .unprinted, .narrow, .skip, .rg-skip, #nav-sidebar, nav"

HEADINGS = f"""[...document.querySelectorAll('main h2, #content h2')]
    .filter(each => each.checkVisibility() && !each.closest('{UNPRINTED}')).map(each => each.innerText)"""
LEFT_OVER = """[...document.querySelectorAll('nav, #nav-sidebar, button, .skip, form input:not([type=hidden])')]
    .filter(each => each.checkVisibility() && each.getBoundingClientRect().bottom > 0)
    .map(each => each.outerHTML.slice(0, 120))"""
CUT_OFF = """[...document.querySelectorAll('main *, #content *')]
    .filter(each => each.checkVisibility() && !each.matches('.rg-hidden, .unseen')
        && getComputedStyle(each).overflowX !== 'visible'
        && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1).map(each => each.outerHTML.slice(0, 120))"""


def press(page: Page, button: str) -> None:
    """Click what leads to another page and wait until that one is loaded, even where its address is the same."""
    with page.expect_navigation(wait_until="load"):
        page.click(button)


def fits(page: Page) -> bool:
    """Nothing sticks out to the side. A page that is still loading has no root yet or not all of its width."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def fits_everywhere(page: Page) -> None:
    """Nothing sticks out at any of the widths; the last one stays."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page), f"{page.url} at {width}"


def seen(page: Page) -> None:
    """The page fits at every width, in the language it is in and in the other one, which stays."""
    fits_everywhere(page)
    before = str(page.get_attribute("html", "lang")).lower()
    title = page.title()
    other = OTHER["en" if before == "en" else "zh-hans"]
    page.context.add_cookies([{"name": "django_language", "value": other, "url": str(page.evaluate("origin"))}])
    page.reload(wait_until="load")
    assert str(page.get_attribute("html", "lang")).lower() == other, page.url
    assert page.title() != title, f"{page.url} is called the same in both languages"
    fits_everywhere(page)


def prints(page: Page, *words: str) -> None:
    """On paper there is no navigation and nothing to press, and all that the page says, nothing of it cut off."""
    headings = page.evaluate(HEADINGS)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1123})
    assert fits(page), f"{page.url} is wider than paper"
    assert page.evaluate(LEFT_OVER) == [], page.url
    assert page.evaluate(CUT_OFF) == [], page.url
    assert page.evaluate(HEADINGS) == headings, page.url
    printed = page.inner_text("body")
    for each in words:
        assert each in printed, (each, page.url)
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": DESK, "height": 900})
