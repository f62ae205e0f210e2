"""How evenly points are decided: every situation in short, one of them in full, and everything as CSV."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.admin.comparing import View, csv_of, for_comparing, page_asked, query_of, year_asked, years
from registry.admin.moment import today
from registry.admin.roles import scope
from registry.ledger.law import policies
from registry.queries.departures import Departures, departures
from registry.queries.spread import (
    FEWEST,
    MOST_POINTS,
    Distribution,
    Group,
    Outline,
    Spread,
    in_the_country,
    outlines,
    spread,
)
from registry.queries.statistics import During
from registry.rosters.cells import harmless
from registry.rules.policy import NATIONAL, Policy

TITLE = _("Consistency of scoring")
BYS: dict[str, str | Promise] = {"agency": _("Agency"), "city": _("City"), "province": _("Province")}
HEADS: dict[str, str | Promise] = {
    "decisions": _("Decisions"),
    "mean": _("Mean"),
    "deviation": _("Deviation"),
    "off_default": _("Off the default"),
}
A_PAGE = 30
"""Groups of one situation on a page."""

FIGURES = ("decisions", "mean", "lowest", "highest", "deviation", "off_default")


@dataclass(frozen=True, slots=True)
class Band:
    """The band of a situation in points, and where it lies in a drawing of twelve points, in per cent."""

    low: int
    high: int
    at: str
    width: str


@dataclass(frozen=True, slots=True)
class InShort:
    """One situation: how it is decided here and in the country, and from which lowest to which highest mean."""

    outline: Outline
    band: Band | None
    departed: Departures | None
    country: Distribution | None
    from_: str
    width: str
    mean: str
    down: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: from its lowest to its highest points and its mean, in per cent of twelve points; every decision."""

    group: Group
    left: str
    width: str
    mean: str
    every: "EveryPoints"


@dataclass(frozen=True, slots=True)
class EveryPoints:
    """How many decisions of a group came to each number of points, with the height of its bar in pixels of 20.

    Of the country it is per cent that are told.
    """

    name: str
    all: Distribution
    columns: tuple[tuple[int, int, int], ...]
    """How many, from which pixel on from above, how high; for each number of points in turn."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The year and its days, the law of their end, and what is compared; `kept` is what the address says of it."""

    year: int
    during: During
    law: Policy
    by: str

    @property
    def fewest(self) -> int:
        """Decisions of the country below which they are not told."""
        fewest: int = self.law.get("publication.public.fewest")
        return fewest

    @property
    def kept(self) -> dict[str, Any]:
        """For the addresses of the page."""
        return {"year": self.year, "by": self.by}

    def band_of(self, situation: str) -> Band | None:
        """None for a situation that the law does not know."""
        item = self.law.situations.get(situation)
        if item is None:
            return None
        low, high = self.law.bands[item.band]
        return Band(low, high, _at(low - 1), _at(high - low + 1))


def consistency_page(site: Any) -> View:
    """How the same situation is decided by different agencies."""
    return for_comparing(TITLE, _consistency, site)


def _consistency(request: HttpRequest, site: Any) -> HttpResponse:
    year = year_asked(request)
    first, last = date(year, 1, 1), min(date(year, 12, 31), today())
    by = request.GET.get("by", "") if request.GET.get("by") in BYS else "agency"
    asked = _Asked(year, During(first, last), policies().in_force(NATIONAL, last), by)
    situation = request.GET.get("situation", "")
    if request.GET.get("format") == "csv":
        found = spread(scope(request), asked.during, by=by, situation=_plain(situation))
        return csv_of(_lines(found), f"consistency-{_plain(situation) or 'all'}-{by}-{year}.csv")
    if situation:
        (one, *_more) = spread(scope(request), asked.during, by=by, situation=_plain(situation)) or (None,)
        return _of_one(request, site, asked, _plain(situation), one)
    return _in_short(request, site, asked)


def _plain(situation: str) -> str:
    """The code of a situation, such as 2-99, or nothing; anything else finds nothing and stands in no file name."""
    return situation if situation.isascii() and f"0{situation}".replace("-", "").isalnum() else "-"


def _page(request: HttpRequest, site: Any, asked: _Asked, template: str, **told: Any) -> HttpResponse:
    kept, by = told.pop("kept"), asked.by
    page: HttpResponse = site.page(
        request,
        template,
        year=asked.year,
        years=[(each, query_of(kept, year=each)) for each in years()],
        bys=[(name, words, query_of(kept, by=name), name == by) for name, words in BYS.items()],
        by_words=BYS[by],
        fewest=FEWEST,
        country_fewest=asked.fewest,
        entries=_entries(asked.during),
        download=query_of(kept, format="csv"),
        **told,
    )
    return page


