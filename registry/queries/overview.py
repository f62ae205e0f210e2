"""What matters first on a day: who is blocked, who returns soon, who is near a threshold, what was done lately."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from registry.ledger.law import policies
from registry.models import Handling, StandingChange, StandingSpan
from registry.queries.scope import Scope
from registry.rules.policy import NATIONAL

FEW = 6
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures and the first rows of each list, for one scope on one day."""

    suspended: int
    terminated: int
    may_reregister: int
    near: int
    near_from: int
    suspend_at: int
    policy: str
    returning: QuerySet[StandingSpan]
    near_threshold: QuerySet[StandingSpan]
    blocked: QuerySet[StandingSpan]
    handlings: QuerySet[Handling]
    changes: QuerySet[StandingChange]


def overview_of(seen: Scope, today: date) -> Overview:
    """The overview of everything in the scope: six queries."""
    law = policies().in_force(NATIONAL, today)
    near_from, suspend_at = int(law.get("tiers.interview")), law.suspend_at
    spans = _spans(seen, today)
    near = Q(status="normal", points__gte=near_from, points__lt=suspend_at)
    figures = spans.aggregate(
        suspended=Count("id", filter=Q(status="suspended")),
        terminated=Count("id", filter=Q(status="terminated")),
        may_reregister=Count("id", filter=Q(may_reregister=True)),
        near=Count("id", filter=near),
    )
    rows = spans.select_related("practitioner")
    blocked = rows.exclude(status="normal")
    return Overview(
        **figures,
        near_from=near_from,
        suspend_at=suspend_at,
        policy=law.id,
        returning=blocked.filter(until__gt=today, until__lte=today + SOON).order_by("until", "pk")[:FEW],
        near_threshold=rows.filter(near).order_by("-points", "practitioner__code")[:FEW],
        blocked=blocked.order_by("-starts_on", "pk")[:FEW],
        handlings=seen.handlings().select_related("institution").order_by("-id")[:FEW],
        changes=_changes(seen),
    )


def _spans(seen: Scope, today: date) -> QuerySet[StandingSpan]:
    spans = StandingSpan.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return spans if seen.sees_everything else spans.filter(practitioner__in=seen.practitioners())


def _changes(seen: Scope) -> QuerySet[StandingChange]:
    changes = StandingChange.objects.select_related("practitioner").order_by("-id")
    if not seen.sees_everything:
        changes = changes.filter(practitioner__in=seen.practitioners())
    return changes[:FEW]
