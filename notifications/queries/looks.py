"""When workers last looked whether there is something to do."""

from datetime import datetime, timedelta

from notifications.models.looks import Look

TOO_OLD = timedelta(minutes=2)
"""Beat asks every two seconds, and a run lasts twenty: after so long nobody looks any more."""


def last_looks() -> dict[str, datetime]:
    """By kind of work; what was never looked at is missing."""
    return dict(Look.objects.values_list("work", "at"))


def nobody_looks(now: datetime) -> list[str]:
    """The kinds of work that no worker has looked at lately."""
    found = last_looks()
    return [work for work in Look.Work.values if work not in found or now - found[work] > TOO_OLD]
