"""Searching by numbers and codes: exactly, and the next only where the one before finds nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

Way = Callable[[str], Q]
"""From what was typed, without stray spaces, to what it finds."""


def by_number(term: str) -> Q:
    """The number of the row, which is in capitals."""
    return Q(number=term.upper())


def by_case(term: str) -> Q:
    """The number of the case."""
    return Q(case__number=term.upper())


def by_person(term: str) -> Q:
    """A code of the person, present or former."""
    return Q(practitioner__codes__code=term.upper())


def found_exactly(queryset: QuerySet[Any], term: str, ways: Sequence[Way]) -> QuerySet[Any]:
    """The rows that the first of the ways finds, if any, else the next; everything where nothing was typed."""
    if not term:
        return queryset
    *before, last = (queryset.filter(way(term)) for way in ways)
    return next((rows for rows in before if rows.exists()), last)
