"""Institutions whose people were sanctioned in a year, with their share of staff against the thresholds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from registry.ledger.law import policies
from registry.models import FileMerge, Institution, Registration, SanctionPeriod
from registry.queries.kept_figures import kept_figures
from registry.queries.ratio import MEASURES, Ratio, places_with_times, ratios
from registry.queries.scope import EVERYTHING, Scope
from registry.queries.sight import full_sight
from registry.queries.statistics import FILES
from registry.rules.policy import NoPolicyInForce


def shares(
    seen: Scope, on: date, *, prefix: str = "", reached: bool = False, after: int = 0, size: int
) -> tuple[Sequence[Ratio], int]:
    """A page of the ratios on the day, in the order of the institutions, and the id after which the next one goes on.

    Only institutions with a person-time; with `reached` only those at a threshold. The id is 0 at the end.
    """
    places = seen.institutions().filter(pk__in=places_with_times(on), region__code__startswith=prefix, pk__gt=after)
    page = list(places.order_by("pk")[: size + 1])
    found = ratios(page[:size], [on])
    shown = [found[place.pk, on] for place in page[:size]]
    kept = [ratio for ratio in shown if ratio.times and (ratio.reached or not reached)]
    return kept, page[size - 1].pk if len(page) > size else 0


NEAR = 75
"""Per cent of the lowest threshold from which an institution is near it."""


class Place(NamedTuple):
    """An institution near a threshold or over it: its id and region, its person-times and its staff.

    `reached` is the rule of the highest threshold that its share has reached; empty where it is near one only.
    """

    id: int
    region: str
    times: int
    staff: int
    reached: str


_NEAR = f"""
    WITH RECURSIVE sanction AS (
        SELECT practitioner_id AS person, kind, starts_on FROM {SanctionPeriod._meta.db_table}
        WHERE starts_on BETWEEN %(first)s AND %(on)s
    ), {FILES}, counted AS (
        SELECT stay.institution_id AS place,
            count(DISTINCT (sanction.person, sanction.kind, sanction.starts_on)) AS times
        FROM sanction
        JOIN files ON files.person = sanction.person
        JOIN {Registration._meta.db_table} stay ON stay.practitioner_id = files.file AND stay.superseded_at IS NULL
            AND stay.starts_on <= sanction.starts_on AND (stay.ends_on IS NULL OR stay.ends_on > sanction.starts_on)
        GROUP BY stay.institution_id
    ), doubled AS (
        SELECT stay.institution_id AS place, count(*) AS doubles FROM {FileMerge._meta.db_table} link
        JOIN {Registration._meta.db_table} stay ON stay.practitioner_id = link.absorbed_id
        WHERE link.undone_at IS NULL AND stay.superseded_at IS NULL
        GROUP BY stay.institution_id
    )
    SELECT there.id, there.region_id, times, doubled.place IS NOT NULL, (
        SELECT count(*) FROM (
            SELECT FROM {Registration._meta.db_table} stay
            WHERE stay.institution_id = there.id AND stay.superseded_at IS NULL
                AND stay.starts_on <= %(on)s AND (stay.ends_on IS NULL OR stay.ends_on > %(on)s)
            LIMIT times * 10000 / (%(lowest)s * %(near)s) + coalesce(doubles, 0) + 1
        ) AS first_of_them
    ) AS staff
    FROM counted
    JOIN {Institution._meta.db_table} there ON there.id = counted.place
    LEFT JOIN doubled ON doubled.place = counted.place
    WHERE {{places}}
