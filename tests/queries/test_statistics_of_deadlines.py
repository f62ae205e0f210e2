"""How deadlines are kept, summed up by the database and counted one by one."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from registry.ledger.days import shanghai_day
from registry.models import Agency, Institution, Task
from registry.queries.statistics import DEADLINES_BY, deadlines
from tests.queries import random_register
from tests.queries.test_statistics import (
    DURING,
    FIRST,
    LAST,
    PREFIXES,
    SCOPES,
    SEEDS,
    TODAY,
    figures,
    grouped,
    instant_of,
)

pytestmark = pytest.mark.django_db


def tasks_at_random(random: Random) -> list[Task]:
    agencies = list(Agency.objects.select_related("region"))
    places = list(Institution.objects.all())
    found = []
    for number in range(60):
        begins = FIRST - timedelta(days=20) + timedelta(days=random.randrange(0, 620))
        state = random.choice(["open", "done", "done", "lapsed", "cancelled"])
        closed = (
            None if state == "open" else instant_of(begins + timedelta(days=random.randrange(0, 40))).replace(hour=23)
        )
        of_place = random.random() < 0.5
        kind = random.choice(["review", "notify", "talk"])
        held = shanghai_day(closed) - timedelta(days=random.randrange(0, 3)) if closed and kind == "talk" else None
        found.append(
            Task.objects.create(
                kind=kind,
                state=state,
                holder="institution" if of_place else "agency",
                institution=random.choice(places) if of_place else None,
                agency=None if of_place else random.choice(agencies),
                subject=f"00000000-0000-0000-0000-{number:012d}",
                policy="cn-2025",
                clock="review",
                working_days=5,
                starts_on=begins,
                due_on=begins + timedelta(days=random.randrange(5, 30)),
                opened_at=instant_of(begins),
                closed_at=closed,
                held_on=held,
            )
        )
    return found


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_deadlines_are_kept_as_counted_one_by_one(seed: int, where: str) -> None:
    random = Random(seed)
    random_register.build(random, people=12)
    seen = SCOPES[where]()

    def region(task: Task) -> str:
        return (task.institution or task.agency).region_id  # type: ignore[union-attr]  # one of them has it

    ours = [
        task
        for task in tasks_at_random(random)
        if task.state != "cancelled" and FIRST <= task.starts_on <= LAST and region(task).startswith(PREFIXES[where])
    ]
    keys: dict[str, Callable[[Task], str]] = {
        "task": lambda task: task.kind,
        "region": region,
        "city": lambda task: region(task)[:4] + "00",
        "province": lambda task: region(task)[:2] + "0000",
        "agency": lambda task: task.agency.code if task.agency else "",
        "institution": lambda task: task.institution.code if task.institution else "",
        "month": lambda task: f"{task.starts_on:%Y-%m}",
    }
    assert keys.keys() == DEADLINES_BY.keys()
    for by, key in keys.items():
        expected = {group: _kept(rows) for group, rows in grouped(ours, key).items()}
        assert figures(deadlines(seen, DURING, today=TODAY, by=by)) == expected, by


def _kept(tasks: list[Task]) -> dict[str, Any]:
    closed = [(task, task.closed_at) for task in tasks if task.state == "done" and task.closed_at]
    done = [(task, task.held_on or shanghai_day(at)) for task, at in closed]
    took = [day - task.starts_on for task, day in done]
    return {
        "tasks": len(tasks),
        "done_in_time": sum(day <= task.due_on for task, day in done if task.due_on),
        "done_late": sum(day > task.due_on for task, day in done if task.due_on),
        "lapsed": sum(task.state == "lapsed" for task in tasks),
        "open": sum(task.state == "open" for task in tasks),
        "overdue": sum(task.state == "open" and task.due_on is not None and task.due_on < TODAY for task in tasks),
        "took": sum(took, timedelta()) / len(took) if took else None,
    }
