"""What Celery wakes up for: one call each. What must be done is a row in PostgreSQL, found again by the next call."""

from celery import shared_task
from django.utils import timezone

from appeals.actions import clockwork


@shared_task
def run_clocks() -> dict[str, int]:
    """Move on what is due in appeals; each once, however often this runs."""
    return clockwork.run_clocks(now=timezone.now())
