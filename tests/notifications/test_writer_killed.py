"""Whoever writes is killed: the web over a receipt, beat over what silence decides and over what a day brings.

Each receipt is recorded once, however often its program asks under the same key; each window decides once; and each of
that is announced once to everybody, by a dispatcher that comes after. The long form:

    REGISTRY_DEATHS=7000 python3 manage.py test tests/notifications/test_writer_killed.py
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection

from notifications.actions.background import announce, push
from registry.actions import answers, clockwork, decisions, deliveries, points, procedure, silence, sweep
from registry.actions.clockwork import run_clocks
from registry.actions.many import Identified, Proposed, identify_many, notify_many, propose_many
from registry.actions.tasks import close_tasks
from registry.api import desk as asking
from registry.api import proposals as over_the_api
from registry.ledger import projection, writing
from registry.ledger.checking import differences
from registry.models import (
    Fact,
    GivenAnswer,
    PointsEntry,
    ProcedureStep,
    Proposal,
    SanctionPeriod,
    StandingChange,
    Task,
)
from tests.actions.measuring import hire
from tests.api.officers import Program
from tests.casework import Desk, desk, item
from tests.notifications.dying import DEATHS, Point, at_random, dying_at, in_a_process, kill_yourself, points_of
from tests.notifications.effects import faults
from tests.notifications.exchange import Ticking, country
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, receiving
from tests.town import TODAY, at, handle

WEB = points_of(
    {
        asking: ("once",),
        answers: ("_wait_for", "_keep"),
        over_the_api: ("record_receipt",),
        deliveries: ("lock", "receive_locked", "move", "open_window", "close_tasks"),
    }
)
BEAT = points_of(
    {
        silence: ("lock", "lock_for_decision", "decide_unobjected"),
        decisions: ("weigh", "write_entry", "_finished", "close_tasks", "move"),
        points: ("bind",),
        writing: ("chained", "changed"),
        projection: ("periods_of", "spans_of"),
        procedure: ("_step",),
    }
)
DAY = points_of({clockwork: ("tell_what_day_brought", "run_parts"), sweep: ("lock_many", "_brought", "_tell")})
RECEIPT = {"channel": "by_hand", "received_on": TODAY.isoformat(), "remark": "回执存卷"}

Mistake = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    yield desk(country())
    connection.close()


@pytest.fixture
def receiver(here: Desk) -> Iterator[Receiver]:
    with receiving() as found:
        endpoint_at(found, here.town.agency, at(TODAY, 1), url=f"https://localhost:{found.port}/inbox")
        yield found


def lived(here: Desk, receiver: Receiver, deaths: int, mistake: Mistake | None = None) -> tuple[list[str], int]:
    """What is wrong after a receipt for each of so many people, what followed, and so many deaths; how many died."""
    clock, died = Ticking(at(TODAY, 13)), 0
    first, *proposals = told(here, 1 + deaths // 3)
    with time_machine.travel(clock(), tick=False):
        program = Program(here.scorer)
    _receive(program, first, clock)  # what a process loads for its first answer, the children have from us
    for proposal, point in zip(proposals, at_random(WEB, len(proposals)), strict=True):
        died += _killed(partial(_receive, program, proposal, clock), point, mistake)
        assert not _killed(partial(_receive, program, proposal, clock), None, mistake)
    clock.now = at(TODAY + timedelta(days=20), 8)
    died += _beaten(clock, at_random(BEAT, deaths // 3), mistake, people=(1, 2, 1))
    over = SanctionPeriod.objects.order_by("-ends_on").values_list("ends_on", flat=True).first()
    clock.now = at(over or TODAY, 8)
    died += _beaten(clock, at_random(DAY, deaths // 3), mistake)
    for _ in range(4):
        announce(clock=clock)
        push(clock=clock)
        clock.go_on(minutes=5)
    return [*_of_decisions(1 + len(proposals)), *differences(), *faults({"inbox": receiver.effects})], died


def told(here: Desk, many: int) -> list[Proposal]:
    """So many people of one case, each told of nine points."""
    case = handle(here.town).case
    people = hire(here.town, many)
    answering = identify_many(
        case=case,
        rows=[
            Identified(number=number, practitioner=person, grade="principal", grounds="主刀", identified_on=TODAY)
            for number, person in enumerate(people, start=1)
        ],
        by=here.identifier,
        now=at(TODAY, 10),
    )
    rows = [Proposed(number=number, responsibility=each, items=(item(9),)) for number, each in enumerate(answering, 1)]
    proposals = propose_many(case=case, rows=rows, by=here.scorer, now=at(TODAY, 11))
    return notify_many(case=case, proposals=proposals, channel="by_hand", by=here.scorer, now=at(TODAY, 12))


def _beaten(clock: Ticking, points: list[Point], mistake: Mistake | None, people: tuple[int, ...] = (1,)) -> int:
    """Beat dies at each of the points, in turn over the first or a later person whose turn it is, and comes to its end
    at last. Points after which nothing is left come last.
    """
    points = sorted(points, key=lambda each: each.when == "after")
    deaths = zip(points, cycle(people), strict=False)
    died = sum(_killed(partial(_beat, clock), point, mistake, call=number) for point, number in deaths)
    assert not _killed(partial(_beat, clock), None, mistake)
    return died


def _killed(work: Callable[[], None], point: Point | None, mistake: Mistake | None, call: int = 1) -> bool:
    def life() -> None:
        with ExitStack() as stack:
            if mistake:
                stack.enter_context(mistake())
            stack.enter_context(dying_at(point, kill_yourself, call=call))
            work()

    return in_a_process(life) == signal.SIGKILL


def _receive(program: Program, proposal: Proposal, clock: Ticking) -> None:
    """The program asks under one key, until it has an answer."""
    with time_machine.travel(clock(), tick=False):
        program.done(f"proposals/{proposal.uuid}/receipts/", RECEIPT, idempotency_key=f"receipt-{proposal.uuid}")


def _beat(clock: Ticking) -> None:
    assert run_clocks(now=clock())[clockwork.FAILED] == 0


def _of_decisions(many: int) -> Iterator[str]:
    """What must have been written once for each person, and was not."""
    counted = {
        "decided": Proposal.objects.filter(state=Proposal.State.DECIDED).count(),
        "entries": PointsEntry.objects.count(),
        "facts": Fact.objects.count(),
        "answers": GivenAnswer.objects.count(),
        "receipts": ProcedureStep.objects.filter(procedure="proposal", act="receive").count(),
        "windows": Task.objects.filter(kind=Task.Kind.OBJECT).count(),
    }
    for what, found in counted.items():
        if found != many:
            yield f"{found} {what} of {many} people"
    of_days = StandingChange.objects.filter(cause=StandingChange.Cause.DAY)
    if (ended := of_days.filter(status_after="normal").count()) != many:
        yield f"{ended} suspensions of {many} people were told to be over"


def test_there_are_enough_points_to_die_at() -> None:
    assert len({*WEB, *BEAT, *DAY}) >= 45


def test_whatever_is_killed_everything_is_written_once_and_told_once(here: Desk, receiver: Receiver) -> None:
    found, died = lived(here, receiver, DEATHS)
    assert found == []
    assert died >= 0.9 * DEATHS


# planted mistakes -----------------------------------------------------------------------------------------------------


@contextmanager
def the_answer_is_kept_before_it_is_done() -> Iterator[None]:
    """Whoever dies in between has promised what never comes."""
    original = answers.once

    def promised(**asked: Any) -> answers.Answer:
        if GivenAnswer.objects.filter(asker=asked["asker"], key=asked["key"]).exists():
            return original(**asked)
        original(**{**asked, "do": lambda: answers.Answer(200, {}, {})})
        done: answers.Answer = asked["do"]()
        return done

    with patch.object(asking, "once", promised):
        yield


@contextmanager
def the_projection_follows_later() -> Iterator[None]:
    """The fact is there, and what follows from it is left to somebody who dies."""
    bind, told_of_days, left = projection.bind, clockwork.PARTS["told"], list[Any]()

    def moved(**asked: Any) -> int:
        with patch.object(projection, "bind", bind):
            for person in left:
                projection.rewrite(**person)
        return told_of_days(**asked)

    with (
        patch.object(projection, "bind", lambda _sheaf, **person: left.append(person)),
        patch.dict(clockwork.PARTS, {"told": moved}),
    ):
        yield


@contextmanager
def the_window_is_closed_before_it_is_decided() -> Iterator[None]:
    original = silence._silent

    def closed_first(task: Task, *, now: datetime) -> bool:
        close_tasks(task.subject, kinds=[Task.Kind.OBJECT], now=now)
        return original(task, now=now)

    with patch.object(silence, "_silent", closed_first), patch.object(silence, "_still_open", lambda _task: True):
        yield


MISTAKES: dict[str, Mistake] = {
    "kept before it is done": the_answer_is_kept_before_it_is_done,
    "the projection follows later": the_projection_follows_later,
    "marked before it is decided": the_window_is_closed_before_it_is_decided,
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_noticed(here: Desk, receiver: Receiver, name: str) -> None:
    found, _died = lived(here, receiver, 24, MISTAKES[name])
    assert found != []