def _entries(during: During) -> str:
    entries = reverse("admin:registry_pointsentry_changelist")
    return f"{entries}?fact__effective_on_from={during.from_}&fact__effective_on_to={during.until}"


# every situation in short ---------------------------------------------------------------------------------------------


def _in_short(request: HttpRequest, site: Any, asked: _Asked) -> HttpResponse:
    seen = scope(request)
    found = outlines(seen, asked.during, by=asked.by)
    departed = departures(seen, asked.during.from_, asked.during.until) if found else {}
    country = _country(seen.sees_everything, asked, found)
    rows = [_short_row(each, asked, departed, country) for each in found]
    return _page(request, site, asked, "registry/consistency.html", title=TITLE, kept=asked.kept, rows=rows)


def _country(sees_everything: bool, asked: _Asked, found: Iterable[Outline]) -> dict[str, Distribution]:
    """Who sees everything has just counted the country."""
    if sees_everything:
        return {each.situation: each.all for each in found if each.all.decisions >= asked.fewest}
    return in_the_country(asked.during, fewest=asked.fewest) if found else {}


def _short_row(
    outline: Outline, asked: _Asked, departed: Mapping[str, Departures], country: Mapping[str, Distribution]
) -> InShort:
    low, high = (
        (outline.lowest.mean, outline.highest.mean)
        if outline.lowest and outline.highest
        else (outline.all.mean(), outline.all.mean())
    )
    return InShort(
        outline=outline,
        band=asked.band_of(outline.situation),
        departed=departed.get(outline.situation),
        country=country.get(outline.situation),
        from_=_at(low - 0.5),
        width=_at(high - low),
        mean=_at(outline.all.mean() - 0.5),
        down=query_of(asked.kept, situation=outline.situation),
    )


# one situation in full ------------------------------------------------------------------------------------------------


def _of_one(request: HttpRequest, site: Any, asked: _Asked, situation: str, found: Spread | None) -> HttpResponse:
    sort = request.GET.get("sort", "") if request.GET.get("sort") in HEADS else "mean"
    groups = sorted(found.groups, key=lambda group: (-getattr(group, sort), group.key)) if found else []
    number = page_asked(request, A_PAGE, len(groups))
    shown = groups[number * A_PAGE : (number + 1) * A_PAGE]
    kept = {**asked.kept, "situation": situation}
    departed, country = None, None
    if found:
        every = departures(scope(request), asked.during.from_, asked.during.until, situation=situation)
        departed = every.get(situation)
        country = in_the_country(asked.during, fewest=asked.fewest, situation=situation).get(situation)
    return _page(
        request,
        site,
        asked,
        "registry/consistency_of_one.html",
        title=TITLE,
        kept=kept,
        spread=found,
        situation=situation,
        band=asked.band_of(situation),
        departed=departed,
        country=_every_points("", country, of=100) if country else None,
        rows=[_group_row(group) for group in shown],
        groups=len(groups),
        first=number * A_PAGE + 1,
        last=number * A_PAGE + len(shown),
        heads=[(name, words, query_of(kept, sort=name), name == sort) for name, words in HEADS.items()],
        scale=range(1, MOST_POINTS + 1),
        up=query_of(asked.kept),
        earlier=query_of(kept, sort=sort, page=number) if number else "",
        later=query_of(kept, sort=sort, page=number + 2) if len(groups) > (number + 1) * A_PAGE else "",
    )


def _group_row(group: Group) -> GroupRow:
    width = _at(group.highest - group.lowest + 1)
    return GroupRow(group, _at(group.lowest - 1), width, _at(group.mean - 0.5), _every_points(group.name, group.all))


def _every_points(name: str, found: Distribution, *, of: int = 0) -> EveryPoints:
    """The counts, or parts of `of`; the longest bar is as high as the drawing."""
    most = max(found.counts)
    shown = [round(of * count / found.decisions) if of else count for count in found.counts]
    heights = [max(2, round(20 * count / most)) if count else 0 for count in found.counts]
    return EveryPoints(name, found, tuple((told, 20 - high, high) for told, high in zip(shown, heights, strict=True)))


def _at(points: float) -> str:
    return f"{100 * points / MOST_POINTS:.2f}%"


# everything as CSV ----------------------------------------------------------------------------------------------------


def _lines(found: Iterable[Spread]) -> Iterator[list[Any]]:
    """A line for each group of each situation, with how many decisions came to 1, 2, … 12 points."""
    points = [f"points_{points}" for points in range(1, MOST_POINTS + 1)]
    yield ["situation", "words", "difference", "key", "name", *FIGURES, *points]
    for each in found:
        difference = "" if each.difference is None else each.difference
        for group in each.groups:
            figures = [getattr(group, name) for name in FIGURES]
            named = [group.key, harmless(group.name)]
            yield [each.situation, each.words, difference, *named, *figures, *group.all.counts]
