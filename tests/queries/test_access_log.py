"""Whose work a file is part of, and who looked into it."""

from datetime import date, timedelta

import pytest

from registry.actions.access_log import record_access
from registry.actions.keys import issue_key
from registry.actions.people import register_practitioner
from registry.actions.registrations import end_registration, register_at
from registry.models import ApiKey, Assignment, Authority, Case, Practitioner, Registration, Role, Task, User
from registry.queries.access_log import is_ones_work, reading_of, who_looked
from registry.queries.scope import scope_of
from tests.actions.deeds import merge
from tests.actions.looking import REASON, look
from tests.casework import Desk, desk, identified, received
from tests.town import LAW_BEGINS, TODAY, at

LATER = TODAY + timedelta(days=40)


@pytest.fixture
def here(db: None) -> Desk:
    return desk()


@pytest.fixture
def compliance(here: Desk) -> User:
    return holder("he", Role.COMPLIANCE_OFFICER, institution=here.town.hospital)


def holder(name: str, role: Role, **place: object) -> User:
    user = User.objects.create_user(name)
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return user


def is_work(user: User, person: Practitioner, day: date = TODAY) -> bool:
    return is_ones_work(scope_of(user, day), person, day)


def leaves(person: Practitioner, day: date = TODAY) -> None:
    row = Registration.objects.get(practitioner=person, superseded_at=None)
    end_registration(registration=row, ends_on=day, reason="调离", by=None, now=at(day))


def test_whoever_is_registered_at_a_place_of_the_officer_is_part_of_their_work(here: Desk, compliance: User) -> None:
    assert is_work(here.scorer, here.surgeon)
    assert is_work(compliance, here.surgeon)
    clinic = holder("she", Role.COMPLIANCE_OFFICER, institution=here.town.clinic)
    assert not is_work(clinic, here.surgeon)


def test_whoever_left_is_not_from_that_day_on(here: Desk, compliance: User) -> None:
    leaves(here.surgeon)
    assert is_work(compliance, here.surgeon, TODAY - timedelta(days=1))
    assert not is_work(compliance, here.surgeon)
    assert not is_work(here.scorer, here.surgeon)


def test_whoever_comes_later_is_not_yet(here: Desk) -> None:
    person = register_practitioner(code="N430100000009", name="赵敏", category="nurse", by=None, now=at(TODAY))
    register_at(practitioner=person, institution=here.town.clinic, starts_on=LATER, by=None, now=at(TODAY))
    assert not is_work(here.scorer, person)
    assert is_work(here.scorer, person, LATER)


def test_an_open_case_keeps_somebody_who_left_in_the_work_of_agency_and_institution(
    here: Desk, compliance: User
) -> None:
    answers = identified(here)
    leaves(here.surgeon, LATER)
    assert is_work(here.scorer, here.surgeon, LATER)
    assert is_work(compliance, here.surgeon, LATER)
    assert not Task.objects.filter(state=Task.State.OPEN).exists()
    Case.objects.filter(handling=answers.handling).update(state=Case.State.CLOSED)
    assert not is_work(here.scorer, here.surgeon, LATER)
    assert not is_work(compliance, here.surgeon, LATER)


def test_an_open_task_keeps_somebody_who_left_in_the_work_of_the_agency(here: Desk) -> None:
    received(here, 3)
    leaves(here.surgeon, LATER)
    Case.objects.update(state=Case.State.CLOSED)
    assert is_work(here.scorer, here.surgeon, LATER)
    Task.objects.update(state=Task.State.DONE, closed_at=at(LATER))
    assert not is_work(here.scorer, here.surgeon, LATER)


def test_the_place_of_a_merged_file_is_that_of_the_person(here: Desk) -> None:
    old = register_practitioner(code="D430100000009", name="王伟", category="physician", by=None, now=at(LAW_BEGINS),
                                distinct_from=[here.surgeon], reason="同名")  # fmt: skip
    assert not is_work(here.scorer, old)
    merge(here.town, here.surgeon, old, TODAY)
    assert is_work(here.scorer, old)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_no_file_is_part_of_the_work_of_who_watches_over_the_register(here: Desk, role: Role) -> None:
    assert not is_work(holder("guan", role), here.surgeon)
    local = User.objects.create_user("lao")
    Assignment.objects.create(user=local, role=Role.ADMINISTRATOR, region=here.town.region, starts_on=LAW_BEGINS)
    assert not is_work(local, here.surgeon)


