"""How the members of what was sent are read: each by one function that returns its value or says what is wrong."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from registry.queries import faults
from registry.queries.faults import Fault, FieldError

LONGEST_CODE = 64
LONGEST_NAME = 100
LONGEST_REASON = 500
MOST_ERRORS = 20
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Members(dict[str, Any]):
    """A JSON object that remembers which of its members were given more than once."""

    __slots__ = ("repeated",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: frozenset[str] = frozenset()
        if len(self) != len(pairs):
            times = Counter(name for name, _value in pairs)
            self.repeated = frozenset(name for name in self if times[name] > 1)


class Wrong(Exception):
    """The value of a member is refused."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def text(value: object) -> str:
    """A string without control characters that can be written in UTF-8."""
    if not isinstance(value, str):
        raise Wrong(faults.NOT_A_STRING)
    if not value.isprintable() and any(unicodedata.category(each) in {"Cc", "Cs"} for each in value):
        raise Wrong(faults.NOT_TEXT)
    return value


def code(value: object) -> str:
    """A code as it is given; whether anybody has it is another question."""
    if isinstance(value, str) and len(value) > LONGEST_CODE:
        raise Wrong(faults.CODE_TOO_LONG)
    return text(value)


def name(value: object) -> str:
    """A name with something in it."""
    if isinstance(value, str) and len(value) > LONGEST_NAME:
        raise Wrong(faults.NAME_TOO_LONG)
    if not text(value).strip():
        raise Wrong(faults.NAME_BLANK)
    return text(value)


def reason(value: object) -> str:
    """A reason without stray spaces; it may be empty."""
    if isinstance(value, str) and len(value) > LONGEST_REASON:
        raise Wrong(faults.REASON_TOO_LONG)
    return text(value).strip()


def flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Wrong(faults.NOT_A_FLAG)
    return value


def day(value: object) -> date:
    """A day written as YYYY-MM-DD."""
    if not _DAY.fullmatch(text(value)):
        raise Wrong(faults.NOT_A_DAY)
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise Wrong(faults.NOT_A_DAY) from None


def instant(value: object) -> datetime:
    """An instant with its offset, by RFC 3339, in UTC."""
    if not _INSTANT.fullmatch(text(value)):
        raise Wrong(faults.NOT_AN_INSTANT)
    try:
        return datetime.fromisoformat(text(value).upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong(faults.NOT_AN_INSTANT) from None


Reader = Callable[[object], Any]


def read_members(
    members: Mapping[str, object],
    readers: Mapping[str, Reader],
    *,
    required: frozenset[str],
    nullable: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values that could be read, and what is wrong with all else.

    A nullable member that is null counts as absent.
    """
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for field, read in readers.items():
        value = members.get(field)
        if value is None and (field not in members or field in nullable):
            if field in required:
                errors.append(faults.REQUIRED.of(field, None))
            continue
        try:
            values[field] = read(value)
        except Wrong as wrong:
            errors.append(wrong.fault.of(field, value))
    return values, errors + _strangers(members, readers)


def _strangers(members: Mapping[str, object], readers: Mapping[str, Reader]) -> list[FieldError]:
    repeated = members.repeated if isinstance(members, Members) else frozenset()
    errors = [faults.REPEATED_MEMBER.of(field, members[field]) for field in sorted(repeated)[:MOST_ERRORS]]
    unknown = [field for field in members if field not in readers]
    return errors + [_unknown(field, members[field], readers) for field in unknown[:MOST_ERRORS]]


def _unknown(field: str, value: object, readers: Mapping[str, Reader]) -> FieldError:
    near = get_close_matches(field[:LONGEST_CODE], readers, n=1)
    if not near:
        return faults.UNKNOWN_MEMBER.of(field, value)
    hint = faults.MISSPELT_MEMBER.of(field, near[0])
    return FieldError(field, value, hint.code, hint.message, hint.remedy)
