"""Regions beside each other in a year: people, points entries, sanctions, and the share of the one in the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F

from registry.models import Registration
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.queries.standings import covering
from registry.queries.statistics import CITY, PROVINCE, REGION, During, names_of, points, sanctions, tree

Figures = Mapping[str, Mapping[str, Any]]
COLUMNS = ("people", "entries", "suspensions", "terminations", "share")
BELOW = {2: CITY, 4: REGION, 6: REGION}
"""What lies inside a region whose codes begin with so many digits."""


@dataclass(frozen=True, slots=True)
class Rank:
    """One region. `entries` are those that count; a suspension or termination is one that began in the year for
    somebody registered there that day. `share` is how many of those there are for a hundred people; None without any.
    """

    key: str
    name: str
    people: int
    entries: int
    suspensions: int
    terminations: int

    @property
    def times(self) -> int:
        """Person-times."""
        return self.suspensions + self.terminations

    @property
    def share(self) -> float | None:
        """Cut off after two decimals, so that it never looks higher than it is."""
        return self.times * 10_000 // self.people / 100 if self.people else None


def level_of(prefix: str) -> str:
    """What is compared inside a region; without one, the provinces."""
    return BELOW.get(len(prefix), PROVINCE)


def ranked(seen: Scope, *, year: int, today: date, prefix: str, sort: str) -> tuple[Rank, ...]:
    """The regions directly inside `prefix` that the scope holds something of, the highest of `sort` first.

    People are those registered on the last day of the year, or today. At most six queries. Only numbers come of what
    the scope names, so they are counted with full sight: the second wall would look at every row on the way.
    """
    by, on = level_of(prefix), min(date(year, 12, 31), today)
    during = During(date(year, 1, 1), on, prefix)
    with full_sight():
        people = _people(seen, by, prefix, on)
        scored = {line.key: line.figures for line in points(seen, during, by=by).lines}
        begun = {line.key: line.figures for line in sanctions(seen, during, by=by).lines}
    keys = people.keys() | scored.keys() | begun.keys()
    names = names_of(by, keys)
    rows = (_rank(key, names.get(key, key), people, scored, begun) for key in keys if key)
    return tuple(in_order(rows, sort))


def in_order(rows: Iterable[Rank], sort: str) -> list[Rank]:
    """The highest first; by name only where the column says so."""
    by_code = sorted(rows, key=lambda row: row.key)
    if sort not in COLUMNS:
        return by_code
    return sorted(by_code, key=lambda row: getattr(row, sort) or 0, reverse=True)


def _rank(key: str, name: str, people: Mapping[str, int], scored: Figures, begun: Figures) -> Rank:
    entries, times = scored.get(key, {}), begun.get(key, {})
    return Rank(
        key,
        name,
        people.get(key, 0),
        entries.get("entries", 0) - entries.get("annulled_entries", 0),
        times.get("suspensions", 0),
        times.get("terminations", 0),
    )


def _people(seen: Scope, by: str, prefix: str, on: date) -> dict[str, int]:
    here = Registration.objects.filter(covering(on), superseded_at=None, institution__region__code__startswith=prefix)
    if not seen.sees_everything:
        here = here.filter(institution__in=seen.institutions())
    grouped = here.order_by().values(key=tree(F("institution__region_id"), by))
    return dict(grouped.annotate(people=Count("practitioner", distinct=True)).values_list("key", "people"))
