"""Roles are given and ended by others than their holders; three administrations are three people; accounts close."""

from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.actions.access import close_accounts, end_employment, end_role, give_role
from registry.actions.errors import Refused
from registry.actions.keys import issue_key
from registry.ledger.days import shanghai_day
from registry.models import ApiKey, Assignment, Authority, Role, User
from registry.models.access import HELD_BY_KEYS, PLACES
from registry.queries.scope import roles_of
from tests.town import TODAY, Town, at, build

pytestmark = pytest.mark.django_db
NOW = at(TODAY, 9)
GOOD = "ein langer Satz für Proben"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def security(town: Town) -> User:
    user = User.objects.create(username="an")
    give_role(user=user, role=Role.SECURITY_ADMINISTRATOR, starts_on=TODAY, by=None, now=NOW)
    return user


def give(user: User, role: Role, by: User | None, **said: Any) -> Assignment:
    return give_role(**{"user": user, "role": role, "starts_on": TODAY, "by": by, "now": NOW, **said})


def refused(user: User, role: Role, by: User | None, **said: Any) -> str:
    before = Assignment.objects.count()
    with pytest.raises(Refused) as refusal:
        give(user, role, by, **said)
    assert Assignment.objects.count() == before
    return refusal.value.code


def key_of(user: User) -> ApiKey:
    ends = NOW + timedelta(days=90)
    return issue_key(name="药房程序", scope="person", user=user, expires_at=ends, by=None, now=NOW)[0]


def test_a_role_is_given_once_with_who_gave_it_in_its_history(town: Town, security: User) -> None:
    first = give(town.officer, Role.AGENCY_OFFICER, security, place=town.agency)
    assert give(town.officer, Role.AGENCY_OFFICER, security, place=town.agency) == first
    assert [(row.history_user, row.history_date) for row in first.history.all()] == [(security, NOW)]
    assert roles_of(town.officer, TODAY) == {Role.AGENCY_OFFICER}


def test_nobody_gives_or_ends_a_role_of_their_own(security: User) -> None:
    assert refused(security, Role.AUDITOR, security) == "own_role"
    with pytest.raises(Refused) as refusal:
        end_role(assignment=security.assignments.get(), ends_on=TODAY, by=security, now=NOW)
    assert refusal.value.code == "own_role"


