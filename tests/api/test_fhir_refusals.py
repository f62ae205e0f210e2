"""What is asked as FHIR and not answered: each refusal is an OperationOutcome."""

import json
from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.actions.registrations import register_at
from registry.models import ApiKey, Assignment, Authority, Role, User
from tests.api.reading_fhir import FHIR, FORM, Reader, link, outcome, resources
from tests.api.settlement import Settlement
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, Town, at, build

NOVEMBER = at(date(2026, 11, 20))


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def reader(here: Desk) -> Reader:
    return Reader(here.reviewer)


@pytest.mark.parametrize(
    "asked",
    [
        "Practitioner?identifier=D510100000001",
        "Practitioner?identifier:of-type=x|y|D510100000001",
        "Practitioner?name=王伟",
        "Practitioner?birthdate=1980-01-01",
        "PractitionerRole?practitioner=D510100000001",
        "PractitionerRole?practitioner.identifier=D510100000001",
        "PractitionerRole?practitioner:Practitioner.name=王伟",
        "Flag?subject=Practitioner/{surgeon}",
        "Flag?patient={surgeon}",
        "Flag?subject:identifier=D510100000001",
    ],
)
def test_who_somebody_is_does_not_stand_in_an_address(here: Desk, reader: Reader, asked: str) -> None:
    issue = outcome(reader.get(asked.format(surgeon=here.surgeon.uuid)), 400, "person-in-address")
    assert issue["code"] == "security"
    assert "_search" in issue["diagnostics"]
    assert here.surgeon.code not in json.dumps(issue)


def test_nor_in_the_address_of_a_search_by_form(here: Desk, reader: Reader) -> None:
    response = reader.post(f"Practitioner/_search?identifier={here.surgeon.code}", "")
    outcome(response, 400, "person-in-address")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Practitioner?colour=red", "unknown-parameter"),
        ("Practitioner?_summary=true", "unknown-parameter"),
        ("Organization?_count=0", "bad-parameter"),
        ("Organization?_count=many", "bad-parameter"),
        ("Organization?_count=1&_count=2", "bad-parameter"),
        ("Organization?_lastUpdated=ne2026-01-01", "bad-parameter"),
        ("Organization?_lastUpdated=2026-13-01", "bad-parameter"),
        ("Organization?_lastUpdated=2026-01-01T10:00:00", "bad-parameter"),
        ("Organization?identifier=urn:x|", "bad-parameter"),
        ("Organization?identifier=a%00b", "bad-parameter"),
        ("Organization?_page=abc", "bad-parameter"),
        ("Organization?_page=" + "A" * 80, "bad-parameter"),
        ("Practitioner?_id=", "bad-parameter"),
        ("PractitionerRole?organization=Practitioner/x", "bad-parameter"),
        ("PractitionerRole?organization=agency-1", "bad-parameter"),
        ("Flag?_lastUpdated=ge2026", "missing-parameter"),
        ("StructureDefinition?name=x", "unknown-parameter"),
        ("metadata?x=1", "unknown-parameter"),
    ],
)
def test_a_search_that_is_not_as_described_is_refused(reader: Reader, asked: str, name: str) -> None:
    outcome(reader.get(asked), 400, name)


def test_what_a_read_does_not_know_is_refused(here: Desk, reader: Reader) -> None:
    outcome(reader.get(f"Practitioner/{here.surgeon.uuid}?on=2026-01-01"), 400, "unknown-parameter")
    outcome(reader.post("Flag/_search", f"subject={here.surgeon.uuid}&patient={here.nurse.uuid}"), 400, "bad-parameter")
    outcome(reader.post("Flag/_search", f"subject={here.surgeon.code}"), 400, "bad-parameter")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "Patient",
        "Practitioner/D510100000001",
        "Practitioner/0190163d-8694-7395-bea9-73a4a4e0a8d1",
        "PractitionerRole/0190163d-8694-7395-bea9-73a4a4e0a8d1/_history",
        "Organization/hospital",
        "Organization/institution-%00",
        "Organization/agency-x",
        "Organization/agency-99999999",
        "Organization/institution-H99999999999",
        "Flag/suspension-0190163d-8694-7395-bea9-73a4a4e0a8d1",
        "Flag/suspension-x",
        "Flag/x",
        "StructureDefinition/x",
        "CodeSystem/x",
    ],
)
def test_what_is_not_there_is_not_found(reader: Reader, address: str) -> None:
    assert outcome(reader.get(address), 404, "not-found")["code"] == "not-found"


def test_without_a_good_key_nothing_about_anybody_is_read(here: Desk, settlement: Settlement) -> None:
    address = f"/fhir/Practitioner/{here.surgeon.uuid}"
    bare = Client().get(address, headers={"accept-language": "en"})
    outcome(bare, 401, "unauthenticated")
    assert bare["WWW-Authenticate"] == 'Bearer realm="register"'
    outcome(Client().get(address, headers={"authorization": f"Bearer {settlement.key}"}), 403, "forbidden")


