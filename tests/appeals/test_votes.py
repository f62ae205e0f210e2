"""Votes are sealed until all are in; then the middle one decides, and dissent is kept."""

from datetime import timedelta

import pytest

from appeals.actions.seats import recuse
from appeals.actions.votes import vote
from appeals.models import Expert, Objection, Panel, Seat, Vote
from appeals.queries.panels import honoraria, judged, panel_outcomes
from appeals.queries.pool import names_of
from registry.actions.errors import Refused
from registry.models import ProcedureStep, Task
from registry.rules.policy import Policy
from tests.appeals.peers import (
    DRAWN,
    REFERRED,
    appealed,
    asked,
    cast,
    drawn,
    expert,
    experts,
    morning_after,
    referred,
    shown,
    user_of,
)
from tests.casework import Desk, desk
from tests.entries import annul_entry
from tests.town import at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_the_last_vote_opens_all_and_the_middle_one_decides(here: Desk) -> None:
    experts(here)
    panel = drawn(here, 6, 3)
    first, second, third = asked(panel)
    cast(first, None)
    cast(second, 0)
    assert not Vote.objects.exists()
    assert judged(panel) == []
    cast(third, 2, now=at(DRAWN, 16), reasons="部分成立")
    panel = shown(panel)
    objection = panel.objection
    assert (panel.state, objection.state, panel.concluded_at) == ("concluded", "in_review", at(DRAWN, 16))
    assert [(each.result, each.points) for each in judged(panel)] == [("reduced", 2), ("reduced", 2)]
    assert Vote.objects.count() == 6
    dissent = [said.expert for said in judged(panel)[0].votes if said.dissenting]
    assert dissent == [first.expert, second.expert]
    outcomes = panel_outcomes(objection)
    assert {(each.kind, each.points) for each in outcomes.values()} == {("reduced", 2)}


