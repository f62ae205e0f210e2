"""The second wall: what reading costs behind forced row-level security, beside the same queries with full sight.

The queries are those of the faces, already narrowed to the scope of an officer of one city. By turns, each is asked
once as a request asks it (the role that reads, the sight of the officer) and once with full sight; then the order is
turned round. Both find the same rows.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection
from django.utils import timezone

from registry.config.database import as_owner
from registry.desks.demo_data import load
from registry.ledger.days import shanghai_day
from registry.models import Assignment, Practitioner, Role
from registry.queries.file import file_of
from registry.queries.people import find_people
from registry.queries.scope import Scope, scope_of
from registry.queries.sight import FULL, seeing
from registry.queries.standings import standings_on

PEOPLE = 10_000
TURNS = 60
PAGE = 51
OFFICER = "scoring-430100"

Ask = Callable[[], Any]


def run(practitioners: int | None) -> dict[str, Any]:
    """Milliseconds of each query behind the wall and beside it, and their ratio. `practitioners`: people in all."""
    size = practitioners or PEOPLE
    now = timezone.now()
    load(practitioners=size, now=now, progress=lambda line: None)
    _analyze()
    today = shanghai_day(now)
    user = Assignment.objects.get(role=Role.AGENCY_OFFICER, user__username=OFFICER).user
    seen = scope_of(user, today)
    figures = {name: _by_turns(ask, seen) for name, ask in _questions(seen, today).items()}
    return {"path": "walls", "people": size, "turns": TURNS, "questions": figures, "errors": 0}


def _questions(seen: Scope, today: Any) -> dict[str, Ask]:
    person = seen.entries().earliest("pk").practitioner
    return {
        "first page of people": lambda: list(seen.practitioners().order_by("code")[:PAGE]),
        "part of a name": lambda: list(find_people(seen.practitioners(), "伟").order_by("code")[:PAGE]),
        "one person": lambda: list(seen.practitioners().filter(uuid=person.uuid)),
        "a file": lambda: len(file_of(Practitioner.objects.get(pk=person.pk), today).events),
        "first page of entries": lambda: list(seen.entries().order_by("-pk")[:PAGE]),
        "first page of cases": lambda: list(seen.cases().order_by("-pk")[:PAGE]),
        "standings of today": lambda: list(standings_on(seen, today)[:PAGE]),
    }


def _by_turns(ask: Ask, seen: Scope) -> dict[str, float]:
    behind: list[float] = []
    beside: list[float] = []
    turn = [(seen.sight, behind), (FULL, beside)]
    for _ in range(TURNS):
        found = [_timed(ask, seeing(sight), times) for sight, times in turn]
        assert found[0] == found[1], "the wall hides what the scope shows"
        turn.reverse()
    wall, full = (statistics.median(times) * 1000 for times in (behind, beside))
    return {"behind_ms": round(wall, 2), "beside_ms": round(full, 2), "ratio": round(wall / full, 2)}


def _timed(ask: Ask, sight: AbstractContextManager[None], times: list[float]) -> Any:
    with sight:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # the session is told what it sees before the clock runs
        began = time.perf_counter()
        found = ask()
        times.append(time.perf_counter() - began)
        return found


def _analyze() -> None:
    """As the owner of the tables, after the load, as the server itself does after a while."""
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()
