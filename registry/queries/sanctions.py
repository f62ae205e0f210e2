"""The suspensions and terminations of a person, each followed through what the register knew of it.

A sanction is named by its kind and by the entry that began it: the name stays the same while the sanction is made
longer or shorter, and is nobody else's after it was annulled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import Fact, Practitioner
from registry.queries.lives import Life, Version
from registry.queries.scope import Scope
from registry.rules.periods import Period


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Which sanction of a person is meant."""

    cause: str
    kind: str


@dataclass(frozen=True, slots=True)
class State:
    """The `number`-th state of a sanction, from the instant `at` on; `period` is None once the sanction never was.

    `version` is the state of the person in which this began.
    """

    number: int
    at: datetime
    period: Period | None
    running: bool
    version: Version


def sanctions_of(life: Life) -> dict[Name, list[State]]:
    """Every sanction that ever began, as known at any time, with its states; those that begin later are left out."""
    found: dict[Name, list[State]] = {}
    for version in life.versions:
        begun = dict(_begun(version))
        for name in [*found, *(each for each in begun if each not in found)]:
            _add(found.setdefault(name, []), begun.get(name), version)
    return found


def sanctioned(seen: Scope, cause: UUID) -> Practitioner | None:
    """Whose standing the entry counts for, among the people whom the asker may see; None for nobody."""
    file = Fact.objects.filter(origin_id=cause).values_list("practitioner_id", flat=True).first()
    return None if file is None else seen_as(seen, file)


def seen_as(seen: Scope, file: int) -> Practitioner | None:
    """The person whose file this is, as the asker may see them: by the kept file, else by this one, else by another."""
    person = family_of(file)
    theirs = {each.pk: each for each in seen.practitioners().filter(pk__in=person.files)}
    return theirs.get(person.kept) or theirs.get(file) or next(iter(theirs.values()), None)


def _begun(version: Version) -> Iterator[tuple[Name, Period]]:
    for period in version.standing.periods:
        if period.from_ <= shanghai_day(version.at):
            yield Name(period.because[0], period.kind), period


def _add(states: list[State], period: Period | None, version: Version) -> None:
    running = period is not None and period.covers(shanghai_day(version.at))
    if not states or (states[-1].period, states[-1].running) != (period, running):
        states.append(State(len(states) + 1, version.at, period, running, version))
