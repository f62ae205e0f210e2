"""Who comes in to a draft and to a filed objection: whoever it is about, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from appeals.models import Draft, Objection
from appeals.queries.drafts import own_drafts
from appeals.queries.own_objections import own_objections
from registry.models import Practitioner, User
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_file import files_of

Row = TypeVar("Row", Draft, Objection)


def user_of(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    return request.user


def for_its_author(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the draft after the request. One that was filed leads to its receipt; any other is not there."""

    @wraps(view)
    @for_its_holder
    def guarded(request: HttpRequest, person: Practitioner, *, draft: UUID, **path: Any) -> HttpResponse:
        found: Draft | None = own_drafts(user_of(request)).filter(uuid=draft).first()
        if found is not None:
            return view(request, _of(person, found), **path)
        if own_objections(files_of(person)).filter(uuid=draft).exists():
            return HttpResponseRedirect(reverse("my_objection_receipt", args=[draft]))
        raise Http404

    return guarded


def for_its_objector(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the objection of the holder of the file after the request."""

    @wraps(view)
    @for_its_holder
    def guarded(request: HttpRequest, person: Practitioner, *, objection: UUID, **path: Any) -> HttpResponse:
        found: Objection | None = own_objections(files_of(person)).filter(uuid=objection).first()
        if found is None:
            raise Http404
        return view(request, _of(person, found), **path)

    return guarded


def _of(person: Practitioner, row: Row) -> Row:
    """The row, with the person who is here already where it is of that file: what was asked of them is asked once."""
    if row.practitioner_id == person.pk:
        row.practitioner = person
    return row
