"""From the body of a request to questions of eligibility; what is wrong with one becomes a problem."""

from datetime import datetime

from django.utils.translation import gettext as _

from registry.api.problems import MALFORMED, TOO_LARGE, Problem
from registry.queries import faults, questions
from registry.queries.eligibility import Question
from registry.queries.members import Wrong, read_members
from registry.queries.questions import Misread

MOST_ITEMS = 10_000


def read_question(document: object, *, now: datetime) -> Question:
    """The question that the JSON object asks. Raises Problem with one error for each member that is wrong."""
    try:
        return questions.read_question(document, now=now)
    except Misread as misread:
        raise Problem(MALFORMED, errors=misread.errors) from None


def read_items(document: object) -> list[object]:
    """The items of a batch, still unread. Raises Problem where there is no list of them, or too long a list."""
    if not isinstance(document, dict):
        raise Problem(MALFORMED, errors=[faults.NOT_AN_OBJECT.of("", document)])
    values, errors = read_members(document, {"items": _items}, required=frozenset({"items"}))
    if errors:
        raise Problem(MALFORMED, errors=errors)
    items: list[object] = values["items"]
    if len(items) > MOST_ITEMS:
        counts = {"count": len(items), "most": MOST_ITEMS}
        raise Problem(TOO_LARGE, _("There are %(count)s items; send at most %(most)s at once.") % counts)
    return items


def read_item(document: object, *, now: datetime) -> Question | Problem:
    """The question of one item, or what is wrong with it."""
    try:
        return read_question(document, now=now)
    except Problem as problem:
        return problem


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Wrong(faults.NOT_A_LIST)
    return value
