"""What matters first on a day: who is blocked, who returns next, who is near a threshold, what was done lately."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from registry.ledger.law import policies
from registry.models import Handling, StandingChange, StandingSpan
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.rules.policy import NATIONAL

FEW = 6


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures and the first rows of each list, for one scope on one day.

    `near_threshold` has the highest points first; `returning` are the suspended and the barred whose last day comes
    first; `free` those whose bar is over. Handlings and changes are asked for only where they are shown.
    """

    suspended: int
    terminated: int
    may_reregister: int
    near: int
    near_from: int
    suspend_at: int
    policy: str
    near_threshold: tuple[StandingSpan, ...]
    returning: tuple[StandingSpan, ...]
    free: tuple[StandingSpan, ...]
    handlings: QuerySet[Handling]
    changes: QuerySet[StandingChange]


def overview_of(seen: Scope, today: date) -> Overview:
    """The overview of everything in the scope: one or two queries for people, and one each for handlings and changes.

    For whoever looks over a region those who are shown are found by the scope alone, since the second wall would look
    at every row on the way; the rows themselves come from behind it. Of an institution they are few, and all are read.
    """
    law = policies().in_force(NATIONAL, today)
    near_from, suspend_at = int(law.get("tiers.interview")), law.suspend_at
    near = Q(status="normal", points__gte=near_from, points__lt=suspend_at)
    every = _spans(seen, today).filter(near | ~Q(status="normal")).order_by().select_related("practitioner")
    if seen.regions or seen.sees_everything:
        found = _found(every, near)
        firsts = [*found.near_first, *found.blocked_first, *found.free_first]
        shown = StandingSpan.objects.select_related("practitioner").in_bulk(firsts) if firsts else {}
    else:
        shown = {row.pk: row for row in every}
        found = _among(shown.values())

    def rows(numbers: list[int]) -> tuple[StandingSpan, ...]:
        return tuple(shown[number] for number in numbers if number in shown)

    return Overview(
        suspended=found.suspended,
        terminated=found.terminated,
        may_reregister=found.may_reregister,
        near=found.near,
        near_from=near_from,
        suspend_at=suspend_at,
        policy=law.id,
        near_threshold=rows(found.near_first),
        returning=rows(found.blocked_first),
        free=rows(found.free_first),
        handlings=seen.handlings().select_related("institution").order_by("-id")[:FEW],
        changes=_changes(seen),
    )


class _Found(NamedTuple):
    """How many there are of each, and the numbers of the first spans of each list."""

    suspended: int
    terminated: int
    may_reregister: int
    near: int
    near_first: list[int]
    free_first: list[int]
    blocked_first: list[int]


_FOUND = f"""
    WITH here(id, status, until, points, may, near) AS MATERIALIZED ({{rows}})
    SELECT count(*) FILTER (WHERE status = 'suspended'), count(*) FILTER (WHERE status = 'terminated'),
        count(*) FILTER (WHERE may), count(*) FILTER (WHERE near),
        ARRAY(SELECT id FROM here WHERE near ORDER BY points DESC, until NULLS LAST, id LIMIT {FEW}),
        ARRAY(SELECT id FROM here WHERE may AND NOT near ORDER BY until NULLS LAST, id LIMIT {FEW}),
        ARRAY(SELECT id FROM here WHERE NOT may AND NOT near ORDER BY until NULLS LAST, id LIMIT {FEW})
    FROM here
"""  # noqa: S608 - what is put in is ours


def _among(rows: Collection[StandingSpan]) -> _Found:
    """What `_found` finds, of rows that are here."""

    def first(rows: Iterable[StandingSpan]) -> list[int]:
        return [row.pk for row in sorted(rows, key=lambda row: (row.until or date.max, row.pk))[:FEW]]

    near = [row for row in rows if row.status == "normal"]
    others = [row for row in rows if row.status != "normal"]
    return _Found(
        suspended=sum(row.status == "suspended" for row in rows),
        terminated=sum(row.status == "terminated" for row in rows),
        may_reregister=sum(row.may_reregister for row in rows),
        near=len(near),
        near_first=[row.pk for row in sorted(near, key=lambda row: (-row.points, row.until or date.max, row.pk))[:FEW]],
        free_first=first(row for row in others if row.may_reregister),
        blocked_first=first(row for row in others if not row.may_reregister),
    )


def _found(rows: QuerySet[StandingSpan], near: Q) -> _Found:
    is_near = Case(When(near, then=Value(True)), default=Value(False))
    wanted = rows.select_related(None).values_list("id", "status", "until", "points", "may_reregister", is_near)
    try:
        query, values = wanted.query.sql_with_params()
    except EmptyResultSet:  # whoever sees nobody
        return _Found(0, 0, 0, 0, [], [], [])
    with full_sight(), connection.cursor() as cursor:
        cursor.execute(_FOUND.format(rows=query), values)
        row = cursor.fetchone()
    assert row
    return _Found(*row)


def _spans(seen: Scope, today: date) -> QuerySet[StandingSpan]:
    spans = StandingSpan.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return spans if seen.sees_everything else spans.filter(seen.about("practitioner"))


def _changes(seen: Scope) -> QuerySet[StandingChange]:
    changes = StandingChange.objects.select_related("practitioner").order_by("-id")
    if not seen.sees_everything:
        changes = changes.filter(seen.about("practitioner"))
    return changes[:FEW]
