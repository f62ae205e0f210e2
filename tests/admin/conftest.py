"""The office in the town: officers with assignments, signed in, on the day on which the stories begin."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from registry.models import Agency, Assignment, Authority, Institution, Region, Role, User
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, TODAY, Town, at, build

SignIn = Callable[[User], Client]
PASSWORD = "eine lange Parole für Proben"


@pytest.fixture(autouse=True)
def _english_and_that_day() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(at(TODAY, 15), tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    found = build()
    for user in (found.officer, found.second):
        user.set_password(PASSWORD)
        user.save()
        assign(user, Role.AGENCY_OFFICER, agency=found.agency)
    return found


def assign(user: User, role: Role, **place: Agency | Authority | Institution) -> User:
    """Give the user a role from the first day of the law on."""
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return user


@pytest.fixture
def here(town: Town) -> Desk:
    """The officers who may not do each other's part, each with a password of their own."""
    found = desk(town)
    for user in (found.identifier, found.scorer, found.second, found.reviewer, found.another):
        user.set_password(PASSWORD)
        user.save()
    return found


@pytest.fixture
def compliance(town: Town) -> User:
    """The compliance officer of the hospital, not of the clinic."""
    return assign(User.objects.create_user("he"), Role.COMPLIANCE_OFFICER, institution=town.hospital)


@pytest.fixture
def administrator(db: None) -> User:
    return assign(User.objects.create_user("guan"), Role.ADMINISTRATOR)


@pytest.fixture
def security(db: None) -> User:
    """Keeps accounts, roles and keys."""
    return assign(User.objects.create_user("an"), Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def stranger(town: Town) -> User:
    """An agency officer of another province."""
    province = Region.objects.create(code="120000", name_zh="天津市")
    agency = Agency.objects.create(code="A120000", name="天津市医保中心", region=province)
    return assign(User.objects.create_user("jin"), Role.AGENCY_OFFICER, agency=agency)


@pytest.fixture
def sign_in() -> SignIn:
    def sign_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        client.get("/healthz")  # the first page of a session notes its beginning
        return client

    return sign_in
