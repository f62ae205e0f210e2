"""Owing the weekly digests, and what an officer says about them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications.models import DigestWish, Mail
from notifications.queries.digests import has_digests, week_of, without_digest
from notifications.queries.mailing import sends_mail
from notifications.rules.mailing import DIGEST_FROM
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import User
from registry.queries.scope import scope_of
from registry.rules.clocks import SHANGHAI


def owe_digests(*, now: datetime) -> int:
    """Owe the digest of the week to those whose day it is and who have none yet, from the hour on; how many there were.

    Runs as often as one likes and many at once: the database keeps one for a user and a week.
    """
    if not sends_mail() or now.astimezone(SHANGHAI).time() < DIGEST_FROM:
        return 0
    today = shanghai_day(now)
    missing = [
        Mail(user_id=user, occasion=Mail.Occasion.DIGEST, week=week_of(today), gathered=False, since=now, next_at=now)
        for user in without_digest(today)
    ]
    Mail.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def wish_digest(*, user: User, weekday: int | None, now: datetime) -> None:
    """Keep the day of the week on which the user wishes the digest, 0 for Monday, or None for no digest.

    Raises Refused for who answers for no institution.
    """
    if not has_digests(scope_of(user, shanghai_day(now))):
        raise Refused("digest_not_for_role", _("A digest goes to compliance officers of institutions only."))
    DigestWish.objects.update_or_create(user=user, defaults={"weekday": weekday, "said_at": now})
