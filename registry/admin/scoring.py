"""From a person to points: which of their responsibilities is scored."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from registry.admin.acts.subjects import card_of, crumbs_to
from registry.admin.roles import OFFICERS_OF_AGENCIES, has_any, scope
from registry.ledger.families import family_of
from registry.models import PointsEntry, Responsibility

MOST_SHOWN = 50


def choose_responsibility(site: Any) -> Callable[..., HttpResponse]:
    """The person's responsibilities, newest first, with what was scored on each."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if not has_any(request, OFFICERS_OF_AGENCIES):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=_("Record points"))
            return refused
        person = scope(request).practitioners().filter(pk=pk).first()
        if person is None:
            raise Http404
        _kept, members = family_of(person.pk)
        response: HttpResponse = site.page(
            request,
            "registry/choose_responsibility.html",
            title=_("Record points"),
            crumbs=crumbs_to(person),
            rows=responsibilities_of(members),
            **card_of(person),
        )
        return response

    return view


def responsibilities_of(members: Any) -> list[Responsibility]:
    """The newest responsibilities of these files, with their entries."""
    entries = PointsEntry.objects.select_related("fact").prefetch_related("fact__corrections")
    rows = Responsibility.objects.filter(practitioner_id__in=members).select_related("handling__institution", "trigger")
    return list(
        rows.prefetch_related(Prefetch("points_entries", entries)).order_by("-identified_on", "-id")[:MOST_SHOWN]
    )