def test_the_time_of_the_panel_does_not_eat_the_time_of_the_review(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    for day, seat in enumerate(asked(panel)):
        cast(seat, None, now=at(DRAWN + timedelta(days=day)))
    review = Task.objects.get(kind="review", state="open")
    assert review.starts_on == DRAWN + timedelta(days=2)
    assert review.working_days == 30
    assert (review.user, review.subject) == (here.reviewer, panel.objection.uuid)


def test_votes_are_secret_until_all_are_in(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    seat = asked(panel)[0]
    cast(seat, 2, reasons="绝密理由")
    told = [
        *Seat.objects.values(),
        *Seat.history.values(),
        *Panel.objects.values(),
        *Panel.history.values(),
        *ProcedureStep.objects.values(),
        *Task.objects.values(),
        *Vote.objects.values(),
    ]
    assert "绝密理由" not in str(told)
    for row in told:
        for value in row.values():
            assert not isinstance(value, bytes | memoryview) or "绝密理由".encode() not in bytes(value)
    assert "sealed_votes" not in {field.name for field in Seat.history.model._meta.fields}
    assert (judged(panel), panel_outcomes(panel.objection)) == ([], {})


def test_a_vote_is_whole_or_refused(here: Desk) -> None:
    experts(here)
    panel = drawn(here, 6, 3)
    seat = asked(panel)[0]
    six, three = panel.points.order_by("number")
    good = ("upheld", None, "成立")
    for votes, code in (
        ({six.pk: good}, "vote_incomplete"),
        ({six.pk: good, three.pk: good, 0: good}, "vote_incomplete"),
        ({six.pk: good, three.pk: ("reduced", 3, "理由")}, "reduction_does_not_fit"),
        ({six.pk: good, three.pk: ("reduced", None, "理由")}, "reduction_does_not_fit"),
        ({six.pk: good, three.pk: ("annulled", 1, "理由")}, "points_without_reduction"),
        ({six.pk: good, three.pk: ("raised", 1, "理由")}, "result_unknown"),
        ({six.pk: good, three.pk: ("annulled", None, " ")}, "reasons_missing"),
    ):
        with pytest.raises(Refused) as refused:
            vote(seat=seat, votes=votes, by=user_of(seat.expert), now=at(DRAWN))
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        vote(seat=seat, votes={six.pk: good, three.pk: good}, by=here.reviewer, now=at(DRAWN))
    assert refused.value.code == "not_your_seat"
    cast(seat, None)
    with pytest.raises(Refused) as refused:
        cast(seat, None)
    assert refused.value.code == "not_possible_now"


def test_a_vote_after_the_last_day_is_refused_before_the_clock_has_come_by(here: Desk) -> None:
    experts(here)
    seat = asked(drawn(here))[0]
    with pytest.raises(Refused) as refused:
        cast(seat, None, now=morning_after(seat))
    assert refused.value.code == "vote_too_late"
    cast(seat, None, now=morning_after(seat) - timedelta(days=1))
    assert Seat.objects.get(pk=seat.pk).state == "voted"


def test_nobody_judges_twice(here: Desk) -> None:
    pool = experts(here)
    first = drawn(here)
    for seat in asked(first):
        cast(seat, None)
    objection = Objection.objects.get()
    with pytest.raises(Refused) as refused:
        referred(here, objection)
    assert refused.value.code == "already_judged"
    entry = score(here.town, 2, DRAWN).fact
    judges = {seat.expert for seat in first.seats.all()}
    appeal = appealed(here, entry, on=DRAWN)
    appeal.case = objection.case
    appeal.save()
    second = drawn(here, objection=appeal, on=DRAWN + timedelta(days=3))
    assert judges.isdisjoint({seat.expert for seat in second.seats.all()})
    assert len(pool) == 8


def test_five_seats_where_the_policy_says_five(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    experts(here)
    said = Policy.get
    monkeypatch.setattr(Policy, "get", lambda self, key: 5 if key == "panel.size" else said(self, key))
    panel = drawn(here, 6)
    assert len(asked(panel)) == 5
    for seat, left in zip(asked(panel), (None, None, 0, 0, 3), strict=True):
        cast(seat, left)
    assert panel_outcomes(panel.objection)[panel.points.get().pk].points == 3
    assert Vote.objects.filter(dissenting=True).count() == 4


def test_what_an_expert_has_done_is_their_load_and_their_honorarium(here: Desk) -> None:
    experts(here, 4)
    panel = drawn(here)
    away = asked(panel)[0]
    recuse(seat=away, reason="回避", by=user_of(away.expert), now=at(DRAWN))
    for seat in asked(panel):
        cast(seat, None)
    told = {each.expert: each.votes for each in honoraria(2025, Expert.objects.all())}
    assert told == {seat.expert: 1 for seat in panel.seats.filter(state="voted")}
    assert honoraria(2026, Expert.objects.all()) == []
    for name in ("新人一", "新人二", "新人三"):
        expert(here, name)
    appeal = appealed(here, score(here.town, 2, DRAWN).fact, on=DRAWN)
    second = drawn(here, objection=appeal, on=DRAWN + timedelta(days=3))
    assert second.draw is not None
    loads = {each["id"]: each["load"] for each in second.draw["pool"]}
    names = names_of(second)
    assert {name: loads[names.expert(each.uuid)] for each in Expert.objects.all() for name in [each.name]} == {
        each.name: int(each in told) for each in Expert.objects.all()
    }


def test_an_entry_that_is_annulled_while_the_experts_vote_stops_no_vote(here: Desk) -> None:
    experts(here)
    entry = score(here.town, 6, REFERRED).fact
    panel = drawn(here, objection=appealed(here, entry, on=REFERRED))
    first, second, third = asked(panel)
    cast(first, 3)
    annul_entry(entry=entry, reason="法院判决", by=here.scorer, second=here.second, now=at(DRAWN, 15))
    cast(second, None, now=at(DRAWN, 16))
    cast(third, None, now=at(DRAWN, 17))
    assert [(each.result, each.points) for each in judged(shown(panel))] == [("upheld", None)]
    assert panel_outcomes(panel.objection) == {}
