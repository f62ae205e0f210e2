"""From JSON to questions of eligibility: strict, every wrong member named, nothing silently ignored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.queries import faults, members
from registry.queries.eligibility import Question
from registry.queries.faults import Fault, FieldError
from registry.queries.members import Reader, read_members

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


class Misread(Exception):
    """What was sent is no question; `errors` says of each member what is wrong with it."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(*(error.code for error in errors))
        self.errors = errors


def read_question(document: object, *, now: datetime) -> Question:
    """The question that the JSON object asks. Raises Misread with one error for each member that is wrong."""
    if not isinstance(document, dict):
        raise Misread([faults.NOT_AN_OBJECT.of("", document)])
    return Question(**read_service(document, READERS, nullable=NULLABLE, now=now))


def read_service(
    document: Mapping[str, object], readers: Mapping[str, Reader], *, nullable: frozenset[str], now: datetime
) -> dict[str, Any]:
    """The values of the members, each read by its reader, none of them against another. Raises Misread."""
    values, errors = read_members(document, readers, required=REQUIRED, nullable=nullable)
    wrong = {error.field for error in errors}
    for field, fault in _contradictions(values, now):
        if not wrong & {field, "emergency"}:
            errors.append(fault.of(field, document.get(field)))
    if errors:
        raise Misread(errors)
    return values


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
