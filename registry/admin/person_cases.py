"""From a person to a proposal: the cases in which they answer for something."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from registry.admin.acts.subjects import card_of, crumbs_to
from registry.admin.roles import has_any, scope
from registry.ledger.families import family_of
from registry.models import PointsEntry, Proposal, Responsibility
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.rules.procedures import PROPOSAL

MOST_SHOWN = 50


def cases_of_person(site: Any) -> Callable[..., HttpResponse]:
    """The person's responsibilities, newest first, with what was proposed and recorded on each."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if not has_any(request, OFFICERS_OF_AGENCIES):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=_("Propose points"))
            return refused
        person = scope(request).practitioners().filter(pk=pk).first()
        if person is None:
            raise Http404
        _kept, members = family_of(person.pk)
        response: HttpResponse = site.page(
            request,
            "registry/person_cases.html",
            title=_("Propose points"),
            crumbs=crumbs_to(person),
            rows=responsibilities_of(members),
            **card_of(person),
        )
        return response

    return view


def responsibilities_of(members: Any) -> list[Any]:
    """The newest responsibilities of these files, with their case, entries and last proposal first."""
    entries = PointsEntry.objects.select_related("fact").prefetch_related("fact__corrections")
    proposals = Prefetch("proposals", Proposal.objects.order_by("-pk"), to_attr="all_proposals")
    rows: Any = Responsibility.objects.filter(practitioner_id__in=members)
    rows = rows.select_related("handling__institution", "handling__case", "trigger__case")
    found = list(
        rows.prefetch_related(Prefetch("points_entries", entries), proposals).order_by("-identified_on", "-id")[
            :MOST_SHOWN
        ]
    )
    for row in found:
        row.case = getattr(row.cause, "case", None)
        row.open_proposal = next((each for each in row.all_proposals if each.state not in PROPOSAL.ends), None)
    return found
