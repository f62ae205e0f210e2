"""Whoever tries what in whatever order, on whichever day: every case ends, and nobody judges twice.

A walk takes several cases from handlings to their end through the public acts. After each step everything is looked
at; what an act refuses changes nothing. The long form, for so many walks in place of a few, and others than those of
every day:

    REGISTRY_WALKS=200 REGISTRY_WALKS_FROM=1000 python3 manage.py test -n auto tests/appeals/test_walk.py
"""

import os
from collections import Counter

import pytest
from django.db import transaction

from appeals.models import Objection, Panel, Seat
from registry.ledger.checking import differences
from registry.ledger.rebuilding import rebuild
from registry.models import Case, Fact, ProcedureStep, Proposal, Task
from tests.appeals import walking_hearing, walking_office
from tests.appeals.walking import World, by_seed, new_world
from tests.appeals.walking_home import go_home, waiting
from tests.appeals.walking_sums import ledger_agrees
from tests.appeals.walking_watch import Watch

pytestmark = pytest.mark.django_db

OF_EVERY_RUN = 3
WALKS = int(os.environ.get("REGISTRY_WALKS", OF_EVERY_RUN))
FIRST = int(os.environ.get("REGISTRY_WALKS_FROM", "0"))
TOGETHER = 3
STEPS, HEAD_START = 100, 12
CLOSELY = 20
"""After so many steps the ledger is looked at as a whole."""

ACTS = {**walking_office.ACTS, **walking_hearing.ACTS}
USUAL = {
    "proposal.countersign",
    "proposal.leave_unopened by the clock",
    "proposal.decide by the clock",
    "proposal.decide",
    "proposal.drop",
    "objection.appeal",
    "objection.ask_countersignature",
    "objection.countersign",
    "objection.decline_countersignature",
    "objection.decide",
    "panel.draw",
    "panel.conclude by the clock",
    "seat.vote",
}
"""What three walks of every run come past, or they have looked at nothing; by other seeds it is chance."""


@pytest.mark.parametrize("first", range(FIRST, FIRST + WALKS, TOGETHER))
def test_whatever_is_done_every_case_ends_and_nobody_judges_twice(first: int) -> None:
    past: Counter[str] = Counter()
    for seed in range(first, first + TOGETHER):
        with transaction.atomic(), by_seed(seed):
            past += walked(seed)
            transaction.set_rollback(True)
    if first < OF_EVERY_RUN:
        assert past.keys() >= USUAL, USUAL - past.keys()


def walked(seed: int) -> Counter[str]:
    """A walk to its end, and the steps that were written down on it; where it fails, all that was tried is told."""
    world = new_world(seed)
    watch = Watch(world)
    try:
        walk(world, watch)
        go_home(world, watch.look)
        at_home(world)
    except Exception as error:
        error.add_note("\n".join([f"walk {seed}:", *world.trail]))
        raise
    return watch.acts


def walk(world: World, watch: Watch) -> None:
    """Step by step: mostly somebody tries something, and now and then days pass."""
    for number in range(STEPS):
        clocks = number > HEAD_START and world.likely(0.2)
        if clocks:
            pass_time(world)
        if clocks or try_something(world):
            watch.look(clocks=clocks)
        if number % CLOSELY == 0:
            ledger_agrees(world)


def try_something(world: World) -> bool:
    """One act that there is something to do for, and whether it was done; what is refused writes nothing."""
    came, before = "idle", written()
    while came == "idle":
        act = world.chance.choices(list(ACTS), list(ACTS.values()))[0]
        came = world.attempt(act)
    if came == "refused":
        assert written() == before, f"{act.__name__} was refused and wrote something"
    return came == "done"


def pass_time(world: World) -> None:
    """A night, some days with or without the clocks, a week, or the last minutes of a day."""
    match world.chance.randrange(6):
        case 0:
            world.until_midnight()
            world.run_clocks()
        case 1 | 2:
            world.let_pass(1)
        case 3:
            world.let_pass(world.chance.randrange(2, 5))
        case 4:
            world.let_pass(7, clocks=False)
        case _:
            world.let_pass(world.chance.randrange(5, 16), clocks=world.likely(0.2))


def written() -> tuple[object, ...]:
    """What no act leaves as it was: steps, facts, and what is owed by whom until when."""
    last = [rows.objects.order_by("-pk").values_list("pk").first() for rows in (ProcedureStep, Fact)]
    owed = Task.objects.order_by("pk").values_list("pk", "state", "due_on", "user")
    return (*last, *owed)


def at_home(world: World) -> None:
    """Nothing waits, and the register says what the facts say."""
    assert waiting() == []
    assert not Case.objects.exclude(state="closed").exists()
    assert not Proposal.objects.exclude(state__in=["decided", "dropped"]).exists()
    assert not Objection.objects.exclude(state__in=["refused", "decided", "withdrawn", "out_of_scope"]).exists()
    assert not Panel.objects.exclude(state__in=["concluded", "failed", "cancelled"]).exists()
    assert not Seat.objects.filter(state="seated").exists()
    ledger_agrees(world)
    assert list(differences()) == []
    with transaction.atomic():
        assert rebuild() == 0
