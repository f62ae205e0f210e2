"""What matters first on a day: who is blocked, who returns next, who is near a threshold, what was done lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from registry.ledger.law import policies
from registry.models import Handling, StandingChange, StandingSpan
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.rules.policy import NATIONAL

FEW = 6
NEAR, MAY, BLOCKED = "near", "may", "blocked"


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
    at every row on the way; the rows themselves come from behind it.
    """
    law = policies().in_force(NATIONAL, today)
    near_from, suspend_at = int(law.get("tiers.interview")), law.suspend_at
    near = Q(status="normal", points__gte=near_from, points__lt=suspend_at)
    ranked = _first_of_each(_spans(seen, today), near)
    rows, shown = _of_regions(ranked) if seen.regions and not seen.sees_everything else _at_once(ranked)
    groups: defaultdict[str, list[StandingSpan]] = defaultdict(list)
    for row in rows:
        if row.pk in shown:
            groups[row.group].append(shown[row.pk])  # type: ignore[attr-defined]  # annotated
    figures = ("suspended", "terminated", "may", "near")
    numbers = {name: getattr(rows[0], f"all_{name}") if rows else 0 for name in figures}
    return Overview(
        suspended=numbers["suspended"],
        terminated=numbers["terminated"],
        may_reregister=numbers["may"],
        near=numbers["near"],
        near_from=near_from,
        suspend_at=suspend_at,
        policy=law.id,
        near_threshold=tuple(groups[NEAR]),
        returning=tuple(groups[BLOCKED]),
        free=tuple(groups[MAY]),
        handlings=seen.handlings().select_related("institution").order_by("-id")[:FEW],
        changes=_changes(seen),
    )


def _first_of_each(spans: QuerySet[StandingSpan], near: Q) -> QuerySet[StandingSpan]:
    """The first of those near, of those blocked and of those who may be registered again, each with all numbers."""
    may = Q(may_reregister=True)
    group = Case(
        When(near, then=Value(NEAR)), When(may, then=Value(MAY)), default=Value(BLOCKED), output_field=CharField()
    )
    highest = Case(When(near, then=0 - F("points")), default=Value(0), output_field=IntegerField())
    wanted = {
        "suspended": Q(status="suspended"),
        "terminated": Q(status="terminated"),
        "may": may,
        "near": near,
    }
    counts = {f"all_{name}": Window(Count("id", filter=which)) for name, which in wanted.items()}
    order = [highest.asc(), F("until").asc(nulls_last=True), F("id").asc()]
    rows = spans.filter(near | ~Q(status="normal")).annotate(group=group, **counts)
    ranked = rows.annotate(rank=Window(RowNumber(), partition_by=["group"], order_by=order))
    return ranked.filter(rank__lte=FEW).select_related("practitioner").order_by("group", "rank")


Found = tuple[list[StandingSpan], dict[int, StandingSpan]]
"""Who is found, in order, and what may be shown of them."""


def _at_once(ranked: QuerySet[StandingSpan]) -> Found:
    rows = list(ranked)
    return rows, {row.pk: row for row in rows}


def _of_regions(ranked: QuerySet[StandingSpan]) -> Found:
    with full_sight():
        rows = list(ranked)
    return rows, StandingSpan.objects.select_related("practitioner").in_bulk([row.pk for row in rows])


def _spans(seen: Scope, today: date) -> QuerySet[StandingSpan]:
    spans = StandingSpan.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return spans if seen.sees_everything else spans.filter(seen.about("practitioner"))


def _changes(seen: Scope) -> QuerySet[StandingChange]:
    changes = StandingChange.objects.select_related("practitioner").order_by("-id")
    if not seen.sees_everything:
        changes = changes.filter(seen.about("practitioner"))
    return changes[:FEW]
