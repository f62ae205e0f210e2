"""A register of many people for measuring what reads them: that of `manage.py seed` (registry.desks.nation).

One in a hundred is not normal. With REGISTRY_BENCH_FILLED nothing is filled: what is there is measured.
"""

import os
from datetime import date

from django.db import connection
from django.utils import timezone

from registry.config.database import as_owner
from registry.desks import nation
from tests.benchmarks.__main__ import FILLED

TODAY = date(2026, 3, 2)
SEED = 2025

_nations: list[nation.Nation] = []


def fill(people: int) -> None:
    """So many people with the numbers from 1, in the empty database of the benchmark."""
    _nations[:] = [nation.Nation(people, SEED)]
    if os.environ.get(FILLED):
        return
    with as_owner(connection.settings_dict):
        connection.close()
        nation.load(people=people, seed=SEED, now=timezone.now(), progress=lambda line: None)
        nation.analyze()
        connection.close()


def code(number: int) -> str:
    """The personal code of one of them."""
    return _nations[0].code_of(number)


def place_of(number: int) -> str:
    """Where that one is registered."""
    return _nations[0].place_of(number).code
