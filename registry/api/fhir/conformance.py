"""What the face can do, and its definitions: open to everybody, as the description of the API is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.faces import Face
from registry.api.fhir.definitions import PUBLISHED, VERSION, definition, definitions
from registry.api.fhir.editions import Resource
from registry.api.fhir.faces import ROOT, Spoken
from registry.api.fhir.flags import Flags
from registry.api.fhir.organizations import Organizations
from registry.api.fhir.outcomes import UNKNOWN_PARAMETER
from registry.api.fhir.practitioner_roles import PractitionerRoles
from registry.api.fhir.practitioners import Practitioners
from registry.api.fhir.searching import OF_THE_ANSWER
from registry.api.fhir.terms import FHIR_VERSION
from registry.api.problems import Problem

RESOURCES: Sequence[type[Resource]] = (Practitioners, PractitionerRoles, Organizations, Flags)
DEFINITIONS = ("StructureDefinition", "CodeSystem", "ValueSet")


class Open(Spoken, Face):
    """No key is needed: nothing here is about anybody."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ["get", "head"]
    kind: ClassVar[str] = ""

    def asked(self, request: Request, *known: str) -> None:
        """Refuse a parameter that means nothing here."""
        if set(request.query_params) - {*OF_THE_ANSWER, *known}:
            raise Problem(UNKNOWN_PARAMETER)


class Metadata(Open):
    """The CapabilityStatement."""

    def get(self, request: Request) -> Response:
        self.asked(request, "mode")
        return Response(capabilities(request.build_absolute_uri(ROOT)))


class Definition(Open):
    """One definition."""

    def get(self, request: Request, name: str) -> Response:
        self.asked(request)
        found = definition(self.kind, name)
        if found is None:
            raise NotFound
        return Response(found)


class FindDefinitions(Open):
    """All definitions of a kind, or the one with a canonical name."""

    def get(self, request: Request) -> Response:
        self.asked(request, "url")
        base = request.build_absolute_uri(ROOT)
        entries = [
            {"fullUrl": f"{base}{self.kind}/{each['id']}", "resource": each, "search": {"mode": "match"}}
            for each in definitions(self.kind, request.query_params.get("url", ""))
        ]
        link = [{"relation": "self", "url": request.build_absolute_uri()}]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "link": link}
        return Response({**bundle, "entry": entries} if entries else bundle)


def capabilities(base: str) -> dict[str, Any]:
    """What can be asked under the address, for programs."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "software": {"name": "demerit-register", "version": VERSION},
        "implementation": {"description": _("Payment qualification register, read as FHIR"), "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": _("`Authorization: Bearer` with the key of a person.")},
                "resource": [*(_resource(each) for each in RESOURCES), *(_definitions(each) for each in DEFINITIONS)],
            }
        ],
    }


def _resource(each: type[Resource]) -> dict[str, Any]:
    params = [
        {"name": name, "type": param.type, "documentation": str(param.meaning)} for name, param in each.params.items()
    ]
    return {
        "type": each.type,
        "interaction": [{"code": code} for code in ("read", "vread", "history-instance", "search-type")],
        "versioning": "versioned",
        "readHistory": True,
        "conditionalRead": "not-match",
        "searchParam": params,
    }


def _definitions(kind: str) -> dict[str, Any]:
    meaning = _("the canonical name")
    return {
        "type": kind,
        "interaction": [{"code": code} for code in ("read", "search-type")],
        "searchParam": [{"name": "url", "type": "uri", "documentation": meaning}],
    }