@pytest.mark.parametrize("held", [Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("wanted", list(Role))
def test_whoever_administers_holds_nothing_else_in_the_office(
    town: Town, security: User, held: Role, wanted: Role
) -> None:
    place = {"agency_officer": town.agency, "reviewer": town.agency, "compliance_officer": town.hospital}.get(wanted)
    if wanted in (held, Role.PRACTITIONER, *HELD_BY_KEYS) or PLACES.get(wanted) == "authority":
        return
    give(town.officer, held, security)
    assert refused(town.officer, wanted, security, place=place) == "roles_apart"
    give(town.second, wanted, security, place=place)
    assert refused(town.second, held, security) == "roles_apart"


@pytest.mark.parametrize(
    ("kind", "wrong", "fitting"),
    [
        ("healthcare_security", Role.HEALTH_OR_DRUG_OFFICER, Role.AUTHORITY_OFFICER),
        ("health", Role.AUTHORITY_OFFICER, Role.HEALTH_OR_DRUG_OFFICER),
        ("drug", Role.AUTHORITY_OFFICER, Role.HEALTH_OR_DRUG_OFFICER),
    ],
)
def test_whose_officer_somebody_is_says_the_kind_of_the_authority(
    town: Town, security: User, kind: str, wrong: Role, fitting: Role
) -> None:
    authority = Authority.objects.create(code="W430100", name="某局", kind=kind, region=town.region)
    assert refused(town.officer, wrong, security, place=authority) == "role_of_another_authority"
    assert give(town.officer, fitting, security, place=authority).pk


def test_one_administration_may_follow_another(town: Town, security: User) -> None:
    later = TODAY + timedelta(days=30)
    give(town.officer, Role.ADMINISTRATOR, security, ends_on=later)
    assert give(town.officer, Role.AUDITOR, security, starts_on=later).pk


def test_the_table_itself_keeps_the_three_administrations_apart(town: Town) -> None:
    Assignment.objects.create(user=town.officer, role=Role.ADMINISTRATOR, starts_on=TODAY)
    with pytest.raises(IntegrityError, match="system_security_and_audit_are_three_people"), transaction.atomic():
        Assignment.objects.create(user=town.officer, role=Role.AUDITOR, starts_on=TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": Role.AGENCY_OFFICER},
        {"role": Role.AUDITOR, "region_id": "430100"},
        {"role": Role.PRACTITIONER},
        {"role": Role.AUTHORITY_OFFICER, "agency_id": 1},
    ],
)
def test_the_table_itself_refuses_a_role_that_is_held_elsewhere(town: Town, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="a_role_is_held_where_it_belongs"), transaction.atomic():
        Assignment.objects.create(user=town.officer, starts_on=TODAY, **wrong)


def test_a_closed_account_gets_no_role(town: Town, security: User) -> None:
    User.objects.filter(pk=town.officer.pk).update(is_active=False)
    town.officer.refresh_from_db()
    assert refused(town.officer, Role.SUPPORT, security) == "account_closed"


def test_a_file_has_one_account(town: Town, security: User) -> None:
    give(town.officer, Role.PRACTITIONER, security, place=town.surgeon)
    assert refused(town.second, Role.PRACTITIONER, security, place=town.surgeon) == "file_has_account"
    assert give(town.second, Role.PRACTITIONER, security, place=town.nurse).pk


def test_a_role_does_not_end_in_the_past(town: Town, security: User) -> None:
    row = give(town.officer, Role.SUPPORT, security)
    with pytest.raises(Refused) as refusal:
        end_role(assignment=row, ends_on=TODAY - timedelta(days=1), by=security, now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("ends_in_the_past", "ends_on")
    assert end_role(assignment=row, ends_on=TODAY, by=security, now=NOW).ends_on == TODAY
    assert not roles_of(town.officer, TODAY)


def test_with_the_employment_roles_keys_and_account_end(town: Town, security: User) -> None:
    give(town.officer, Role.AGENCY_OFFICER, security, place=town.agency)
    give(town.officer, Role.EXPERT, security, starts_on=TODAY + timedelta(days=5))
    key = key_of(town.officer)
    ended = end_employment(user=town.officer, by=security, now=NOW)
    key.refresh_from_db()
    town.officer.refresh_from_db()
    assert (len(ended), key.revoked_at, town.officer.is_active) == (2, NOW, False)
    assert end_employment(user=town.officer, by=security, now=NOW) == []


def test_a_doctor_who_leaves_the_office_keeps_the_account_of_the_own_file(town: Town, security: User) -> None:
    give(town.officer, Role.COMPLIANCE_OFFICER, security, place=town.hospital)
    give(town.officer, Role.PRACTITIONER, security, place=town.surgeon)
    end_employment(user=town.officer, by=security, now=NOW)
    town.officer.refresh_from_db()
    assert roles_of(town.officer, TODAY) == {Role.PRACTITIONER}
    assert town.officer.is_active


def test_an_account_closes_by_itself_when_its_last_role_has_ended(town: Town, security: User) -> None:
    give(town.officer, Role.AGENCY_OFFICER, security, place=town.agency, ends_on=TODAY + timedelta(days=2))
    key = key_of(town.officer)
    new = User.objects.create(username="new")
    assert close_accounts(now=at(TODAY + timedelta(days=1))) == 0
    assert close_accounts(now=at(TODAY + timedelta(days=2))) == 1
    assert close_accounts(now=at(TODAY + timedelta(days=3))) == 0
    for row in (town.officer, key, new):
        row.refresh_from_db()
    assert (town.officer.is_active, key.revoked_at is not None, new.is_active) == (False, True, True)


def first(username: str, role: str = "security_administrator", password: str = GOOD) -> str:
    out = StringIO()
    with mock.patch("sys.stdin", StringIO(f"{password}\n")):
        call_command("first_administrator", username, family_name="安", role=role, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_made_by_a_command_and_only_once() -> None:
    assert "an" in first("an")
    user = User.objects.get(username="an")
    assert (user.check_password(GOOD), user.is_superuser) == (True, False)
    assert roles_of(user, shanghai_day(timezone.now())) == {Role.SECURITY_ADMINISTRATOR}
    with pytest.raises(CommandError, match="already"):
        first("li")
    first("guan", "administrator")
    assert User.objects.count() == 2


@pytest.mark.parametrize("password", ["kurz", "password1234", ""])
def test_the_first_administrator_needs_a_good_password(password: str) -> None:
    with pytest.raises(CommandError):
        first("an", password=password)
    assert not User.objects.exists()
