"""Telling workers that claims wait. What must happen is a row in the database; this only makes it soon."""

from celery import current_app
from kombu.exceptions import OperationalError


def wake_workers() -> None:
    """Tell a worker that there is something to do. If nobody hears it, the next regular look finds the row."""
    try:
        current_app.send_task("registry.tasks.work_claims_checks", retry=False, ignore_result=True)
    except OperationalError:
        return
