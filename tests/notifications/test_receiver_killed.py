"""Receivers killed at labelled points: what another register wrote takes effect here once, in order, and is receipted.

The mistakes at the end are made in the child process only; each has to be noticed. `test_killed.py` names the long
form.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from notifications.actions.exchange import receiving, taking_over, weighing
from notifications.actions.exchange.receiving import Taken
from notifications.models import Event, Kind, Letter
from notifications.rules.envelope import Letter as Written
from notifications.rules.exchange import Account
from registry.ledger.checking import differences
from registry.models import Fact
from tests.actions.measuring import hire
from tests.notifications.dying import Point, at_random, dying_at, in_a_process, kill_yourself, points_of
from tests.notifications.exchange import Ticking, country
from tests.notifications.other_register import Other, Person, reachable, take_over
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, issue
from tests.town import TODAY, Town, at

POINTS = points_of(
    {
        receiving: ("verify", "arrived", "keep_letter"),
        taking_over: (
            "_claim", "_handle", "_comes_next", "ask", "account", "person_of", "lock", "_held", "weighed",
            "take_over_facts", "_write", "tell_settled",
        ),
        weighing: ("append",),
    }
)  # fmt: skip

Mistake = Callable[[], AbstractContextManager[None]]
WORK: Any = taking_over
"""As its names stand at the moment: what dies is put in the place of some of them."""


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield country()
    connection.close()


@pytest.fixture
def other(town: Town) -> Iterator[Other]:
    """Tianjin's register, which answers, and has an endpoint for what became of its letters."""
    found = Other().enter(at(TODAY, 1))
    somewhere = Receiver(443, issue("Test authority").certificate)
    endpoint_at(somewhere, found.register.region, at(TODAY, 1), url="https://other.example/registers/cn/letters/")
    with reachable(found):
        yield found


def lived(
    town: Town, other: Other, points: list[Point], mistake: Mistake | None = None, *, quiet: int = 12
) -> tuple[list[str], int]:
    """What is wrong after a letter and a death for each point, and a quiet time after; and how many died."""
    clock, died, owed = Ticking(at(TODAY, 9)), 0, list[Written]()
    people = [other.knows(each) for each in (town.surgeon, town.nurse, *hire(town, len(points) // 8))]
    for number, point in enumerate(points):
        owed.append(_decide(other, people[number % len(people)], number, clock))
        ended = in_a_process(partial(_receive, other, owed[-1:], clock, point, mistake))
        died += ended == signal.SIGKILL
        if not ended:
            owed.pop()  # its sender was told that it is here
        clock.go_on(minutes=30)
    for _ in range(quiet):
        in_a_process(partial(_receive, other, owed, clock, None, mistake))
        owed = []
        clock.go_on(hours=6)
    return list(faults(other)), died


def _decide(other: Other, person: Person, number: int, clock: Ticking) -> Written:
    """Points, and now and then their annulment: so that the totals stay where much can be seen."""
    standing = [fact for fact in person.facts if fact["kind"] == "points_scored"]
    undone = {fact["entry"]["id"] for fact in person.facts if fact["entry"]}
    open_entries = [fact for fact in standing if fact["id"] not in undone]
    day = clock().date()
    if number % 3 == 2 and open_entries:
        return other.annuls(person, open_entries[0], day, clock())
    return other.scores(person, 1 + number % 4, day, clock())


def _receive(
    other: Other, letters: list[Written], clock: Ticking, point: Point | None, mistake: Mistake | None
) -> None:
    with ExitStack() as stack:
        if mistake:
            stack.enter_context(mistake())
        stack.enter_context(dying_at(point, kill_yourself))
        for each in letters:
            assert other.sends(each, clock()) in {Taken.NEW, Taken.KNOWN}
        take_over(clock)


def faults(other: Other) -> Iterator[str]:
    """Everything that is not as it must be, one sentence each."""
    decided = [fact["id"] for person in other.people.values() for fact in person.facts]
    kept = [str(each) for each in Fact.objects.filter(origin=other.code).values_list("origin_id", flat=True)]
    if sorted(decided) != sorted(kept):
        yield f"{len(decided)} facts there, {len(kept)} here"
    yield from differences()
    written = {each.id for person in other.people.values() for each in person.letters}
    rows = list(Letter.objects.all())
    if {str(row.letter_id) for row in rows} != written:
        yield f"{len(written)} letters there, {len(rows)} here"
    if unsettled := [row for row in rows if row.state not in {"applied", "known"}]:
        yield f"{len(unsettled)} letters never took effect"
    for row in rows:
        if (told := Event.objects.filter(kind=Kind.SETTLED, letter=row).count()) != 1:
            yield f"a letter was receipted {told} times"
    for person in other.people.values():
        about = Letter.objects.filter(subject=person.subject).order_by("settled_at", "sequence")
        numbers = list(about.values_list("sequence", flat=True))
        if numbers != sorted(numbers):
            yield f"letters about one person took effect in the order {numbers}"


def test_there_are_enough_points_to_die_at() -> None:
    assert len(POINTS) >= 25


def test_whatever_is_killed_every_letter_takes_effect_once(town: Town, other: Other) -> None:
    points = at_random(POINTS)
    found, died = lived(town, other, points)
    assert found == []
    assert died >= 0.8 * len(points)


# planted mistakes -----------------------------------------------------------------------------------------------------


@contextmanager
def no_inbox() -> Iterator[None]:
    with patch.object(receiving, "keep_letter", lambda *_args, **_kwargs: Taken.NEW):
        yield


@contextmanager
def the_effect_after_the_mark_and_not_with_it() -> Iterator[None]:
    def marked_first(letter: Letter, given: Account, now: datetime) -> None:
        person = WORK.person_of(given)
        WORK.tell_settled(letter, now=now)
        Letter.objects.filter(pk=letter.pk).update(state="applied", next_at=None, settled_at=now)
        with transaction.atomic():
            held = WORK.lock(person)
            WORK.take_over_facts(person, WORK.weighed(given, held), now=now)

    with patch.object(taking_over, "_take", marked_first):
        yield


@contextmanager
def a_claim_that_never_ends() -> Iterator[None]:
    with patch.object(taking_over, "LEASE", timedelta(days=3650)):
        yield


@contextmanager
def nothing_is_known_by_its_name() -> Iterator[None]:
    with patch.object(weighing, "_kept_under_these_names", lambda _facts: {}):
        yield


@contextmanager
def receipted_before_it_is_settled() -> Iterator[None]:
    original = taking_over._handle

    def told_first(letter: Letter, clock: Any) -> None:
        letter.state = "applied"
        WORK.tell_settled(letter, now=clock())
        letter.state = "waiting"
        original(letter, clock)

    with patch.object(taking_over, "_handle", told_first):
        yield


MISTAKES: dict[str, tuple[Mistake, str]] = {
    "no inbox": (no_inbox, "before taking_over._claim"),
    "marked before it took effect": (the_effect_after_the_mark_and_not_with_it, "before taking_over.weighed"),
    "a claim that never ends": (a_claim_that_never_ends, "after taking_over._claim"),
    "nothing is known by its name": (nothing_is_known_by_its_name, "before taking_over._write"),
    "receipted before it is settled": (receipted_before_it_is_settled, "before taking_over._comes_next"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_noticed(town: Town, other: Other, name: str) -> None:
    mistake, where = MISTAKES[name]
    [point] = [each for each in POINTS if str(each) == where]
    found, _died = lived(town, other, [point] * 4, mistake, quiet=4)
    assert found != []
