"""The opening page: what matters first for the role, as figures and short lists with links.

Officers of institutions have a desk of their own; everybody else sees the queue of their regions.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin import extensions
from registry.admin.moment import today
from registry.admin.roles import has_any, is_agency_officer, keeps_the_country, scope, user_of
from registry.admin.share_bar import share_bar
from registry.admin.trend_charts import charts_of
from registry.admin.worklist import PARTS, rows_of
from registry.models import Proposal, Task
from registry.queries.calendar import missing_years
from registry.queries.casework import open_proposals
from registry.queries.overview import FEW, Overview, overview_of
from registry.queries.ratio import ratios
from registry.queries.roles import COMPLIANCE
from registry.queries.rosters import waiting_jobs
from registry.queries.scope import Scope
from registry.queries.team import team_load
from registry.queries.trends import trends
from registry.queries.worklist import OVERDUE, TODAY, UNKNOWN, WHEN, Due, due_of


def overview(request: HttpRequest, site: Any) -> HttpResponse:
    """The overview of the user's scope."""
    seen = scope(request)
    found = overview_of(seen, today())
    due = due_of(seen, today(), user=user_of(request))
    at_an_institution = has_any(request, COMPLIANCE) and not seen.regions and not seen.sees_everything
    own = _of_an_institution(seen) if at_an_institution else _of_regions(request, seen)
    places = [row.place for row in seen.assignments]
    parts = (OVERDUE, TODAY) if at_an_institution else WHEN
    response: HttpResponse = site.page(
        request,
        "registry/institution_desk.html" if at_an_institution else "registry/overview.html",
        title=_("Overview"),
        found=found,
        tiles=[[*_work(due, parts), *extensions.figures(request)], _figures(found)],
        due=due,
        first=rows_of(request, due.first),
        roles=[role.label for role in sorted(seen.roles)],
        places=[place.name for place in places if place],
        today=today(),
        charts=charts_of(trends(seen, today())),
        sections=extensions.sections("overview", request, None),
        **own,
    )
    return response


def _of_an_institution(seen: Scope) -> dict[str, Any]:
    """What only the desk of an institution shows: rosters that wait, and the share of sanctioned staff."""
    shares = ratios(seen.places, [today()])
    return {
        "institutions": seen.places,
        "jobs": waiting_jobs(seen)[:FEW],
        "waiting_jobs": f"{reverse('admin:registry_rosterjob_changelist')}?waiting=yes",
        "shares": [share_bar(shares[place.pk, today()]) for place in seen.places],
    }


def _of_regions(request: HttpRequest, seen: Scope) -> dict[str, Any]:
    """What only those see who look over a region: who has how much to do, proposals, the calendar."""
    return {
        "team": team_load(seen, today(), user=user_of(request)),
        "proposals": _proposals(seen) if is_agency_officer(request) else None,
        "countersignatures": f"{reverse('admin:work_list')}?kind={Task.Kind.COUNTERSIGN}",
        "missing_years": missing_years(today()) if keeps_the_country(request) else (),
    }


def _work(due: Due, parts: tuple[str, ...]) -> list[dict[str, Any]]:
    """The parts of the queue, and what was handed up. What has no due day yet is told only where there is some."""
    work = reverse("admin:work_list")
    found = [
        {
            "number": getattr(due, part),
            "title": PARTS[part],
            "url": f"{work}?when={part}",
            "tone": "terminated" if part == OVERDUE else "suspended" if part == TODAY else "",
        }
        for part in parts
        if part != UNKNOWN or due.unknown
    ]
    return [*found, {"number": due.escalated, "title": _("handed up"), "url": f"{work}?escalated=on"}]


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
            "number": found.near,
            "title": _("near the threshold"),
            "url": f"{people}?standing=normal&points={found.near_from}-{found.suspend_at - 1}",
            "tone": "suspended",
            "note": _("%(low)s to %(high)s points this year") % {"low": found.near_from, "high": found.suspend_at - 1},
        },
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
    ]
