"""The whole life of a file at once: the runs of days on which the answer is the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from registry.rules.compute import all_periods, answer_on, changes_after, take_until
from registry.rules.corrections import read
from registry.rules.course import Course
from registry.rules.facts import Fact
from registry.rules.periods import Period
from registry.rules.policy import Policies


class Span(NamedTuple):
    """The days [from_, to) on which nothing that is asked differs; `to` is None in the last span.

    It begins or ends because a fact counts from that day, a period begins or ends, or a year does.
    """

    from_: date
    to: date | None
    status: str
    until: date | None
    points: int
    may_reregister: bool


class Life(NamedTuple):
    """All that ever follows from the facts, begun or not: `spans` without gaps, and `periods` by their first day."""

    spans: tuple[Span, ...]
    periods: tuple[Period, ...]


def life(facts: Iterable[Fact], policies: Policies, *, known: datetime | None = None) -> Life:
    """The facts lived through once, from the first day of the calendar to their end.

    For any day, the span that holds it says what `standing` says for that day, and ends on its `changes_on`. The
    periods are those of `standing` on the last day on which a fact counts, or any later one.
    """
    reading = read(facts, known)
    course = Course(policies, reading.revised_by)
    later = take_until(course, reading.facts, date.min)
    ended: list[Span] = []
    from_, answer = date.min, answer_on(course, date.min)
    for day, changed in changes_after(course, later, date.min, answer):
        ended.append(Span(from_, day, *answer))
        from_, answer = day, changed
    return Life(spans=(*ended, Span(from_, None, *answer)), periods=all_periods(course))


def spans(facts: Iterable[Fact], policies: Policies, *, known: datetime | None = None) -> tuple[Span, ...]:
    """The longest runs of days with one answer, from the first day of the calendar on, without gaps."""
    return life(facts, policies, known=known).spans
