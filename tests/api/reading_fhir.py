"""How a program of a regulator reads the register as FHIR, in tests, and what R4 says of the answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.test import Client
from fhirclient.models.fhirelementfactory import FHIRElementFactory

from registry.api.fhir.terms import PERSONAL_CODE, canonical
from registry.models import Practitioner, User
from tests.api.officers import key_for

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

FORM = "application/x-www-form-urlencoded"
FHIR = "application/fhir+json; charset=utf-8"


def valid(document: Any) -> Any:
    """The document, after R4 (4.0.1) found nothing missing, unknown or of another type in it, at any depth."""
    FHIRElementFactory.instantiate(document["resourceType"], document)
    return document


@dataclass
class Reader:
    """A program of one user."""

    user: User
    language: str = "en"
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = key_for(self.user)

    def get(self, address: str, **headers: str) -> Response:
        """Ask for an address below /fhir/, or for a whole one."""
        return Client(raise_request_exception=False).get(_path(address), headers=self._headers(headers))

    def post(self, address: str, body: str, content_type: str = FORM, **headers: str) -> Response:
        """Send any body."""
        client = Client(raise_request_exception=False)
        return client.post(_path(address), body, content_type, headers=self._headers(headers))

    def read(self, address: str) -> dict[str, Any]:
        """The valid resource at an address, which is there."""
        return _answered(self.get(address))

    def search(self, type_: str, **params: Any) -> dict[str, Any]:
        """The valid bundle that a search by form answers."""
        named = {f"_{name[4:]}" if name.startswith("the_") else name: value for name, value in params.items()}
        return _answered(self.post(f"{type_}/_search", urlencode(named, doseq=True)))

    def find(self, type_: str, **params: Any) -> list[dict[str, Any]]:
        """The resources that a search by form finds."""
        return resources(self.search(type_, **params))

    def person(self, who: Practitioner) -> dict[str, Any]:
        """The person as found by the code."""
        (found,) = self.find("Practitioner", identifier=f"{PERSONAL_CODE}|{who.code}")
        return found

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"authorization": f"Bearer {self.key}", "accept-language": self.language, **named}


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands in the entries of a bundle."""
    return [each["resource"] for each in bundle.get("entry", ())]


def link(bundle: dict[str, Any], relation: str) -> str:
    """The address of that relation; empty where there is none."""
    return next((each["url"] for each in bundle["link"] if each["relation"] == relation), "")


def extension(resource: dict[str, Any], name: str) -> dict[str, Any]:
    """The parts of an extension by their names, or its one value under ''."""
    url = canonical("StructureDefinition", name)
    (found,) = [each for each in resource.get("extension", ()) if each["url"] == url]
    return {each["url"] if "extension" in found else "": _value(each) for each in found.get("extension", [found])}


def outcome(response: Response, status: int, name: str) -> dict[str, Any]:
    """The one issue of the OperationOutcome that the response is, after checking its form."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == FHIR
    assert response["Cache-Control"] == "no-store"
    shown = valid(json.loads(response.content))
    assert shown["resourceType"] == "OperationOutcome"
    (issue,) = shown["issue"]
    assert issue["details"]["coding"] == [{"system": "urn:problem-type:demerit-register", "code": name}]
    assert issue["details"]["text"]
    assert issue["diagnostics"]
    return dict(issue)


def _value(each: dict[str, Any]) -> Any:
    return next(value for name, value in each.items() if name.startswith("value"))


def _answered(response: Response) -> dict[str, Any]:
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Type"] == FHIR
    assert response["Cache-Control"] == "no-store"
    return dict(valid(json.loads(response.content)))


def _path(address: str) -> str:
    if "://" in address:
        parts = urlsplit(address)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return address if address.startswith("/") else f"/fhir/{address}"
