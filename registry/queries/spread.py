"""How evenly points are decided: the same situation compared between regions, agencies and deciding officers.

The database sums up: of each group it tells how many decisions came to each number of points, and nothing of anybody.
So it sums with full sight what the scope names; the second wall would look at every entry on the way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet

from registry.models import PointsEntry, User
from registry.queries.explain import name_of
from registry.queries.scope import EVERYTHING, Scope
from registry.queries.sight import full_sight
from registry.queries.statistics import PLACES, POINTS_BY, During, entries_during, first, names_of

FEWEST = 5
"""Decisions below which a group is shown but not compared: so few say nothing."""

EVERY = 2**31 - 1
"""More groups than there are."""

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
    def lowest(self) -> int:
        """The fewest points that were decided."""
        return next(points for points, count in enumerate(self.counts, start=1) if count)

    @property
    def highest(self) -> int:
        """The most points that were decided."""
        return max(points for points, count in enumerate(self.counts, start=1) if count)

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

    None where fewer than two groups have enough. All of them are counted; `groups` are those that are told, by their
    mean, the highest first, and `groups_in_all` says how many there are.
    """

    situation: str
    words: str
    decisions: int
    mean: float
    difference: float | None
    groups: tuple[Group, ...]
    groups_in_all: int

    @property
    def more(self) -> bool:
        """Whether there are groups that are not told."""
        return self.groups_in_all > len(self.groups)


@dataclass(frozen=True, slots=True)
class Outline:
    """One situation in short: how all of it is decided, in how many groups, and which decide highest and lowest.

    `highest` and `lowest` are of the groups with enough decisions; None where fewer than two have enough.
    """

    situation: str
    words: str
    all: Distribution
    groups: int
    highest: Group | None
    lowest: Group | None

    @property
    def difference(self) -> float | None:
        """Between the highest and the lowest mean, in points."""
        return round(self.highest.mean - self.lowest.mean, 3) if self.highest and self.lowest else None

    @property
    def between(self) -> int:
        """How many groups there are besides the highest and the lowest."""
        return self.groups - 2 if self.highest else self.groups


_COUNTS = ", ".join(f"count(*) FILTER (WHERE points = {points})" for points in range(1, MOST_POINTS + 1))
_GROUPS = f"""
    WITH decided(situation, key, points, above) AS ({{decided}}),
    grouped AS (
        SELECT situation, key, ARRAY[{_COUNTS}] AS counts, sum(above)::bigint AS above, count(*) AS decisions,
            sum(points)::numeric / count(*) AS mean
        FROM decided GROUP BY situation, key
    )
"""  # noqa: S608 - numbers of ours
_LARGEST_GROUPS = f"""
    {_GROUPS}, placed AS (
        SELECT situation, key, counts, above, mean,
            sum(decisions) OVER every AS decisions_in_all, sum(decisions * mean) OVER every AS points,
            count(*) OVER every AS groups,
            max(mean) FILTER (WHERE decisions >= %s) OVER every AS highest,
            min(mean) FILTER (WHERE decisions >= %s) OVER every AS lowest,
            count(*) FILTER (WHERE decisions >= %s) OVER every > 1 AS comparable,
            row_number() OVER (PARTITION BY situation ORDER BY decisions DESC, key) AS place
        FROM grouped WINDOW every AS (PARTITION BY situation)
    )
    SELECT situation, key, counts, above, decisions_in_all, points, groups, comparable, highest, lowest
    FROM placed WHERE place <= %s ORDER BY situation, mean DESC, key
"""  # noqa: S608 - numbers of ours
_SUMS = ", ".join(f"sum(counts[{points}])::bigint" for points in range(1, MOST_POINTS + 1))
_OUTLINES = f"""
    {_GROUPS}, whole AS (
        SELECT situation, ARRAY[{_SUMS}] AS counts, count(*) AS groups,
            count(*) FILTER (WHERE decisions >= %s) > 1 AS comparable
        FROM grouped GROUP BY situation
    ), highest AS (
        SELECT DISTINCT ON (situation) * FROM grouped WHERE decisions >= %s ORDER BY situation, mean DESC, key
    ), lowest AS (
        SELECT DISTINCT ON (situation) * FROM grouped WHERE decisions >= %s ORDER BY situation, mean, key DESC
    )
    SELECT whole.situation, whole.counts, groups, highest.key, highest.counts, highest.above,
        lowest.key, lowest.counts, lowest.above
    FROM whole
    LEFT JOIN highest ON highest.situation = whole.situation AND comparable
    LEFT JOIN lowest ON lowest.situation = whole.situation AND comparable
"""  # noqa: S608 - what is put in is ours


