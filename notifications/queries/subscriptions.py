"""Subscriptions as they stand on a day: running, about to end, or over."""

from datetime import date, timedelta

from django.db.models import QuerySet

from notifications.models import Subscription
from registry.models import Practitioner
from registry.queries.people import find_people

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
