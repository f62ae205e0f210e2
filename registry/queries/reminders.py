"""Who at an institution is reminded: those at the tier of a talk this year, and those who are blocked."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from registry.models import Institution, Registration, StandingSpan
from registry.queries.standings import covering

MOST = 200


@dataclass(frozen=True, slots=True)
class Reminded:
    """The runs of the people concerned, the highest points first; `more` where there are further ones."""

    spans: tuple[StandingSpan, ...]
    more: bool


def reminded(place: Institution, today: date, *, least: int, most: int = MOST) -> Reminded:
    """The staff of the day with at least so many points this year, or blocked. One query."""
    here = Registration.objects.filter(covering(today), superseded_at=None, institution=place)
    rows = StandingSpan.objects.filter(covering(today)).filter(Q(points__gte=least) | ~Q(status="normal"))
    rows = rows.filter(Exists(here.filter(practitioner=OuterRef("practitioner"))))
    found = list(rows.select_related("practitioner").order_by("-points", "practitioner__code")[: most + 1])
    return Reminded(tuple(found[:most]), len(found) > most)
