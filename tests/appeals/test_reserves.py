"""Experts who are silent, step back or may not sit any more are replaced by the reserves of the draw."""

from datetime import date, timedelta

import pytest

from appeals.actions.clockwork import run_clocks
from appeals.actions.experts import declare_conflict, leave_pool
from appeals.actions.panels import cancel_open_panel
from appeals.actions.seats import recuse, replace_silent
from appeals.models import Objection, Seat, Vote
from appeals.queries.panels import lots_of, panel_outcomes
from appeals.queries.pool import names_of
from registry.actions.errors import Refused
from registry.actions.procedure import CLOCK, for_practitioner
from registry.models import CalendarYear, Task
from tests.appeals.peers import (
    DRAWN,
    appealed,
    asked,
    cast,
    drawn,
    expert,
    experts,
    morning_after,
    shown,
    task_of,
    user_of,
)
from tests.casework import Desk, desk
from tests.town import at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_two_experts_fall_silent_and_the_next_reserves_take_their_seats(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    voted, silent, other = asked(panel)
    cast(voted, None)
    last_day = morning_after(silent) - timedelta(days=1)
    assert run_clocks(now=last_day)["replaced_experts"] == 0
    later = morning_after(silent) + timedelta(days=7)
    assert [replace_silent(now=later), replace_silent(now=later)] == [2, 0]
    assert panel.draw is not None
    names = names_of(panel)
    order = [*panel.draw["result"]["panel"][:1], *panel.draw["result"]["reserves"][:2]]
    held = shown(panel).seats.filter(state__in=["seated", "voted"]).order_by("pk")
    assert [names.expert(seat.expert.uuid) for seat in held] == order
    for seat in (silent, other):
        seat.refresh_from_db()
        assert (seat.state, task_of(seat).state) == ("replaced", "lapsed")
    assert [each["state"] for each in shown(panel).reserves] == ["seated", "seated", "waiting", "waiting", "waiting"]
    with pytest.raises(Refused):
        cast(silent, None, now=later)
    for seat in asked(panel):
        assert task_of(seat).starts_on == later.date()
        cast(seat, 0, now=later)
    assert shown(panel).state == "concluded"
    assert panel_outcomes(panel.objection)[panel.points.get().pk].kind == "annulled"


def test_without_the_calendar_of_next_year_nobody_is_silent(here: Desk) -> None:
    experts(here)
    CalendarYear.objects.get(year=2026)
    objection = appealed(here, score(here.town, 2, date(2026, 12, 20)).fact, on=date(2026, 12, 21))
    panel = drawn(here, objection=objection, on=date(2026, 12, 23))
    seat = asked(panel)[0]
    assert (task_of(seat).due_on, task_of(seat).missing_year) == (None, 2027)
    assert replace_silent(now=at(date(2027, 6, 1))) == 0
    cast(seat, None, now=at(date(2027, 6, 1)))


def test_an_expert_steps_back_and_the_next_reserve_is_seated(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    seat = asked(panel)[0]
    with pytest.raises(Refused):
        recuse(seat=seat, reason="旧同学", by=here.reviewer, now=at(DRAWN))
    recuse(seat=seat, reason="与当事人是旧同学", by=user_of(seat.expert), now=at(DRAWN))
    seat.refresh_from_db()
    assert (seat.state, seat.reason, len(asked(panel))) == ("recused", "与当事人是旧同学", 3)
    assert seat.expert not in {each.expert for each in asked(panel)}
    assert shown(panel).reserves[0]["state"] == "seated"


def test_a_reserve_whose_situation_changed_is_passed_over_with_the_reason(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    drawn_lots, _excluded = lots_of(panel)
    reserves = [lot.expert for lot in drawn_lots[3:] if lot.expert]
    leave_pool(expert=reserves[0], reason="退休", by=here.town.officer, now=at(DRAWN))
    declare_conflict(expert=reserves[1], institution=here.town.hospital, reason="受聘", by=None, now=at(DRAWN))
    seat = asked(panel)[0]
    recuse(seat=seat, reason="回避", by=user_of(seat.expert), now=at(DRAWN))
    told = shown(panel).reserves
    assert [each["state"] for each in told[:3]] == ["passed_over", "passed_over", "seated"]
    assert [each.get("reasons") for each in told[:3]] == [["left_the_pool"], ["declared_conflict"], None]
    assert asked(panel)[-1].expert == reserves[2]


def test_without_reserves_the_panel_fails_and_the_reviewer_asks_anew(here: Desk) -> None:
    experts(here, 4)
    panel = drawn(here)
    voted, silent, *_rest = asked(panel)
    cast(voted, 0, reasons="不应公开")
    recuse(seat=silent, reason="回避", by=user_of(silent.expert), now=at(DRAWN))
    third, fourth = asked(panel)
    recuse(seat=third, reason="回避", by=user_of(third.expert), now=at(DRAWN, 17))
    panel, objection = shown(panel), Objection.objects.get()
    assert (panel.state, objection.state) == ("failed", "in_review")
    assert Seat.objects.get(pk=fourth.pk).state == "released"
    assert not Vote.objects.exists()
    assert not Task.objects.filter(kind="vote", state="open").exists()
    assert Task.objects.get(kind="review", state="open").user == here.reviewer
    expert(here, "新人一")
    again = drawn(here, objection=objection, on=DRAWN + timedelta(days=2))
    seated = {seat.expert for seat in asked(again)}
    assert voted.expert in seated
    assert {silent.expert, third.expert}.isdisjoint(seated)


def test_who_comes_to_work_at_the_hospital_of_the_case_does_not_vote(here: Desk) -> None:
    experts(here)
    seat = asked(drawn(here))[0]
    declare_conflict(expert=seat.expert, institution=here.town.hospital, reason="受聘", by=None, now=at(DRAWN))
    with pytest.raises(Refused) as refused:
        cast(seat, None)
    assert refused.value.code == "must_step_back"


def test_a_withdrawn_objection_releases_its_panel(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    cast(asked(panel)[0], None)
    found = cancel_open_panel(objection=panel.objection, acting=for_practitioner(), now=at(DRAWN, 16))
    assert found is not None
    assert found.state == "cancelled"
    assert sorted(panel.seats.values_list("state", flat=True)) == ["released", "released", "voted"]
    assert not Task.objects.filter(kind="vote", state="open").exists()
    assert cancel_open_panel(objection=panel.objection, acting=CLOCK, now=at(DRAWN, 17)) is None
