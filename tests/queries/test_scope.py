"""Who sees whom: administrators everything, agency officers their region, compliance officers their institution."""

from datetime import date, timedelta

import pytest

from registry.actions.merging import merge_files
from registry.actions.people import register_practitioner
from registry.actions.registrations import end_registration, register_at
from registry.models import Agency, Assignment, Authority, Practitioner, Region, Registration, Role, User
from registry.queries.scope import roles_of, scope_of
from tests.casework import desk, proposed
from tests.town import TODAY, Town, at, build, handle, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("430100")


@pytest.fixture
def elsewhere() -> Town:
    return build("510100")


def employ(role: Role, *, until: date | None = None, **where: object) -> User:
    user = User.objects.create(username=f"{role}-{User.objects.count()}")
    Assignment.objects.create(user=user, role=role, starts_on=TODAY, ends_on=until, **where)
    return user


def agency_of(code: str) -> Agency:
    region, _ = Region.objects.get_or_create(code=code, defaults={"name_zh": "某地"})
    return Agency.objects.create(code=f"B{code}", name="医保局", region=region)


def test_an_administrator_of_the_whole_country_and_an_auditor_see_everything(town: Town, elsewhere: Town) -> None:
    for user in (employ(Role.ADMINISTRATOR), employ(Role.AUDITOR)):
        assert scope_of(user, TODAY).practitioners().count() == Practitioner.objects.count() == 4
        assert scope_of(user, TODAY).institutions().count() == 6


def test_an_officer_of_the_national_agency_sees_every_region(town: Town, elsewhere: Town) -> None:
    user = employ(Role.AGENCY_OFFICER, agency=agency_of("100000"))
    assert scope_of(user, TODAY).institutions().count() == 6
    assert scope_of(user, TODAY).covers(elsewhere.hospital)


@pytest.mark.parametrize("code", ["430000", "430100"])
def test_an_agency_officer_sees_the_region_and_what_lies_in_it(town: Town, elsewhere: Town, code: str) -> None:
    agency = town.agency if code == "430100" else agency_of(code)
    user = employ(Role.AGENCY_OFFICER, agency=agency)
    score(town, 5, TODAY)
    score(elsewhere, 5, TODAY)
    assert set(scope_of(user, TODAY).practitioners()) == {town.surgeon, town.nurse}
    assert set(scope_of(user, TODAY).institutions()) == {town.hospital, town.clinic, town.pharmacy}
    assert {each.institution for each in scope_of(user, TODAY).handlings()} == {town.hospital}
    assert {each.practitioner for each in scope_of(user, TODAY).entries()} == {town.surgeon}


@pytest.mark.parametrize("code", ["430200", "430102", "510000"])
def test_an_officer_of_another_region_sees_nobody(town: Town, code: str) -> None:
    user = employ(Role.AGENCY_OFFICER, agency=agency_of(code))
    score(town, 5, TODAY)
    seen = scope_of(user, TODAY)
    for visible in (seen.practitioners, seen.institutions, seen.handlings, seen.entries, seen.triggers):
        assert not visible().exists()


def test_a_compliance_officer_sees_the_staff_of_the_institution_present_and_past(town: Town) -> None:
    user = employ(Role.COMPLIANCE_OFFICER, institution=town.hospital)
    stranger = employ(Role.COMPLIANCE_OFFICER, institution=town.clinic)
    registration = Registration.objects.get(practitioner=town.nurse)
    end_registration(registration=registration, ends_on=TODAY, reason="离职", by=town.officer, now=at(TODAY))
    assert set(scope_of(user, TODAY).practitioners()) == {town.surgeon, town.nurse}
    assert set(scope_of(user, TODAY).institutions()) == {town.hospital}
    assert not scope_of(stranger, TODAY).practitioners().exists()


def test_an_assignment_counts_from_its_first_day_and_not_on_its_last(town: Town) -> None:
    user = employ(Role.AGENCY_OFFICER, agency=town.agency, until=TODAY + timedelta(days=2))
    seen = [scope_of(user, TODAY + timedelta(days=day)).practitioners().count() for day in (-1, 0, 1, 2)]
    assert seen == [0, 2, 2, 0]
    assert not roles_of(user, TODAY + timedelta(days=2))


def test_a_closed_account_sees_nobody(town: Town) -> None:
    officer = employ(Role.AGENCY_OFFICER, agency=town.agency)
    auditor = employ(Role.AUDITOR)
    for user in (officer, auditor):
        user.is_active = False
        assert roles_of(user, TODAY) == frozenset()
        assert not scope_of(user, TODAY).practitioners().exists()


