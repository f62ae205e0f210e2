"""The regulator's tables: regions beside each other, how evenly points are decided, institutions near the ratio."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.admin.moment import today
from registry.admin.roles import has_any, narrow, scope
from registry.admin.share_bar import ShareBar, share_bar
from registry.ledger.law import policies
from registry.models import InstitutionMeasure, Region
from registry.queries.departures import Departures, departures
from registry.queries.measures import OPEN, kind_of
from registry.queries.ranking import COLUMNS, Rank, level_of, ranked
from registry.queries.roles import COMPARING, OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope
from registry.queries.shares import NEAR, near_or_over
from registry.queries.spread import FEWEST, MOST_POINTS, Distribution, Spread, in_the_country, spread
from registry.queries.statistics import REGION, During
from registry.rosters.cells import harmless
from registry.rules.policy import NATIONAL, Policy

View = Callable[..., HttpResponse]
HEADS: dict[str, str | Promise] = {
    "people": _("People registered"),
    "entries": _("Points entries"),
    "suspensions": _("Suspended"),
    "terminations": _("Terminated"),
    "share": _("Share"),
}
BYS: dict[str, str | Promise] = {"agency": _("Agency"), "city": _("City"), "province": _("Province")}
BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know that a text is UTF-8."""


def for_comparing(title: str | Promise, view: Callable[[HttpRequest, Any], HttpResponse], site: Any) -> View:
    """The page, seen only by who compares, and only as far as that role goes."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if not has_any(request, COMPARING):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=title)
            return refused
        narrow(request, COMPARING)
        return view(request, site)

    return guarded


def year_asked(request: HttpRequest) -> int:
    """The year of the address where the law was in force in it, else this one."""
    asked = request.GET.get("year", "")
    return int(asked) if asked in map(str, years()) else today().year


def years() -> list[int]:
    """The years of the law until now, the latest first."""
    first = policies().national(date.min).first_day.year
    return list(range(today().year, first - 1, -1))


# regions --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankRow:
    """A region, how long its bar is, and where one goes down to; empty for the lowest."""

    rank: Rank
    bar: str
    down: str


def regions_page(site: Any) -> View:
    """The regions, sorted by the address; as a page or as CSV."""
    return for_comparing(_("Regions compared"), _regions, site)


def _regions(request: HttpRequest, site: Any) -> HttpResponse:
    seen, year = scope(request), year_asked(request)
    region, sort = _region(request, seen), request.GET.get("sort", "share")
    prefix = region.prefix if region else ""
    found = ranked(seen, year=year, today=today(), prefix=prefix, sort=sort)
    if request.GET.get("format") == "csv":
        return _csv(found, f"regions-{prefix or 'all'}-{year}.csv")
    kept = {"year": year, "region": region.code if region else ""}
    most = max([row.share or 0 for row in found], default=0)
    goes_down = level_of(prefix) != REGION
    page: HttpResponse = site.page(
        request,
        "registry/regions.html",
        title=_("Regions compared"),
        year=year,
        years=[(each, _query(kept, year=each, sort=sort)) for each in years()],
        region=region,
        up=_query(kept, region=_up(region)) if region and seen.sees_everything else "",
        heads=[(name, HEADS[name], _query(kept, sort=name), name == sort) for name in COLUMNS],
        rows=[
            RankRow(
                row,
                f"{100 * (row.share or 0) / most:.1f}%" if most else "0",
                _query(kept, region=row.key) if goes_down else "",
            )
            for row in found
        ],
        download=_query(kept, sort=sort, format="csv"),
        today=today(),
    )
    return page


def _region(request: HttpRequest, seen: Scope) -> Region | None:
    """The region asked about where the user sees it, else the only one that they see, else the whole country."""
    asked = request.GET.get("region", "")
    if asked and asked.isdecimal() and seen.covers_region(asked):
        return Region.objects.filter(pk=asked).first()
    if seen.sees_everything or len(seen.regions) != 1:
        return None
    return Region.objects.filter(pk=seen.regions[0].ljust(6, "0")).first()


def _up(region: Region) -> str:
    above = region.prefix[:-2]
    return above.ljust(6, "0") if above else ""


def _query(kept: dict[str, Any], **changed: Any) -> str:
    told = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"?{urlencode(told)}"


def _csv(rows: tuple[Rank, ...], filename: str) -> HttpResponse:
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response)
    writer.writerow(("region", "name", *COLUMNS))
    for row in rows:
        figures = [getattr(row, name) for name in COLUMNS]
        writer.writerow([row.key, harmless(row.name), *("" if each is None else each for each in figures)])
    return response


# consistency ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evenness:
    """One situation: its band, how it is decided, and how many entries depart; all in per cent of twelve points."""

    spread: Spread
    band: tuple[int, int] | None
    departed: Departures | None
    groups: tuple[tuple[Any, str, str, str], ...]
    band_at: tuple[str, str]
    every: tuple["EveryPoints", ...]
    country: "EveryPoints | None"


@dataclass(frozen=True, slots=True)
class EveryPoints:
    """How many decisions of a group came to each number of points, with the height of its bar in pixels of 20.

    Of the country it is per cent that are told.
    """

    name: str
    all: Distribution
    columns: tuple[tuple[int, int, int], ...]
    """How many, from which pixel on from above, how high; for each number of points in turn."""


def consistency_page(site: Any) -> View:
    """How the same situation is decided by different agencies."""
    return for_comparing(_("Consistency of scoring"), _consistency, site)


def _consistency(request: HttpRequest, site: Any) -> HttpResponse:
    seen, year = scope(request), year_asked(request)
    by = request.GET.get("by", "") if request.GET.get("by") in BYS else "agency"
    first, last = date(year, 1, 1), min(date(year, 12, 31), today())
    departed = departures(seen, first, last)
    law = policies().in_force(NATIONAL, last)
    found = spread(seen, During(first, last), by=by)
    fewest: int = law.get("publication.public.fewest")
    country = in_the_country(During(first, last), fewest=fewest) if found else {}
    entries = reverse("admin:registry_pointsentry_changelist")
    page: HttpResponse = site.page(
        request,
        "registry/consistency.html",
        title=_("Consistency of scoring"),
        year=year,
        years=[(each, _query({"by": by}, year=each)) for each in years()],
        bys=[(name, words, _query({"year": year}, by=name), name == by) for name, words in BYS.items()],
        by_words=BYS[by],
        rows=[_evenness(each, law, departed, country) for each in found],
        fewest=FEWEST,
        country_fewest=fewest,
        scale=range(1, MOST_POINTS + 1),
        entries=f"{entries}?fact__effective_on_from={first}&fact__effective_on_to={last}",
    )
    return page


def _evenness(
    found: Spread, law: Policy, departed: Mapping[str, Departures], country: Mapping[str, Distribution]
) -> Evenness:
    item = law.situations.get(found.situation)
    band = law.bands[item.band] if item else None
    groups = tuple(
        (group, _at(group.lowest - 1), f"{100 * (group.highest - group.lowest + 1) / 12:.2f}%", _at(group.mean - 0.5))
        for group in found.groups
    )
    shown = (_at(band[0] - 1), f"{100 * (band[1] - band[0] + 1) / 12:.2f}%") if band else ("0", "0")
    every = tuple(_every_points(group.name, group.all) for group in found.groups)
    whole = country.get(found.situation)
    there = _every_points("", whole, of=100) if whole else None
    return Evenness(found, band, departed.get(found.situation), groups, shown, every, there)


def _every_points(name: str, found: Distribution, *, of: int = 0) -> EveryPoints:
    """The counts, or parts of `of`; the longest bar is as high as the drawing."""
    most = max(found.counts)
    shown = [round(of * count / found.decisions) if of else count for count in found.counts]
    heights = [max(2, round(20 * count / most)) if count else 0 for count in found.counts]
    return EveryPoints(name, found, tuple((told, 20 - high, high) for told, high in zip(shown, heights, strict=True)))


def _at(points: float) -> str:
    return f"{100 * points / 12:.2f}%"


# institutions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An institution near a threshold or over it; the measure that is open about it; where one is proposed."""

    bar: ShareBar
    measure: InstitutionMeasure | None
    propose: str


