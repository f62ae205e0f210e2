"""Objections, silence and decisions at the same moment: exactly one wins, and which is defined."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from appeals.actions.disputes import Dispute
from appeals.actions.objections import file_objection, withdraw_objection
from appeals.actions.reviews import assign_reviewer
from appeals.models import Objection
from registry.actions.procedure import for_practitioner
from registry.actions.silence import decide_by_silence
from registry.ledger.checking import file_differences
from registry.ledger.writing import lock
from registry.models import PointsEntry, Proposal
from tests.actions.test_at_once import together
from tests.appeals.disputes import NEXT_DAY, appealed, decided, in_review, objected, points_of
from tests.casework import Desk, desk, last_minute, morning_after, received
from tests.town import at, build


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    yield desk(build("510100"))
    connection.close()


def test_an_objection_filed_while_silence_decides_is_heard_whoever_comes_first(here: Desk) -> None:
    proposal = received(here, 6)
    before, after = last_minute(proposal), morning_after(proposal)
    objection, counted = together(
        lambda: objected(proposal, "不是我", now=before), lambda: decide_by_silence(now=after)
    )
    proposal.refresh_from_db()
    entries = PointsEntry.objects.count()
    assert (counted, entries) in {(0, 0), (1, 1)}
    (point,) = points_of(objection)
    if entries:
        assert (proposal.state, objection.kind) == ("decided", "recorded_points")
        assert point.entry == PointsEntry.objects.get().fact
    else:
        assert (proposal.state, objection.kind, point.entry) == ("objected", "proposed_points", None)
    assert objection.state == "filed"
    assert not list(file_differences())


def test_silence_that_waits_for_an_objection_decides_nothing(here: Desk) -> None:
    proposal = received(here, 6)
    before, after = last_minute(proposal), morning_after(proposal)
    with transaction.atomic():
        lock(here.surgeon)
        objected(proposal, "不是我", now=before)
    assert decide_by_silence(now=after) == 0


def test_an_objection_that_silence_overtook_becomes_an_appeal_that_uses_up_none(here: Desk) -> None:
    proposal = received(here, 6)
    before, after = last_minute(proposal), morning_after(proposal)
    assert decide_by_silence(now=after) == 1
    objection = objected(proposal, "不是我", now=before)
    assert (objection.kind, objection.state, objection.proposal) == ("recorded_points", "filed", proposal)
    decided(here, in_review(here, objection, now=after), "upheld", now=after + timedelta(hours=1))
    assert appealed(PointsEntry.objects.get(), now=after + timedelta(hours=2)).state == "filed"


def test_two_objections_at_once_are_one(here: Desk) -> None:
    proposal = received(here, 6)
    answers = together(*[lambda: objected(proposal, "不是我")] * 3)
    assert answers.count("objection_open") == 2
    assert Objection.objects.count() == 1


def test_two_decisions_at_once_are_one(here: Desk) -> None:
    objection = in_review(here, objected(received(here, 6), "不是我"))
    answers = together(
        lambda: decided(here, objection, "upheld"),
        lambda: decided(here, objection, 3),
        lambda: decided(here, objection, "annulled"),
    )
    assert answers.count("not_possible_now") == 2
    proposal, entries = Proposal.objects.get(), PointsEntry.objects.count()
    assert (proposal.state, entries) in {("decided", 1), ("dropped", 0)}
    assert not list(file_differences())


def test_a_decision_and_a_withdrawal_at_once_are_one_of_them(here: Desk) -> None:
    objection = in_review(here, objected(received(here, 6), "不是我"))
    answers = together(
        lambda: decided(here, objection, "upheld"),
        lambda: withdraw_objection(objection=objection, acting=for_practitioner(), now=at(NEXT_DAY, 15)),
    )
    assert answers.count("not_possible_now") == 1
    objection.refresh_from_db()
    state = Proposal.objects.get().state
    assert (objection.state, state) in {("decided", "decided"), ("withdrawn", "received")}


def test_a_decision_while_the_review_is_given_away_is_the_reviewers_or_nobodys(here: Desk) -> None:
    objection = in_review(here, objected(received(here, 6), "不是我"))
    answers = together(
        lambda: decided(here, objection, "upheld"),
        lambda: assign_reviewer(objection=objection, reviewer=here.another, by=here.reviewer, now=at(NEXT_DAY, 15)),
    )
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert PointsEntry.objects.count() == (answers[1] == "not_possible_now")


def test_who_read_the_proposal_before_silence_decided_appeals_the_entry_that_came_of_it(here: Desk) -> None:
    proposal = received(here, 6)
    before, after = last_minute(proposal), morning_after(proposal)
    points = [Dispute(item=proposal.items.get(), text="不是我")]
    assert decide_by_silence(now=after) == 1
    objection = file_objection(proposal=proposal, points=points, via="practitioner", filed_by=None, now=before)
    (point,) = points_of(objection)
    assert (objection.kind, point.entry) == ("recorded_points", PointsEntry.objects.get().fact)
