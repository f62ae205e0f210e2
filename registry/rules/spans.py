"""The whole life of a file at once: the runs of days on which the answer is the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from registry.rules.compute import answer_on, changes_after, take_until
from registry.rules.corrections import read
from registry.rules.course import Course
from registry.rules.facts import Fact
from registry.rules.policy import Policies


@dataclass(frozen=True, slots=True)
class Span:
    """The days [from_, to) on which nothing that is asked differs; `to` is None in the last span.

    It begins or ends because a fact counts from that day, a period begins or ends, or a year does.
    """

    from_: date
    to: date | None
    status: str
    until: date | None
    points: int
    may_reregister: bool


def spans(facts: Iterable[Fact], policies: Policies, *, known: datetime | None = None) -> tuple[Span, ...]:
    """The longest runs of days with one answer, from the first day of the calendar on, without gaps.

    For any day, the span that holds it says what `standing` says for that day, and ends on its `changes_on`.
    """
    reading = read(facts, known)
    course = Course(policies, reading.revised_by)
    later = take_until(course, reading.facts, date.min)
    runs = [(date.min, answer_on(course, date.min)), *changes_after(course, later, date.min)]
    ends = [*(after for (_, _), (after, _) in pairwise(runs)), None]
    return tuple(Span(from_, to, *answer) for (from_, answer), to in zip(runs, ends, strict=True))
