"""Several people on one panel at the same moment."""

from collections.abc import Iterator

import pytest
from django.db import connection

from appeals.actions.panels import draw_panel, fail_panel
from appeals.actions.seats import recuse, replace_silent
from appeals.models import Panel, Seat, Vote
from registry.models import ProcedureStep, Task
from tests.actions.test_at_once import together
from tests.appeals.peers import DRAWN, asked, cast, disputed, drawn, experts, morning_after, referred, shown, user_of
from tests.casework import Desk, desk
from tests.town import at, build


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    yield desk(build("510100"))
    connection.close()


def test_the_last_votes_at_once_conclude_the_panel_once(here: Desk) -> None:
    experts(here, 3)
    panel = drawn(here)
    first, second, third = asked(panel)
    together(*(lambda seat=seat: cast(seat, None) for seat in (first, second, third)))
    assert shown(panel).state == "concluded"
    assert Vote.objects.count() == 3
    assert ProcedureStep.objects.filter(subject=panel.uuid, act="conclude").count() == 1
    assert Task.objects.filter(kind="review", state="open").count() == 1


def test_the_same_vote_at_once_is_cast_once(here: Desk) -> None:
    experts(here, 3)
    seat = asked(drawn(here))[0]
    answers = together(*[lambda: cast(seat, None)] * 3)
    assert answers.count("not_possible_now") == 2


def test_a_panel_drawn_at_once_is_drawn_once(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    answers = together(
        *[lambda: draw_panel(panel=panel, by=here.another, now=at(DRAWN))] * 2,
        lambda: fail_panel(panel=panel, reason="不足", by=here.scorer, now=at(DRAWN)),
    )
    assert answers.count("not_possible_now") == 2
    assert Seat.objects.count() in (0, 3)
    assert Panel.objects.count() == 1


def test_an_expert_who_votes_while_the_clock_replaces_them_is_one_or_the_other(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    seat = asked(panel)[0]
    night = morning_after(seat)
    last = at(night.date()).replace(hour=0) - (at(DRAWN) - at(DRAWN, 9))
    answers = together(lambda: cast(seat, None, now=last), lambda: replace_silent(now=night))
    seat.refresh_from_db()
    assert seat.state in ("voted", "replaced")
    assert (seat.state == "voted") == isinstance(answers[0], Seat)
    assert shown(panel).seats.filter(state__in=["seated", "voted"]).count() == 3


def test_two_clocks_at_once_replace_each_silent_expert_once(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    night = morning_after(asked(panel)[0])
    assert sum(together(*[lambda: replace_silent(now=night)] * 3)) == 3
    assert shown(panel).seats.filter(state="seated").count() == 3


def test_two_experts_who_step_back_at_once_get_two_reserves(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    together(
        *(
            lambda seat=seat: recuse(seat=seat, reason="回避", by=user_of(seat.expert), now=at(DRAWN))
            for seat in asked(panel)[:2]
        )
    )
    assert len({seat.expert for seat in asked(panel)}) == 3
    assert [each["state"] for each in shown(panel).reserves[:3]] == ["seated", "seated", "waiting"]
