"""The clock of this face. Everything below is told the time."""

from datetime import date, datetime

from django.utils import timezone

from registry.ledger.days import shanghai_day


def now() -> datetime:
    """This instant."""
    return timezone.now()


def today() -> date:
    """The day it is in Shanghai."""
    return shanghai_day(now())
