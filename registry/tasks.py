"""What Celery wakes up for: one call each. What must be done is a row in PostgreSQL, found again by the next call."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from registry.actions import access, clockwork, figures, retention, status_lists
from registry.actions.sweep import tell_what_day_brought as told
from registry.claims import jobs as claims
from registry.ledger.days import shanghai_day
from registry.rosters import jobs


@shared_task
def work_roster_jobs() -> int:
    """Check and apply the rosters that wait."""
    return jobs.work_due(clock=timezone.now)


@shared_task
def work_claims_checks() -> int:
    """Check the files of claims that wait."""
    return claims.work_due(clock=timezone.now)


@shared_task
def tell_what_day_brought() -> int:
    """Tell the suspensions and bars that began or ended because a day came; each once, however often this runs."""
    now = timezone.now()
    return told(today=shanghai_day(now), now=now)


@shared_task
def run_clocks() -> dict[str, int]:
    """Move what time alone moves; nothing twice, however often and wherever this runs."""
    return clockwork.run_clocks(now=timezone.now())


@shared_task
def publish_status_list() -> int | None:
    """Publish the offline list of the settlement check where another one is due; its number, else nothing."""
    published = status_lists.publish_status_list(now=timezone.now())
    return published.sequence if published else None


@shared_task
def count_figures() -> list[str]:
    """Count what a large register keeps of its figures, where it is missing or old; the names of what was counted."""
    return figures.count_figures(now=timezone.now())


@shared_task
def close_accounts() -> int:
    """Close the accounts whose last role has ended."""
    return access.close_accounts(now=timezone.now())


@shared_task
def purge() -> dict[str, int]:
    """Forget what the policy keeps no longer, and sessions that are over."""
    call_command("clearsessions")
    return retention.purge(now=timezone.now())
