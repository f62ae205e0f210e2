"""The standing of a person on a day, as known at a time: a pure function of the facts and the policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from registry.rules.corrections import read
from registry.rules.course import Course, Step
from registry.rules.facts import MOST_POINTS, Fact
from registry.rules.periods import Period, new_year
from registry.rules.policy import Policies

NORMAL = "normal"
SUSPENDED = "suspended"
TERMINATED = "terminated"


class Answer(NamedTuple):
    """What is asked about a day. `points` are shown, at most 12; `until` is the end of the suspension or the bar."""

    status: str
    until: date | None
    points: int
    may_reregister: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing on a day, with its reasons.

    `points` of the day's calendar year are shown up to 12, `points_raw` are not capped. `changes_on` is the first later
    day on which status, until, points or may_reregister differ if nothing new is recorded. `periods` are all that the
    facts up to the day produced, `errors` the re-registrations that could not apply, `steps` the explanation.
    """

    on: date
    status: str
    until: date | None
    points: int
    points_raw: int
    may_reregister: bool
    changes_on: date | None
    periods: tuple[Period, ...]
    errors: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def period(self) -> Period | None:
        """The period that the day lies in; None while the standing is normal."""
        return next((period for period in self.periods if period.covers(self.on)), None)

    @property
    def answer(self) -> Answer:
        """The part that `changes_on` watches."""
        return Answer(self.status, self.until, self.points, self.may_reregister)


def standing(facts: Iterable[Fact], on: date, policies: Policies, *, known: datetime | None = None) -> Standing:
    """The standing on the day `on` by the facts recorded up to the instant `known` (inclusive; None: by all).

    The facts must be one person's history as `check_history` accepts it. Facts recorded already that take effect after
    the day count for `changes_on` only.
    """
    reading = read(facts, known)
    course = Course(policies, reading.revised_by)
    return told(course, take_until(course, reading.facts, on), on)


def told(course: Course, later: Sequence[Fact], on: date) -> Standing:
    """The standing on the day by the facts that the course has taken, which goes on taking the `later` ones."""
    answer = answer_on(course, on)
    periods, errors, steps = all_periods(course), tuple(course.errors), tuple(course.steps)
    points_raw = course.totals.get(on.year, 0)
    change = next(changes_after(course, later, on, answer), None)
    return Standing(
        on=on,
        status=answer.status,
        until=answer.until,
        points=answer.points,
        points_raw=points_raw,
        may_reregister=answer.may_reregister,
        changes_on=change[0] if change else None,
        periods=periods,
        errors=errors,
        steps=steps,
    )


def take_until(course: Course, facts: Sequence[Fact], day: date) -> Sequence[Fact]:
    """Let the course take the facts effective up to the day (inclusive), and return those that are left."""
    for position, fact in enumerate(facts):
        if fact.effective_on > day:
            return facts[position:]
        course.take(fact)
    return ()


def answer_on(course: Course, day: date) -> Answer:
    """The answer for a day by the facts that the course has taken."""
    points = min(MOST_POINTS, course.totals.get(day.year, 0))
    if termination := course.termination:
        barred_until = termination.barred_until
        return Answer(TERMINATED, barred_until, points, barred_until is not None and day >= barred_until)
    for suspension in course.suspensions:
        if suspension.covers(day):
            return Answer(SUSPENDED, suspension.until, points, False)
    return Answer(NORMAL, None, points, False)


def changes_after(course: Course, later: Sequence[Fact], day: date, answer: Answer) -> Iterator[tuple[date, Answer]]:
    """Every day after `day`, of which `answer` is the answer, on which it differs from that of the day before, with
    the new answer.

    The course goes on taking the later facts. Between two facts only the edges of periods and New Year can change
    anything, so no other day is looked at.
    """
    while True:
        limit = later[0].effective_on if later else None
        for edge in _edges_between(course, day, limit):
            if (new := answer_on(course, edge)) != answer:
                answer = new
                yield edge, answer
        if limit is None:
            return
        later = take_until(course, later, limit)
        day = limit
        if (new := answer_on(course, day)) != answer:
            answer = new
            yield day, answer


def _edges_between(course: Course, after: date, before: date | None) -> list[date]:
    edges = set(_edges_of_periods(course, after))
    if before is None or before.year > after.year:
        edges.update(_new_years(course, after))
    return sorted([edge for edge in edges if edge > after and (before is None or edge < before)])


def _edges_of_periods(course: Course, after: date) -> Iterator[date]:
    """Of the suspensions that go on beyond the day, latest first, and of the open termination."""
    for suspension in reversed(course.suspensions):
        if suspension.end <= after:
            break
        yield suspension.from_
        yield suspension.end
    if (termination := course.termination) and termination.barred_until:
        yield termination.barred_until


def _new_years(course: Course, after: date) -> Iterator[date]:
    """Of the years that have points and of those that follow them, as far as they come after the day."""
    for year in course.totals:
        for each in (year, year + 1):
            if each > after.year and (day := new_year(each)):
                yield day


def all_periods(course: Course) -> tuple[Period, ...]:
    """The periods that the facts taken so far produced, by their first day."""
    return tuple(sorted(course.suspensions + course.terminations, key=lambda period: (period.from_, period.kind)))
