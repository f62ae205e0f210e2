"""What Celery wakes up for: one call each. What must be done is a row in PostgreSQL, found again by the next call."""

from celery import shared_task
from django.utils import timezone

from notifications.actions import background
from notifications.waking import wake_pushing


@shared_task
def announce() -> int:
    """Announce what is new; each once, however often and wherever this runs."""
    return _announce(everything=False)


@shared_task
def announce_everything() -> int:
    """Announce whatever the register has that nobody was told of, however old."""
    return _announce(everything=True)


@shared_task
def push() -> int:
    """Send what is due to the systems that receive."""
    return background.push(clock=timezone.now)


@shared_task
def take_over() -> int:
    """Take over what other registers wrote."""
    return background.take_over(clock=timezone.now)


@shared_task
def reconcile() -> int:
    """Compare the last days with the other registers, each once a day."""
    return background.reconcile(clock=timezone.now)


@shared_task
def mail() -> int:
    """Tell those by e-mail who wish it that a notice waits."""
    return background.mail(clock=timezone.now)


@shared_task
def digests() -> int:
    """Owe the weekly digests to those whose day it is."""
    return background.digests(clock=timezone.now)


def _announce(*, everything: bool) -> int:
    made = background.announce(clock=timezone.now, everything=everything)
    if made:
        wake_pushing()
    return made