def test_who_keeps_the_accounts_reads_nobodys_file(here: Desk) -> None:
    keeper = User.objects.create_user("keeper")
    Assignment.objects.create(user=keeper, role=Role.SECURITY_ADMINISTRATOR, starts_on=LAW_BEGINS)
    reader = Reader(keeper)
    for address in ("Practitioner", f"Practitioner/{here.surgeon.uuid}", "Organization", "PractitionerRole"):
        outcome(reader.get(address), 403, "forbidden")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", "Practitioner"),
        ("put", "Practitioner/{surgeon}"),
        ("delete", "Practitioner/{surgeon}"),
        ("patch", "Practitioner/{surgeon}"),
        ("get", "Practitioner/_search"),
        ("post", "metadata"),
        ("options", "Flag/_search"),
    ],
)
def test_nothing_is_written_this_way(here: Desk, reader: Reader, method: str, address: str) -> None:
    path = "/fhir/" + address.format(surgeon=here.surgeon.uuid)
    response = getattr(Client(), method)(path, headers={"authorization": f"Bearer {reader.key}"})
    outcome(response, 405, "method-not-allowed")
    assert response["Allow"]


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("Organization", {"accept": "application/fhir+xml"}),
        ("Organization", {"accept": "application/fhir+json; fhirVersion=5.0"}),
        ("Organization?_format=xml", {}),
    ],
)
def test_only_r4_as_json_is_to_be_had(reader: Reader, asked: str, headers: dict[str, str]) -> None:
    outcome(reader.get(asked, **headers), 406, "not-acceptable")


@pytest.mark.parametrize("accept", ["application/fhir+json", "*/*", "application/fhir+json; fhirVersion=4.0"])
def test_fhir_is_answered_as_fhir(reader: Reader, accept: str) -> None:
    assert reader.get("Organization", accept=accept)["Content-Type"] == FHIR


def test_plain_json_is_the_same_under_its_own_name(reader: Reader) -> None:
    assert reader.get("Organization", accept="application/json")["Content-Type"].startswith("application/json")
    assert reader.get("Organization?_format=json", accept="text/html")["Content-Type"] == FHIR


def test_a_search_is_a_form_and_not_too_long(reader: Reader) -> None:
    outcome(reader.post("Practitioner/_search", "{}", "application/json"), 415, "unsupported-media-type")
    outcome(reader.post("Practitioner/_search", "identifier=" + "x" * 20_000), 413, "too-large")
    outcome(
        reader.post("Practitioner/_search", "identifier=王", f"{FORM}; charset=utf-8"), 415, "unsupported-media-type"
    )


def test_who_asks_too_often_waits(here: Desk) -> None:
    with override_settings(REGISTRY_REQUESTS_PER_MINUTE=1):
        reader = Reader(here.another)
        reader.get("Organization")
        response = reader.get("Organization")
    outcome(response, 429, "too-many-requests")
    assert int(response["Retry-After"]) > 0


def test_a_failure_is_an_outcome_that_tells_nothing(here: Desk, reader: Reader) -> None:
    with mock.patch("registry.api.fhir.practitioners.life_of", side_effect=RuntimeError(here.surgeon.code)):
        response = reader.get(f"Practitioner/{here.surgeon.uuid}")
    assert outcome(response, 500, "internal")["code"] == "exception"
    assert here.surgeon.code not in response.content.decode()


def test_while_the_database_is_away_the_outcome_says_when_to_ask_again(here: Desk, reader: Reader) -> None:
    with mock.patch("registry.api.fhir.practitioners.life_of", side_effect=OperationalError):
        response = reader.get(f"Practitioner/{here.surgeon.uuid}")
    assert outcome(response, 503, "unavailable")["code"] == "transient"
    assert int(response["Retry-After"]) > 0


def test_errors_are_told_in_the_language_of_the_program(here: Desk) -> None:
    said = {
        outcome(Reader(here.reviewer, language).get("Patient"), 404, "not-found")["details"]["text"]
        for language in ("en", "zh-hans")
    }
    assert len(said) == 2


def test_an_institutions_officer_reads_its_own_people_only(here: Desk, town: Town) -> None:
    officer = User.objects.create_user("hospital")
    Assignment.objects.create(user=officer, role=Role.COMPLIANCE_OFFICER, institution=town.clinic, starts_on=LAW_BEGINS)
    reader = Reader(officer)
    assert reader.find("Practitioner") == []
    register_at(
        practitioner=here.nurse, institution=town.clinic, starts_on=LAW_BEGINS, by=here.scorer, now=at(LAW_BEGINS)
    )
    assert [each["id"] for each in reader.find("Practitioner")] == [str(here.nurse.uuid)]
    assert [each["id"] for each in reader.find("Organization") if each["id"].startswith("institution")] == [
        f"institution-{town.clinic.code}"
    ]


def test_an_authoritys_system_reads_its_region_page_by_page(here: Desk, town: Town) -> None:
    health = Authority.objects.create(code="W510100", name="市卫健委", kind="health", region=town.region)
    now, reader = timezone.now(), Reader(here.reviewer)
    _key, reader.key = issue_key(
        name="卫健系统",
        scope=ApiKey.Scope.AUTHORITY,
        authority=health,
        expires_at=now + timedelta(days=9),
        by=here.scorer,
        now=now,
    )
    build("320100")
    first = reader.read("Practitioner?_count=1")
    second = reader.read(link(first, "next"))
    found = [each["id"] for each in resources(first) + resources(second)]
    assert (found, link(second, "next")) == ([str(here.surgeon.uuid), str(here.nurse.uuid)], "")
