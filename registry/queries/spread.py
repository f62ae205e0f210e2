"""How evenly points are decided: the same situation compared between regions, agencies and deciding officers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, StdDev

from registry.models import User
from registry.queries.explain import name_of
from registry.queries.scope import Scope
from registry.queries.statistics import PLACES, POINTS_BY, During, entries_during, first, names_of

FEWEST = 5
"""Decisions below which a group is shown but not compared: so few say nothing."""

OFFICER = "officer"
SPREAD_BY: Mapping[str, Any] = {
    **{by: POINTS_BY[by] for by in PLACES},
    "agency": first("fact__agency__code"),
    OFFICER: first("proposed__proposal__proposed_by__username", "fact__actor__username"),
}


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
    rows = entries_during(seen, during).order_by().values("situation", key=SPREAD_BY[by]).annotate(
        decisions=Count("pk"),
        mean=Avg("fact__points"),
        lowest=Min("fact__points"),
        highest=Max("fact__points"),
        deviation=StdDev("fact__points"),
        off_default=Avg(F("fact__points") - F("default_points")),
    )  # fmt: skip
    found: list[dict[str, Any]] = list(rows.order_by("situation", "-mean", "key"))  # type: ignore[arg-type]
    words = names_of("situation", {row["situation"] for row in found})
    names = officers(row["key"] for row in found) if by == OFFICER else names_of(by, {row["key"] for row in found})
    spreads = [
        _spread(code, words.get(code, code), list(_groups(group, names)), fewest)
        for code, group in groupby(found, key=lambda row: str(row["situation"]))
    ]
    return tuple(sorted(spreads, key=lambda each: (-(each.difference or 0), each.situation)))


def _groups(rows: Any, names: Mapping[str, str]) -> Iterator[Group]:
    for row in rows:
        yield Group(
            key=row["key"],
            name=names.get(row["key"], row["key"]),
            decisions=row["decisions"],
            mean=round(float(row["mean"]), 3),
            lowest=row["lowest"],
            highest=row["highest"],
            deviation=round(float(row["deviation"]), 3),
            off_default=round(float(row["off_default"]), 3),
        )


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
