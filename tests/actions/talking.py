"""What tests do with talks: look for what changes ask for, and record that a talk was held."""

from datetime import date, timedelta
from typing import Any

from registry.actions.procedure import for_institution
from registry.actions.talks import finish_talk, open_talks
from registry.models import Task
from tests.town import TODAY, Town, at, further_tasks

NEXT_DAY = TODAY + timedelta(days=1)
TALK = [("talk", "institution")]
INTERVIEW = [("interview", "institution"), ("interview", "agency")]
TRAINING = [("training", "institution"), ("training", "agency")]


def look(on: date = TODAY, hour: int = 20) -> int:
    return open_talks(now=at(on, hour))


def owed(*states: str) -> list[tuple[str, str]]:
    """Kind and holder of the tasks in these states, by default of the open ones."""
    rows = further_tasks().filter(state__in=states or ["open"]).order_by("pk")
    return [(row.kind, row.holder) for row in rows]


def hold(town: Town, task: Task, on: date = NEXT_DAY, **changes: Any) -> Task:
    given = {"held_on": on, "result": "已谈话，本人承诺整改", "acting": for_institution(None, town.hospital)}
    return finish_talk(task=task, now=at(on, 21), **{**given, **changes})