def test_what_somebody_sees_in_one_role_is_no_work_of_another(here: Desk) -> None:
    both = holder("guan", Role.ADMINISTRATOR)
    Assignment.objects.create(
        user=both, role=Role.COMPLIANCE_OFFICER, institution=here.town.clinic, starts_on=LAW_BEGINS
    )
    assert not is_work(both, here.surgeon)
    leaves(here.surgeon)
    register_at(practitioner=here.surgeon, institution=here.town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    assert is_work(both, here.surgeon)


def test_reviewers_and_officers_of_authorities_work_where_they_are(here: Desk) -> None:
    health = Authority.objects.create(code="W430100", name="市卫健委", kind="health", region=here.town.region)
    assert is_work(holder("ping", Role.REVIEWER, agency=here.town.agency), here.surgeon)
    assert is_work(holder("wei", Role.HEALTH_OR_DRUG_OFFICER, authority=health), here.surgeon)


def test_it_takes_one_question(here: Desk, django_assert_num_queries: object) -> None:
    seen = scope_of(here.scorer, TODAY)
    with django_assert_num_queries(1):  # type: ignore[operator]
        is_ones_work(seen, here.surgeon, TODAY)


def test_the_latest_look_comes_first_and_is_told_with_name_and_office(here: Desk, compliance: User) -> None:
    compliance.last_name, compliance.first_name = "何", "静"
    compliance.save()
    look(here.surgeon, here.scorer, hour=9)
    look(here.surgeon, compliance, hour=10, reason=REASON)
    look(here.nurse, here.scorer, hour=11)
    latest, first = (reading_of(row) for row in who_looked(here.surgeon))
    assert (latest.name, latest.office, latest.reason, latest.at) == ("何静", "第一医院", REASON, at(TODAY, 10))
    assert (first.name, first.office, first.reason) == (here.scorer.username, "市医保中心", "")


def test_the_office_is_that_of_the_day_of_the_look(here: Desk, compliance: User) -> None:
    compliance.assignments.update(ends_on=TODAY)
    Assignment.objects.create(
        user=compliance, role=Role.COMPLIANCE_OFFICER, institution=here.town.clinic, starts_on=TODAY
    )
    for day in (TODAY - timedelta(days=1), TODAY):
        record_access(practitioner=here.surgeon, by=compliance, key=None, kind="opened", reason="", now=at(day))
    assert [reading_of(row).office for row in who_looked(here.surgeon)] == ["社区卫生中心", "第一医院"]


def test_a_program_is_told_apart_from_the_office(here: Desk) -> None:
    key, _text = issue_key(
        name="程序", scope=ApiKey.Scope.PERSON, user=here.scorer, expires_at=at(LATER), by=here.scorer, now=at(TODAY)
    )
    record_access(practitioner=here.surgeon, by=here.scorer, key=key, kind="opened", reason="", now=at(TODAY))
    look(here.surgeon, here.scorer)
    assert [reading_of(row).face for row in who_looked(here.surgeon)] == ["office", "api"]


def test_looks_into_merged_files_are_looks_into_one(here: Desk) -> None:
    look(here.nurse, here.scorer)
    merge(here.town, here.surgeon, here.nurse, TODAY)
    look(here.surgeon, here.second)
    for file in (here.surgeon, here.nurse):
        assert [row.user for row in who_looked(file)] == [here.second, here.scorer]


def test_a_page_of_looks_takes_as_many_questions_as_one_look(here: Desk, django_assert_num_queries: object) -> None:
    for user in (here.scorer, here.second, here.reviewer) * 3:
        look(here.surgeon, user)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len([reading_of(row) for row in who_looked(here.surgeon)[:50]]) == 9
