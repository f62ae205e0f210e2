"""Junk in the addresses of lists, files and pickers: advice or nothing found, never a fault."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import User
from tests.admin.conftest import SignIn
from tests.town import Town

JUNK = [
    "x",
    "-1",
    "0",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "\ud800",
    "\N{FULLWIDTH DIGIT ONE}",
    "9" * 5000,
    "王" * 3000,
    "a b " * 800,
]
FINDS_NOBODY = [each for each in JUNK if each not in ("0", "-1", "'", '"')]
"""Regions have numbers, and quotes hold words together: a pair of them around nothing asks for nothing."""


def asked(client: Client, address: str, **said: str) -> int:
    """The status of the answer; a surrogate alone comes as bytes that no text is."""
    return client.get(f"{address}?{urlencode(said, errors='surrogatepass')}").status_code


@pytest.fixture
def office(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.mark.parametrize("junk", JUNK)
def test_whatever_the_whole_file_is_asked_with_it_is_the_whole_file(town: Town, sign_in: SignIn, junk: str) -> None:
    client = sign_in(town.officer)
    address = reverse("admin:registry_practitioner_change", args=[town.surgeon.pk])
    assert asked(client, address, whole=junk) == 200
    assert asked(client, address, whole=junk, on=junk, known=junk) == 200


@pytest.mark.parametrize("junk", JUNK)
def test_a_page_key_that_is_none_leads_back_or_to_nothing(town: Town, sign_in: SignIn, junk: str) -> None:
    client = sign_in(town.officer)
    for kind in ("practitioner", "registration", "case", "institution", "pointsentry"):
        for key in ("after", "before"):
            assert asked(client, reverse(f"admin:registry_{kind}_changelist"), **{key: junk}) in (200, 302), kind


def picked(client: Client, **said: str) -> int:
    """What the picker of an agency's region is answered."""
    usual = {"app_label": "registry", "model_name": "agency", "field_name": "region", "term": ""}
    return asked(client, reverse("admin:autocomplete"), **{**usual, **said})


@pytest.mark.parametrize("junk", FINDS_NOBODY)
def test_a_picker_finds_nothing_by_junk_and_takes_no_sign_for_any_letter(town: Town, office: Client, junk: str) -> None:
    said = {"app_label": "registry", "model_name": "agency", "field_name": "region", "term": junk}
    answer = office.get(f"{reverse('admin:autocomplete')}?{urlencode(said, errors='surrogatepass')}")
    assert answer.status_code == 200
    assert answer.json()["results"] == []


@pytest.mark.parametrize("junk", ["x", "-1", "0", "99999999999999999999", "9" * 5000, "1.5", "\ud800"])
def test_a_page_of_a_picker_that_is_none_is_not_there(town: Town, office: Client, junk: str) -> None:
    assert picked(office, page=junk) == 404


@pytest.mark.parametrize("name", ["app_label", "model_name", "field_name"])
@pytest.mark.parametrize("junk", ["x", "", "a\0b", "\ud800", "__class__", "9" * 5000])
def test_a_picker_of_no_field_is_refused(town: Town, office: Client, name: str, junk: str) -> None:
    assert picked(office, **{name: junk}) == 403


def test_a_null_character_in_a_picker_s_search_is_answered_by_advice(town: Town, office: Client) -> None:
    assert picked(office, term="a\0b") == 400
