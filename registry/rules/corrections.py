"""The facts as they read at one moment of knowledge: corrections applied and forgotten, the rest in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from registry.rules.facts import EntryAnnulled, EntryRevised, Fact, PointsScored


class Reading(NamedTuple):
    """The facts to apply, by day and then by order of deciding; and which revision gave an entry its points."""

    facts: list[Fact]
    revised_by: Mapping[str, str]


def read(facts: Iterable[Fact], known: datetime | None) -> Reading:
    """What the register read at the instant `known` (inclusive); None means everything recorded.

    An annulment beats every revision, whatever their order. A correction holds for every day, also those before it
    was made. One whose entry was not known yet does nothing.
    """
    recorded = [fact for fact in facts if known is None or fact.recorded_at <= known]
    annulled = {fact.entry for fact in recorded if isinstance(fact, EntryAnnulled)}
    revisions = _last_revisions(recorded)
    rest = [_as_revised(fact, revisions) for fact in recorded if _counts(fact, annulled)]
    rest.sort(key=lambda fact: (fact.effective_on, fact.seq))
    return Reading(rest, {entry: revision.id for entry, revision in revisions.items()})


def _last_revisions(facts: list[Fact]) -> dict[str, EntryRevised]:
    revisions = [fact for fact in facts if isinstance(fact, EntryRevised)]
    return {fact.entry: fact for fact in sorted(revisions, key=lambda fact: fact.seq)}


def _counts(fact: Fact, annulled: set[str]) -> bool:
    return not isinstance(fact, EntryAnnulled | EntryRevised) and fact.id not in annulled


def _as_revised(fact: Fact, revisions: Mapping[str, EntryRevised]) -> Fact:
    revision = revisions.get(fact.id)
    if revision is None or not isinstance(fact, PointsScored):
        return fact
    return replace(fact, points=revision.points, months=revision.months)
