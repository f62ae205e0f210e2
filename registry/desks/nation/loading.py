"""Filling an empty register with a nation, in one transaction: it is there or is not, wherever it was interrupted."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction

from registry.desks.demo_data.accounts import open_administrator
from registry.desks.demo_data.loading import DemoResult
from registry.desks.demo_data.timeline import PREPARATION, at
from registry.desks.nation import histories, places, rosters
from registry.desks.nation.accounts import open_accounts
from registry.desks.nation.indexes import put_aside
from registry.desks.nation.people import Makers
from registry.desks.nation.plan import Nation
from registry.ledger.days import shanghai_day
from registry.models import Institution, Practitioner

A = TypeVar("A")
B = TypeVar("B")
Progress = Callable[[str], None]
Each = Callable[[Callable[[A], B], Iterable[A]], Iterator[B]]
SETTINGS = {
    "maintenance_work_mem": "1GB",
    "work_mem": "128MB",
    "max_parallel_maintenance_workers": "2",
    "synchronize_seqscans": "off",
}
MANY = 20_000
"""From so many people on other processes work along, and indexes are better made afterwards."""


class NotEmpty(Exception):
    """There are people or institutions in this register already."""


def load(*, people: int, seed: int, now: datetime, progress: Progress) -> DemoResult:
    """Fill an empty register with so many people as of `now`; the log-ins are those of the demo's home.

    By the owner of the tables: indexes and foreign keys of the large ones are put aside meanwhile. Raises NotEmpty.
    """
    if Institution.objects.exists() or Practitioner.objects.exists():
        raise NotEmpty
    nation, today = Nation(people, seed), shanghai_day(now)
    each: Each[Any, Any] = partial(each_of, processes=1 if people < MANY else os.cpu_count() or 1)
    progress(f"{people:,} people at {len(nation.places):,} institutions are planned")
    with transaction.atomic(), _room(), _bare(progress):
        administrator, account = open_administrator(now=at(PREPARATION, hour=8))
        agencies = places.load_places(nation, by=administrator, today=today)
        progress("institutions and agreements are there")
        makers = Makers.of(nation)
        blocks = each(makers.lines, makers.blocks())
        rosters.load_people(blocks, by=administrator.pk, people=people, progress=progress)
        officers = open_accounts(nation, agencies, by=administrator)
        histories.load_histories(nation, agencies, officers, now=now, each=each, progress=progress)
        return officers.result(account, by=administrator, now=now)


def analyze() -> None:
    """Let PostgreSQL look at what is there now. By the owner of the tables, outside of transactions."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def _room() -> Iterator[None]:
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
    yield


@contextmanager
def _bare(progress: Progress) -> Iterator[None]:
    models = (*places.TABLES, *rosters.TABLES, *histories.TABLES)
    with_history = [getattr(model, "history").model for model in models if hasattr(model, "history")]  # noqa: B009
    with put_aside([*models, *with_history], progress=progress):
        yield


def each_of(do: Callable[[A], B], things: Iterable[A], *, processes: int) -> Iterator[B]:
    """What comes of each, in order; in several processes, which begin with everything that is known here."""
    if processes == 1:
        yield from map(do, things)
        return
    with multiprocessing.get_context("fork").Pool(processes, initializer=_remember, initargs=(do,)) as pool:
        yield from pool.imap(_do_remembered, things)


_remembered: list[Callable[[Any], Any]] = []


def _remember(do: Callable[[Any], Any]) -> None:
    _remembered.append(do)


def _do_remembered(thing: Any) -> Any:
    return _remembered[0](thing)
