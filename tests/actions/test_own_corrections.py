"""A person asks for a correction of the own file; the agency owes an answer, and the person reads it."""

from datetime import timedelta

import pytest

from registry.actions.errors import Refused
from registry.actions.own_corrections import answer_correction, ask_for_correction
from registry.actions.registrations import register_at
from registry.models import CorrectionRequest, ProcedureStep, Task, User
from registry.queries.own_file import requests_of
from registry.queries.scope import scope_of
from registry.queries.worklist import open_tasks
from tests.casework import desk
from tests.enrolling import compliance_officer, enrolled
from tests.town import TODAY, Town, at, build

NOW = at(TODAY, 15)


@pytest.fixture
def town(db: None) -> Town:
    return build()


@pytest.fixture
def surgeon(town: Town) -> User:
    return enrolled(town)


def test_what_a_person_asks_is_a_task_of_the_agency_of_the_own_institution(town: Town, surgeon: User) -> None:
    task = ask_for_correction(practitioner=town.surgeon, what=" 姓名应为王玮 ", by=surgeon, now=NOW)
    assert (task.kind, task.agency, task.practitioner, task.working_days) == (
        "correct", town.agency, town.surgeon, 15
    )  # fmt: skip
    assert task.due_on is not None
    officer = desk(town).scorer
    assert task in open_tasks(scope_of(officer, TODAY), officer)
    assert [each.row.what for each in requests_of({town.surgeon.pk})] == ["姓名应为王玮"]
    assert not requests_of({town.nurse.pk})


def test_the_same_words_that_wait_are_asked_once(town: Town, surgeon: User) -> None:
    first = ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW)
    assert ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW) == first
    assert CorrectionRequest.objects.count() == 1


def test_nobody_asks_in_the_file_of_somebody_else(town: Town, surgeon: User) -> None:
    for person, by in ((town.nurse, surgeon), (town.surgeon, desk(town).scorer)):
        with pytest.raises(Refused) as refusal:
            ask_for_correction(practitioner=person, what="错", by=by, now=NOW)
        assert refusal.value.code == "not_own_file"


@pytest.mark.parametrize("what", ["", "  ", "错" * 2001])
def test_an_empty_or_endless_request_is_refused_at_its_field(town: Town, surgeon: User, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask_for_correction(practitioner=town.surgeon, what=what, by=surgeon, now=NOW)
    assert refusal.value.field == "what"


def test_the_agency_answers_and_the_person_reads_it(town: Town, surgeon: User) -> None:
    officer = desk(town).scorer
    task = ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW)
    answered = answer_correction(task=task, answer="已更正", by=officer, now=NOW + timedelta(hours=1))
    task.refresh_from_db()
    assert (answered.answer, task.state, task.closed_by) == ("已更正", "done", officer)
    assert answer_correction(task=task, answer="已更正", by=officer, now=NOW) == answered
    with pytest.raises(Refused):
        answer_correction(task=task, answer="又", by=officer, now=NOW)
    assert ProcedureStep.objects.get(subject=task.uuid).act == "finish"


def test_only_officers_of_the_agency_answer(town: Town, surgeon: User) -> None:
    task = ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW)
    elsewhere = desk(build("320100")).scorer
    for by in (surgeon, compliance_officer(town), elsewhere):
        with pytest.raises(Refused):
            answer_correction(task=task, answer="不", by=by, now=NOW)
    assert Task.objects.get(pk=task.pk).state == "open"


def test_a_task_of_another_kind_is_no_request(town: Town, surgeon: User) -> None:
    task = ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW)
    Task.objects.filter(pk=task.pk).update(kind=Task.Kind.TALK)
    with pytest.raises(Refused):
        answer_correction(task=task, answer="不", by=desk(town).scorer, now=NOW)


def test_it_is_asked_where_the_person_works_now(town: Town, surgeon: User) -> None:
    other = build("320100")
    register_at(practitioner=town.surgeon, institution=other.hospital, starts_on=TODAY, by=other.officer, now=NOW)
    task = ask_for_correction(practitioner=town.surgeon, what="错", by=surgeon, now=NOW)
    assert task.agency == other.agency
