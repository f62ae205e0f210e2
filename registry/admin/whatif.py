"""Everybody under another policy: how many would stand otherwise, from what to what, and who. Nothing is written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.admin.chart import Chart, Series, chart
from registry.admin.comparing import for_comparing, years
from registry.admin.fields import choice_field, text_field
from registry.admin.moment import today
from registry.admin.roles import scope
from registry.ledger.law import policies
from registry.models import Practitioner, Region, StandingStatus
from registry.queries.explain import STATUSES, title_of
from registry.queries.whatif import MOST_AT_ONCE, Comparison, ScopeTooLarge, Tally, compare_at

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What was computed, the turns from one standing to another with how many made them, and a page of the people."""

    on: date
    tally: Tally
    turns: tuple[tuple[str, str, int], ...]
    statuses: tuple[tuple[str, int, int], ...]
    drawn: Chart
    people: tuple[tuple[Comparison, Practitioner | None], ...]
    page: int
    pages: int


def whatif_page(site: Any) -> Callable[..., HttpResponse]:
    """The form, and below it what would be."""
    return for_comparing(_("What if"), _whatif, site)


def _whatif(request: HttpRequest, site: Any) -> HttpResponse:
    form = _form(request)
    found, too_large = None, False
    if "policy" in request.GET and form.is_valid():
        try:
            found = _found(request, form.cleaned_data)
        except ScopeTooLarge:
            too_large = True
    kept = {name: value for name, value in request.GET.items() if name in ("policy", "year", "region") and value}
    page: HttpResponse = site.page(
        request,
        "registry/whatif.html",
        title=_("What if"),
        form=form,
        found=found,
        too_large=too_large,
        most=MOST_AT_ONCE,
        policy=policies()[form.cleaned_data["policy"]] if found else None,
        policy_title=title_of(policies()[form.cleaned_data["policy"]]) if found else "",
        earlier=f"?{urlencode({**kept, 'page': found.page - 1})}" if found and found.page > 1 else "",
        later=f"?{urlencode({**kept, 'page': found.page + 1})}" if found and found.page < found.pages else "",
    )
    return page


def _form(request: HttpRequest) -> forms.Form:
    """Which policy, at the end of which year, in which region of those that the user sees."""
    offered = sorted(policies().values(), key=lambda law: (not law.draft, law.region, law.first_day))

    class WhatIfForm(forms.Form):
        policy = choice_field(_("Policy to try"), [(law.id, title_of(law)) for law in offered])
        year = choice_field(_("Year"), [(str(each), str(each)) for each in years()], empty=_("Today"), required=False)
        region = text_field(
            _("Region"), most=6, required=False, help_text=_("Six digits. Empty: everything that you see.")
        )

        def clean_region(self) -> str:
            code = str(self.cleaned_data["region"])
            if code and not (scope(request).covers_region(code) and Region.objects.filter(pk=code).exists()):
                raise forms.ValidationError(gettext("No region that you see has this code."), code="unknown_region")
            return code

    return WhatIfForm(request.GET if "policy" in request.GET else None)


def _found(request: HttpRequest, asked: dict[str, Any]) -> Found:
    """Compute it, within the scope. Raises ScopeTooLarge before anything is computed."""
    on = min(date(int(asked["year"]), 12, 31), today()) if asked["year"] else today()
    prefix = Region(code=asked["region"]).prefix if asked["region"] else ""
    places = scope(request).institutions().filter(region__code__startswith=prefix)
    tally, turns, others = Tally(), Counter[tuple[str, str]](), []
    for each in compare_at(places, policy=asked["policy"], on=on, batch=MOST_AT_ONCE):
        tally.count(each)
        if each.differs:
            others.append(each)
        if each.stands_otherwise:
            turns[each.before.status, each.after.status] += 1
    others.sort(key=lambda each: (not each.stands_otherwise, each.code))
    pages = max(1, -(-len(others) // A_PAGE))
    number = request.GET.get("page", "1")
    page = min(pages, max(1, int(number))) if number.isdecimal() and len(number) < 6 else 1
    shown = others[(page - 1) * A_PAGE : page * A_PAGE]
    people = scope(request).practitioners().filter(code__in=[each.code for each in shown])
    known = {person.code: person for person in people}
    return Found(
        on=on,
        tally=tally,
        turns=tuple((before, after, number) for (before, after), number in turns.most_common()),
        statuses=tuple((status, tally.before[status], tally.after[status]) for status in StandingStatus.values),
        drawn=_drawn(tally),
        people=tuple((each, known.get(each.code)) for each in shown),
        page=page,
        pages=pages,
    )


def _drawn(tally: Tally) -> Chart:
    """Who is blocked as it is, and who would be."""
    sides = (tally.before, tally.after)
    blocked = [sum(side[status] for status in ("suspended", "terminated")) for side in sides]
    return chart(
        [gettext("as it is"), gettext("as it would be")],
        [
            Series(STATUSES["suspended"], "warn", [side["suspended"] for side in sides]),
            Series(STATUSES["terminated"], "stop", [side["terminated"] for side in sides]),
        ],
        title=gettext("People who are blocked"),
        says=gettext("Blocked: %(before)s as it is, %(after)s as it would be")
        % {"before": blocked[0], "after": blocked[1]},
        axis=gettext("Under"),
    )
