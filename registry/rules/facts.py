"""What can happen to a practitioner: the facts from which every standing is computed.

A fact is written once and never changed; a later fact corrects it. A new kind is a class here, named in `KINDS`,
and its effect in `course.py`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, NamedTuple

MOST_POINTS = 12
"""The most points that one entry can carry, and the most that are ever shown for a year."""

LONGEST_SUSPENSION = 6
"""The longest suspension that one entry can bring, in months."""


class InvalidHistory(ValueError):
    """Facts that are not the history of one person: which field, which value, and why not."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field} = {value!r}: {reason}")
        self.field = field
        self.value = value
        self.reason = reason


class Fault(NamedTuple):
    """One field of one fact that says what it cannot say."""

    field: str
    value: object
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. `seq` is the order of deciding in the person's file, from 1 without gaps.

    `effective_on` is the day from which it counts, `recorded_at` the instant (with offset) when it was recorded here.
    """

    id: str
    seq: int
    effective_on: date
    recorded_at: datetime

    kind: ClassVar[str]

    def fault(self) -> Fault | None:
        """The first thing this fact says that no fact of its kind can say; None if there is nothing."""
        return None


@dataclass(frozen=True, slots=True)
class PointsScored(Fact):
    """A points entry: 1–12 points for one situation in one handling.

    `counted_on` is the day the handling was made, `policy` the id of the policy it was made under, and `months` the
    length of a suspension where the agency chose one.
    """

    points: int
    counted_on: date
    policy: str
    months: int | None = None

    kind: ClassVar[str] = "points_scored"

    def fault(self) -> Fault | None:
        return _points_fault(self.points) or _months_fault(self.months) or self._counted_on_fault()

    def _counted_on_fault(self) -> Fault | None:
        if self.counted_on <= self.effective_on:
            return None
        return Fault("counted_on", self.counted_on, f"is after effective_on {self.effective_on}")


@dataclass(frozen=True, slots=True)
class EntryAnnulled(Fact):
    """The entry never existed: for every day, past and future. No revision brings it back."""

    entry: str

    kind: ClassVar[str] = "entry_annulled"


@dataclass(frozen=True, slots=True)
class EntryRevised(Fact):
    """The entry always had these points; `months` replaces the entry's, None means the policy's default.

    Of several revisions of one entry the one with the highest `seq` holds.
    """

    entry: str
    points: int
    months: int | None = None

    kind: ClassVar[str] = "entry_revised"

    def fault(self) -> Fault | None:
        return _points_fault(self.points) or _months_fault(self.months)


@dataclass(frozen=True, slots=True)
class PointsRelieved(Fact):
    """Remediation: the year of `effective_on` has fewer points from that day. No sanction that has begun is undone."""

    points: int

    kind: ClassVar[str] = "points_relieved"

    def fault(self) -> Fault | None:
        return Fault("points", self.points, "a relief lowers the year by at least 1 point") if self.points < 1 else None


@dataclass(frozen=True, slots=True)
class PeriodShortened(Fact):
    """Remediation: the bar, or the last suspension that has not ended, ends so many days earlier."""

    days: int

    kind: ClassVar[str] = "period_shortened"

    def fault(self) -> Fault | None:
        return Fault("days", self.days, "a period is shortened by at least 1 day") if self.days < 1 else None


@dataclass(frozen=True, slots=True)
class Reregistered(Fact):
    """Registered again after the bar of a termination."""

    kind: ClassVar[str] = "reregistered"


KINDS: dict[str, type[Fact]] = {
    kind.kind: kind
    for kind in (PointsScored, EntryAnnulled, EntryRevised, PointsRelieved, PeriodShortened, Reregistered)
}


def check_history(facts: Sequence[Fact], policies: Container[str] | None = None) -> None:
    """Raise `InvalidHistory` at the first thing that the history of one person cannot contain.

    `policies` holds the ids of the policies that entries may be made under; None leaves them unchecked. The field is
    written as a path, such as `facts[2].points`.
    """
    _check_ids(facts)
    _check_numbers(facts)
    entries = {fact.id for fact in facts if isinstance(fact, PointsScored)}
    for position, fact in enumerate(facts):
        fault = fact.fault() or _reference_fault(fact, entries, policies)
        if fault:
            raise InvalidHistory(f"facts[{position}].{fault.field}", fault.value, fault.reason)


def _reference_fault(fact: Fact, entries: Container[str], policies: Container[str] | None) -> Fault | None:
    if isinstance(fact, PointsScored):
        if policies is not None and fact.policy not in policies:
            return Fault("policy", fact.policy, "no policy with this id takes entries")
    elif isinstance(fact, EntryAnnulled | EntryRevised) and fact.entry not in entries:
        return Fault("entry", fact.entry, "no points_scored of this history has this id")
    return None


def _check_ids(facts: Sequence[Fact]) -> None:
    seen: dict[str, int] = {}
    for position, fact in enumerate(facts):
        if fact.id in seen:
            raise InvalidHistory(f"facts[{position}].id", fact.id, f"facts[{seen[fact.id]}] has the same id")
        seen[fact.id] = position


def _check_numbers(facts: Sequence[Fact]) -> None:
    seen: set[int] = set()
    for position, fact in enumerate(facts):
        if not 1 <= fact.seq <= len(facts):
            raise InvalidHistory(f"facts[{position}].seq", fact.seq, f"the facts are numbered 1 to {len(facts)}")
        if fact.seq in seen:
            raise InvalidHistory(f"facts[{position}].seq", fact.seq, "another fact has the same number")
        seen.add(fact.seq)


def _points_fault(points: int) -> Fault | None:
    return None if 1 <= points <= MOST_POINTS else Fault("points", points, f"an entry has 1 to {MOST_POINTS} points")


def _months_fault(months: int | None) -> Fault | None:
    if months is None or 1 <= months <= LONGEST_SUSPENSION:
        return None
    return Fault("months", months, f"a suspension takes 1 to {LONGEST_SUSPENSION} months")
