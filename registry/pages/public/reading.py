"""Pages to read: the beginning, the figures, the law in numbers, and how one answers back."""

from typing import Any

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import Region
from registry.queries.explain import CERTAINTIES, title_of
from registry.queries.law_lines import groups_of, line_of, situations_of
from registry.queries.public_figures import ADDED_UP, Figures, public_figures, years
from registry.rules.policy import NATIONAL, Policy

KEPT = 15 * 60
"""Seconds for which this process remembers figures: nobody keeps the database busy by asking."""

ANSWERING = (
    "clocks.notice",
    "clocks.unopened",
    "clocks.objection",
    "clocks.answer",
    "clocks.assignment",
    "clocks.review",
    "clocks.peer_review",
    "panel.size",
    "panel.years_apart",
    "panel.outcome",
    "procedure.silence_decides",
    "procedure.countersignature_needed",
)
"""The numbers by which somebody answers back."""


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What there is for everybody."""
    return render(request, "public/start.html")


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures of a year, as a table and as bars."""
    today = shanghai_day(timezone.now())
    offered = years(today)
    asked = request.GET.get("year", "") or str(offered[0] if offered else today.year)
    if offered and asked not in map(str, offered):
        raise Http404
    figures = _figures(int(asked), today) if offered else None
    shown = {"figures": figures, "years": offered, "bars": _bars(figures) if figures else []}
    return render(request, "public/statistics.html", shown)


def _figures(year: int, today: Any) -> Figures:
    kept = f"public-figures:{year}:{today:%Y-%m}:{get_language()}"  # names are in the language of the moment
    found = caches["counts"].get(kept)
    if found is None:
        found = public_figures(year, today=today)
        caches["counts"].set(kept, found, KEPT)
    assert isinstance(found, Figures)
    return found


def _bars(figures: Figures) -> list[dict[str, Any]]:
    """For each figure the provinces that show it, the largest first, with the length of their bars in per cent."""
    return [{"name": name, "rows": _rows(figures, name)} for name in ADDED_UP if name != "entries"]


def _rows(figures: Figures, name: str) -> list[dict[str, Any]]:
    found = [(each.figures[name], each) for each in figures.provinces]
    told = sorted(((value, each) for value, each in found if value), key=lambda row: (-row[0], row[1].code))
    return [{"province": each, "value": value, "length": round(100 * value / told[0][0], 1)} for value, each in told]


@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """All policies with the days on which they hold."""
    today = shanghai_day(timezone.now())
    regions = {region.code: region.name for region in Region.objects.filter(code__endswith="0000")}
    found = sorted(policies().values(), key=lambda law: (law.draft, law.region != NATIONAL, law.region, law.first_day))
    rows = [
        {"law": law, "title": title_of(law), "region": regions.get(law.region, ""), **_facts(law, today)}
        for law in found
    ]
    return render(request, "public/policies.html", {"rows": rows})


@require_safe
def policy(request: HttpRequest, policy_id: str) -> HttpResponse:
    """One policy, whole, with what differs from the nation."""
    law = policies().get(policy_id)
    if law is None:
        raise Http404
    shown = {
        "law": law,
        "title": title_of(law),
        "groups": list(groups_of(law)),
        "situations": situations_of(law),
        "certainties": CERTAINTIES.items(),
        **_facts(law, shanghai_day(timezone.now())),
    }
    return render(request, "public/policy.html", shown)


def _facts(law: Policy, today: Any) -> dict[str, Any]:
    national = law.region == NATIONAL
    return {"national": national, "own": 0 if national else len(law.own_values), "now": law.covers(today)}


@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """How one answers back, with the numbers of the policy in force."""
    today = shanghai_day(timezone.now())
    law = policies().national(today)
    known = dict(law.values())
    numbers = {key.replace(".", "_"): known[key].value for key in ANSWERING if key in known}
    lines = [line_of(law, law, (key,)) for key in ANSWERING if key in known]
    local = [each for each in policies().values() if each.region != NATIONAL and not each.draft and each.covers(today)]
    differing = [
        {"law": each, "title": title_of(each)} for each in local if any(key in each.own_values for key in ANSWERING)
    ]
    shown = {"law": law, "title": title_of(law), "numbers": numbers, "lines": lines, "differing": differing}
    return render(request, "public/objections.html", shown)
