"""How evenly objections are decided: reviewers beside each other, and for the same situation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q

from appeals.queries.statistics import OUTCOMES_BY, RESULTS, State, decided_points, objections_during, timed
from registry.queries.scope import Scope
from registry.queries.spread import FEWEST, officers
from registry.queries.statistics import During, first, names_of


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Points of dispute that somebody decided, by what became of them."""

    key: str
    name: str
    disputed: int
    upheld: int
    reduced: int
    annulled: int

    @property
    def changed(self) -> float:
        """The share of the points that did not stand as they were, between 0 and 1."""
        return round((self.reduced + self.annulled) / self.disputed, 3)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What one reviewer decided, and how long the objections took from filing, on average."""

    outcomes: Outcomes
    objections: int
    in_time: int
    late: int
    took: timedelta


@dataclass(frozen=True, slots=True)
class Compared:
    """One situation; `difference` lies between the highest and the lowest share changed, of those with enough points.

    None where fewer than two reviewers have enough.
    """

    situation: str
    words: str
    disputed: int
    difference: float | None
    reviewers: tuple[Outcomes, ...]


def reviewers(seen: Scope, during: During) -> tuple[Reviewer, ...]:
    """Everybody who decided points of dispute on these days, who decided most first."""
    points = _outcomes(decided_points(seen, during).order_by().values(key=OUTCOMES_BY["reviewer"]).annotate(**RESULTS))
    clocks = _clocks(seen, during)
    found = [Reviewer(each, **clocks[each.key]) for each in points]
    return tuple(sorted(found, key=lambda each: (-each.objections, each.outcomes.key)))


def _clocks(seen: Scope, during: During) -> dict[str, dict[str, Any]]:
    rows: Any = timed(objections_during(seen, during, column="decided_at")).filter(state=State.DECIDED)
    found = rows.order_by().values(key=first("reviewer__username")).annotate(
        objections=Count("pk"),
        in_time=Count("pk", filter=Q(decided_on__lte=F("due_on"))),
        late=Count("pk", filter=Q(decided_on__gt=F("due_on"))),
        took=Avg(ExpressionWrapper(F("decided_at") - F("filed_at"), DurationField())),
    )  # fmt: skip
    return {row.pop("key"): row for row in found}


def compared(seen: Scope, during: During, *, fewest: int = FEWEST) -> tuple[Compared, ...]:
    """The points of dispute decided on these days, for each situation by reviewer; the widest difference first."""
    rows: Any = decided_points(seen, during).order_by()
    rows = rows.values(key=OUTCOMES_BY["reviewer"], situation=OUTCOMES_BY["situation"]).annotate(**RESULTS)
    found: list[dict[str, Any]] = list(rows.order_by("situation", "-disputed", "key"))
    words = names_of("situation", {row["situation"] for row in found})
    situations = [
        _compared(code, words.get(code, code), _outcomes(group), fewest)
        for code, group in groupby(found, key=lambda row: str(row["situation"]))
    ]
    return tuple(sorted(situations, key=lambda each: (-(each.difference or 0), each.situation)))


def _compared(code: str, words: str, found: list[Outcomes], fewest: int) -> Compared:
    shares = [each.changed for each in found if each.disputed >= fewest]
    difference = round(max(shares) - min(shares), 3) if len(shares) > 1 else None
    return Compared(code, words, sum(each.disputed for each in found), difference, tuple(found))


def _outcomes(rows: Iterable[Mapping[str, Any]]) -> list[Outcomes]:
    found = list(rows)
    names = officers(row["key"] for row in found)
    counted = ("key", *RESULTS)
    return [Outcomes(name=names.get(row["key"], row["key"]), **{name: row[name] for name in counted}) for row in found]
