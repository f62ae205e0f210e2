"""Strict readers of JSON: every field must be there, nothing else may be, and what is wrong is named by its path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from appeals.rules.pool import InvalidDraw, check_id

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HASH = re.compile(r"[0-9a-f]{64}")

Read = Callable[[object], Any]
"""Takes a JSON value and gives what it says; raises `InvalidDraw` with the path below that value."""


def loaded(content: bytes) -> Any:
    """The JSON value of the bytes; no object may say a name twice."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDraw("file", "", f"is not UTF-8: {error.reason} at byte {error.start}") from error
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except InvalidDraw:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidDraw("file", text, f"is not JSON: {error}") from error


def _each_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    source: dict[str, Any] = {}
    for name, value in pairs:
        if name in source:
            raise InvalidDraw(name, value, "is there twice in one object")
        source[name] = value
    return source


def _at(step: str, read: Read, value: object) -> Any:
    try:
        return read(value)
    except InvalidDraw as error:
        raise InvalidDraw(step + error.field, error.value, error.reason) from None


def object_of(make: Callable[..., Any] = dict, **fields: Read) -> Read:
    """Reads an object that has exactly these fields; a trailing underscore only keeps Python's words apart."""
    readers = {name.rstrip("_"): (name, read) for name, read in fields.items()}

    def read_object(value: object) -> Any:
        if not isinstance(value, dict):
            raise InvalidDraw("", value, "must be an object")
        for name in value:
            if name not in readers:
                raise InvalidDraw(f".{name}", value[name], f"no such field; there are: {', '.join(readers)}")
        for name in readers:
            if name not in value:
                raise InvalidDraw(f".{name}", None, "is missing")
        return make(**{word: _at(f".{name}", read, value[name]) for name, (word, read) in readers.items()})

    return read_object


def list_of(read: Read, make: Callable[[list[Any]], Any] = tuple) -> Read:
    """Reads a list, each item in the same way."""

    def read_list(value: object) -> Any:
        if not isinstance(value, list):
            raise InvalidDraw("", value, "must be a list")
        return make([_at(f"[{position}]", read, item) for position, item in enumerate(value)])

    return read_list


def names_once(values: list[str]) -> frozenset[str]:
    """A set from a list that says nothing twice."""
    seen: set[str] = set()
    for position, value in enumerate(values):
        if value in seen:
            raise InvalidDraw(f"[{position}]", value, "is there twice")
        seen.add(value)
    return frozenset(seen)


def name(value: object) -> str:
    """An id, as the pool writes it."""
    if not isinstance(value, str):
        raise InvalidDraw("", value, "must be a text")
    check_id("", value)
    return value


def whole(value: object) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidDraw("", value, "must be a whole number")
    return value


def day(value: object) -> date:
    """A day of the calendar, written as 2026-03-10."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise InvalidDraw("", value, "must be a day, as in 2026-03-10")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidDraw("", value, "is no day of the calendar") from None


def day_or_none(value: object) -> date | None:
    """A day, or null for none."""
    return None if value is None else day(value)


def digest(value: object) -> str:
    """A SHA-256 in hexadecimal digits."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise InvalidDraw("", value, "must be 64 lower-case hexadecimal digits")
    return value


def seed_of(value: object) -> bytes:
    """A seed in hexadecimal digits."""
    return bytes.fromhex(digest(value))


def one_of(*choices: str) -> Read:
    """Reads a text that is one of these."""

    def read_choice(value: object) -> Any:
        if value not in choices:
            raise InvalidDraw("", value, f"must be one of: {', '.join(choices)}")
        return value

    return read_choice