def spread(
    seen: Scope, during: During, *, by: str, fewest: int = FEWEST, situation: str = "", most: int = EVERY
) -> tuple[Spread, ...]:
    """The points as they were decided, for each situation (or one) by one of SPREAD_BY; the widest difference first.

    What was corrected later is counted as it was decided: that is what is compared. Of each situation the `most` groups
    with the most decisions are told. Two queries.
    """
    rows = _asked(_LARGEST_GROUPS, seen, during, by, situation, fewest, fewest, fewest, most)
    words = names_of("situation", {row[0] for row in rows})
    names = _names(by, {row[1] for row in rows})
    spreads = [
        _spread(code, words.get(code, code), [_group(names, *row[1:4]) for row in told], told[0][4:])
        for code, told in ((code, list(of_code)) for code, of_code in groupby(rows, key=lambda row: str(row[0])))
    ]
    return tuple(sorted(spreads, key=lambda each: (-(each.difference or 0), each.situation)))


def outlines(seen: Scope, during: During, *, by: str, fewest: int = FEWEST) -> tuple[Outline, ...]:
    """The same in short: one line for each situation, the widest difference first. Two queries."""
    rows = _asked(_OUTLINES, seen, during, by, "", fewest, fewest, fewest)
    words = names_of("situation", {row[0] for row in rows})
    names = _names(by, {key for row in rows for key in (row[3], row[6]) if key is not None})
    found = [
        Outline(
            situation=code,
            words=words.get(code, code),
            all=Distribution(tuple(counts)),
            groups=groups,
            highest=_group(names, *ends[:3]) if ends[0] is not None else None,
            lowest=_group(names, *ends[3:]) if ends[3] is not None else None,
        )
        for code, counts, groups, *ends in rows
    ]
    return tuple(sorted(found, key=lambda each: (-(each.difference or 0), each.situation)))


def in_the_country(during: During, *, fewest: int, situation: str = "") -> dict[str, Distribution]:
    """How each situation (or one) is decided in the whole country, whoever asks; left out where the decisions are few.

    Whoever sees one region alone is told how the others decide, and neither who nor where.
    """
    with full_sight():
        rows = _of(situation, entries_during(EVERYTHING, during)).values("situation", "fact__points")
        found: list[dict[str, Any]] = list(rows.annotate(decisions=Count("pk")).order_by("situation"))  # type: ignore[arg-type]
    every: defaultdict[str, list[int]] = defaultdict(lambda: [0] * MOST_POINTS)
    for row in found:
        every[row["situation"]][row["fact__points"] - 1] += row["decisions"]
    counted = {code: Distribution(tuple(counts)) for code, counts in every.items()}
    return {code: each for code, each in counted.items() if each.decisions >= fewest}


def _of(situation: str, entries: QuerySet[PointsEntry]) -> QuerySet[PointsEntry]:
    return (entries.filter(situation=situation) if situation else entries).order_by()


def _asked(query: str, seen: Scope, during: During, by: str, situation: str, *values: int) -> list[Any]:
    rows = _of(situation, entries_during(seen, during)).values_list(
        F("situation"), SPREAD_BY[by], F("fact__points"), F("fact__points") - F("default_points")
    )
    decided, of_rows = rows.query.sql_with_params()
    with full_sight(), connection.cursor() as cursor:
        cursor.execute(query.format(decided=decided), [*of_rows, *values])
        found: list[Any] = cursor.fetchall()
    return found


def _names(by: str, keys: set[str]) -> dict[str, str]:
    return officers(keys) if by == OFFICER else names_of(by, keys)


def _group(names: Mapping[str, str], key: str, counts: Sequence[int], above: int) -> Group:
    every = Distribution(tuple(counts))
    return Group(
        key=key,
        name=names.get(key, key),
        decisions=every.decisions,
        mean=round(every.mean(), 3),
        lowest=every.lowest,
        highest=every.highest,
        deviation=round(every.deviation(), 3),
        off_default=round(above / every.decisions, 3),
        all=every,
    )


def _spread(code: str, words: str, groups: list[Group], every: Sequence[Any]) -> Spread:
    decisions, points, in_all, comparable, highest, lowest = every
    difference = round(round(float(highest), 3) - round(float(lowest), 3), 3) if comparable else None
    return Spread(code, words, int(decisions), round(float(points / decisions), 3), difference, tuple(groups), in_all)


def officers(usernames: Iterable[str]) -> dict[str, str]:
    """The names of officers, by their accounts."""
    users = User.objects.filter(username__in=set(usernames))
    return {user.username: name_of(user) for user in users}
