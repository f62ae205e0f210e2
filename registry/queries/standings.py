"""Who stands how on a day: one look-up in the projection for a list of people."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Registration, StandingSpan
from registry.queries.scope import Scope


def covering(day: date) -> Q:
    """Rows whose half-open days hold the day."""
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


def standings_on(seen: Scope, day: date, *, institution: str = "") -> QuerySet[StandingSpan]:
    """The standing on the day of everybody in the scope whose file holds facts: one row a person.

    With `institution` only people who are registered there on the day, as known now.
    """
    spans = StandingSpan.objects.filter(covering(day)).select_related("practitioner")
    if not seen.sees_everything:
        spans = spans.filter(seen.about("practitioner"))
    if institution:
        here = Registration.objects.filter(covering(day), superseded_at=None, institution__code=institution)
        spans = spans.filter(Exists(here.filter(practitioner=OuterRef("practitioner"))))
    return spans
