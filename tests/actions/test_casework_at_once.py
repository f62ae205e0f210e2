"""Casework by several at the same moment: exactly one wins, and nothing is decided twice."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

from registry.actions.decisions import decide_held
from registry.actions.procedure import for_practitioner
from registry.actions.proposals import object_to, propose, withdraw_proposal
from registry.actions.silence import decide_by_silence
from registry.ledger.checking import file_differences
from registry.models import PointsEntry, ProcedureStep, Proposal, Task
from tests import town as towns
from tests.actions.test_at_once import together
from tests.casework import Desk, desk, identified, item, last_minute, morning_after, received
from tests.town import TODAY, at


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    yield desk(towns.build("510100"))
    connection.close()


def test_two_clocks_decide_a_window_once(here: Desk) -> None:
    proposal = received(here, 4)
    after = morning_after(proposal)
    assert sum(together(*[partial(decide_by_silence, now=after)] * 4)) == 1
    assert PointsEntry.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_of_an_objection_and_silence_exactly_one_wins(here: Desk, attempt: int) -> None:
    proposal = received(here, 4, number=f"罚字{attempt}号")
    before, after = last_minute(proposal), morning_after(proposal)
    objected, decided = together(
        partial(object_to, proposal=proposal, acting=for_practitioner(), now=before),
        partial(decide_by_silence, now=after),
    )
    proposal.refresh_from_db()
    if decided:
        assert (proposal.state, objected) == ("decided", "not_possible_now")
    else:
        assert (proposal.state, PointsEntry.objects.count()) == ("objected", 0)
    assert list(file_differences()) == []


def test_two_officers_decide_what_waits_and_it_is_decided_once(here: Desk) -> None:
    proposal = received(here, 6)
    towns.score(here.town, 6, TODAY, number="另案")
    later = morning_after(proposal)
    decide_by_silence(now=later)
    first, second = together(
        partial(decide_held, proposal=proposal, by=here.reviewer, second=here.second, now=later),
        partial(decide_held, proposal=proposal, by=here.another, second=here.second, now=later),
    )
    assert "not_possible_now" in (first, second)
    assert PointsEntry.objects.filter(handling=proposal.case.handling).count() == 1


def test_two_officers_propose_the_same_and_there_is_one_proposal(here: Desk) -> None:
    responsibility = identified(here)
    acts = [
        partial(propose, responsibility=responsibility, items=[item(3)], by=by, now=at(TODAY))
        for by in (here.scorer, here.another)
    ]
    first, second = together(*acts)
    assert first == second == Proposal.objects.get()
    assert Task.objects.filter(subject=first.uuid).count() == 1


def test_withdrawn_while_silence_decides_is_one_of_both(here: Desk) -> None:
    proposal = received(here, 4)
    after = morning_after(proposal)
    together(
        partial(withdraw_proposal, proposal=proposal, reason="撤回", by=here.scorer, now=after),
        partial(decide_by_silence, now=after),
    )
    proposal.refresh_from_db()
    ends = ProcedureStep.objects.filter(subject=proposal.uuid, state_after__in=["decided", "dropped"])
    assert ends.count() == 1
    assert PointsEntry.objects.count() == (proposal.state == "decided")
