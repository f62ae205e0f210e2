"""The window to object: it never closes earlier than was told, and never before anybody could know that it closes."""

from datetime import date, datetime, timedelta

import pytest

from registry.actions.calendar import correct_day
from registry.actions.procedure import for_practitioner
from registry.actions.proposals import object_to, release
from registry.actions.silence import decide_by_silence
from registry.actions.tasks import recount
from registry.models import Proposal
from tests.actions.notices import enter
from tests.casework import desk, last_minute, received, window
from tests.town import at

pytestmark = pytest.mark.django_db

YEAR_END = date(2026, 12, 28)


def correct(day: date, kind: str, now: datetime) -> None:
    name = "特别假日" if kind == "holiday" else ""
    correct_day(day=day, kind=kind, name=name, reason="补充通知", by=None, now=now)


def objected_and_withdrawn(proposal: Proposal, now: datetime) -> date | None:
    """The last day of the window after an objection that came to nothing."""
    object_to(proposal=proposal, acting=for_practitioner(), now=now)
    release(proposal=proposal, acting=for_practitioner(), now=now)
    return window(proposal).due_on


def test_a_window_that_opens_again_never_ends_earlier_although_the_first_had_no_last_day() -> None:
    proposal = received(desk(), 6, on=YEAR_END)
    assert window(proposal).due_on is None
    now = at(date(2027, 1, 4))
    object_to(proposal=proposal, acting=for_practitioner(), now=now)
    enter(now=now)
    release(proposal=proposal, acting=for_practitioner(), now=now)
    told = window(proposal).due_on
    assert told == date(2027, 1, 12)
    correct(date(2027, 1, 9), "make_up", now)
    assert objected_and_withdrawn(proposal, now) == told


def test_a_calendar_entered_late_closes_no_window_before_the_person_could_be_told() -> None:
    proposal = received(desk(), 6, on=YEAR_END)
    monday = date(2027, 3, 1)
    enter(now=at(monday))
    assert recount(now=at(monday)) == 1
    assert window(proposal).due_on == date(2027, 3, 2)
    assert decide_by_silence(now=last_minute(proposal)) == 0
    assert [recount(now=at(date(2027, 3, 9))), decide_by_silence(now=at(date(2027, 3, 9)))] == [0, 1]


def test_a_calendar_corrected_while_the_clock_was_off_moves_the_window_that_was_still_open() -> None:
    proposal = received(desk(), 6)
    correct(date(2025, 3, 24), "holiday", at(date(2025, 3, 20)))
    later = at(date(2025, 4, 2))
    assert recount(now=later) == 1
    assert window(proposal).due_on == date(2025, 3, 25)


def test_corrected_again_and_again_the_window_is_counted_to_where_it_was_then_known_to_end() -> None:
    proposal = received(desk(), 6)
    correct(date(2025, 3, 24), "holiday", at(date(2025, 3, 20)))
    correct(date(2025, 3, 25), "holiday", last_minute(proposal) + timedelta(hours=5))
    correct(date(2025, 3, 26), "holiday", at(date(2025, 3, 30)))
    recount(now=at(date(2025, 4, 2)))
    assert window(proposal).due_on == date(2025, 3, 26)


def test_a_correction_after_the_window_opens_it_no_more() -> None:
    proposal = received(desk(), 6)
    later = at(date(2025, 3, 25), 9)
    correct(date(2025, 3, 24), "holiday", later)
    assert recount(now=later) == 0
    assert decide_by_silence(now=later) == 1
    proposal.refresh_from_db()
    assert proposal.state == "decided"


def test_a_window_opened_several_times_keeps_the_latest_day_that_was_told() -> None:
    proposal = received(desk(), 6)
    now = at(date(2025, 3, 12))
    correct(date(2025, 3, 24), "holiday", now)
    assert objected_and_withdrawn(proposal, now) == date(2025, 3, 25)
    correct(date(2025, 3, 22), "make_up", now)
    assert objected_and_withdrawn(proposal, now) == date(2025, 3, 25)
