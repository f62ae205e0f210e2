"""That a talk was held: by whom it is recorded, for which days, and what is refused."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.procedure import for_agency, for_institution
from registry.actions.talks import finish_talk, finish_talks
from registry.models import ProcedureStep, Task
from tests.actions.talking import NEXT_DAY, TALK, hold, look, owed
from tests.town import TODAY, Town, at, build, further_tasks, score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


@pytest.fixture
def talk(town: Town) -> Task:
    score(town, 3, TODAY)
    look()
    return further_tasks().get()


def test_the_institution_records_that_the_talk_was_held_and_what_was_said(town: Town, talk: Task) -> None:
    done = hold(town, talk, acting=for_institution(town.officer, town.hospital))
    assert (done.state, done.held_on, done.result) == ("done", NEXT_DAY, "已谈话，本人承诺整改")
    step = ProcedureStep.objects.get(subject=talk.uuid)
    assert (step.procedure, step.act, step.role) == ("task", "finish", "institution")
    assert (step.actor, step.institution, step.practitioner) == (town.officer, town.hospital, town.surgeon)


def test_the_agency_may_record_what_an_institution_of_its_region_did(town: Town, talk: Task) -> None:
    assert hold(town, talk, acting=for_agency(town.officer, town.agency)).state == "done"


def test_recording_the_same_twice_is_recording_it_once(town: Town, talk: Task) -> None:
    assert hold(town, talk) == hold(town, talk)
    assert ProcedureStep.objects.filter(subject=talk.uuid).count() == 1


def test_late_is_possible(town: Town, talk: Task) -> None:
    assert talk.due_on is not None
    late = talk.due_on + timedelta(days=30)
    assert hold(town, talk, late).held_on == late


@pytest.mark.parametrize(
    ("on", "code", "said"),
    [
        (NEXT_DAY + timedelta(days=1), "held_in_future", "March 12, 2025 has not come yet"),
        (TODAY - timedelta(days=1), "held_before_its_cause", "cannot have been held on March 9, 2025"),
    ],
)
def test_a_talk_lies_between_its_cause_and_today(town: Town, talk: Task, on: date, code: str, said: str) -> None:
    acting = for_institution(None, town.hospital)
    with pytest.raises(Refused, match=said) as refusal:
        finish_talk(task=talk, held_on=on, result="已谈", acting=acting, now=at(NEXT_DAY))
    assert (refusal.value.code, refusal.value.field) == (code, "held_on")


def test_what_was_said_must_be_told(town: Town, talk: Task) -> None:
    with pytest.raises(Refused) as refusal:
        hold(town, talk, result="  ")
    assert refusal.value.code == "result_missing"


def test_others_do_not_record_it(town: Town, talk: Task) -> None:
    far = build("430100")
    for acting in (
        for_institution(None, town.clinic),
        for_agency(None, far.agency),
    ):
        with pytest.raises(Refused, match="第一医院") as refusal:
            hold(town, talk, acting=acting)
        assert refusal.value.code == "task_of_others"


def test_what_is_closed_is_not_recorded_again(town: Town, talk: Task) -> None:
    hold(town, talk)
    with pytest.raises(Refused) as refusal:
        hold(town, talk, result="另有说明")
    assert refusal.value.code == "not_possible_now"


def test_another_task_than_a_talk_is_not_ended_so(town: Town, talk: Task) -> None:
    further_tasks().filter(pk=talk.pk).update(kind="review")
    talk.refresh_from_db()
    with pytest.raises(Refused, match="is no talk") as refusal:
        hold(town, talk)
    assert refusal.value.code == "no_talk"


def test_several_talks_of_one_day_are_recorded_together(town: Town) -> None:
    for who in (town.surgeon, town.nurse):
        score(town, 3, TODAY, who=who)
    look()
    acting = for_institution(None, town.hospital)
    done = finish_talks(
        tasks=list(further_tasks().all()), held_on=TODAY, result="集体谈话", acting=acting, now=at(TODAY, 22)
    )
    assert [task.state for task in done] == ["done", "done"]


def test_one_wrong_talk_among_several_keeps_them_all_open(town: Town) -> None:
    score(town, 3, TODAY)
    score(town, 3, NEXT_DAY, who=town.nurse)
    look(NEXT_DAY)
    acting = for_institution(None, town.hospital)
    with pytest.raises(Refused) as refusal:
        finish_talks(
            tasks=list(further_tasks().all()), held_on=TODAY, result="集体谈话", acting=acting, now=at(NEXT_DAY, 22)
        )
    assert refusal.value.code == "held_before_its_cause"
    assert owed() == TALK * 2
    with pytest.raises(Refused, match="at least one"):
        finish_talks(tasks=[], held_on=TODAY, result="集体谈话", acting=acting, now=at(TODAY))