"""  # noqa: S608 - what is put in are names of our own tables, and a query of ours
"""Of a large staff no more is counted than shows that the sanctions are too few for it."""


@dataclass(frozen=True, slots=True)
class Near:
    """Institutions, the highest share first; `counted_at` where they were found earlier and not at this moment."""

    places: tuple[Place, ...]
    counted_at: datetime | None


def near_or_over(seen: Scope, on: date, *, prefix: str = "") -> Near:
    """The institutions near a threshold of their policy or over it; at most five queries.

    Of whole regions of a large register they are those that were kept last.
    """
    kept = kept_figures(kept_as(on.year)) if seen.covers_all_of(prefix) else None
    if kept:
        places = (Place(*each) for each in kept.value)
        return Near(tuple(each for each in places if each.region.startswith(prefix)), kept.counted_at)
    return Near(_found(seen, on, prefix), None)


def kept_as(year: int) -> str:
    """The name under which the institutions near or over in a year are kept."""
    return f"near {year}"


def to_keep(on: date) -> tuple[Place, ...]:
    """Those of the whole country."""
    return _found(EVERYTHING, on, "")


def _found(seen: Scope, on: date, prefix: str) -> tuple[Place, ...]:
    """Only numbers of institutions in the scope come of it, so it counts with full sight: the second wall would look at
    every registration on the way.
    """
    marks = _Marks(on)
    lowest = marks.lowest
    if lowest is None:
        return ()
    values = {"first": date(on.year, 1, 1), "on": on, "lowest": lowest, "near": NEAR}
    with full_sight():
        rows = _counted(seen, prefix, values)
        doubled = Institution.objects.in_bulk([place for place, _region, _times, doubles, _staff in rows if doubles])
        exact = {place: ratio for (place, _on), ratio in ratios(doubled.values(), [on]).items()}
    found = []
    for place, region, *counted, _doubles, least in rows:
        times, staff = (len(exact[place].times), exact[place].staff) if place in exact else (*counted, least)
        per_cents = marks.of(region)
        if per_cents and staff and times * 10_000 >= min(per_cents.values()) * NEAR * staff:
            reached = [rule for rule, per_cent in per_cents.items() if times * 100 >= per_cent * staff]
            found.append(Place(place, region, times, staff, reached[-1] if reached else ""))
    return tuple(sorted(found, key=lambda each: (-(each.times * 1000 // each.staff), each.id)))


def _counted(seen: Scope, prefix: str, values: dict[str, Any]) -> list[Any]:
    places = seen.institutions().filter(region__code__startswith=prefix).order_by().values("pk")
    if seen.sees_everything and not prefix:
        here, of_places = "true", tuple[Any, ...]()
    else:
        here, of_places = places.query.sql_with_params()
        here = f"there.id IN ({here})"
    named = {f"place_{number}": value for number, value in enumerate(of_places)}
    here = here % tuple(f"%({name})s" for name in named) if named else here
    with connection.cursor() as cursor:
        cursor.execute(_NEAR.format(places=here), {**values, **named})
        found: list[Any] = cursor.fetchall()
    return found


class _Marks:
    """The thresholds of each region on a day, the lower share first; looked up once for each region."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._found: dict[str, dict[str, int]] = {}

    @property
    def lowest(self) -> int | None:
        """The lowest threshold of any policy in force on the day; None where there is none."""
        laws = (law for law in policies().values() if not law.draft and law.covers(self._on))
        return min((int(law.get(rule)) for law in laws for rule in MEASURES), default=None)

    def of(self, region: str) -> dict[str, int]:
        """By rule, in per cent."""
        if region not in self._found:
            self._found[region] = dict(self._looked_up(region))
        return self._found[region]

    def _looked_up(self, region: str) -> Iterator[tuple[str, int]]:
        try:
            law = policies().in_force(region, self._on)
        except NoPolicyInForce:
            return
        for rule in MEASURES:
            yield rule, int(law.get(rule))


def is_near(ratio: Ratio) -> bool:
    """Whether the share is near the lowest threshold of its policy, or over it."""
    lowest = min((each.per_cent for each in ratio.thresholds), default=None)
    return lowest is not None and bool(ratio.staff) and len(ratio.times) * 10_000 >= lowest * NEAR * ratio.staff
