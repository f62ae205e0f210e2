"""The addresses of a resource: read, one edition, all editions, search. Who asks is looked at here and nowhere else."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.http import http_date
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.access_log import Kind
from registry.api.desk import DeskFace
from registry.api.faces import Nothing
from registry.api.fhir.bundles import etag, history, searchset
from registry.api.fhir.editions import Edition, Resource, document
from registry.api.fhir.media import FhirJson, Negotiation, PlainJson, SearchForm
from registry.api.fhir.outcomes import GONE, UNKNOWN_PARAMETER, respond
from registry.api.fhir.paging import LAST_UPDATED
from registry.api.fhir.searching import OF_THE_ANSWER, PAGE, Param, Search, page_after, search_of, shown
from registry.api.opening import keep_opening, reason_for
from registry.api.problems import Problem
from registry.queries.roles import READERS_OF_THE_PUBLISHED

ROOT = "/fhir/"


class Spoken:
    """What every address of FHIR has in common: its media types, and OperationOutcomes for whatever goes wrong."""

    renderer_classes: Any = (FhirJson, PlainJson)
    parser_classes: Any = (SearchForm,)
    content_negotiation_class: Any = Negotiation
    schema: Any = None

    def get_exception_handler(self) -> Any:
        return respond


class FhirFace(Spoken, DeskFace):
    """A type of resource, for the program of a person in the office."""

    http_method_names = ["get", "head"]
    max_body_bytes = 16 * 1024
    seen_by = READERS_OF_THE_PUBLISHED
    resource: ClassVar[type[Resource]] = Resource

    @cached_property
    def records(self) -> Resource:
        """The resources, as far as they are the asker's."""
        self.require(self.seen_by)
        return self.resource(self.asker)

    @property
    def who(self) -> str:
        """For whom a search is sealed: the person, whichever key they use; else the system."""
        key = self.asker.key
        return f"user-{key.user_id}" if key.user_id else f"key-{key.pk}"

    @cached_property
    def base(self) -> str:
        """The address of FHIR in this register."""
        return self.request.build_absolute_uri(ROOT)

    @property
    def id(self) -> str:
        """The id in the address."""
        return str(self.kwargs[self.resource.parameter])

    def editions(self, kind: str = Kind.OPENED) -> Sequence[Edition]:
        """Every edition of the resource at the address, once it is kept whose file was opened for it and why."""
        _require_nothing_else(self.request.query_params)
        found = self.records.editions(self.id)
        self.keep_openings(kind)
        return found

    def keep_openings(self, kind: str) -> None:
        """Record whose files were opened; outside one's work each needs a reason. Nothing is kept if one is missing."""
        reasons = [(whose, reason_for(self.asker, whose, self.request)) for whose in self.records.opened]
        for whose, reason in reasons:
            keep_opening(self.asker, whose, kind=kind, reason=reason)

    def answer(self, edition: Edition) -> Response:
        """The resource in an edition; 304 where the asker has it already."""
        if edition.body is None:
            raise Problem(GONE)
        headers = {"ETag": etag(edition)}
        if edition.at:
            headers["Last-Modified"] = http_date(edition.at.timestamp())
        held = [each.strip() for each in self.request.headers.get("If-None-Match", "").split(",")]
        if etag(edition) in held or "*" in held:
            return Response(status=304, headers=headers)
        return Response(document(self.resource.type, self.id, edition), headers=headers)


class Read(FhirFace):
    """The resource as it is now."""

    def get(self, request: Request, **path: Any) -> Response:
        return self.answer(self.editions()[-1])


class ReadVersion(FhirFace):
    """The resource as it was in an edition."""

    def get(self, request: Request, **path: Any) -> Response:
        editions, number = self.editions(Kind.HISTORY), path["version"]
        if not 0 < number <= len(editions):
            raise NotFound
        return self.answer(editions[number - 1])


class History(FhirFace):
    """Every edition of a resource, newest first."""

    params: ClassVar[Mapping[str, Param]] = {"_since": LAST_UPDATED}

    def get(self, request: Request, **path: Any) -> Response:
        here = f"{self.resource.type}/{self.id}/_history"
        seal_for = f"{here} for {self.who}"
        search = search_of(request, self.params, seal_for, about_people=True)
        every = [each for each in reversed(self.records.editions(self.id)) if _since(search, each)]
        self.keep_openings(Kind.HISTORY)
        first = int(search.after or 0)
        some = every[first : first + search.count]
        links = {"self": self.request.build_absolute_uri()}
        if len(every) > first + search.count:
            token = page_after(search, str(first + search.count), seal_for)
            links["next"] = f"{self.base}{here}?{PAGE}={token}"
        return Response(history(self.resource.type, self.id, some, len(every), self.base, links))


class Find(FhirFace):
    """A search whose parameters stand in the address, or in a form."""

    def get(self, request: Request) -> Response:
        return self._found(request)

    def _found(self, request: Request) -> Response:
        type_, params = self.resource.type, self.resource.params
        seal_for = f"{type_} for {self.who}"
        records = self.records
        search = search_of(request, params, seal_for, about_people=self.resource.about_people)
        page = records.page(search)
        self.keep_openings(Kind.OPENED)
        query = shown(search, params).urlencode()
        links = {"self": f"{self.base}{type_}?{query}"}
        if page.last:
            links["next"] = f"{self.base}{type_}?{PAGE}={page_after(search, page.last, seal_for)}"
        return Response(searchset(type_, page.found, self.base, links))


class FindByForm(Find):
    """A search whose parameters stand in a form: they may say who is meant."""

    http_method_names = ["post"]

    def post(self, request: Request) -> Response:
        return self._found(request)


class NothingHere(Spoken, Nothing):
    """Every address of FHIR at which there is nothing."""


def _since(search: Search, edition: Edition) -> bool:
    """`_since` means that instant and later, whatever its form."""
    starts = [Search({"_lastUpdated": [f"ge{each}"]}, 0, "") for each in search.values.get("_since", ())]
    return all(window.holds(edition.at) for each in starts for window in each.windows)


def _require_nothing_else(query: QueryDict) -> None:
    if set(query) - set(OF_THE_ANSWER):
        raise Problem(UNKNOWN_PARAMETER)
