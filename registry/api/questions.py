"""From JSON to questions of eligibility: strict, every wrong member named, nothing silently ignored."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from registry.api import faults, members
from registry.api.faults import Fault
from registry.api.members import Reader, Wrong, read_members
from registry.api.problems import MALFORMED, TOO_LARGE, Problem
from registry.queries.eligibility import Question

MOST_ITEMS = 10_000

READERS: Mapping[str, Reader] = {
    "practitioner": members.code,
    "institution": members.code,
    "on": members.day,
    "emergency": members.flag,
    "emergency_reason": members.reason,
    "name": members.name,
    "known_at": members.instant,
}
REQUIRED = frozenset({"practitioner", "institution", "on"})
NULLABLE = frozenset({"emergency_reason", "name", "known_at"})


def read_question(document: object, *, now: datetime) -> Question:
    """The question that the JSON object asks. Raises Problem with one error for each member that is wrong."""
    if not isinstance(document, dict):
        raise Problem(MALFORMED, errors=[faults.NOT_AN_OBJECT.of("", document)])
    values, errors = read_members(document, READERS, required=REQUIRED, nullable=NULLABLE)
    wrong = {error.field for error in errors}
    for field, fault in _contradictions(values, now):
        if not wrong & {field, "emergency"}:
            errors.append(fault.of(field, document.get(field)))
    if errors:
        raise Problem(MALFORMED, errors=errors)
    return Question(**values)


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


def _contradictions(values: Mapping[str, object], now: datetime) -> list[tuple[str, Fault]]:
    found = []
    reason, emergency = values.get("emergency_reason"), values.get("emergency", False)
    if emergency and not reason:
        found.append(("emergency_reason", faults.REASON_MISSING))
    if reason and not emergency:
        found.append(("emergency_reason", faults.REASON_ALONE))
    known_at = values.get("known_at")
    if isinstance(known_at, datetime) and known_at > now:
        found.append(("known_at", faults.IN_THE_FUTURE))
    return found


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Wrong(faults.NOT_A_LIST)
    return value
