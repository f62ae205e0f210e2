"""Talks: who owes one to whom when points or standing cross a line, and how it is recorded."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from registry.actions import talks
from registry.actions.crossings import turn_of
from registry.actions.one_by_one import SomeFailed
from registry.actions.registrations import end_registration, register_at
from registry.actions.sweep import tell_what_day_brought
from registry.ledger.writing import Draft, append
from registry.models import (
    ChangeSeen,
    ProcedureStep,
    Registration,
    StandingChange,
)
from tests.actions.deeds import annul, merge, part, relieve, revise, shorten
from tests.actions.talking import INTERVIEW, NEXT_DAY, TALK, TRAINING, hold, look, owed
from tests.town import TODAY, Town, at, build, further_tasks, score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


# opening --------------------------------------------------------------------------------------------------------------


def test_below_three_points_nobody_owes_a_talk(town: Town) -> None:
    score(town, 2, TODAY)
    assert look() == 0
    assert owed() == []


def test_at_three_points_the_institution_owes_a_talk_within_the_days_of_the_policy(town: Town) -> None:
    score(town, 3, TODAY)
    assert look() == 1
    task = further_tasks().get()
    assert owed() == TALK
    assert (task.institution, task.agency, task.practitioner) == (town.hospital, None, town.surgeon)
    assert (task.policy, task.clock, task.working_days) == ("cn-2025", "talk", 10)
    assert (task.starts_on, task.due_on) == (TODAY, date(2025, 3, 24))
    assert task.change == StandingChange.objects.get()


def test_at_six_points_institution_and_agency_owe_an_interview_and_the_talk_is_not_owed_twice(town: Town) -> None:
    score(town, 3, TODAY)
    look()
    score(town, 3, NEXT_DAY)
    assert look(NEXT_DAY) == 2
    assert owed() == TALK + INTERVIEW
    assert further_tasks().get(kind="interview", holder="agency").agency == town.agency


def test_many_points_at_once_cross_every_line_at_once(town: Town) -> None:
    score(town, 9, TODAY)
    assert look() == 5
    assert sorted(owed()) == sorted(TALK + INTERVIEW + TRAINING)


def test_a_termination_after_a_suspension_asks_for_a_talk_of_its_own(town: Town) -> None:
    score(town, 9, TODAY)
    look()
    score(town, 3, NEXT_DAY)
    look(NEXT_DAY)
    assert owed().count(("training", "institution")) == 2


def test_a_suspension_that_begins_next_month_is_talked_about_when_it_begins() -> None:
    hunan = build("430100")
    score(hunan, 9, TODAY)
    look()
    assert owed() == TALK + INTERVIEW
    first = date(2025, 4, 1)
    tell_what_day_brought(today=first, now=at(first, 1))
    assert look(first) == 2
    assert owed() == TALK + INTERVIEW + TRAINING


def test_the_end_of_a_suspension_asks_for_nothing(town: Town) -> None:
    score(town, 9, TODAY)
    look()
    over = date(2025, 5, 10)
    assert tell_what_day_brought(today=over, now=at(over, 1)) == 1
    assert look(over) == 0


def test_every_institution_owes_the_talk_and_their_agency_one_interview(town: Town) -> None:
    register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    score(town, 6, TODAY)
    look()
    assert set(further_tasks().filter(kind="talk").values_list("institution", flat=True)) == {
        town.hospital.pk,
        town.clinic.pk,
    }
    assert further_tasks().get(kind="interview", holder="agency").agency == town.agency


def test_institutions_of_other_regions_follow_their_own_policy_and_agency(town: Town) -> None:
    there = build("430100")
    register_at(practitioner=town.surgeon, institution=there.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    score(town, 6, TODAY)
    look()
    found = further_tasks().filter(kind="interview", holder="agency")
    assert {(row.agency, row.policy) for row in found} == {(town.agency, "cn-2025"), (there.agency, "cn-43-2025")}


def test_who_left_before_owes_nothing(town: Town) -> None:
    here = Registration.objects.get(practitioner=town.surgeon)
    register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    end_registration(registration=here, ends_on=TODAY, reason="离职", by=None, now=at(TODAY))
    score(town, 3, TODAY)
    look()
    assert further_tasks().get().institution == town.clinic


def test_of_somebody_registered_nowhere_the_deciding_agency_takes_care(town: Town) -> None:
    here = Registration.objects.get(practitioner=town.surgeon)
    end_registration(registration=here, ends_on=TODAY, reason="离职", by=None, now=at(TODAY))
    score(town, 9, TODAY)
    look()
    assert owed() == [("interview", "agency"), ("training", "agency")]


def test_points_of_last_year_decided_in_this_one_are_talked_about_all_the_same(town: Town) -> None:
    score(town, 3, date(2026, 1, 9), made_on=date(2025, 12, 28))
    change = StandingChange.objects.get()
    assert (change.points_before, change.points_after) == (0, 0)
    assert look(date(2026, 1, 9)) == 1


def test_what_an_older_register_handed_over_opens_nothing(town: Town) -> None:
    old = Draft(kind="points_scored", points=9, counted_on=TODAY, effective_on=TODAY, policy="cn-2025", legacy=True)
    append(practitioner=town.surgeon, draft=old, now=at(TODAY))
    assert look() == 0
    assert ChangeSeen.objects.count() == 1


def test_a_merge_that_adds_points_up_asks_for_one_talk(town: Town) -> None:
    score(town, 2, TODAY)
    score(town, 2, TODAY, who=town.nurse)
    merge(town, town.surgeon, town.nurse, TODAY)
    assert look() == 1
    assert owed() == TALK


def test_files_parted_again_take_the_talk_back(town: Town) -> None:
    score(town, 2, TODAY)
    score(town, 2, TODAY, who=town.nurse)
    link = merge(town, town.surgeon, town.nurse, TODAY)
    look()
    part(town, link, NEXT_DAY)
    assert look(NEXT_DAY) == 1
    assert owed("cancelled") == TALK


# crossing again -------------------------------------------------------------------------------------------------------


def test_relief_takes_nothing_back_and_crossing_again_is_the_same_open_talk(town: Town) -> None:
    score(town, 3, TODAY)
    look()
    relieve(town, 1, NEXT_DAY)
    score(town, 1, NEXT_DAY + timedelta(days=1))
    assert look(NEXT_DAY + timedelta(days=1)) == 0
    assert owed() == TALK


def test_who_crosses_again_after_relief_and_a_talk_is_talked_to_again(town: Town) -> None:
    score(town, 3, TODAY)
    look()
    hold(town, further_tasks().get())
    relieve(town, 1, NEXT_DAY)
    later = NEXT_DAY + timedelta(days=5)
    score(town, 1, later)
    assert look(later) == 1
    first, again = further_tasks().order_by("pk")
    assert (first.state, again.state) == ("done", "open")
    assert first.subject == again.subject


def test_more_points_above_a_line_ask_for_nothing_again(town: Town) -> None:
    score(town, 3, TODAY)
    look()
    hold(town, further_tasks().get())
    score(town, 2, NEXT_DAY)
    assert look(NEXT_DAY) == 0


def test_the_next_year_begins_anew(town: Town) -> None:
    score(town, 3, TODAY)
    look()
    score(town, 3, date(2026, 3, 10))
    assert look(date(2026, 3, 10)) == 1
    assert owed() == TALK * 2


def test_a_shorter_suspension_leaves_the_training_owed(town: Town) -> None:
    score(town, 9, TODAY)
    look()
    shorten(town, 20, NEXT_DAY)
    assert look(NEXT_DAY) == 0
    assert len(owed()) == 5


# taken back -----------------------------------------------------------------------------------------------------------


def test_an_annulment_cancels_every_open_talk_with_its_reason(town: Town) -> None:
    entry = score(town, 9, TODAY)
    look()
    annul(town, entry, NEXT_DAY)
    assert look(NEXT_DAY) == 5
    assert owed() == []
    for task in further_tasks().all():
        step = ProcedureStep.objects.get(subject=task.uuid)
        assert (task.state, task.closed_at) == ("cancelled", at(NEXT_DAY, 20))
        assert (step.act, step.role, step.grounds) == ("cancel", "clock", task.result)
        assert "was taken back" in task.result


def test_a_revision_cancels_what_it_takes_back_and_nothing_else(town: Town) -> None:
    entry = score(town, 9, TODAY)
    look()
    revise(town, entry, NEXT_DAY, points=4)
    assert look(NEXT_DAY) == 4
    assert owed() == TALK


def test_a_talk_that_was_held_stays_held_when_its_cause_is_taken_back(town: Town) -> None:
    entry = score(town, 3, TODAY)
    look()
    hold(town, further_tasks().get())
    annul(town, entry, NEXT_DAY)
    assert look(NEXT_DAY) == 0
    assert owed("done") == TALK


def test_a_correction_after_relief_asks_what_was_ever_reached(town: Town) -> None:
    small = score(town, 1, TODAY)
    score(town, 3, TODAY)
    look()
    relieve(town, 1, NEXT_DAY)
    annul(town, small, NEXT_DAY, hour=17)  # 3 were reached without it, although only 2 are left
    assert look(NEXT_DAY) == 0
    assert owed() == TALK


def test_what_was_opened_and_taken_back_while_nobody_looked_ends_cancelled(town: Town) -> None:
    entry = score(town, 3, TODAY)
    annul(town, entry, NEXT_DAY)
    score(town, 4, NEXT_DAY + timedelta(days=1))
    assert look(NEXT_DAY + timedelta(days=1)) == 3
    assert (owed("cancelled"), owed()) == (TALK, TALK)


# however often, however late ------------------------------------------------------------------------------------------


def test_looking_again_opens_nothing_again(town: Town) -> None:
    score(town, 9, TODAY)
    assert [look(), look(), look(NEXT_DAY)] == [5, 0, 0]


def test_after_a_year_off_what_was_missed_is_owed_from_the_day_on_which_it_is_told(town: Town) -> None:
    score(town, 3, TODAY)
    score(town, 6, TODAY, who=town.nurse)
    late = date(2026, 3, 10)
    assert look(late) == 4
    assert set(further_tasks().values_list("starts_on", "due_on")) == {(late, date(2026, 3, 24))}


def test_more_changes_than_a_batch_are_all_looked_at(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talks, "_BATCH", 2)
    for number in range(5):
        score(town, 1, TODAY, number=f"罚{number}号")
    look()
    assert ChangeSeen.objects.count() == 5
    assert owed() == TALK


def test_one_failing_person_does_not_hold_up_the_others_and_is_done_the_next_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(town, 3, TODAY)
    score(town, 3, TODAY, number="再罚")
    score(town, 3, TODAY, who=town.nurse)
    whole = turn_of

    def broken(change: StandingChange, person: Any) -> Any:
        if change.practitioner_id == town.surgeon.pk:
            raise ValueError("a name that must not be in the log")
        return whole(change, person)

    monkeypatch.setattr(talks, "turn_of", broken)
    with pytest.raises(SomeFailed) as some:
        look()
    assert (some.value.moved, some.value.failed) == (1, 1)
    monkeypatch.undo()
    assert look() == 3
    assert set(further_tasks().filter(kind="talk").values_list("practitioner", flat=True)) == {
        town.surgeon.pk,
        town.nurse.pk,
    }
