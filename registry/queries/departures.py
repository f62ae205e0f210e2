"""Entries whose points are not the default of their grade, or lie outside the band of their situation."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from registry.ledger.law import policies
from registry.models import PointsEntry
from registry.queries.scope import Scope
from registry.queries.sight import full_sight

OFF_DEFAULT, SHIFTED = "default", "band"


@dataclass(frozen=True, slots=True)
class Departures:
    """How many entries of a situation there are, off the default among them, and outside the band."""

    entries: int
    off_default: int
    shifted: int


def departing(rows: QuerySet[PointsEntry], how: str) -> QuerySet[PointsEntry]:
    """Those that depart, by one of OFF_DEFAULT and SHIFTED; any other word leaves the rows as they are."""
    which = {OFF_DEFAULT: _off_default(), SHIFTED: _outside()}.get(how)
    return rows if which is None else rows.filter(which)


def departures(seen: Scope, from_: date, until: date, *, situation: str = "") -> dict[str, Departures]:
    """By situation (or of one), over the entries of people in the scope that count from these days on. One query.

    Only numbers come of what the scope names, so it counts with full sight.
    """
    rows = seen.entries().filter(fact__effective_on__range=(from_, until))
    rows = rows.filter(situation=situation) if situation else rows
    counted = rows.order_by().values("situation").annotate(
        all=Count("pk"), off=Count("pk", filter=_off_default()), outside=Count("pk", filter=_outside())
    )  # fmt: skip
    with full_sight():
        return {row["situation"]: Departures(row["all"], row["off"], row["outside"]) for row in counted}


def _off_default() -> Q:
    return ~Q(fact__points=F("default_points"))


def _outside() -> Q:
    """Outside the band that the policy of the entry gives its situation."""
    found = Q(pk__in=[])
    for law in policies().values():
        for band, (low, high) in law.bands.items():
            codes = [item.code for item in law.situations.values() if item.band == band]
            if codes and not law.draft:
                inside = Q(fact__points__gte=low, fact__points__lte=high)
                found |= Q(fact__policy=law.id, situation__in=codes) & ~inside
    return found
