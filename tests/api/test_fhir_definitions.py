"""What the face says of itself, and what R4 demands of every answer."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from fhirclient.models.fhirabstractbase import FHIRValidationError

from registry.api.fhir.definitions import definitions
from registry.api.fhir.terms import ALL, STANDING, canonical
from tests.api.reading_fhir import Reader, extension, resources, valid
from tests.casework import Desk, desk
from tests.town import Town, at, score

NOVEMBER = at(date(2026, 11, 20))


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def reader(here: Desk) -> Reader:
    return Reader(here.reviewer)


def test_anybody_may_read_what_the_face_can_do(db: None) -> None:
    said = valid(Client().get("/fhir/metadata", headers={"accept-language": "en"}).json())
    assert (said["resourceType"], said["fhirVersion"], said["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    (rest,) = said["rest"]
    can = {each["type"]: each for each in rest["resource"]}
    assert {"Practitioner", "PractitionerRole", "Organization", "Flag"} <= set(can)
    assert {each["name"] for each in can["Flag"]["searchParam"]} == {"_lastUpdated", "subject", "patient"}
    assert {each["code"] for each in can["Practitioner"]["interaction"]} == {
        "read",
        "vread",
        "history-instance",
        "search-type",
    }


@pytest.mark.parametrize("kind", ["StructureDefinition", "CodeSystem", "ValueSet"])
def test_anybody_may_read_the_definitions(db: None, kind: str) -> None:
    bundle = valid(Client().get(f"/fhir/{kind}").json())
    assert bundle["total"] == len(resources(bundle)) == len(definitions(kind)) > 0
    for each in resources(bundle):
        assert valid(Client().get(f"/fhir/{kind}/{each['id']}").json()) == each
        assert resources(valid(Client().get(f"/fhir/{kind}", {"url": each["url"]}).json())) == [each]
    assert "entry" not in Client().get(f"/fhir/{kind}", {"url": "urn:x"}).json()


def test_an_answer_holds_what_its_definition_describes(here: Desk, reader: Reader) -> None:
    score(here.town, 12, NOVEMBER.date())
    described = Client().get("/fhir/StructureDefinition/standing").json()
    elements = {each["id"]: each for each in described["differential"]["element"]}
    url = canonical("StructureDefinition", "standing")
    assert described["url"] == url == elements["Extension.url"]["fixedUri"]
    (given,) = [each for each in reader.person(here.surgeon)["extension"] if each["url"] == url]
    for part in given["extension"]:
        (name,) = set(part) - {"url"}
        (type_,) = elements[f"Extension.extension:{part['url']}.value[x]"]["type"]
        assert name == f"value{type_['code'][0].upper()}{type_['code'][1:]}"
    parts = {each["sliceName"]: each for each in elements.values() if "sliceName" in each}
    assert {name for name, each in parts.items() if each["min"]} <= {part["url"] for part in given["extension"]}


def test_every_code_of_a_standing_is_in_its_code_system(here: Desk, reader: Reader) -> None:
    score(here.town, 9, NOVEMBER.date())
    standing = extension(reader.person(here.surgeon), "standing")
    for coding in (standing["status"], *standing["reason"]["coding"]):
        name = next(each.name for each in ALL.values() if each.system == coding["system"])
        concepts = Client().get(f"/fhir/CodeSystem/{name}").json()["concept"]
        assert coding["code"] in {each["code"] for each in concepts}
    assert STANDING.value_set == Client().get("/fhir/ValueSet/standing").json()["url"]


REQUIRED = {
    "Practitioner": ["qualification.0.code"],
    "Flag": ["status", "code", "subject"],
    "Bundle": ["type", "link.0.relation", "link.0.url"],
    "OperationOutcome": ["issue", "issue.0.severity", "issue.0.code"],
    "CapabilityStatement": ["status", "date", "kind", "fhirVersion", "format", "rest.0.mode"],
    "StructureDefinition": ["url", "name", "status", "kind", "abstract", "type"],
    "CodeSystem": ["status", "content"],
    "ValueSet": ["status"],
}


@pytest.mark.parametrize(("kind", "element"), [(kind, each) for kind, some in REQUIRED.items() for each in some])
def test_an_answer_without_a_required_element_is_no_fhir(here: Desk, reader: Reader, kind: str, element: str) -> None:
    score(here.town, 9, NOVEMBER.date())
    answers: dict[str, Callable[[], Any]] = {
        "Practitioner": lambda: reader.person(here.surgeon),
        "Flag": lambda: reader.find("Flag", subject=here.surgeon.uuid)[0],
        "Bundle": lambda: reader.read("Organization"),
        "OperationOutcome": lambda: reader.get("Patient").json(),
        "CapabilityStatement": lambda: reader.read("metadata"),
        "StructureDefinition": lambda: reader.read("StructureDefinition/standing"),
        "CodeSystem": lambda: reader.read("CodeSystem/standing"),
        "ValueSet": lambda: reader.read("ValueSet/standing"),
    }
    whole = answers[kind]()
    *way, last = element.split(".")
    broken = inside = copy.deepcopy(whole)
    for step in way:
        inside = inside[int(step)] if step.isdigit() else inside[step]
    del inside[last]
    valid(whole)
    with pytest.raises(FHIRValidationError, match=last):
        valid(broken)


def test_the_description_of_the_api_does_not_speak_of_fhir(db: None) -> None:
    paths = Client().get("/api/v1/schema/?format=json").json()["paths"]
    assert paths
    assert not [each for each in paths if "fhir" in each]
