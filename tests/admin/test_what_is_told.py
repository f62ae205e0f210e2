"""What an officer of a health or drug authority finds in the office: people and how they stand, and no case."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from registry.models import Authority, PointsEntry, Role, User
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import text_of, url
from tests.town import Town, at, handle, score

SCORED = date(2026, 11, 20)
LATER = date(2028, 2, 2)
LISTS = ("practitioner", "registration", "institution", "pointsentry")
CASES = ("handling", "personaltrigger", "case", "proposal", "standingchange", "serviceagreement", "rosterjob")
PAGES = ("work_list", "key_supervision", "find_by_document")


@pytest.fixture
def health(town: Town) -> User:
    authority = Authority.objects.create(code="W430100", name="市卫健委", kind="health", region=town.region)
    return assign(User.objects.create_user("wei"), Role.HEALTH_OR_DRUG_OFFICER, authority=authority)


def file_of(client: Client, town: Town) -> str:
    return text_of(client.get(url("registry_practitioner_change", town.surgeon.pk)))


def test_the_way_in_leads_to_the_people(sign_in: SignIn, health: User) -> None:
    assert sign_in(health).get(url("index"))["Location"] == url("registry_practitioner_changelist")


def test_people_are_there_and_cases_are_not(sign_in: SignIn, town: Town, health: User) -> None:
    handle(town)
    client = sign_in(health)
    for name in LISTS:
        assert client.get(url(f"registry_{name}_changelist")).status_code == 200
    for address in (*(f"registry_{name}_changelist" for name in CASES), *PAGES):
        assert client.get(url(address)).status_code == 404


def test_a_file_says_how_somebody_stands_and_why_without_what_is_kept_beside(
    sign_in: SignIn, town: Town, health: User
) -> None:
    score(town, 9, SCORED)
    with time_machine.travel(at(SCORED), tick=False):
        client = sign_in(health)
        page = file_of(client, town)
        assert "Suspended from" in page
        for kept in ("History of the record", "Another day", "Documents", town.officer.username):
            assert kept not in page
        entry, whole = PointsEntry.objects.get(), client.get(url("registry_practitioner_change", town.surgeon.pk))
        for closed in (
            url("registry_pointsentry_change", entry.pk),
            url("registry_handling_change", entry.handling_id),
        ):
            assert closed not in whole.content.decode()
            assert client.get(closed).status_code == 404
        past = client.get(url("registry_practitioner_change", town.surgeon.pk), {"on": "2026-11-01"})
        assert past.status_code == 404


def test_what_is_over_for_long_enough_is_neither_in_the_file_nor_in_the_list(
    sign_in: SignIn, town: Town, health: User
) -> None:
    score(town, 9, SCORED)
    with time_machine.travel(at(LATER), tick=False):
        client = sign_in(health)
        page = file_of(client, town)
        assert "Nothing that is in force or ended lately" in page, page
        assert "9 points" not in page
        assert town.surgeon.name not in text_of(client.get(url("registry_pointsentry_changelist")))


def test_an_institution_is_shown_without_what_was_done_about_it(sign_in: SignIn, town: Town, health: User) -> None:
    handle(town)
    page = text_of(sign_in(health).get(url("registry_institution_change", town.hospital.pk)))
    assert town.hospital.name in page
    assert "Handlings" not in page
