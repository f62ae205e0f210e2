"""What can happen to a person that others are told of, and which circles hear of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.rules.compute import NORMAL, SUSPENDED, TERMINATED
from registry.rules.periods import TERMINATION


class Happening(StrEnum):
    """What happened; the value is part of the type that programs are told."""

    POINTS_RECORDED = "points.recorded"
    SUSPENDED = "standing.suspended"
    TERMINATED = "standing.terminated"
    RESTORED = "standing.restored"
    SUSPENSION_BEGAN = "suspension.began"
    SUSPENSION_ENDED = "suspension.ended"
    BAR_OVER = "bar.over"
    FILES_MERGED = "files.merged"
    ENTRY_ANNULLED = "entry.annulled"
    ENTRY_REVISED = "entry.revised"
    POINTS_RELIEVED = "points.relieved"
    PERIOD_SHORTENED = "period.shortened"
    OBJECTION = "objection.moved"
    APPLICATION = "application.moved"
    DEADLINE_SET = "deadline.set"
    DEADLINE_MISSED = "deadline.missed"
    TEST = "endpoint.test"
    SETTLED = "letter.settled"


class Circle(StrEnum):
    """Those who are told for the same reason."""

    PERSON = "person"
    PLACES = "places"
    AGENCIES = "agencies"
    DECIDING = "deciding"
    AUTHORITIES = "authorities"
    REGIONS = "regions"
    SUBSCRIBERS = "subscribers"
    TOLD_BEFORE = "told_before"
    HOLDER = "holder"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of standing as far as it decides who is told.

    `fact` is the kind of the fact behind it, empty where the day came or files were merged. `periods` are the kinds of
    the suspensions and terminations that begin, end or are others by the fact, today or on a later day.
    """

    cause: str
    fact: str
    status_before: str
    status_after: str
    periods: frozenset[str] = frozenset()


_NEAR = frozenset({Circle.PERSON, Circle.PLACES, Circle.AGENCIES, Circle.DECIDING, Circle.SUBSCRIBERS})
_WIDE = _NEAR | {Circle.AUTHORITIES, Circle.REGIONS}
_RECALLING = _WIDE | {Circle.TOLD_BEFORE}
_IN_PROCEDURE = frozenset({Circle.PERSON, Circle.PLACES, Circle.DECIDING})

CIRCLES: Mapping[Happening, frozenset[Circle]] = MappingProxyType(
    {
        Happening.POINTS_RECORDED: _WIDE,
        Happening.SUSPENDED: _WIDE,
        Happening.TERMINATED: _WIDE,
        Happening.RESTORED: _WIDE,
        Happening.SUSPENSION_BEGAN: _WIDE,
        Happening.SUSPENSION_ENDED: _WIDE,
        Happening.BAR_OVER: _NEAR,
        Happening.FILES_MERGED: _WIDE,
        Happening.ENTRY_ANNULLED: _RECALLING,
        Happening.ENTRY_REVISED: _RECALLING,
        Happening.POINTS_RELIEVED: _WIDE,
        Happening.PERIOD_SHORTENED: _WIDE,
        Happening.OBJECTION: _IN_PROCEDURE,
        Happening.APPLICATION: frozenset({Circle.PERSON, Circle.DECIDING}),
        Happening.DEADLINE_SET: frozenset({Circle.HOLDER}),
        Happening.DEADLINE_MISSED: frozenset({Circle.HOLDER, Circle.ABOVE}),
        Happening.TEST: frozenset(),
        Happening.SETTLED: frozenset(),
    }
)
"""Who is told of what (rulebook: points, suspensions and terminations to authorities and regions; what is still argued
about to those who argue; a deadline to whoever has to meet it, and once it is missed to those above). A test goes to
the endpoint that is tested and to nobody else, what became of a letter to the register that wrote it."""

_BY_FACT: Mapping[str, Happening] = MappingProxyType(
    {
        "entry_annulled": Happening.ENTRY_ANNULLED,
        "entry_revised": Happening.ENTRY_REVISED,
        "points_relieved": Happening.POINTS_RELIEVED,
        "period_shortened": Happening.PERIOD_SHORTENED,
        "reregistered": Happening.RESTORED,
    }
)
_BY_DAY: Mapping[tuple[str, str], Happening] = MappingProxyType(
    {
        (NORMAL, SUSPENDED): Happening.SUSPENSION_BEGAN,
        (SUSPENDED, NORMAL): Happening.SUSPENSION_ENDED,
        (NORMAL, TERMINATED): Happening.TERMINATED,
        (SUSPENDED, TERMINATED): Happening.TERMINATED,
        (TERMINATED, TERMINATED): Happening.BAR_OVER,
    }
)


def happened(change: Change) -> Happening:
    """What a change of standing is called. Raises KeyError for a day that brought what no day can bring."""
    if change.cause == "merge":
        return Happening.FILES_MERGED
    if change.cause == "day":
        return _BY_DAY[change.status_before, change.status_after]
    return _BY_FACT.get(change.fact) or _of_points(change.periods)


def _of_points(periods: frozenset[str]) -> Happening:
    if TERMINATION in periods:
        return Happening.TERMINATED
    return Happening.SUSPENDED if periods else Happening.POINTS_RECORDED


def circles(what: Happening, *, decided_here: bool) -> frozenset[Circle]:
    """Who is told. What another register decided, that register tells the other regions; here it is told at home."""
    told = CIRCLES[what]
    return told if decided_here else told - {Circle.REGIONS}
