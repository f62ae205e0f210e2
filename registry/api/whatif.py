"""Everybody under another policy, drafts included: who would stand otherwise. Nothing is written."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from registry.api.desk import DeskFace, One, parameters
from registry.api.downloads import CSV, Download, stream
from registry.api.given import NOT_KNOWN, Given, Text, Whole
from registry.api.problems import MALFORMED, REFUSED, Problem
from registry.api.shapes import Shape
from registry.ledger.law import policies
from registry.models import Region, StandingStatus
from registry.queries.whatif import COLUMNS, MOST_AT_ONCE, Comparison, ScopeTooLarge, Tally, compare_at, row_of


class WhatIfGiven(Given):
    """Under which policy, on the last day of which year, and where."""

    policy = Text(max_length=40, help_text="its id; drafts too")
    year = Whole(min_value=2000, max_value=2200, required=False, help_text="on 31 December; today unless told")
    region = Text(required=False, max_length=6, help_text="only people registered in this region")


class StatusCountShape(Shape):
    """How many people stand so, and would."""

    status = serializers.ChoiceField(choices=StandingStatus.values)
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class InstitutionCountShape(Shape):
    """An institution whose counts would be others."""

    institution = serializers.CharField()
    counts = StatusCountShape(many=True)


class WhatIfShape(Shape):
    """What would be under the policy, for people registered on the day at an institution that concerns you."""

    policy = serializers.CharField()
    on = serializers.DateField()
    people = serializers.IntegerField(help_text="with a record")
    stand_otherwise = serializers.IntegerField()
    blocked_otherwise = serializers.IntegerField(help_text="only the number of blocked days of the year differs")
    counts = StatusCountShape(many=True)
    institutions = InstitutionCountShape(many=True)


class Comparing(DeskFace):
    """Reads what is asked, and compares within the scope of the asker."""

    asks = WhatIfGiven
    refuses = True

    def asked(self, request: Request) -> tuple[str, date, str | None]:
        """Policy, day and region. Raises Problem for what is not known."""
        asked = parameters(self.asks, request, beside=("format",))
        if asked["policy"] not in policies():
            raise Problem(MALFORMED, errors=[NOT_KNOWN.of("policy", asked["policy"])])
        on = date(asked["year"], 12, 31) if "year" in asked else self.asker.today
        return asked["policy"], on, asked.get("region")

    def compared(self, policy: str, on: date, region: str | None) -> Iterator[Comparison]:
        """Everybody whom it concerns. Raises Problem where they are too many at once."""
        places = self.asker.scope.institutions()
        if region is not None:
            found = Region.objects.filter(pk=region).first()
            if found is None:
                raise Problem(MALFORMED, errors=[NOT_KNOWN.of("region", region)])
            places = places.filter(region__code__startswith=found.prefix)
        try:
            return compare_at(places, policy=policy, on=on)
        except ScopeTooLarge:
            words = _("More than %(most)s people would be compared. Name a smaller region with `region`.")
            raise Problem(REFUSED, words % {"most": MOST_AT_ONCE}, code="scope_too_large") from None


class WhatIf(Comparing, One):
    """Everybody's history as if every entry had been made under another policy: how many would stand otherwise."""

    tag = "law"
    shape = WhatIfShape

    def find(self, **path: Any) -> dict[str, Any]:
        policy, on, region = self.asked(self.request)
        tally = Tally()
        for comparison in self.compared(policy, on, region):
            tally.count(comparison)
        differing = tally.institutions_that_differ()
        return {
            "policy": policy,
            "on": on,
            "people": tally.people,
            "stand_otherwise": tally.stand_otherwise,
            "blocked_otherwise": tally.blocked_otherwise,
            "counts": _counts(tally.before, tally.after),
            "institutions": [
                {"institution": code, "counts": _counts(tally.at_before[code], tally.at_after[code])}
                for code in differing
            ],
        }


def _counts(before: Any, after: Any) -> list[dict[str, Any]]:
    return [{"status": status, "before": before[status], "after": after[status]} for status in StandingStatus.values]


class WhatIfTable(Comparing, Download):
    """Everybody who would stand otherwise, or be blocked on another number of days of the year, one line each."""

    tag = "law"
    downloads = (CSV,)

    def get(self, request: Request, **path: Any) -> StreamingHttpResponse:
        self.require(self.seen_by)
        policy, on, region = self.asked(request)
        return stream(_lines(self.compared(policy, on, region)), CSV, f"what-if-{policy}-{on}.csv")


def _lines(compared: Iterator[Comparison]) -> Iterator[str]:
    yield _line(COLUMNS)
    yield from (_line(row_of(each)) for each in compared if each.differs)


def _line(cells: Any) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
