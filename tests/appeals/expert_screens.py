"""The browser of an expert at the own pages, for stories."""

import re
from typing import Any

from appeals.models import Panel, Seat
from tests.appeals.own_screens import Screen
from tests.appeals.peers import (
    user_of,
)

DESK, PAST, RECORD = "/expert/", "/expert/past/", "/expert/record/"
PAGES = ("", "independence/", "vote/", "vote/check/", "stepping-back/")


def screen(seat: Seat) -> Screen:
    """The browser of the expert who sits there."""
    return Screen(user_of(seat.expert))


def case_of(seat: Seat) -> str:
    return f"{DESK}cases/{seat.uuid}/"


def seen_in(page: str) -> str:
    """The fingerprint of what the page says will be cast."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found, "the page shows nothing to cast"
    return found[1]


def written(panel: Panel, result: str = "upheld", reasons: str = "指征成立", points: str = "") -> dict[str, Any]:
    """The form of a vote, the same for every point."""
    told = {"result": result, "reasons": reasons, "points": points}
    return {f"{part}_{point.pk}": value for point in panel.points.all() for part, value in told.items()}


def begun(seat: Seat) -> Screen:
    """The browser of an expert who said that nothing keeps them from judging."""
    one = screen(seat).post(case_of(seat) + "independence/")
    assert one.url == case_of(seat) + "vote/"
    return one
