"""Institutions near a share of sanctioned staff or over it: the highest first, a page at a time, and all as CSV."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.comparing import (
    View,
    counted_by,
    csv_of,
    for_comparing,
    is_late,
    page_asked,
    query_of,
    region_asked,
    up_from,
)
from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.admin.share_bar import ShareBar, share_bar
from registry.models import Institution, InstitutionMeasure
from registry.queries.measures import OPEN, kind_of
from registry.queries.ranking import level_of
from registry.queries.ratio import MEASURES, ratios
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope
from registry.queries.shares import NEAR, Place, near_or_over
from registry.queries.statistics import REGION, names_of
from registry.rosters.cells import harmless

TITLE = _("Institutions near the ratio")
A_PAGE = 25
"""Institutions on a page."""

DIGITS = {2: 4, 4: 6}
"""How many digits tell the regions directly inside one that has so many; the provinces have two."""

Measures = dict[int, InstitutionMeasure]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An institution near a threshold or over it; the measure that is open about it; where one is proposed."""

    bar: ShareBar
    measure: InstitutionMeasure | None
    propose: str


def shares_page(site: Any) -> View:
    """Institutions near or over a share of sanctioned staff."""
    return for_comparing(TITLE, _shares, site)


def _shares(request: HttpRequest, site: Any) -> HttpResponse:
    seen = scope(request)
    region, rule = region_asked(request, seen), request.GET.get("reached", "")
    prefix = region.prefix if region else ""
    asked = near_or_over(seen, today(), prefix=prefix)
    near = asked.places
    found = [place for place in near if place.reached == rule] if rule in MEASURES else list(near)
    if request.GET.get("format") == "csv":
        return csv_of(_lines(found), f"shares-{prefix or 'all'}-{counted_by(asked.counted_at)}.csv")
    number = page_asked(request, A_PAGE, len(found))
    shown = found[number * A_PAGE : (number + 1) * A_PAGE]
    kept = {"region": region.code if region else "", "reached": rule if rule in MEASURES else ""}
    page: HttpResponse = site.page(
        request,
        "registry/shares.html",
        title=TITLE,
        rows=_rows(request, shown, seen),
        over=sum(place.reached != "" for place in near),
        all=len(near),
        found=len(found),
        first=number * A_PAGE + 1,
        last=number * A_PAGE + len(shown),
        near=NEAR,
        region=region,
        rules=_rules(near, kept),
        inside=_inside(near, prefix, kept),
        up=query_of(kept, region=up_from(region)) if region and seen.sees_everything else "",
        earlier=query_of(kept, page=number) if number else "",
        later=query_of(kept, page=number + 2) if len(found) > (number + 1) * A_PAGE else "",
        download=query_of(kept, format="csv"),
        counted_at=asked.counted_at,
        late=is_late(asked.counted_at, today().year),
        today=today(),
    )
    return page


def _rules(near: Iterable[Place], kept: dict[str, Any]) -> list[tuple[Any, int, str, bool]]:
    """What is reached, with how many have, the address, and whether it is what is shown; first everything."""
    counts = Counter(place.reached for place in near)
    every = (_("near or over"), counts.total(), query_of(kept, reached=""), not kept["reached"])
    of_each = [
        (MEASURES[rule], counts[rule], query_of(kept, reached=rule), rule == kept["reached"]) for rule in MEASURES
    ]
    return [every, *of_each]


def _inside(near: Iterable[Place], prefix: str, kept: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The regions directly inside that have any, with how many and the address; nothing inside the lowest."""
    if level_of(prefix) == REGION and len(prefix) >= 6:
        return []
    digits = DIGITS.get(len(prefix), 2)
    counts = Counter(place.region[:digits].ljust(6, "0") for place in near)
    names = names_of(REGION, counts)
    return [(names.get(code, code), counts[code], query_of(kept, region=code)) for code in sorted(counts)]


def _rows(request: HttpRequest, shown: list[Place], seen: Scope) -> list[PlaceRow]:
    places = Institution.objects.select_related("region").in_bulk([place.id for place in shown])
    found = ratios(places.values(), [today()])
    measures, may_act = _measures(places), has_any(request, OFFICERS_OF_AGENCIES)
    bars = [share_bar(found[place.id, today()]) for place in shown]
    return [_place_row(bar, measures.get(bar.ratio.institution.pk), seen, may_act) for bar in bars]


def _measures(places: Iterable[int]) -> Measures:
    """The open measure of each; the latest one."""
    wanted = list(places)
    open_ = InstitutionMeasure.objects.filter(institution__in=wanted, state__in=OPEN).order_by("pk") if wanted else ()
    return {each.institution_id: each for each in open_}


def _place_row(bar: ShareBar, measure: InstitutionMeasure | None, seen: Scope, may_act: bool) -> PlaceRow:
    reached, place = bar.ratio.reached, bar.ratio.institution
    answered = measure is not None and reached is not None and measure.kind == kind_of(reached)
    may = may_act and reached is not None and not answered and seen.acts_in(place.region_id)
    address = f"{reverse('admin:propose_measure', args=[place.pk])}?year={bar.ratio.on.year}"
    return PlaceRow(bar, measure, address if may else "")


def _lines(found: list[Place]) -> Iterator[list[Any]]:
    """A line for each institution. The share is cut off after one decimal."""
    yield ["institution", "name", "region", "region_name", "times", "staff", "share", "reached", "measure", "state"]
    ids = [place.id for place in found]
    named = {pk: rest for pk, *rest in Institution.objects.filter(pk__in=ids).values_list("pk", "code", "name")}
    regions = names_of(REGION, {place.region for place in found})
    measures = _measures(ids)
    for each in found:
        code, name = named[each.id]
        measure = measures.get(each.id)
        told = [measure.kind, measure.state] if measure else ["", ""]
        share = each.times * 1000 // each.staff / 10
        where = [each.region, harmless(regions.get(each.region, each.region))]
        yield [code, harmless(name), *where, each.times, each.staff, share, each.reached.removeprefix("ratios."), *told]
