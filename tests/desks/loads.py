"""Loads of the demo that leave nothing behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from registry.desks.demo_data import FEWEST, DemoResult, load

EVERY_DAY = os.environ.get("REGISTRY_DEMO_DAYS") == "all"


def some(days: dict[str, str]) -> dict[str, str]:
    """The first of the days on which the demo is loaded, in every run; with ``REGISTRY_DEMO_DAYS=all`` each of them."""
    return days if EVERY_DAY else dict(list(days.items())[:1])


class RolledBack(Exception):
    """Ends a transaction of this module; nothing of the demo stays."""


@contextmanager
def rolled_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise RolledBack
    except RolledBack:
        pass


def load_at(now: datetime, practitioners: int = FEWEST + 20, *, notices: bool = False) -> DemoResult:
    return load(practitioners=practitioners, now=now, progress=lambda line: None, notices=notices)
