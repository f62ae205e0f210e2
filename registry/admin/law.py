"""The policies as they are: every value with its provision and its certainty. Nothing here can be changed."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.moment import today
from registry.ledger.law import policies
from registry.models import Region
from registry.queries.explain import CERTAINTIES, title_of
from registry.queries.law_lines import groups_of, situations_of
from registry.rules.policy import NATIONAL, Policy

View = Callable[..., HttpResponse]


def policies_page(site: Any) -> View:
    """All policies with the days on which they hold."""

    def view(request: HttpRequest) -> HttpResponse:
        regions = {region.code: region.name for region in Region.objects.filter(code__endswith="0000")}
        found = sorted(policies().values(), key=lambda law: (law.draft, law.region, law.first_day))
        rows = [
            {"law": law, "title": title_of(law), "region": regions.get(law.region, ""), **_facts(law)} for law in found
        ]
        response: HttpResponse = site.page(request, "registry/policies.html", title=_("Policies"), rows=rows)
        return response

    return view


def policy_page(site: Any) -> View:
    """One policy, whole, with what differs from the nation."""

    def view(request: HttpRequest, policy_id: str) -> HttpResponse:
        law = policies().get(policy_id)
        if law is None:
            raise Http404
        response: HttpResponse = site.page(
            request,
            "registry/policy.html",
            title=title_of(law),
            crumbs=[(_("Policies"), reverse("admin:policies"))],
            law=law,
            groups=list(groups_of(law)),
            situations=situations_of(law),
            certainties=CERTAINTIES.items(),
            **_facts(law),
        )
        return response

    return view


def _facts(law: Policy) -> dict[str, Any]:
    national = law.region == NATIONAL
    return {"national": national, "own": 0 if national else len(law.own_values), "now": law.covers(today())}
