"""How evenly points are decided: the same situation compared between regions, agencies and deciding officers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Sum

from registry.models import Assignment, Role, User
from registry.queries.explain import name_of
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.queries.statistics import PLACES, POINTS_BY, During, entries_during, first, names_of

FEWEST = 5
"""Decisions below which a group is shown but not compared: so few say nothing."""

_EVERYTHING = Scope((Assignment(role=Role.AUDITOR),))

OFFICER = "officer"
SPREAD_BY: Mapping[str, Any] = {
    **{by: POINTS_BY[by] for by in PLACES},
    "agency": first("fact__agency__code"),
    OFFICER: first("proposed__proposal__proposed_by__username", "fact__actor__username"),
}


MOST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many decisions came to 1, 2, … 12 points."""

    counts: tuple[int, ...]

    @property
    def decisions(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def lower_quartile(self) -> int:
        """The fewest points that at least a quarter of the decisions do not exceed."""
        return self._not_exceeded(1)

    @property
    def median(self) -> int:
        """The fewest points that at least half of the decisions do not exceed."""
        return self._not_exceeded(2)

    @property
    def upper_quartile(self) -> int:
        """The fewest points that at least three quarters of the decisions do not exceed."""
        return self._not_exceeded(3)

    def _not_exceeded(self, quarters: int) -> int:
        so_far = 0
        for points, count in enumerate(self.counts, start=1):
            so_far += count
            if so_far and 4 * so_far >= quarters * self.decisions:
                return points
        return 0

    def mean(self) -> float:
        """On average, in points."""
        return sum(points * count for points, count in enumerate(self.counts, start=1)) / self.decisions

    def deviation(self) -> float:
        """The standard deviation of all of them, in points."""
        mean = self.mean()
        squares = sum(count * (points - mean) ** 2 for points, count in enumerate(self.counts, start=1))
        return float((squares / self.decisions) ** 0.5)


@dataclass(frozen=True, slots=True)
class Group:
    """The points that one region, agency or officer decided for a situation."""

    key: str
    name: str
    decisions: int
    mean: float
    lowest: int
    highest: int
    deviation: float
    off_default: float
    """By how many points, on average, they are above the default of the grade."""

    all: Distribution


@dataclass(frozen=True, slots=True)
class Spread:
    """One situation; `difference` lies between the highest and the lowest mean of groups with enough decisions.

    None where fewer than two groups have enough.
    """

    situation: str
    words: str
    decisions: int
    mean: float
    difference: float | None
    groups: tuple[Group, ...]


def spread(seen: Scope, during: During, *, by: str, fewest: int = FEWEST) -> tuple[Spread, ...]:
    """The points as they were decided, for each situation by one of SPREAD_BY; the widest difference first.

    What was corrected later is counted as it was decided: that is what is compared.
    """
    rows = entries_during(seen, during).order_by().values("situation", "fact__points", key=SPREAD_BY[by]).annotate(
        decisions=Count("pk"), off_default=Sum(F("fact__points") - F("default_points"))
    )  # fmt: skip
    found: list[dict[str, Any]] = list(rows.order_by("situation", "key"))  # type: ignore[arg-type]
    words = names_of("situation", {row["situation"] for row in found})
    names = officers(row["key"] for row in found) if by == OFFICER else names_of(by, {row["key"] for row in found})
    spreads = [
        _spread(code, words.get(code, code), list(_groups(group, names)), fewest)
        for code, group in groupby(found, key=lambda row: str(row["situation"]))
    ]
    return tuple(sorted(spreads, key=lambda each: (-(each.difference or 0), each.situation)))


def in_the_country(during: During, *, fewest: int) -> dict[str, Distribution]:
    """How each situation is decided in the whole country, whoever asks; left out where the decisions are too few.

    Whoever sees one region alone is told how the others decide, and neither who nor where.
    """
    with full_sight():
        rows = entries_during(_EVERYTHING, during).order_by().values("situation", "fact__points")
        found = list(rows.annotate(decisions=Count("pk")).order_by("situation"))
    situations = groupby(found, key=lambda row: str(row["situation"]))
    every = {code: _distribution(rows) for code, rows in situations}
    return {code: each for code, each in every.items() if each.decisions >= fewest}


def _distribution(rows: Iterable[Mapping[str, Any]]) -> Distribution:
    counts = [0] * MOST_POINTS
    for row in rows:
        counts[row["fact__points"] - 1] += row["decisions"]
    return Distribution(tuple(counts))


def _groups(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Group]:
    """By the mean, the highest first."""
    found = []
    for key, of_key in groupby(rows, key=lambda row: row["key"]):
        theirs = list(of_key)
        every = _distribution(theirs)
        points = [row["fact__points"] for row in theirs]
        found.append(
            Group(
                key=key,
                name=names.get(key, key),
                decisions=every.decisions,
                mean=round(every.mean(), 3),
                lowest=min(points),
                highest=max(points),
                deviation=round(every.deviation(), 3),
                off_default=round(sum(row["off_default"] for row in theirs) / every.decisions, 3),
                all=every,
            )
        )
    yield from sorted(found, key=lambda group: (-group.mean, group.key))


def _spread(code: str, words: str, groups: list[Group], fewest: int) -> Spread:
    decisions = sum(group.decisions for group in groups)
    mean = sum(group.mean * group.decisions for group in groups) / decisions
    means = [group.mean for group in groups if group.decisions >= fewest]
    difference = round(max(means) - min(means), 3) if len(means) > 1 else None
    return Spread(code, words, decisions, round(mean, 3), difference, tuple(groups))


def officers(usernames: Iterable[str]) -> dict[str, str]:
    """The names of officers, by their accounts."""
    users = User.objects.filter(username__in=set(usernames))
    return {user.username: name_of(user) for user in users}
