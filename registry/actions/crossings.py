"""What a change of standing crossed: a tier of the year's points, or the line between standings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.ledger.reading import facts_of_files
from registry.ledger.writing import LockedPerson
from registry.models import FactKind, StandingChange, StandingStatus, Task
from registry.rules import facts
from registry.rules.compute import standing
from registry.rules.policy import Policy

Kind = Task.Kind
TIERS: Mapping[Task.Kind, str] = {Kind.TALK: "tiers.talk", Kind.INTERVIEW: "tiers.interview"}
"""The talks that follow from the points of a year, with the rule that says from how many."""

_GRAVER = [StandingStatus.NORMAL, StandingStatus.SUSPENDED, StandingStatus.TERMINATED]
_TAKES_BACK = {FactKind.ENTRY_ANNULLED, FactKind.ENTRY_REVISED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A talk that is owed. The same one, for the same person, tier and year (or sanction), has the same `subject`."""

    kind: Task.Kind
    subject: UUID


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of standing with the totals of the years, not capped, before and after it.

    `life` are the person's facts as they stood after it. What an older register handed over opens nothing: the talks
    were its own.
    """

    change: StandingChange
    before: Mapping[int, int]
    after: Mapping[int, int]
    life: Sequence[facts.Fact]

    def asks(self, person: UUID, policy: Policy) -> Iterator[Asked]:
        """The talks that the change opens under a policy, for the person with this identifier."""
        if self.change.fact and self.change.fact.legacy:
            return
        for year, total in self.after.items():
            for kind, rule in TIERS.items():
                if self.before.get(year, 0) < policy.get(rule) <= total:
                    yield Asked(kind, subject_of(person, kind, year))
        if self._graver:
            yield Asked(Kind.TRAINING, uuid5(person, f"training:{self.change.status_after}:{self.change.on_day}"))

    @property
    def _graver(self) -> bool:
        was, becomes = (
            _GRAVER.index(StandingStatus(each)) for each in (self.change.status_before, self.change.status_after)
        )
        return becomes > was

    @property
    def takes_back(self) -> bool:
        """Whether it may say that something never happened. Relief and time never do: what they lower was there."""
        fact = self.change.fact
        return self.change.cause == StandingChange.Cause.MERGE or (fact is not None and fact.kind in _TAKES_BACK)

    def ever_reached(self, year: int, points: int) -> bool:
        """Whether the year's total, as the life tells it, came up to so many points at any time."""
        steps = standing(self.life, date.max, policies()).steps
        return any(step.year == year and step.total >= points for step in steps)

    def blocked_on(self, day: date) -> bool:
        """Whether the person was suspended or terminated on the day, as the life tells it."""
        return standing(self.life, day, policies()).status != StandingStatus.NORMAL


def turn_of(change: StandingChange, person: LockedPerson) -> Turn:
    """The change of a locked person, with what was known when it was made."""
    if change.fact is None:
        shown = change.cause == StandingChange.Cause.MERGE
        points = (change.points_before, change.points_after) if shown else (0, 0)
        before, after = ({change.on_day.year: each} for each in points)
        return Turn(change, before, after, person.facts)
    files = family_of(change.practitioner_id, known=change.recorded_at).files
    life = facts_of_files(files, until=change.fact)
    earlier = [fact for fact in life if fact.id != str(change.fact.origin_id)]
    return Turn(change, _totals(earlier), _totals(life), life)


def subject_of(person: UUID, kind: Task.Kind, year: int) -> UUID:
    """What a talk about the points of a year is about."""
    return uuid5(person, f"{kind}:{year}")


def _totals(life: Sequence[facts.Fact]) -> dict[int, int]:
    return {step.year: step.total for step in standing(life, date.max, policies()).steps}
