"""Counting, in the background, the figures that a large register keeps."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from registry.actions.turns import take_turns
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import KeptFigures
from registry.queries import ranking, shares
from registry.queries.kept_figures import is_large
from registry.queries.sight import full_sight

RENEWED = timedelta(hours=1)
"""So old figures of the running year are counted again."""

RENEWED_LATER = timedelta(days=1)
"""The same of years that are over, of which only a correction or something recorded late can change any."""


def count_figures(*, now: datetime) -> list[str]:
    """Count what is missing or old; the names of what was counted.

    In a register that is not large nothing is kept, and what was kept is forgotten: everything is counted when asked.
    """
    counted = []
    with full_sight():
        if not is_large():
            KeptFigures.objects.all().delete()
            return []
        for name, age, count in _wanted(shanghai_day(now)):
            with transaction.atomic():
                take_turns("kept figures")
                if not KeptFigures.objects.filter(name=name, counted_at__gt=now - age).exists():
                    value = count()
                    KeptFigures.objects.update_or_create(name=name, defaults={"counted_at": now, "value": value})
                    counted.append(name)
    return counted


def _wanted(today: date) -> Iterator[tuple[str, timedelta, Callable[[], Any]]]:
    """The name of each, how old it may be, and what counts it; the running year first."""
    yield shares.kept_as(today.year), RENEWED, partial(shares.to_keep, today)
    first = policies().national(date.min).first_day.year
    for year in range(today.year, first - 1, -1):
        age = RENEWED if year == today.year else RENEWED_LATER
        yield ranking.kept_as(year), age, partial(ranking.to_keep, year, today)
