"""An officer with a password, at the door of the register, in English, at a time that the tests move."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from registry.models import Assignment, Role, User
from tests.signin.door import PASSWORD
from tests.town import LAW_BEGINS, TODAY, Town, at, build


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(TODAY, 15), tick=False) as clock:
        yield clock


@pytest.fixture
def town(db: None, clock: time_machine.Traveller) -> Town:
    return build()


@pytest.fixture
def officer(town: Town) -> User:
    """May sign in, and holds a role at the agency."""
    town.officer.set_password(PASSWORD)
    town.officer.save()
    Assignment.objects.create(user=town.officer, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    return town.officer


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})
