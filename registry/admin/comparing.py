"""What pages that compare have in common, and the regions beside each other."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from registry.actions.figures import RENEWED, RENEWED_LATER
from registry.admin.moment import now, today
from registry.admin.roles import has_any, narrow, scope
from registry.ledger.law import policies
from registry.models import Region
from registry.queries.ranking import COLUMNS, Rank, level_of, ranked
from registry.queries.roles import COMPARING
from registry.queries.scope import Scope
from registry.queries.statistics import REGION
from registry.rosters.cells import harmless

View = Callable[..., HttpResponse]
HEADS: dict[str, str | Promise] = {
    "people": _("People registered"),
    "entries": _("Points entries"),
    "suspensions": _("Suspended"),
    "terminations": _("Terminated"),
    "share": _("Share"),
}
MOST_LATE = timedelta(hours=2)
"""So long after the time at which kept figures are counted again they are called late."""

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


def query_of(kept: dict[str, Any], **changed: Any) -> str:
    """The address of the page with what it keeps, changed in this."""
    told = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"?{urlencode(told)}"


def page_asked(request: HttpRequest, a_page: int, rows: int) -> int:
    """Which page of so many rows, from 0; the last one where there are not so many."""
    asked, last = request.GET.get("page", ""), max(0, (rows - 1) // a_page)
    return min(max(0, int(asked) - 1), last) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0


def counted_by(counted_at: datetime | None) -> str:
    """When figures were counted, for the name of a file: the day, with the minute where they were kept."""
    return f"{localtime(counted_at):%Y-%m-%d-%H%M}" if counted_at else f"{today()}"


def is_late(counted_at: datetime | None, year: int) -> bool:
    """Whether kept figures should have been counted again long ago: nothing works in the background."""
    if counted_at is None:
        return False
    renewed = RENEWED if year == today().year else RENEWED_LATER
    return now() - counted_at > renewed + MOST_LATE


def csv_of(lines: Iterable[Iterable[Any]], filename: str) -> HttpResponse:
    """The lines as a file to be taken away."""
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    csv.writer(response).writerows(lines)
    return response


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
    region, sort = region_asked(request, seen), request.GET.get("sort", "share")
    prefix = region.prefix if region else ""
    ranking = ranked(seen, year=year, today=today(), prefix=prefix, sort=sort)
    found = ranking.rows
    if request.GET.get("format") == "csv":
        return csv_of(_lines(found), f"regions-{prefix or 'all'}-{year}-{counted_by(ranking.counted_at)}.csv")
    kept = {"year": year, "region": region.code if region else ""}
    most = max([row.share or 0 for row in found], default=0)
    goes_down = level_of(prefix) != REGION
    page: HttpResponse = site.page(
        request,
        "registry/regions.html",
        title=_("Regions compared"),
        year=year,
        years=[(each, query_of(kept, year=each, sort=sort)) for each in years()],
        region=region,
        up=query_of(kept, region=up_from(region)) if region and seen.sees_everything else "",
        heads=[(name, HEADS[name], query_of(kept, sort=name), name == sort) for name in COLUMNS],
        rows=[
            RankRow(
                row,
                f"{100 * (row.share or 0) / most:.1f}%" if most else "0",
                query_of(kept, region=row.key) if goes_down else "",
            )
            for row in found
        ],
        download=query_of(kept, sort=sort, format="csv"),
        counted_at=ranking.counted_at,
        late=is_late(ranking.counted_at, year),
        today=today(),
    )
    return page


def region_asked(request: HttpRequest, seen: Scope) -> Region | None:
    """The region asked about where the user sees it, else the only one that they see, else the whole country."""
    asked = request.GET.get("region", "")
    if asked and asked.isdecimal() and seen.covers_region(asked):
        return Region.objects.filter(pk=asked).first()
    if seen.sees_everything or len(seen.regions) != 1:
        return None
    return Region.objects.filter(pk=seen.regions[0].ljust(6, "0")).first()


def up_from(region: Region) -> str:
    """The code of the region above; empty above a province."""
    above = region.prefix[:-2]
    return above.ljust(6, "0") if above else ""


def _lines(rows: tuple[Rank, ...]) -> Iterator[list[Any]]:
    yield ["region", "name", *COLUMNS]
    for row in rows:
        figures = [getattr(row, name) for name in COLUMNS]
        yield [row.key, harmless(row.name), *("" if each is None else each for each in figures)]
