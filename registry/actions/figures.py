"""Counting, in the background, the figures that a large register keeps."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import transaction

from registry.actions.one_by_one import one_by_one
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
    """Count what is missing or old; the names of what was counted. Raises SomeFailed once all the others are counted.

    In a register that is not large nothing is kept, and what was kept is forgotten: everything is counted when asked.
    """
    counted: list[str] = []

    def count(wanted: _Wanted) -> int:
        with transaction.atomic():
            take_turns("kept figures")
            if KeptFigures.objects.filter(name=wanted.name, counted_at__gt=now - wanted.renewed).exists():
                return 0
            value = wanted.figures()
            KeptFigures.objects.update_or_create(name=wanted.name, defaults={"counted_at": now, "value": value})
        counted.append(wanted.name)
        return 1

    with full_sight():
        if is_large():
            one_by_one("figures", _wanted(shanghai_day(now)), count, of=attrgetter("name"))
        else:
            KeptFigures.objects.all().delete()
    return counted


class _Wanted(NamedTuple):
    """Figures by their name, how old they may be, and what comes to them."""

    name: str
    renewed: timedelta
    figures: Callable[[], Any]


def _wanted(today: date) -> Iterator[_Wanted]:
    """The running year first."""
    yield _Wanted(shares.kept_as(today.year), RENEWED, partial(shares.to_keep, today))
    first = policies().national(date.min).first_day.year
    for year in range(today.year, first - 1, -1):
        renewed = RENEWED if year == today.year else RENEWED_LATER
        yield _Wanted(ranking.kept_as(year), renewed, partial(ranking.to_keep, year, today))
