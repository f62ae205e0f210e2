"""Which links of a page lead to an address that refuses its reader, by the matrix alone."""

import html
import re
from functools import cache
from typing import Any

from tests.access.routes import PARAMETER, Route
from tests.access.table import matrix

LINK = re.compile(r'(href|action)="(/(?!static/)[^"#?]*)')
OUT = "admin/logout/"
"""Whoever goes out stands before the door."""


def dead_ends(answer: Any, column: str) -> set[str]:
    """The addresses linked to in the answer that the caller does not reach, on whichever row; a form may be sent where
    nothing is read.
    """
    found = {(what, html.unescape(each)) for what, each in LINK.findall(answer.whole.decode(errors="ignore"))}
    return {each for what, each in found if (route := _leads_to(each)) and not _reached(route, column, what)}


def _reached(route: Route, column: str, what: str) -> bool:
    sent = Route(route.path, "POST")
    ways = [route, sent] if what == "action" and sent in matrix() else [route]
    return any(matrix()[each][column][:1] != "n" for each in ways)


def _leads_to(address: str) -> Route | None:
    exact = (route for pattern, route in _patterns() if pattern.fullmatch(address))
    return next(exact, None)


@cache
def _patterns() -> list[tuple[re.Pattern[str], Route]]:
    """What is read by page, addresses with fewer parameters first: `add/` is no row."""
    pages = [each for each in matrix() if each.method == "GET" and not each.is_for_programs and each.path != OUT]
    pages.sort(key=lambda each: (len(each.kinds), each.path.endswith(">/"), each))
    return [(re.compile("/" + "[^/]+".join(map(re.escape, _between(each)))), each) for each in pages]


def _between(route: Route) -> list[str]:
    """What stands between the parameters."""
    return PARAMETER.sub("\0", route.path).split("\0")
