"""Subscriptions as they stand on a day: running, about to end, or over."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from notifications.models import Subscription
from notifications.queries.endpoints import subscriptions_of
from notifications.queries.inbox import bodies_of
from registry.models import Practitioner
from registry.queries.people import find_people
from registry.queries.scope import Scope

SOON = timedelta(days=30)
"""What ends within so many days is about to end."""


def running(rows: QuerySet[Subscription], on: date) -> QuerySet[Subscription]:
    """Those by which somebody is told on the day."""
    return rows.filter(starts_on__lte=on, ends_on__gt=on)


def ending(rows: QuerySet[Subscription], on: date) -> QuerySet[Subscription]:
    """Those running on the day of which the end is near."""
    return running(rows, on).filter(ends_on__lte=on + SOON)


def ended(rows: QuerySet[Subscription], on: date) -> QuerySet[Subscription]:
    """Those that are over on the day."""
    return rows.filter(ends_on__lte=on)


def about(rows: QuerySet[Subscription], term: str) -> QuerySet[Subscription]:
    """Those to whoever has or had exactly this code; else whose name begins with it, or else contains it."""
    people = Practitioner.objects.filter(pk__in=rows.order_by().values("practitioner"))
    return rows.filter(practitioner__in=find_people(people, term).order_by().values("pk"))


def followed_by(seen: Scope, files: Collection[int], on: date) -> Subscription | None:
    """The subscription of a body of somebody with this scope to the person with these files that runs longest."""
    if not (bodies := bodies_of(seen)):
        return None
    theirs = Q(pk__in=[])
    for column, ids in bodies.items():
        theirs |= Q(**{f"{column}__in": ids})
    rows = running(subscriptions_of(seen).filter(theirs, practitioner__in=files), on)
    return rows.order_by("ends_on", "pk").last()
