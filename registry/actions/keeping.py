"""Saving mutable records with the actor and the time in their history."""

from datetime import datetime
from typing import Any

from registry.models import User


def keep(row: Any, *, by: User | None, now: datetime, why: str = "") -> None:
    """Save `row`; its history gets `by` as the actor, `now` as the time and `why` as the reason."""
    row._history_user = by
    row._history_date = now
    row._change_reason = why or None
    row.save()
