"""Random files for the properties: valid histories, dense enough that facts meet each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from registry.rules.facts import (
    EntryAnnulled,
    EntryRevised,
    Fact,
    PeriodShortened,
    PointsRelieved,
    PointsScored,
    Reregistered,
)
from tests.rules.stories import POLICIES, SHANGHAI

FIRST = date(2024, 12, 1)
LAST = date(2028, 12, 31)
RECORDED = datetime(2025, 1, 1, 12, tzinfo=SHANGHAI)

days = st.dates(FIRST, LAST) | st.sampled_from(
    [date(2025, 1, 31), date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 10), date(2027, 8, 31), date(2028, 2, 29)]
)
instants = st.integers(0, 40).map(lambda hours: RECORDED + timedelta(hours=hours))
months = st.none() | st.integers(1, 6)
points = st.integers(1, 12)
policies = st.sampled_from(sorted(POLICIES.for_entries))


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of an entry; most handlings lie in the year of the decision."""
    effective_on = draw(days)
    counted_on = effective_on - timedelta(days=draw(st.sampled_from([0, 0, 0, 5, 60, 400])))
    fields = {"points": draw(points), "counted_on": counted_on, "policy": draw(policies), "months": draw(months)}
    return {"kind": PointsScored, "effective_on": effective_on, **fields}


reliefs = st.fixed_dictionaries({"kind": st.just(PointsRelieved), "effective_on": days, "points": st.integers(1, 6)})
shortenings = st.fixed_dictionaries(
    {"kind": st.just(PeriodShortened), "effective_on": days, "days": st.integers(1, 90) | st.just(1000)}
)
returns = st.fixed_dictionaries({"kind": st.just(Reregistered), "effective_on": days})
acts = st.one_of(entries(), entries(), entries(), entries(), reliefs, shortenings, returns)


@st.composite
def corrections(draw: st.DrawFn, entry_ids: list[str]) -> dict[str, Any]:
    """The fields of a correction of one of the entries."""
    common = {"effective_on": draw(days), "entry": draw(st.sampled_from(entry_ids))}
    if draw(st.booleans()):
        return {"kind": EntryAnnulled, **common}
    return {"kind": EntryRevised, **common, "points": draw(points), "months": draw(months)}


@st.composite
def files(draw: st.DrawFn, most: int = 9) -> list[Fact]:
    """A valid history: acts, and corrections of some of the entries."""
    facts = [build(fields, seq, draw(instants)) for seq, fields in enumerate(draw(st.lists(acts, max_size=most)), 1)]
    entry_ids = [fact.id for fact in facts if isinstance(fact, PointsScored)]
    for fields in draw(st.lists(corrections(entry_ids), max_size=3)) if entry_ids else []:
        facts.append(build(fields, len(facts) + 1, draw(instants)))
    return facts


def build(fields: dict[str, Any], seq: int, recorded_at: datetime) -> Fact:
    """A fact from its fields."""
    rest = {name: value for name, value in fields.items() if name != "kind"}
    fact: Fact = fields["kind"](id=f"f{seq}", seq=seq, recorded_at=recorded_at, **rest)
    return fact


def renumbered(facts: list[Fact]) -> list[Fact]:
    """The same facts, numbered by day; on one day, and among corrections, the order of deciding stays."""
    corrections_last = sorted(facts, key=lambda fact: (hasattr(fact, "entry"), _day_of_order(fact), fact.seq))
    return [replace(fact, seq=seq) for seq, fact in enumerate(corrections_last, 1)]


def _day_of_order(fact: Fact) -> date:
    return date.min if hasattr(fact, "entry") else fact.effective_on
