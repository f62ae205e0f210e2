"""Histories written as JSON objects: a line of the replay becomes facts, or is refused by line, field and value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.rules.facts import (
    KINDS,
    EntryAnnulled,
    EntryRevised,
    Fact,
    InvalidHistory,
    PeriodShortened,
    PointsRelieved,
    PointsScored,
    Reregistered,
    check_history,
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A history, the day asked, and the instant of knowledge (inclusive; None: everything recorded)."""

    id: str | int
    facts: tuple[Fact, ...]
    on: date
    known: datetime | None


class _UnreadableError(ValueError):
    """A value of the wrong type; what is wrong is the message."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _UnreadableError("must be a text")
    return value


def _name(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _UnreadableError("must be a text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _UnreadableError("must be a whole number")
    return value


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _UnreadableError("is no day of the calendar") from None
    raise _UnreadableError("must be a day, as in 2025-03-10")


def _instant(value: object) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper())
        except ValueError:
            raise _UnreadableError("is no moment of the calendar") from None
    raise _UnreadableError("must be an instant with its offset, as in 2025-03-10T09:00:00+08:00")


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _UnreadableError("must be a list")
    return value


def _optional(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


_Fields = tuple[tuple[str, Callable[[object], Any]], ...]

_QUESTION: _Fields = (("id", _name), ("facts", _list), ("on", _day), ("known", _optional(_instant)))
_KIND: _Fields = (("kind", _text),)
_COMMON: _Fields = (("id", _text), ("seq", _whole), ("effective_on", _day), ("recorded_at", _instant))
_MONTHS = ("months", _optional(_whole))
_FIELDS: Mapping[str, _Fields] = {
    PointsScored.kind: (*_COMMON, ("points", _whole), ("counted_on", _day), ("policy", _text), _MONTHS),
    EntryAnnulled.kind: (*_COMMON, ("entry", _text)),
    EntryRevised.kind: (*_COMMON, ("entry", _text), ("points", _whole), _MONTHS),
    PointsRelieved.kind: (*_COMMON, ("points", _whole)),
    PeriodShortened.kind: (*_COMMON, ("days", _whole)),
    Reregistered.kind: _COMMON,
}
"""How each kind is written: its fields in the order of the class. An optional field may also be null."""


def parse_line(line: str) -> dict[str, Any]:
    """The JSON object of one line. Raises `InvalidHistory` where it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidHistory("line", line.rstrip("\r\n"), f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidHistory("line", value, "must be an object")
    return value


def parse_question(source: Mapping[str, Any], policies: Container[str]) -> Question:
    """A history with the day asked. Raises `InvalidHistory` for the first field that is wrong.

    `policies` holds the ids of the policies that entries may be made under.
    """
    name, facts, on, known = _read(source, _QUESTION, "")
    return Question(name, parse_facts(facts, policies), on, known)


def parse_facts(sources: list[Any], policies: Container[str]) -> tuple[Fact, ...]:
    """Facts from JSON objects, in any order. Raises `InvalidHistory` for what cannot be one person's history."""
    facts = tuple([_fact(source, position) for position, source in enumerate(sources)])
    check_history(facts, policies)
    return facts


def _fact(source: Any, position: int) -> Fact:
    where = f"facts[{position}]"
    if not isinstance(source, dict):
        raise InvalidHistory(where, source, "must be an object")
    (kind,) = _read(source, _KIND, where)
    if kind not in _FIELDS:
        raise InvalidHistory(f"{where}.kind", kind, f"must be one of: {', '.join(KINDS)}")
    return KINDS[kind](*_read(source, _FIELDS[kind], where))


def _read(source: Mapping[str, Any], fields: _Fields, where: str) -> list[Any]:
    values: list[Any] = []
    keep = values.append
    try:
        for name, read in fields:
            keep(read(source.get(name)))
    except _UnreadableError as error:
        wrong = fields[len(values)][0]
        reason = str(error) if wrong in source else "is missing"
        raise InvalidHistory(f"{where}.{wrong}".lstrip("."), source.get(wrong), reason) from None
    return values
