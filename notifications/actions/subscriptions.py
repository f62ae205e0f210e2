"""Subscriptions: a body asks to be told of a named person, for at most a year at a time."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.actions.endpoints import Body
from notifications.models import Subscription
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import locked
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import Practitioner, User
from registry.queries.explain import day

LONGEST = timedelta(days=366)
LONGEST_REASON = 500


def subscribe(
    *, body: Body, practitioner: Practitioner, reason: str, ends_on: date, by: User | None, now: datetime
) -> Subscription:
    """From today until `ends_on` (not counted) the body is told whatever is told about the person.

    One that runs already is the same subscription, and ends on the later of both days. Raises Refused without a reason,
    and for an end that is past or more than a year ahead.
    """
    today, why = shanghai_day(now), required(reason, most=LONGEST_REASON)
    if not today < ends_on <= today + LONGEST:
        raise Refused(
            "subscription_end_refused",
            _("A subscription cannot end on %(end)s: choose a day from tomorrow on, at most a year ahead.")
            % {"end": day(ends_on)},
            field="ends_on",
            value=ends_on,
        )
    whose = {type(body).__name__.lower(): body}
    with transaction.atomic():
        lock(practitioner)
        running = Subscription.objects.filter(**whose, practitioner=practitioner, ends_on__gt=today).first()
        row = running or Subscription(**whose, practitioner=practitioner, starts_on=today, made_at=now, made_by=by)
        row.reason, row.ends_on = why, max(ends_on, row.ends_on or ends_on)
        keep(row, by=by, now=now)
        return row


def end_subscription(*, subscription: Subscription, by: User, now: datetime) -> Subscription:
    """From today on the body is told no more than others of its kind. Ending it again changes nothing."""
    with transaction.atomic():
        row = locked(subscription)
        if row.ends_on > shanghai_day(now):
            row.ends_on = max(row.starts_on, shanghai_day(now))
            keep(row, by=by, now=now)
        return row
