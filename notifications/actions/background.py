"""What runs by itself, as tasks and the command call it: announcing, pushing, and sending e-mails and digests.

What they do is in the rows of the database and is found again by the next run: so they may be off for as long as they
like, run as often as they like, and many at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from notifications.actions.delivering import LINGER, push_due
from notifications.actions.digests import owe_digests
from notifications.actions.exchange import reconciling, taking_over
from notifications.actions.fanning_out import fan_out
from notifications.actions.mail_delivering import mail_due
from notifications.models import Look

Clock = Callable[[], datetime]

NOTED_EVERY = timedelta(seconds=15)


def announce(*, clock: Clock, everything: bool = True) -> int:
    """Make the events and notices that are owed, or only those of what is new; how many events. Raises SomeFailed."""
    _note(Look.Work.ANNOUNCING, clock())
    return fan_out(clock=clock, everything=everything)


def push(*, clock: Clock) -> int:
    """Bring what is due to the systems that receive; how many tries there were."""
    _note(Look.Work.PUSHING, clock())
    return push_due(clock=clock, linger=LINGER)


def take_over(*, clock: Clock) -> int:
    """Take over what is due of the letters of other registers; how many letters were looked at."""
    return taking_over.take_over(clock=clock)


def reconcile(*, clock: Clock) -> int:
    """Compare the last days with the other registers; how many letters were missing. Raises SomeFailed."""
    return reconciling.reconcile(clock=clock)


def mail(*, clock: Clock) -> int:
    """Send the e-mails that are due; how many were tried."""
    return mail_due(clock=clock)


def digests(*, clock: Clock) -> int:
    """Owe the weekly digests of the day; how many. They go out with the e-mails."""
    return owe_digests(now=clock())


def _note(work: Look.Work, now: datetime) -> None:
    """Keep that somebody looks, no more often than is asked for."""
    lately = Look.objects.filter(work=work, at__gt=now - NOTED_EVERY)
    if not lately.exists():
        Look.objects.update_or_create(work=work, defaults={"at": now})
