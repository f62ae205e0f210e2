"""The facts as they read at one moment of knowledge: corrections applied and forgotten, the rest in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from registry.rules.facts import EntryAnnulled, EntryRevised, Fact, PointsScored

CORRECTING = (EntryAnnulled, EntryRevised)
"""What corrects another fact."""

_IN_ORDER = attrgetter("effective_on", "seq")


class Reading(NamedTuple):
    """The facts to apply, by day and then by order of deciding; and which revision gave an entry its points."""

    facts: list[Fact]
    revised_by: Mapping[str, str]


def read(facts: Iterable[Fact], known: datetime | None) -> Reading:
    """What the register read at the instant `known` (inclusive); None means everything recorded.

    An annulment beats every revision, whatever their order. A correction holds for every day, also those before it
    was made. One whose entry was not known yet does nothing.
    """
    recorded = list(facts) if known is None else [fact for fact in facts if fact.recorded_at <= known]
    corrections = [fact for fact in recorded if isinstance(fact, CORRECTING)]
    if not corrections:
        return Reading(sorted(recorded, key=_IN_ORDER), {})
    revisions = _last_revisions(corrections)
    left_out = {fact.id for fact in corrections} | {
        fact.entry for fact in corrections if isinstance(fact, EntryAnnulled)
    }
    rest = sorted([fact for fact in recorded if fact.id not in left_out], key=_IN_ORDER)
    if revisions:
        rest = [_as_revised(fact, revisions) for fact in rest]
    return Reading(rest, {entry: revision.id for entry, revision in revisions.items()})


def _last_revisions(corrections: Iterable[Fact]) -> dict[str, EntryRevised]:
    revisions = [fact for fact in corrections if isinstance(fact, EntryRevised)]
    return {fact.entry: fact for fact in sorted(revisions, key=lambda fact: fact.seq)}


def _as_revised(fact: Fact, revisions: Mapping[str, EntryRevised]) -> Fact:
    revision = revisions.get(fact.id)
    if revision is None or not isinstance(fact, PointsScored):
        return fact
    return replace(fact, points=revision.points, months=revision.months)
