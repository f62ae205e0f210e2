"""Which of the things that were told about a person a correction makes wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from registry.rules.compute import standing
from registry.rules.facts import EntryAnnulled, EntryRevised, Fact
from registry.rules.policy import Policies


@dataclass(frozen=True, slots=True)
class Told:
    """What was told once: the standing of a day as it was known at an instant.

    `entry` is the entry that it was about, by its own recording or by a correction; None where it was about none.
    """

    id: int
    entry: str | None
    on: date
    known: datetime
    status: str
    until: date | None
    points: int


def told_wrong(
    told: Iterable[Told], facts: Sequence[Fact], correction: EntryAnnulled | EntryRevised, policies: Policies
) -> frozenset[int]:
    """The ids of what was told and is otherwise by the correction.

    Everything about the entry itself, and every standing of a day that would have been told otherwise, had the entry
    been then what it is now. `facts` are those of the person up to the correction, without it.
    """
    return frozenset(
        each.id for each in told if each.entry == correction.entry or _is_wrong(each, facts, correction, policies)
    )


def _is_wrong(
    told: Told, facts: Collection[Fact], correction: EntryAnnulled | EntryRevised, policies: Policies
) -> bool:
    known = [fact for fact in facts if fact.recorded_at <= told.known]
    becomes = standing([*known, correction], told.on, policies)
    return (becomes.status, becomes.until, becomes.points) != (told.status, told.until, told.points)
