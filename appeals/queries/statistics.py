"""Figures about objections and appeals: how many, what became of them, how long it took; summed up in SQL."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from appeals.models import Objection, PointOfDispute
from appeals.models.objections import Result
from appeals.queries.objections import objections
from registry.ledger.days import SHANGHAI
from registry.queries.scope import Scope
from registry.queries.statistics import MOST_LINES, PLACES, During, Table, first, tabulated, tree

State = Objection.State
OPEN = (State.LATE, State.FILED, State.IN_REVIEW, State.WITH_PANEL)

_INSTITUTION = first("case__handling__institution__code", "case__trigger__institution__code")
OBJECTIONS_BY: Mapping[str, Any] = {
    **{by: tree(F("agency__region_id"), by) for by in PLACES},
    "agency": F("agency__code"),
    "institution": _INSTITUTION,
    "category": F("practitioner__category"),
    "kind": F("kind"),
    "month": TruncMonth("filed_at", tzinfo=SHANGHAI),
}


def objections_during(seen: Scope, during: During) -> QuerySet[Objection]:
    """The objections that concern the user and were filed on these days."""
    rows = objections(seen).filter(filed_at__date__range=(during.from_, during.until))
    rows = rows.filter(agency__region__code__startswith=during.prefix).annotate(place=_INSTITUTION)
    return rows.filter(place=during.institution) if during.institution else rows


def filed(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """Objections filed on these days, by one of OBJECTIONS_BY, and how far they are by now.

    `took` is how long it was from filing to the decision, on average.
    """
    rows = objections_during(seen, during).order_by().values(key=OBJECTIONS_BY[by]).annotate(
        filed=Count("pk"),
        late=Count("pk", filter=~Q(good_cause="")),
        open=Count("pk", filter=Q(state__in=OPEN)),
        decided=Count("pk", filter=Q(state=State.DECIDED)),
        refused=Count("pk", filter=Q(state=State.REFUSED)),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
        out_of_scope=Count("pk", filter=Q(state=State.OUT_OF_SCOPE)),
        took=Avg(
            ExpressionWrapper(F("decided_at") - F("filed_at"), DurationField()), filter=Q(state=State.DECIDED)
        ),
    )  # fmt: skip
    kinds = {code: str(words) for code, words in Objection.Kind.choices} if by == "kind" else None
    return tabulated(by, rows.order_by("-filed", "key"), most, names=kinds)


OUTCOMES_BY: Mapping[str, Any] = {
    **{by: tree(F("objection__agency__region_id"), by) for by in PLACES},
    "agency": F("objection__agency__code"),
    "situation": first("item__situation", "entry__points_entry__situation"),
    "category": F("objection__practitioner__category"),
    "reviewer": first("objection__reviewer__username"),
    "month": TruncMonth("objection__decided_at", tzinfo=SHANGHAI),
}


def outcomes(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """Points of dispute in objections decided on these days, by one of OUTCOMES_BY, with what became of each."""
    decided = objections(seen).filter(state=State.DECIDED, decided_at__date__range=(during.from_, during.until))
    decided = decided.filter(agency__region__code__startswith=during.prefix).annotate(place=_INSTITUTION)
    decided = decided.filter(place=during.institution) if during.institution else decided
    rows = PointOfDispute.objects.filter(objection__in=decided.order_by().values("pk"))
    found = rows.order_by().values(key=OUTCOMES_BY[by]).annotate(
        disputed=Count("pk"),
        objections=Count("objection", distinct=True),
        upheld=Count("pk", filter=Q(result=Result.UPHELD)),
        reduced=Count("pk", filter=Q(result=Result.REDUCED)),
        annulled=Count("pk", filter=Q(result=Result.ANNULLED)),
        professional=Count("pk", filter=Q(professional=True)),
    )  # fmt: skip
    return tabulated(by, found.order_by("-disputed", "key"), most)
