"""The opening page: what matters first for the role, as figures and short lists with links."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin import extensions
from registry.admin.moment import today
from registry.admin.roles import is_agency_officer, keeps_the_country, scope, user_of
from registry.admin.worklist import rows_of
from registry.models import Proposal, Task
from registry.queries.calendar import missing_years
from registry.queries.casework import open_proposals
from registry.queries.overview import FEW, Overview, overview_of
from registry.queries.rosters import visible_jobs
from registry.queries.scope import Scope
from registry.queries.worklist import Due, due_of


def overview(request: HttpRequest, site: Any) -> HttpResponse:
    """The overview of the user's scope."""
    seen = scope(request)
    found = overview_of(seen, today())
    due = due_of(seen, today(), user=user_of(request))
    places = [row.place for row in seen.assignments]
    response: HttpResponse = site.page(
        request,
        "registry/overview.html",
        title=_("Overview"),
        found=found,
        tiles=[[*_work(due), *extensions.figures(request)], _figures(found)],
        due=due,
        first=rows_of(request, due.first),
        roles=[role.label for role in sorted(seen.roles)],
        places=[place.name for place in places if place],
        today=today(),
        proposals=_proposals(seen) if is_agency_officer(request) else None,
        countersignatures=f"{reverse('admin:work_list')}?kind={Task.Kind.COUNTERSIGN}",
        missing_years=missing_years(today()) if keeps_the_country(request) else (),
        jobs=visible_jobs(seen)[:FEW],
        institutions=seen.places,
    )
    return response


def _work(due: Due) -> list[dict[str, Any]]:
    work = reverse("admin:work_list")
    return [
        {"number": due.today, "title": _("due today"), "url": work},
        {"number": due.overdue, "title": _("overdue"), "url": f"{work}?overdue=on", "tone": "terminated"},
        {"number": due.escalated, "title": _("handed up"), "url": f"{work}?escalated=on"},
    ]


def _proposals(seen: Scope) -> list[dict[str, Any]]:
    """How many proposals are open, state by state, with the way to them."""
    every = reverse("admin:registry_proposal_changelist")
    return [
        {"number": number, "title": Proposal.State(state).label, "url": f"{every}?state__exact={state}"}
        for state, number in open_proposals(seen).items()
    ]


def _figures(found: Overview) -> list[dict[str, Any]]:
    people = reverse("admin:registry_practitioner_changelist")
    return [
        {
            "number": found.suspended,
            "title": _("suspended now"),
            "url": f"{people}?standing=suspended",
            "tone": "suspended",
        },
        {
            "number": found.terminated,
            "title": _("terminated now"),
            "url": f"{people}?standing=terminated",
            "tone": "terminated",
        },
        {
            "number": found.may_reregister,
            "title": _("may be registered again"),
            "url": f"{people}?standing=may_reregister",
        },
        {
            "number": found.near,
            "title": _("near the threshold"),
            "url": f"{people}?points={found.near_from}-{found.suspend_at - 1}",
            "note": _("%(low)s to %(high)s points this year") % {"low": found.near_from, "high": found.suspend_at - 1},
        },
    ]
