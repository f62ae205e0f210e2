"""Whatever changes, and wherever the dispatcher dies: each change has each effect exactly once.

The dispatcher dies inside of one process here, by an exception that nothing catches; `test_killed.py` kills processes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from notifications.actions import delivering
from notifications.actions.background import announce, push
from notifications.actions.endpoints import Body
from notifications.models.pushes import Problem
from notifications.wire.sending import Answer, Line
from registry.actions.errors import Refused
from registry.actions.sweep import tell_what_day_brought
from registry.ledger.days import shanghai_day
from registry.models import Fact, PointsEntry
from tests.actions.deeds import annul, relieve, revise
from tests.notifications.dying import POINTS, Point, dying_at
from tests.notifications.effects import faults
from tests.notifications.exchange import Ticking, country
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, issue
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db


PATHS = ("agency", "hospital")


class Killed(BaseException):
    """The process dies here."""


def die() -> None:
    raise Killed


@dataclass(frozen=True)
class Letter:
    """A letter that was acted on."""

    body: bytes

    @property
    def event(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.body)
        return found


@dataclass
class Inbox:
    """A receiver without a wire: it acts on each id once, and now and then answers badly before or after acting."""

    bad: list[str] = field(default_factory=list)
    effects: list[Letter] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    lock: Any = field(default_factory=Lock)

    def take(self, letter_id: str, content: bytes) -> Answer:
        with self.lock:
            how = self.bad.pop() if self.bad else "good"
            if how == "refused":
                return Answer(Problem.ERROR, 500)
            if letter_id not in self.known:
                self.known.add(letter_id)
                self.effects.append(Letter(content))
        return Answer(Problem.TIMEOUT) if how == "lost" else Answer(None, 204)


ACTS: dict[str, Callable[[Town, date], Any]] = {
    "points": lambda town, day: score(town, 2, day, number=f"{day}"),
    "many points": lambda town, day: score(town, 9, day, number=f"{day}"),
    "points of the nurse": lambda town, day: score(town, 4, day, who=town.nurse, number=f"{day}"),
    "annulled": lambda town, day: annul(town, _any_entry(), day),
    "revised": lambda town, day: revise(town, _any_entry(), day, points=1),
    "relieved": lambda town, day: relieve(town, 1, day, document=f"{day}"),
    "day": lambda town, day: tell_what_day_brought(today=day, now=at(day, 1)),
}


def _any_entry() -> PointsEntry:
    corrected = Fact.objects.exclude(entry=None).values("entry")
    entry = PointsEntry.objects.exclude(fact__in=corrected).order_by("pk").first()
    if entry is None:
        raise Refused("nothing_to_correct", "")
    return entry


steps = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.none() | st.sampled_from(POINTS), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)
answers = st.lists(st.sampled_from(["good", "refused", "lost"]), max_size=8)


@given(steps=steps, bad=answers)
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_each_change_has_each_effect_once_wherever_the_dispatcher_dies(
    world: Town, steps: list[tuple[str, Point | None, int]], bad: list[str]
) -> None:
    assert lived(world, steps, bad) == []


@pytest.fixture
def world() -> Town:
    """A town whose agency and hospital, and whose other regions, have systems."""
    town = country()
    somewhere = Receiver(443, issue("Test authority").certificate)
    bodies: tuple[Body, ...] = (town.agency, town.hospital)
    for path, body in zip(PATHS, bodies, strict=True):
        endpoint_at(somewhere, body, at(TODAY, 1), url=f"https://receiver.example/{path}")
    return town


def lived(world: Town, steps: list[tuple[str, Point | None, int]], bad: list[str]) -> list[str]:
    """What is wrong after these steps, each followed by a dispatcher that dies at a point, and a quiet time after."""
    town = world
    boxes = {path: Inbox(list(bad)) for path in PATHS}

    def take(letter_id: str, content: bytes, line: Line, *, timestamp: int) -> Answer:
        return boxes[line.target.where.path.strip("/")].take(letter_id, content)

    found: list[str] = []
    with transaction.atomic(), patch.object(delivering, "send", take):
        clock = Ticking(at(TODAY, 9))
        for act, point, call in steps:
            _step(town, act, clock)
            _dispatch(clock, point, call)
            clock.go_on(days=1)
        for _ in range(12):
            _dispatch(clock, None, 1)
            clock.go_on(days=1)
        found = faults({path: box.effects for path, box in boxes.items()})
        transaction.set_rollback(True)
    return found


def _step(town: Town, act: str, clock: Ticking) -> None:
    try:
        ACTS[act](town, shanghai_day(clock()))
    except Refused:
        return


def _dispatch(clock: Ticking, point: Point | None, call: int) -> None:
    """Announce and push, until done or dead."""
    try:
        with dying_at(point, die, call=call):
            announce(clock=clock)
            push(clock=clock)
    except Killed:
        return


def test_there_are_enough_points_to_die_at() -> None:
    assert len(POINTS) >= 25
    assert len(set(map(str, POINTS))) == len(POINTS)


def test_time_enough_passes_for_every_lease() -> None:
    assert timedelta(hours=2) > delivering.LONGEST_RUN
