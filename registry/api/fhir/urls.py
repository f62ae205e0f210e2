"""Addresses of FHIR, below /fhir/."""

from collections.abc import Iterator

from django.urls import URLPattern, path, re_path

from registry.api.fhir.conformance import DEFINITIONS, RESOURCES, Definition, FindDefinitions, Metadata
from registry.api.fhir.editions import Resource
from registry.api.fhir.faces import Find, FindByForm, History, NothingHere, Read, ReadVersion

OPAQUE = ("practitioner", "registration")
"""Parameters that are ids of the register's own making."""


def _addresses(resource: type[Resource]) -> Iterator[URLPattern]:
    kind = "uuid" if resource.parameter in OPAQUE else "str"
    one = f"{resource.type}/<{kind}:{resource.parameter}>"
    yield path(resource.type, Find.as_view(resource=resource))
    yield path(f"{resource.type}/_search", FindByForm.as_view(resource=resource))
    yield path(one, Read.as_view(resource=resource))
    yield path(f"{one}/_history", History.as_view(resource=resource))
    yield path(f"{one}/_history/<int:version>", ReadVersion.as_view(resource=resource))


def _definitions(kind: str) -> Iterator[URLPattern]:
    yield path(kind, FindDefinitions.as_view(kind=kind))
    yield path(f"{kind}/<str:name>", Definition.as_view(kind=kind))


app_name = "fhir"
urlpatterns = [
    path("metadata", Metadata.as_view()),
    *(address for resource in RESOURCES for address in _addresses(resource)),
    *(address for kind in DEFINITIONS for address in _definitions(kind)),
    re_path(r"", NothingHere.as_view()),
]
