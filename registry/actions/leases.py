"""Jobs that wait in a table, and the processes that claim them for a time: each is worked on by one of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from registry.models import ClaimsCheck, RosterJob

Job = TypeVar("Job", RosterJob, ClaimsCheck)


def claim(jobs: QuerySet[Job], now: datetime, *, lease: timedelta, begins: Mapping[str, str]) -> Job | None:
    """The next of the jobs that is due, claimed for the `lease` and committed; None if none is due or others have all.

    `begins` names the state that follows on one in which nobody has begun. Whoever claimed it before, and let the time
    pass, has another fence and can write nothing more.
    """
    due = jobs.filter(Q(lease_until=None) | Q(lease_until__lte=now), next_at__lte=now)
    with transaction.atomic():
        job = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at").first()
        if job is None:
            return None
        job.fence += 1
        job.attempts += 1
        job.lease_until = job.next_at = now + lease
        job.state = begins.get(job.state, job.state)
        job.save(update_fields=["fence", "attempts", "lease_until", "next_at", "state"])
    return job
