"""The letters that we owe, or brought, to the register of another province, as it may ask for them again."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from notifications.models import Letter, Push, Register
from notifications.queries.letters import letter_of
from notifications.rules.envelope import body
from registry.ledger.days import SHANGHAI


def letters_to(regions: Iterable[str]) -> QuerySet[Push]:
    """What was ever to be pushed to the registers of these provinces about a person; each event once."""
    owed = Push.objects.filter(endpoint__region__in=list(regions), practitioner__isnull=False)
    earlier = Push.objects.filter(notice=OuterRef("notice"), pk__lt=OuterRef("pk"))
    return owed.filter(~Exists(earlier)).select_related("notice__event__practitioner", "notice__event__letter")


def on_day(day: date) -> tuple[datetime, datetime]:
    """From the beginning of the day until that of the next, by the clocks of Shanghai."""
    begins = datetime.combine(day, time(0), SHANGHAI)
    return begins, begins + timedelta(days=1)


def told_on(regions: Iterable[str], day: date) -> list[UUID]:
    """The ids of what happened on the day and is told to the registers of these provinces."""
    begins, ends = on_day(day)
    rows = letters_to(regions).filter(notice__event__occurred_at__gte=begins, notice__event__occurred_at__lt=ends)
    return list(rows.values_list("notice__event__uuid", flat=True))


def received_of(register: Register, day: date) -> list[UUID]:
    """The ids of what the register told us and happened on the day."""
    begins, ends = on_day(day)
    rows = Letter.objects.filter(register=register, occurred_at__gte=begins, occurred_at__lt=ends)
    return list(rows.exclude(subject="").values_list("letter_id", flat=True))


def as_event(push: Push) -> dict[str, Any]:
    """The letter as it is pushed."""
    event: dict[str, Any] = json.loads(body(letter_of(push)))
    return event
