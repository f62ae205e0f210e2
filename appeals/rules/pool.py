"""What a draw starts from: the pool of experts, the case, and the terms of the policy.

Every id, of experts, cases, institutions, people and specialties, is opaque: 1 to 64 letters, digits and `. _ : / -` of
ASCII, compared as it is written. Periods of days are half-open, [from, until); an open one has no `until`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

SIZES = (3, 5)
"""The sizes that a panel can have: odd, so that a majority decides."""

FIRST_YEAR = 1900
"""No case is older; it keeps the years looked back at inside the calendar."""

MOST_YEARS_APART = 40

_ID = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
_ID_REASON = "must be 1 to 64 letters, digits and . _ : / - of ASCII"


class InvalidDraw(ValueError):
    """Something that no draw can be made from: which field, which value, and why not."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field} = {value!r}: {reason}")
        self.field = field
        self.value = value
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Days:
    """The days [from_, until); without `until` they go on."""

    from_: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """The day lies in [from_, until)."""
        return self.from_ <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Stay:
    """The days on which an expert belongs to an institution."""

    institution: str
    days: Days


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert as the frozen pool knows them.

    `available` holds the days on which they offer to sit: none, and they are not available. `load` is the number of
    panels they served on in the counted window. `conflicts` holds the ids of the cases, institutions and people with
    which they have declared a conflict.
    """

    id: str
    specialties: frozenset[str]
    stays: tuple[Stay, ...]
    available: tuple[Days, ...]
    load: int
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """The case as the draw sees it: `people` are all who have a part in it, `day` is the day it is drawn for."""

    id: str
    day: date
    specialty: str
    institutions: frozenset[str]
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says: the seats of a panel, and for how many years a former institution excludes."""

    size: int
    years_apart: int


def check(pool: Sequence[Expert], case: Case, terms: Terms) -> None:
    """Raise `InvalidDraw` at the first thing that no draw can be made from; the field is a path as in draw.json."""
    _check_terms(terms)
    _check_case(case)
    seen: dict[str, int] = {}
    for position, expert in enumerate(pool):
        where = f"pool[{position}]"
        _check_expert(expert, where)
        if expert.id in seen:
            raise InvalidDraw(f"{where}.id", expert.id, f"pool[{seen[expert.id]}] has the same id")
        seen[expert.id] = position


def _check_terms(terms: Terms) -> None:
    if terms.size not in SIZES:
        raise InvalidDraw("size", terms.size, f"must be one of: {', '.join(map(str, SIZES))}")
    if not 0 <= terms.years_apart <= MOST_YEARS_APART:
        raise InvalidDraw("years_apart", terms.years_apart, f"must be 0 to {MOST_YEARS_APART} years")


def _check_case(case: Case) -> None:
    check_id("case.id", case.id)
    if case.day.year < FIRST_YEAR:
        raise InvalidDraw("case.day", case.day, f"is before {FIRST_YEAR}")
    check_id("case.specialty", case.specialty)
    _check_ids("case.institutions", case.institutions)
    _check_ids("case.people", case.people)


def _check_expert(expert: Expert, where: str) -> None:
    check_id(f"{where}.id", expert.id)
    _check_ids(f"{where}.specialties", expert.specialties)
    _check_ids(f"{where}.conflicts", expert.conflicts)
    _check_ids(f"{where}.institutions", (stay.institution for stay in expert.stays))
    _check_days(f"{where}.institutions", [stay.days for stay in expert.stays])
    _check_days(f"{where}.available", expert.available)
    if expert.load < 0:
        raise InvalidDraw(f"{where}.load", expert.load, "nobody served on fewer than 0 panels")


def _check_days(field: str, periods: Iterable[Days]) -> None:
    for position, days in enumerate(periods):
        if days.until is not None and days.until <= days.from_:
            raise InvalidDraw(f"{field}[{position}].until", days.until, f"is not after from {days.from_}")


def _check_ids(field: str, ids: Iterable[str]) -> None:
    for each in ids:
        check_id(field, each)


def check_id(field: str, value: str) -> None:
    """Raise `InvalidDraw` where the value cannot be an id."""
    if not _ID.fullmatch(value):
        raise InvalidDraw(field, value, _ID_REASON)
