"""Figures about objections and appeals: how many, what became of them, how long it took; summed up in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import TruncDate, TruncMonth

from appeals.models import Objection, PointOfDispute
from appeals.models.objections import Result
from appeals.queries.objections import objections
from registry.ledger.days import SHANGHAI
from registry.models import Task
from registry.queries.scope import Scope
from registry.queries.statistics import MOST_LINES, PLACES, During, Table, first, specialty, tabulated, tree

State = Objection.State
OPEN = (State.LATE, State.FILED, State.IN_REVIEW, State.WITH_PANEL)

_INSTITUTION = first("case__handling__institution__code", "case__trigger__institution__code")
OF_POINTS: Mapping[str, tuple[str, str]] = {
    "situation": ("item__situation", "entry__points_entry__situation"),
    "grade": ("item__proposal__responsibility__grade", "entry__points_entry__responsibility__grade"),
}
"""What a point of dispute has, and not the objection: an objection is counted once for each of them."""


def _specialty_on(practitioner: str, instant: str) -> Any:
    """The specialty of somebody on the day of an instant; both name an outer column."""
    moment = ExpressionWrapper(OuterRef(instant), output_field=DateTimeField())
    return specialty(practitioner, TruncDate(moment, tzinfo=SHANGHAI))


OBJECTIONS_BY: Mapping[str, Any] = {
    **{by: tree(F("agency__region_id"), by) for by in PLACES},
    "agency": F("agency__code"),
    "institution": _INSTITUTION,
    "category": F("practitioner__category"),
    "specialty": _specialty_on("practitioner", "filed_at"),
    **{by: first(*(f"points__{column}" for column in columns)) for by, columns in OF_POINTS.items()},
    "kind": F("kind"),
    "month": TruncMonth("filed_at", tzinfo=SHANGHAI),
}


def objections_during(seen: Scope, during: During, *, column: str = "filed_at") -> QuerySet[Objection]:
    """The objections that concern the user and were filed (or what the column says) on these days."""
    rows = objections(seen).filter(**{f"{column}__date__range": (during.from_, during.until)})
    rows = rows.filter(agency__region__code__startswith=during.prefix).annotate(place=_INSTITUTION)
    return rows.filter(place=during.institution) if during.institution else rows


def timed(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    """Each with the last day of its review, `due_on`, and the day on which it was decided."""
    reviews = Task.objects.filter(subject=OuterRef("uuid"), kind=Task.Kind.REVIEW).order_by("-id")
    return rows.annotate(
        due_on=Subquery(reviews.values("due_on")[:1]), decided_on=TruncDate("decided_at", tzinfo=SHANGHAI)
    )


def filed(seen: Scope, during: During, *, today: date, by: str, most: int = MOST_LINES) -> Table:
    """Objections filed on these days, by one of OBJECTIONS_BY, and how far they are by now.

    `upheld`, `reduced` and `annulled` count points of dispute. `took` is how long it was from filing to the decision,
    on average; whether that was in time is measured by the last day of the review.
    """
    rows: Any = timed(objections_during(seen, during)).annotate(key=OBJECTIONS_BY[by], once=_once(by))
    late = Task.objects.filter(subject=OuterRef("uuid"), state=Task.State.OPEN, due_on__lt=today)
    rows = rows.annotate(waits_too_long=Exists(late)).order_by().values("key").annotate(
        **{name: Count("pk", filter=Q(once=True) & which) for name, which in _FAR.items()},
        **{result.value: Count("pk", filter=Q(points__result=result)) for result in Result},
        took=Avg(
            ExpressionWrapper(F("decided_at") - F("filed_at"), DurationField()),
            filter=Q(once=True, state=State.DECIDED),
        ),
    )  # fmt: skip
    kinds = {code: str(words) for code, words in Objection.Kind.choices} if by == "kind" else None
    return tabulated(by, rows.order_by("-filed", "key"), most, names=kinds)


_DECIDED = Q(state=State.DECIDED)
_FAR: Mapping[str, Q] = {
    "filed": Q(),
    "late": ~Q(good_cause=""),
    "open": Q(state__in=OPEN),
    "overdue": Q(state__in=OPEN, waits_too_long=True),
    "decided": _DECIDED,
    "decided_in_time": _DECIDED & Q(decided_on__lte=F("due_on")),
    "decided_late": _DECIDED & Q(decided_on__gt=F("due_on")),
    "refused": Q(state=State.REFUSED),
    "withdrawn": Q(state=State.WITHDRAWN),
    "out_of_scope": Q(state=State.OUT_OF_SCOPE),
}
"""How far objections are, by the name of the figure. Without a computable last day it is neither in time nor late."""


def _once(by: str) -> Any:
    """Whether this is the first of the objection's points of dispute in its group: there the objection is counted."""
    before = PointOfDispute.objects.filter(objection=OuterRef("pk"), number__lt=OuterRef("points__number"))
    if by in OF_POINTS:
        before = before.annotate(mine=first(*OF_POINTS[by])).filter(mine=OuterRef("key"))
    return ~Exists(before)


OUTCOMES_BY: Mapping[str, Any] = {
    **{by: tree(F("objection__agency__region_id"), by) for by in PLACES},
    "agency": F("objection__agency__code"),
    "situation": first(*OF_POINTS["situation"]),
    "category": F("objection__practitioner__category"),
    "specialty": _specialty_on("objection__practitioner", "objection__decided_at"),
    "reviewer": first("objection__reviewer__username"),
    "month": TruncMonth("objection__decided_at", tzinfo=SHANGHAI),
}

RESULTS: Mapping[str, Any] = {
    "disputed": Count("pk"),
    **{result.value: Count("pk", filter=Q(result=result)) for result in Result},
}
"""How many points of dispute, and what became of them."""


def decided_points(seen: Scope, during: During) -> QuerySet[PointOfDispute]:
    """The points of dispute in objections that concern the user and were decided on these days."""
    decided = objections_during(seen, during, column="decided_at").filter(state=State.DECIDED)
    return PointOfDispute.objects.filter(objection__in=decided.order_by().values("pk"))


def outcomes(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """Points of dispute in objections decided on these days, by one of OUTCOMES_BY, with what became of each."""
    rows: Any = decided_points(seen, during).order_by()
    found = rows.values(key=OUTCOMES_BY[by]).annotate(
        **RESULTS,
        objections=Count("objection", distinct=True),
        professional=Count("pk", filter=Q(professional=True)),
    )  # fmt: skip
    return tabulated(by, found.order_by("-disputed", "key"), most)