@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.SUPPORT, Role.EXPERT])
def test_who_looks_after_access_or_helps_users_sees_nobody(town: Town, role: Role) -> None:
    score(town, 5, TODAY)
    seen = scope_of(employ(role), TODAY)
    for visible in (seen.practitioners, seen.institutions, seen.handlings, seen.entries, seen.triggers, seen.cases):
        assert not visible().exists()


def test_an_administrator_of_a_province_and_an_officer_of_its_health_authority_see_the_province(
    town: Town, elsewhere: Town
) -> None:
    province, _ = Region.objects.get_or_create(code="430000", defaults={"name_zh": "某省"})
    health = Authority.objects.create(code="W430000", name="卫生健康委", kind="health", region=province)
    for user in (employ(Role.ADMINISTRATOR, region=province), employ(Role.HEALTH_OR_DRUG_OFFICER, authority=health)):
        assert set(scope_of(user, TODAY).practitioners()) == {town.surgeon, town.nurse}
        assert not scope_of(user, TODAY).acts_for(handle(town).case)


def test_a_practitioner_sees_the_own_file_also_after_a_merge_and_no_other(town: Town) -> None:
    absorbed = register_practitioner(code="D430100000099", name="王伟", category="physician", by=None, now=at(TODAY))
    merge_files(
        kept=town.surgeon, absorbed=absorbed, reason="同一人", by=town.officer, second=town.second, now=at(TODAY)
    )
    seen = scope_of(employ(Role.PRACTITIONER, practitioner=absorbed), TODAY)
    score(town, 5, TODAY)
    assert set(seen.practitioners()) == {town.surgeon, absorbed}
    assert {entry.practitioner for entry in seen.entries()} == {town.surgeon}
    assert not seen.institutions().exists()


def test_what_one_role_sees_is_not_what_another_role_of_the_same_person_may_act_on(town: Town, elsewhere: Town) -> None:
    user = employ(Role.REVIEWER, agency=town.agency)
    Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=elsewhere.agency, starts_on=TODAY)
    seen = scope_of(user, TODAY)
    assert seen.practitioners().count() == 4
    officer = seen.held_as(frozenset({Role.AGENCY_OFFICER}))
    assert set(officer.practitioners()) == {elsewhere.surgeon, elsewhere.nurse}
    assert not seen.acts_for(handle(town).case)
    assert seen.acts_for(handle(elsewhere).case)


def test_two_roles_add_up(town: Town, elsewhere: Town) -> None:
    user = employ(Role.AGENCY_OFFICER, agency=town.agency)
    Assignment.objects.create(user=user, role=Role.COMPLIANCE_OFFICER, institution=elsewhere.hospital, starts_on=TODAY)
    assert roles_of(user, TODAY) == {Role.AGENCY_OFFICER, Role.COMPLIANCE_OFFICER}
    assert scope_of(user, TODAY).practitioners().count() == 4


def test_an_institution_knows_who_answers_in_its_cases_only_of_its_own_people(town: Town) -> None:
    here = desk(town)
    mine = proposed(here, 3)
    stray = register_practitioner(code="N430100000009", name="赵敏", category="nurse", by=None, now=at(TODAY))
    register_at(practitioner=stray, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    other = proposed(here, 3, who=stray)
    hospital = scope_of(employ(Role.COMPLIANCE_OFFICER, institution=town.hospital), TODAY)
    clinic = scope_of(employ(Role.COMPLIANCE_OFFICER, institution=town.clinic), TODAY)
    assert list(hospital.cases()) == [mine.case]
    assert list(hospital.answering()) == [mine.responsibility]
    assert list(hospital.proposals()) == [mine]
    assert not clinic.cases().exists()
    assert not clinic.answering().exists()
    assert not clinic.proposals().exists()
    assert set(scope_of(here.scorer, TODAY).proposals()) == {mine, other}


def test_only_officers_of_the_agency_or_of_one_above_act_for_a_case(town: Town, elsewhere: Town) -> None:
    case = handle(town).case
    province, county = (employ(Role.AGENCY_OFFICER, agency=agency_of(code)) for code in ("430000", "430103"))
    acting = {user.pk for user in (desk(town).scorer, province) if scope_of(user, TODAY).acts_for(case)}
    assert acting == {desk(town).scorer.pk, province.pk}
    for user in (county, desk(elsewhere).scorer, employ(Role.ADMINISTRATOR)):
        assert not scope_of(user, TODAY).acts_for(case)
