"""The policies as they are: every value with its provision and its certainty. Nothing here can be changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.admin.moment import today
from registry.ledger.law import policies
from registry.models import Region
from registry.queries.explain import CERTAINTIES, Source, source_of, title_of, wording
from registry.queries.law_words import GROUPS, rule_words, rules_of, says
from registry.rules.policy import NATIONAL, Policy

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in words, what it says here and (where that differs) in the nation, and the sources of its values.

    A rule may have several values, as a band has a lowest and a highest; `keys` are those of the policy file.
    """

    keys: tuple[str, ...]
    words: str
    value: str
    national: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together."""

    title: str | Promise
    lines: tuple[Line, ...]


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
            groups=list(_groups(law)),
            situations=_situations(law),
            certainties=CERTAINTIES.items(),
            **_facts(law),
        )
        return response

    return view


def _facts(law: Policy) -> dict[str, Any]:
    national = law.region == NATIONAL
    return {"national": national, "own": 0 if national else len(law.own_values), "now": law.covers(today())}


def _groups(law: Policy) -> Iterator[Group]:
    nation = policies().national(law.first_day)
    keys = [key for key, _value in law.values()]
    for prefixes, title in GROUPS:
        rules = rules_of([key for key in keys if key.startswith(prefixes)])
        if rules:
            yield Group(title, tuple(_line(law, nation, rule) for rule in rules))


def _line(law: Policy, nation: Policy, keys: tuple[str, ...]) -> Line:
    known = dict(nation.values())
    here = says(keys, {key: law.get(key) for key in keys})
    there = says(keys, {key: nation.get(key) for key in keys}) if all(key in known for key in keys) else None
    sources = {(source.text, source.certainty): source for source in (source_of(law, key) for key in keys)}
    return Line(keys, rule_words(keys), here, there if there != here else None, tuple(sources.values()))


def _situations(law: Policy) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "text": wording(item),
            "points": "{}–{}".format(*law.bands[item.band]),
            "provision": wording(law.provisions[item.provision]),
        }
        for item in law.situations.values()
    ]
