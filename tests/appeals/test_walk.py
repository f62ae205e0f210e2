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
from registry.ledger.checking import differences, rebuild
from registry.models import Case, Fact, ProcedureStep, Proposal, Task
from tests.appeals import walking_hearing, walking_office
from tests.appeals.walking import World, by_seed, new_world
from tests.appeals.walking_home import go_home, waiting
from tests.appeals.walking_sums import ledger_agrees
from tests.appeals.walking_watch import Watch

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("REGISTRY_WALKS", "8"))
FIRST = int(os.environ.get("REGISTRY_WALKS_FROM", "0"))
STEPS, HEAD_START = 140, 12
ACTS = {**walking_office.ACTS, **walking_hearing.ACTS}
CLOSELY = 20
"""After so many steps the ledger is looked at as a whole."""


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WALKS))
def test_whatever_is_done_every_case_ends_and_nobody_judges_twice(seed: int) -> None:
    with by_seed(seed):
        world = new_world(seed)
        watch = Watch(world)
        try:
            walk(world, watch)
            go_home(world, watch.look)
            at_home(world)
        except BaseException as error:
            error.add_note("\n".join([f"walk {seed}:", *world.trail]))
            raise


def walk(world: World, watch: Watch) -> None:
    """Step by step: mostly somebody tries something, and now and then days pass."""
    for number in range(STEPS):
        clocks = number > HEAD_START and world.likely(0.2)
        if clocks:
            pass_time(world)
        else:
            try_something(world)
        watch.look(clocks=clocks)
        if number % CLOSELY == 0:
            ledger_agrees(world)


def try_something(world: World) -> None:
    """One act that there is something to do for; what is refused writes nothing."""
    came = "idle"
    while came == "idle":
        act, before = world.chance.choices(list(ACTS), list(ACTS.values()))[0], written()
        came = world.attempt(act)
        if came != "done":
            assert written() == before, f"{act.__name__}: {came}, and something was written"


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
            world.let_pass(world.chance.randrange(5, 16), clocks=world.likely(0.5))


def written() -> tuple[object, ...]:
    """What an act cannot do without."""
    counts = [rows.objects.count() for rows in (ProcedureStep, Fact, Task, Seat, Objection)]
    return (*counts, Counter(Task.objects.values_list("state", flat=True)))


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
