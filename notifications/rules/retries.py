"""When something that could not be delivered is tried again: the schedule of Standard Webhooks, and daily after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failure the next try comes; all together 75 hours."""
DAILY = timedelta(days=1)
OVERDUE_AFTER = timedelta(hours=75)
"""From then on an administrator is told, and one try a day goes on."""
JITTER = 0.1
"""By what share a wait is made shorter or longer, so that what failed together does not come again together."""
LONGEST_WISH = timedelta(days=1)
"""How long at most a receiver can put us off by Retry-After."""
PATIENCE = 3
"""Failures in a row after which an endpoint is left alone for a while, except for one try at a time."""
_FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


def next_try(*, failures: int, chance: float, wish: timedelta | None = None) -> timedelta:
    """How long after the failure number `failures` (from 1) the next try comes.

    `chance` is from [0, 1) and moves it by up to JITTER. The receiver's `wish` is honoured where it is longer.
    """
    wait = SCHEDULE[failures - 1] if failures <= len(SCHEDULE) else DAILY
    moved = timedelta(seconds=wait.total_seconds() * (1 + JITTER * (2 * chance - 1)))
    return max(moved, min(wish, LONGEST_WISH)) if wish else moved


def is_overdue(*, since: datetime, now: datetime) -> bool:
    """Whether what has been owed since then is owed for too long."""
    return now - since >= OVERDUE_AFTER


def rest(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row: not at all at first, then doubling."""
    if failures < PATIENCE:
        return timedelta(0)
    doublings = min(failures - PATIENCE, 10)
    return min(_FIRST_REST * (1 << doublings), LONGEST_REST)


def wish_of(retry_after: str | None, *, now: datetime) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; None where it is absent, over, or cannot be read."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:9]), LONGEST_WISH.total_seconds())), LONGEST_WISH)
    try:
        asked = parsedate_to_datetime(text)
        wish = asked - now
    except (TypeError, ValueError, OverflowError):
        return None
    return wish if wish > timedelta(0) else None
