"""Experts vote on pages of their own: drawn, free to judge or not, the vote as it is written, and what came of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appeals.actions.experts import declare_conflict
from appeals.actions.seats import replace_silent
from appeals.models import Seat, Vote, VoteDraft
from tests.appeals.expert_screens import DESK, PAGES, PAST, begun, case_of, screen, seen_in, written
from tests.appeals.peers import (
    DRAWN,
    asked,
    cast,
    drawn,
    experts,
    morning_after,
    user_of,
)
from tests.casework import Desk, desk
from tests.town import at

pytestmark = pytest.mark.django_db
PASSWORD = "eine lange Parole für Proben"


@pytest.fixture
def here() -> Iterator[Desk]:
    with time_machine.travel(at(DRAWN, 15), tick=False):
        yield desk()


def test_from_the_draw_to_the_vote_and_what_came_of_it(here: Desk) -> None:
    experts(here)
    panel = drawn(here, 6)
    first, second, third = asked(panel)
    one = screen(first).get("/")
    assert one.url == DESK, "an expert and nothing else begins here"
    assert "1 matter waits for you." in one.page
    assert "Until April 14, 2025, 24:00." in one.page
    assert "20 working days left" in one.page
    assert "No case waits" not in one.page, "what is empty is left out while something waits"
    one.get(case_of(first))
    assert all(f"Seat {number}" in one.page for number in (1, 2, 3))
    assert one.page.count(">you<") == 1
    one.get(case_of(first) + "vote/")
    assert one.url == case_of(first) + "independence/", "first the question whether one is free"
    one.post(one.url)
    half = written(panel, "reduced", reasons="")
    assert "Your draft is kept." in one.post(one.url, **half, do="save").page
    assert "Waiting for your vote" in one.get(DESK).page
    one.get(case_of(first) + "vote/check/")
    assert (one.url, one.page.count("Enter to how many points: from 1 to 5.")) == (
        case_of(first) + "vote/?unfinished",
        2,
    )
    one.post(case_of(first) + "vote/", **written(panel, "reduced", "部分成立", "2"), do="check")
    assert one.url == case_of(first) + "vote/check/"
    assert all(each in one.page for each in ("Reduced to 2 points", "部分成立", "A vote is cast once"))
    assert Seat.objects.get(pk=first.pk).state == "seated", "to look is not to cast"
    one.post(one.url, seen=seen_in(one.page))
    assert one.url == case_of(first)
    assert "Your vote is cast and sealed." in one.page
    assert not VoteDraft.objects.exists()
    assert one.post(case_of(first) + "vote/check/").url == case_of(first), "a second press finds it cast"
    assert "部分成立" in one.get(case_of(first)).page, "the own vote is read again, and nothing of it is changed"
    assert "sealed until all experts have voted" in one.page
    for page in PAGES[1:]:
        assert one.get(case_of(first) + page).url == case_of(first)
    cast(second, 2)
    cast(third, None)
    assert Vote.objects.filter(seat=first).get().points == 2
    one.get(PAST)
    assert all(each in one.page for each in ("部分成立", "as you voted", "You have voted."))
    assert "指征成立" not in one.page, "reasons of the others are not theirs"
    assert "you dissented" in screen(third).get(PAST).page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"result": "reduced", "points": "12"}, "12 is no reduction of 6 points. Enter 1 to 5."),
        ({"result": "reduced"}, "Enter to how many points: from 1 to 5."),
        ({"points": "2"}, "2 is only for a reduction. Leave it empty, or choose “reduced” above."),
        ({"reasons": " "}, "Point 1: give your reasons."),
        ({"result": ""}, "Point 1: choose one."),
        ({"result": "doubled"}, "Select a valid choice. doubled is not one of the available choices."),
        ({"result": "reduced", "points": "x"}, "Enter a whole number."),
        ({"reasons": "多" * 4001}, "at most 4000 characters (it has 4001)"),
    ],
)
def test_a_vote_that_does_not_fit_is_told_at_its_point_and_everything_typed_is_there(
    here: Desk, given: dict[str, Any], words: str
) -> None:
    experts(here, 3)
    panel = drawn(here, 6)
    one = begun(asked(panel)[0])
    one.post(one.url, **written(panel, **given), do="check")
    assert one.status == 422
    assert words in one.page
    assert (given.get("reasons") or "指征成立") in one.page
    assert not Seat.objects.filter(state="voted").exists()


def test_a_single_point_is_not_reduced(here: Desk) -> None:
    experts(here, 3)
    panel = drawn(here, 1)
    one = begun(asked(panel)[0])
    assert 'value="reduced"' not in one.page
    assert one.post(one.url, **written(panel, "reduced", points="1"), do="check").status == 422


def test_what_changed_since_it_was_shown_is_shown_again_before_it_is_cast(here: Desk) -> None:
    experts(here, 3)
    panel = drawn(here, 6)
    seat = asked(panel)[0]
    one = begun(seat)
    one.post(one.url, **written(panel), do="check")
    old = seen_in(one.page)
    one.post(case_of(seat) + "vote/", **written(panel, "annulled"), do="save")
    one.post(case_of(seat) + "vote/check/", seen=old)
    assert one.status == 409
    assert "Read it again." in one.page
    assert VoteDraft.objects.exists()
    one.post(one.url, seen=seen_in(one.page))
    assert Seat.objects.get(pk=seat.pk).state == "voted"


def test_after_ten_minutes_the_own_password_is_asked_before_a_vote_is_cast(here: Desk) -> None:
    experts(here, 3)
    panel = drawn(here, 6)
    seat = asked(panel)[0]
    user_of(seat.expert).set_password(PASSWORD)
    user_of(seat.expert).save()
    one = begun(seat)
    with time_machine.travel(at(DRAWN, 15) + timedelta(minutes=11), tick=False):
        one.post(one.url, **written(panel), do="check")
        assert "Type your own password." in one.page
        seen = seen_in(one.page)
        for typed in ({}, {"own_password": "falsch"}):
            assert one.post(case_of(seat) + "vote/check/", seen=seen, **typed).status == 422
        assert "This is not the password of the account." in one.page
        assert PASSWORD not in one.page
        one.post(case_of(seat) + "vote/check/", seen=seen, own_password=PASSWORD)
    assert Seat.objects.get(pk=seat.pk).state == "voted"


def test_an_expert_steps_back_and_what_was_written_is_forgotten(here: Desk) -> None:
    experts(here)
    seat = asked(drawn(here))[0]
    one = begun(seat)
    leave = case_of(seat) + "stepping-back/"
    assert "The next reserve of the draw takes your seat" in one.get(leave).page
    assert one.post(leave, reason=" ").status == 422
    assert Seat.objects.get(pk=seat.pk).state == "seated"
    one.post(leave, reason="认出此案")
    assert one.url == DESK
    assert Seat.objects.get(pk=seat.pk).state == "recused"
    assert not VoteDraft.objects.exists()
    assert "not yours any more" in one.get(case_of(seat)).page
    assert "认出此案" in one.get(PAST).page
    assert one.post(leave, reason="再次").url == case_of(seat), "a second press steps back once"


def test_who_has_to_step_back_does_not_begin_a_vote(here: Desk) -> None:
    experts(here)
    seat = asked(drawn(here))[0]
    declare_conflict(expert=seat.expert, institution=here.town.hospital, reason="受聘", by=None, now=at(DRAWN))
    one = screen(seat).get(case_of(seat) + "independence/")
    assert "受聘" in one.page
    assert one.post(one.url).status == 422
    assert "Step back instead." in one.page
    assert not VoteDraft.objects.exists()


def test_after_the_last_day_nothing_is_cast_and_the_draft_goes_with_the_seat(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    seat = asked(panel)[0]
    begun(seat).post(case_of(seat) + "vote/", **written(panel), do="check")
    with time_machine.travel(morning_after(seat), tick=False):
        late = screen(seat)
        assert "The time to vote is over." in late.get(DESK).page
        late.get(case_of(seat) + "vote/check/")
        assert late.post(late.url, seen=seen_in(late.page)).status == 422
        assert "The last day to vote was April 14, 2025." in late.page
        assert VoteDraft.objects.exists()
        replace_silent(now=morning_after(seat).replace(hour=23))
        assert not VoteDraft.objects.exists()
        assert "The last day passed without your vote" in late.get(PAST).page
