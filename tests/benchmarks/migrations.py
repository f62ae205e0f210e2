"""Migrations of large tables at work: how long readers and writers wait while indexes and rows come and go.

A filled register goes back to the migration before them and forward again, by `manage.py migrate` as it is called in
service. Meanwhile each table has a connection of its own, which every ten milliseconds takes the lock that a writer
takes and reads a row. A wait is one for a lock that somebody held: asked for without waiting, it was refused. So what
the machine itself makes everybody wait is not counted.
With REGISTRY_BENCH_FILLED it takes the register that is there.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from registry.config.database import parameters
from tests.benchmarks._many import fill

PEOPLE = 200_000
BEFORE = "0025_claims"
EVERY_S = 0.01
MOST_MS = 2_000
TABLES = (
    "practitioner", "identitydocument", "certificate", "registration", "staffrecord", "fact", "accessrecord",
    "procedurestep", "historicalcase", "historicalproposal", "historicalproposedentry", "proposedentry",
    "institution", "standingspan",
)  # fmt: skip


def run(practitioners: int | None) -> dict[str, Any]:
    """The longest wait at each table, each way, in milliseconds. `practitioners`: people in the register."""
    people = practitioners or PEOPLE
    fill(people)
    ways = {"back": _migrated(BEFORE), "forward": _migrated()}
    over = sorted({table for way in ways.values() for table, most in way["longest_ms"].items() if most > MOST_MS})
    return {
        "path": "migrations", "people": people, **ways, "goal_ms": MOST_MS, "over": over,
        "load": round(os.getloadavg()[0], 1), "errors": sum(way["errors"] for way in ways.values()),
    }  # fmt: skip


def _migrated(*to: str) -> dict[str, Any]:
    """What was waited for while the register goes there, without a name to the newest."""
    with _watched() as watchers:
        began = time.perf_counter()
        call_command("migrate", "registry", *to, verbosity=0)
        took = time.perf_counter() - began
    figures = {
        "seconds": round(took, 1),
        "longest_ms": {each.table: round(each.longest * 1000) for each in watchers},
        "asked": sum(each.asked for each in watchers),
        "waited": sum(each.waited for each in watchers),
        "errors": sum(each.failed for each in watchers),
    }
    print(f"{to or 'newest'}: {figures}", flush=True)
    return figures


@contextmanager
def _watched() -> Iterator[list["_Watcher"]]:
    over = Event()
    watchers = [_Watcher(table, over) for table in TABLES]
    for each in watchers:
        each.start()
    try:
        yield watchers
    finally:
        over.set()
        for each in watchers:
            each.join()


class _Watcher(Thread):
    """Writes and reads one table until it is over."""

    def __init__(self, table: str, over: Event) -> None:
        super().__init__(name=table)
        self.table, self.over = table, over
        self.longest, self.asked, self.waited, self.failed = 0.0, 0, 0, 0

    def run(self) -> None:
        with psycopg.connect(**parameters(connection.settings_dict, "OWNER"), autocommit=True) as mine:  # type: ignore[arg-type]
            while not self.over.wait(EVERY_S):
                self.asked += 1
                try:
                    self._write_and_read(mine, "NOWAIT")
                except psycopg.errors.LockNotAvailable:
                    self._wait(mine)
                except psycopg.Error as error:
                    self._failed(error)

    def _wait(self, mine: psycopg.Connection) -> None:
        began = time.perf_counter()
        try:
            self._write_and_read(mine, "")
        except psycopg.Error as error:
            self._failed(error)
        self.longest = max(self.longest, time.perf_counter() - began)
        self.waited += 1

    def _write_and_read(self, mine: psycopg.Connection, waiting: str) -> None:
        with mine.transaction():
            mine.execute(f"LOCK TABLE registry_{self.table} IN ROW EXCLUSIVE MODE {waiting}")
            mine.execute(f"SELECT FROM registry_{self.table} LIMIT 1")

    def _failed(self, error: psycopg.Error) -> None:
        print(f"{self.table}: {error}", flush=True)
        self.failed += 1