def shares_page(site: Any) -> View:
    """Institutions near or over a share of sanctioned staff."""
    return for_comparing(_("Institutions near the ratio"), _shares, site)


def _shares(request: HttpRequest, site: Any) -> HttpResponse:
    seen = scope(request)
    found = near_or_over(seen, today())
    places = [ratio.institution.pk for ratio in found]
    open_ = InstitutionMeasure.objects.filter(institution__in=places, state__in=OPEN).order_by("pk") if places else ()
    measures = {each.institution_id: each for each in open_}
    may_act = has_any(request, OFFICERS_OF_AGENCIES)
    page: HttpResponse = site.page(
        request,
        "registry/shares.html",
        title=_("Institutions near the ratio"),
        rows=[_place_row(share_bar(ratio), measures.get(ratio.institution.pk), seen, may_act) for ratio in found],
        over=sum(ratio.reached is not None for ratio in found),
        near=NEAR,
        today=today(),
    )
    return page


def _place_row(bar: ShareBar, measure: InstitutionMeasure | None, seen: Scope, may_act: bool) -> PlaceRow:
    reached, place = bar.ratio.reached, bar.ratio.institution
    answered = measure is not None and reached is not None and measure.kind == kind_of(reached)
    may = may_act and reached is not None and not answered and seen.acts_in(place.region_id)
    address = f"{reverse('admin:propose_measure', args=[place.pk])}?year={bar.ratio.on.year}"
    return PlaceRow(bar, measure, address if may else "")
