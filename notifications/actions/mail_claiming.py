"""Claims on e-mails that are owed: what goes into one mail is taken together, for the length of a lease."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.models import Mail, MailProblem
from notifications.rules.mailing import APART
from notifications.rules.procedures import MAIL
from notifications.rules.retries import DAILY, OVERDUE_AFTER, is_overdue, next_try
from registry.models import User

LEASE = timedelta(minutes=3)
"""Longer than a mail server takes that answers each of our lines at the last moment."""

MOST_LOOKED_AT = 200
"""Mails among which the next user is looked for."""

State = Mail.State
OWED = (State.WAITING, State.OVERDUE)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailClaim:
    """What goes into one mail to one user, in hand under one fence; the notices, or the address, are fetched."""

    user: User
    mails: tuple[Mail, ...]
    fence: int


def claim_next(*, now: datetime) -> MailClaim | None:
    """The next mail that is due, claimed and committed; None where nothing is, or others have it in hand."""
    return _claim_one(now) or _claim_gathered(now)


def report_sent(claim: MailClaim, sent: list[Mail], *, now: datetime) -> bool:
    """Keep that the mail went out for these, and that the others were not needed. False where the claim was lost."""
    needed = {mail.pk for mail in sent}
    unneeded = [mail.pk for mail in claim.mails if mail.pk not in needed]
    gone = _mine(claim).filter(pk__in=unneeded)
    gone.update(state=MAIL.after(State.WAITING, "withdraw"), next_at=None, lease_until=None)
    if not needed:
        return True
    done = _mine(claim).filter(pk__in=needed)
    state = MAIL.after(State.WAITING, "send")
    return _told(claim, done.update(state=state, next_at=None, lease_until=None, problem="", sent_at=now))


def report_failed(claim: MailClaim, problem: MailProblem, *, now: datetime, chance: float) -> bool:
    """Keep that the try came to nothing, and when the next one is. False where the claim was lost.

    `chance` is from [0, 1) and moves the next try a little. All of one mail fail alike, so they stay together.
    """
    failures = max(mail.failures for mail in claim.mails) + 1
    wait = next_try(failures=failures, chance=chance)
    if is_overdue(since=min(mail.since for mail in claim.mails), now=now):
        wait = max(wait, DAILY)
    kept = {"failures": failures, "next_at": now + wait, "lease_until": None, "problem": problem}
    return _told(claim, _mine(claim).update(**kept))


def hand_up_mails(*, now: datetime) -> int:
    """Mark what is owed for too long, so that administrators see it; how many there were. It goes on daily."""
    late = Mail.objects.filter(state=State.WAITING, next_at__isnull=False, since__lte=now - OVERDUE_AFTER)
    return late.update(state=MAIL.after(State.WAITING, "hand_up"))


def _claim_one(now: datetime) -> MailClaim | None:
    with transaction.atomic():
        due = _free(now).filter(gathered=False, next_at__lte=now).order_by("next_at", "pk")
        rows = list(due.select_for_update(of=("self",), skip_locked=True)[:1])
        return _taken(rows, now)


def _claim_gathered(now: datetime) -> MailClaim | None:
    busy = Mail.objects.filter(_holding_back(now), user=OuterRef("user"), gathered=True)
    due = _free(now).filter(~Exists(busy), gathered=True, next_at__lte=now).order_by("next_at", "pk")
    for user in dict.fromkeys(due.values_list("user", flat=True)[:MOST_LOOKED_AT]):
        with transaction.atomic():
            free = User.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            if free.filter(pk=user).values_list("pk", flat=True) and (claim := _taken(_together(user, now), now)):
                return claim
    return None


def _together(user: int, now: datetime) -> list[Mail]:
    """What goes into the next mail to the user. The caller holds the lock of the user.

    What was tried together is tried again as it was, so that the mail stays the same; what came later waits for it.
    """
    theirs = Mail.objects.filter(user=user, gathered=True)
    if theirs.filter(_holding_back(now)).exists():
        return []
    rows = list(_free(now).filter(user=user, gathered=True).order_by("pk").select_for_update(of=("self",)))
    return [row for row in rows if row.fence] or rows


def _holding_back(now: datetime) -> Q:
    """What keeps the next mail to a user back: one on its way, one that went out just now, one to be tried again."""
    on_its_way = Q(lease_until__gt=now)
    just_now = Q(sent_at__gt=now - APART)
    return on_its_way | just_now | Q(fence__gt=0, next_at__gt=now)


def _free(now: datetime) -> QuerySet[Mail]:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Mail.objects.filter(free, next_at__isnull=False, state__in=OWED)


def _taken(rows: list[Mail], now: datetime) -> MailClaim | None:
    if not rows:
        return None
    fence = max(row.fence for row in rows) + 1
    taken = Mail.objects.filter(pk__in=[row.pk for row in rows])
    taken.update(fence=fence, lease_until=now + LEASE)
    found = taken.select_related("user", "address", "notice__event__deadline").order_by("pk")
    mails = tuple(found)
    return MailClaim(mails[0].user, mails, fence)


def _mine(claim: MailClaim) -> QuerySet[Mail]:
    return Mail.objects.filter(pk__in=[mail.pk for mail in claim.mails], fence=claim.fence, state__in=OWED)


def _told(claim: MailClaim, rows: int) -> bool:
    if not rows:
        log.warning("mail_claim_lost", mail=str(claim.mails[0].uuid))
    return bool(rows)
