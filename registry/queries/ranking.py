"""Regions beside each other in a year: people, points entries, sanctions, and the share of the one in the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F

from registry.models import Registration
from registry.queries.kept_figures import kept_figures
from registry.queries.scope import EVERYTHING, Scope
from registry.queries.sight import full_sight
from registry.queries.standings import covering
from registry.queries.statistics import CITY, PLACES, PROVINCE, REGION, During, names_of, points, sanctions, tree

Figures = Mapping[str, Any]
Counts = tuple[int, int, int, int]
"""People, entries that count, suspensions and terminations."""

MOST_REGIONS = 10_000
"""More than the country has."""

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


@dataclass(frozen=True, slots=True)
class Ranking:
    """The regions, the highest first; `counted_at` where they were counted earlier and not at this moment."""

    rows: tuple[Rank, ...]
    counted_at: datetime | None


def ranked(seen: Scope, *, year: int, today: date, prefix: str, sort: str) -> Ranking:
    """The regions directly inside `prefix` that the scope holds something of, the highest of `sort` first.

    People are those registered on the last day of the year, or today. At most six queries. Of whole regions of a large
    register the figures are those that were kept last; there a finding at no institution counts in the region of the
    agency that decided, also where the person was never registered in it.
    """
    by = level_of(prefix)
    kept = kept_figures(kept_as(year)) if seen.covers_all_of(prefix) else None
    if kept:
        figures = {key: tuple(each) for key, each in kept.value[by].items() if key.startswith(prefix)}
    else:
        figures = _counted(seen, year, today, prefix, by)
    names = names_of(by, figures)
    rows = (Rank(key, names.get(key, key), *each) for key, each in figures.items())
    return Ranking(tuple(in_order(rows, sort)), kept.counted_at if kept else None)


def kept_as(year: int) -> str:
    """The name under which the figures of a year are kept."""
    return f"regions {year}"


def to_keep(year: int, today: date) -> dict[str, dict[str, Counts]]:
    """The figures of every region of the country in a year, level by level."""
    return {by: _counted(EVERYTHING, year, today, "", by) for by in PLACES}


def _counted(seen: Scope, year: int, today: date, prefix: str, by: str) -> dict[str, Counts]:
    """By region. Only numbers come of what the scope names, so they are counted with full sight: the second wall would
    look at every row on the way.
    """
    on = min(date(year, 12, 31), today)
    during = During(date(year, 1, 1), on, prefix)
    with full_sight():
        people = _people(seen, by, prefix, on)
        scored = {line.key: line.figures for line in points(seen, during, by=by, most=MOST_REGIONS).lines}
        begun = {line.key: line.figures for line in sanctions(seen, during, by=by, most=MOST_REGIONS).lines}
    keys = people.keys() | scored.keys() | begun.keys()
    return {key: _counts(people.get(key, 0), scored.get(key, {}), begun.get(key, {})) for key in keys if key}


def in_order(rows: Iterable[Rank], sort: str) -> list[Rank]:
    """The highest first; by name only where the column says so."""
    by_code = sorted(rows, key=lambda row: row.key)
    if sort not in COLUMNS:
        return by_code
    return sorted(by_code, key=lambda row: getattr(row, sort) or 0, reverse=True)


def _counts(people: int, scored: Figures, begun: Figures) -> Counts:
    entries = scored.get("entries", 0) - scored.get("annulled_entries", 0)
    return people, entries, begun.get("suspensions", 0), begun.get("terminations", 0)


def _people(seen: Scope, by: str, prefix: str, on: date) -> dict[str, int]:
    here = Registration.objects.filter(covering(on), superseded_at=None, institution__region__code__startswith=prefix)
    if not seen.sees_everything:
        here = here.filter(institution__in=seen.institutions())
    grouped = here.order_by().values(key=tree(F("institution__region_id"), by))
    return dict(grouped.annotate(people=Count("practitioner", distinct=True)).values_list("key", "people"))
