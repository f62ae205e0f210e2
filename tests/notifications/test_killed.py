"""Processes killed at labelled points, with a real database and a real receiver: nothing is lost and nothing doubled.

The planted mistakes at the end are made in the child process only; each has to be noticed. The long form, 20,000
deaths in the three stories together:

    REGISTRY_DEATHS=6700 python3 manage.py test tests/notifications -k killed -n2
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from notifications.actions import claiming, delivering, fanning_out
from notifications.actions.background import announce, push
from notifications.models import Push
from notifications.queries import letters
from notifications.rules.envelope import Letter
from registry.ledger.days import shanghai_day
from registry.models import Practitioner
from registry.models.identifiers import uuid7
from tests.actions.measuring import hire
from tests.notifications.dying import POINTS, Point, at_random, dying_at, in_a_process, kill_yourself
from tests.notifications.effects import faults
from tests.notifications.exchange import Ticking, country
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, receiving
from tests.town import TODAY, Town, at, score

JUST_WRITTEN: set[int] = set()
"""Whose files somebody wrote to just before the child was born."""

Mistake = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield country()
    connection.close()


@pytest.fixture
def receiver(town: Town) -> Iterator[Receiver]:
    with receiving() as found:
        endpoint_at(found, town.agency, at(TODAY, 1), url=f"https://localhost:{found.port}/inbox")
        yield found


def lived(
    town: Town, receiver: Receiver, points: list[Point], mistake: Mistake | None = None, *, quiet: int = 12
) -> tuple[list[str], int]:
    """What is wrong after a day with a death for each point and a quiet time after; and how many died."""
    clock, died = Ticking(at(TODAY, 13)), 0
    people = [town.surgeon, town.nurse, *hire(town, len(points) // 8)]
    for number, point in enumerate(points):
        who = people[number % len(people)]
        score(town, 1, shanghai_day(clock()), who=who, number=f"罚字{number}")
        JUST_WRITTEN.add(who.pk)
        died += in_a_process(partial(_dispatch, clock, point, mistake)) == signal.SIGKILL
        JUST_WRITTEN.clear()
        clock.go_on(minutes=30)
    for _ in range(quiet):
        in_a_process(partial(_dispatch, clock, None, mistake))
        clock.go_on(hours=6)
    return faults({"inbox": receiver.effects}), died


def _dispatch(clock: Ticking, point: Point | None, mistake: Mistake | None) -> None:
    with ExitStack() as stack:
        if mistake:
            stack.enter_context(mistake())
        stack.enter_context(dying_at(point, kill_yourself))
        announce(clock=clock)
        push(clock=clock)


def test_whatever_is_killed_every_change_has_every_effect_once(town: Town, receiver: Receiver) -> None:
    points = at_random(POINTS)
    found, died = lived(town, receiver, points)
    assert found == []
    assert died >= 0.8 * len(points)
    assert receiver.forged == 0
    assert any(times > 1 for times in receiver.seen().values())  # somebody died between sending and telling


# planted mistakes -----------------------------------------------------------------------------------------------------


@contextmanager
def marked_before_it_is_sent() -> Iterator[None]:
    original = claiming.claim_due

    def claimed(**kwargs: Any) -> list[claiming.Claim]:
        found = original(**kwargs)
        rows = Push.objects.filter(pk__in=[claim.push.pk for claim in found])
        rows.update(state="delivered", next_at=None, delivered_at=kwargs["now"])
        return found

    with patch.object(delivering, "claim_due", claimed):
        yield


@contextmanager
def a_new_id_at_every_try() -> Iterator[None]:
    original = letters.letters_of

    def renamed(rows: Sequence[Push]) -> list[Letter]:
        return [replace(letter, id=str(uuid7())) for letter in original(rows)]

    with patch.object(delivering, "letters_of", renamed):
        yield


@contextmanager
def a_claim_that_never_ends() -> Iterator[None]:
    with patch.object(claiming, "LEASE", timedelta(days=3650)):
        yield


@contextmanager
def an_event_before_its_notices_and_not_with_them() -> Iterator[None]:
    unlocked = SimpleNamespace(objects=SimpleNamespace(select_for_update=lambda **_kwargs: Practitioner.objects.all()))
    with (
        patch.object(fanning_out, "transaction", SimpleNamespace(atomic=_no_transaction)),
        patch.object(fanning_out, "Practitioner", unlocked),
    ):
        yield


@contextmanager
def _no_transaction() -> Iterator[None]:
    yield


@contextmanager
def announced_by_whoever_wrote_it_and_nobody_else() -> Iterator[None]:
    with patch.object(fanning_out, "people_waiting", lambda **_kwargs: iter(sorted(JUST_WRITTEN))):
        yield


MISTAKES: dict[str, tuple[Mistake, str]] = {
    "announced after the commit": (announced_by_whoever_wrote_it_and_nobody_else, "before fanning_out._announce"),
    "marked before it is sent": (marked_before_it_is_sent, "before delivering.send"),
    "a new id at every try": (a_new_id_at_every_try, "after delivering.send"),
    "a claim that never ends": (a_claim_that_never_ends, "after delivering.claim_due"),
    "an event without its notices": (an_event_before_its_notices_and_not_with_them, "before fanning_out.write_notices"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_noticed(town: Town, receiver: Receiver, name: str) -> None:
    mistake, where = MISTAKES[name]
    [point] = [each for each in POINTS if str(each) == where]
    found, died = lived(town, receiver, [point] * 3, mistake, quiet=4)
    assert died == 3
    assert found != []
