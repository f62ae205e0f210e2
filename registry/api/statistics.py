"""Figures over everything that concerns the asker: points, sanctions, relief, deadlines, evenness, shares of staff."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.api.desk import Filter, One, parameters
from registry.api.given import NOT_KNOWN, Choice, Day, Flag, Given, Text, Whole
from registry.api.paged import Paged
from registry.api.problems import MALFORMED, Problem
from registry.api.reach import ShareShape, ThresholdShape
from registry.api.shapes import PlaceRef, Shape
from registry.models import Region, Task
from registry.queries.faults import Fault
from registry.queries.measures import sum_of
from registry.queries.ratio import Ratio
from registry.queries.roles import COMPLIANCE, READERS_OF_FILES
from registry.queries.shares import shares
from registry.queries.spread import FEWEST, SPREAD_BY, Spread, spread
from registry.queries.statistics import (
    DEADLINES_BY,
    MOST_LINES,
    POINTS_BY,
    RELIEF_BY,
    SANCTIONS_BY,
    During,
    Table,
    deadlines,
    points,
    relief,
    sanctions,
)

WRONG_WAY_ROUND = Fault(
    "wrong_way_round", _("%(value)s lies before the first day."), _("Send a last day that is not before the first.")
)

FEW_GROUPS = 50
"""So many groups of a situation are told unless more are asked for."""

SPECIALTY = (
    "; `specialty` is the scope of practice (执业范围), as it reads now, on the certificate of the file that was"
    " recorded last by the day of the points, sanction, relief, filing or decision; its key is empty without one"
)


class AskedDays(Given):
    """Which days, both included, and where."""

    from_day = Day(required=False, help_text="1 January of this year unless told")
    until = Day(required=False, help_text="inclusive; today unless told")
    region = Text(required=False, max_length=6, help_text="only in this region and below it")
    institution = Text(required=False, max_length=12, help_text="only at this institution, by its code")


def asked_by(by: Iterable[str], usual: str, name: str) -> type[Given]:
    """The parameters of a table by one of these."""
    offered = list(by)
    told = f"{usual} unless told{SPECIALTY}" if "specialty" in offered else f"{usual} unless told"
    fields = {
        "by": Choice(choices=offered, required=False, help_text=told),
        "limit": Whole(min_value=1, max_value=MOST_LINES, required=False, help_text="groups; 200 unless told"),
    }
    return type(name, (AskedDays,), {**fields, "__doc__": AskedDays.__doc__})


class Figures(One):
    """Figures of some days, within what the asker may see."""

    tag = "statistics"
    asks: ClassVar[type[Given]] = AskedDays

    def asked(self) -> dict[str, Any]:
        """The parameters."""
        return parameters(self.asks, self.request)

    def during(self, asked: Mapping[str, Any]) -> During:
        """The days and the place. Raises Problem for days the wrong way round and a region that is not known."""
        today = self.asker.today
        first: date = asked.get("from_day") or date(today.year, 1, 1)
        last: date = asked.get("until") or max(today, first)
        if last < first:
            raise Problem(MALFORMED, errors=[WRONG_WAY_ROUND.of("until", last)])
        return During(first, last, prefix_of(asked.get("region")), asked.get("institution", ""))


def prefix_of(region: str | None) -> str:
    """The first digits of everything in the region. Raises Problem."""
    if region is None:
        return ""
    found = Region.objects.filter(pk=region).first()
    if found is None:
        raise Problem(MALFORMED, errors=[NOT_KNOWN.of("region", region)])
    return found.prefix


def days_of(took: timedelta | None) -> float | None:
    """How long something took in calendar days, as it is told."""
    return None if took is None else round(took / timedelta(days=1), 1)


class GroupShape(Shape):
    """What every group of a table has."""

    key = serializers.CharField(allow_blank=True, help_text="the code of the group, or the month; empty: not known")
    name = serializers.CharField(allow_blank=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The key and the name with the figures beside them."""
        return super().to_representation({"key": instance.key, "name": instance.name, **instance.figures})


class TableShape(Shape):
    """What every table has."""

    by = serializers.CharField()
    from_day = serializers.DateField()
    until = serializers.DateField()
    more = serializers.BooleanField(help_text="there are further groups; ask for fewer days, or a smaller region")


class Tabulated(Figures):
    """A table by one thing."""

    usual: ClassVar[str] = "region"

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        """The figures."""
        raise NotImplementedError

    def find(self, **path: Any) -> dict[str, Any]:
        asked = self.asked()
        during = self.during(asked)
        found = self.table(during, by=asked.get("by", self.usual), most=asked.get("limit", 200), asked=asked)
        return {
            "by": found.by,
            "from_day": during.from_,
            "until": during.until,
            "more": found.more,
            "groups": found.lines,
        }


class PointsGroupShape(GroupShape):
    """Points of one group."""

    entries = serializers.IntegerField()
    annulled_entries = serializers.IntegerField(help_text="of them, annulled since")
    people = serializers.IntegerField()
    scored = serializers.IntegerField(help_text="points as they were decided")
    points = serializers.IntegerField(help_text="points that count by now")


class PointsTableShape(TableShape):
    """Points, by the day from which they count, at the institution that was handled."""

    groups = PointsGroupShape(many=True)


class PointsStatistics(Tabulated):
    """Points by region, institution, category, specialty, situation, grade of responsibility or month."""

    shape = PointsTableShape
    asks = asked_by(POINTS_BY, "region", "AskedPoints")

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        return points(self.asker.scope, during, by=by, most=most)


class SanctionsGroupShape(GroupShape):
    """Sanctions of one group."""

    suspensions = serializers.IntegerField()
    terminations = serializers.IntegerField()
    people = serializers.IntegerField()


class SanctionsTableShape(TableShape):
    """Suspensions and terminations that began, where the person was registered on the first day."""

    groups = SanctionsGroupShape(many=True)


class SanctionStatistics(Tabulated):
    """Suspensions and terminations by region, institution, category or specialty of the person, or month."""

    shape = SanctionsTableShape
    asks = asked_by(SANCTIONS_BY, "region", "AskedSanctions")

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        return sanctions(self.asker.scope, during, by=by, most=most)


class ReliefGroupShape(GroupShape):
    """What was repaired in one group."""

    reliefs = serializers.IntegerField()
    points_relieved = serializers.IntegerField()
    shortenings = serializers.IntegerField()
    days_shortened = serializers.IntegerField()
    reregistrations = serializers.IntegerField()
    people = serializers.IntegerField()


class ReliefTableShape(TableShape):
    """Points relieved, periods shortened, people registered again."""

    groups = ReliefGroupShape(many=True)


class ReliefStatistics(Tabulated):
    """What was repaired, by region of the agency, agency, category or specialty of the person, or month."""

    shape = ReliefTableShape
    asks = asked_by(RELIEF_BY, "region", "AskedRelief")

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        return relief(self.asker.scope, during, by=by, most=most)


class DeadlinesGroupShape(GroupShape):
    """How a group keeps its deadlines."""

    tasks = serializers.IntegerField()
    done_in_time = serializers.IntegerField()
    done_late = serializers.IntegerField()
    lapsed = serializers.IntegerField(help_text="the last day passed unused")
    open = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="of those that are open, today")
    days = serializers.SerializerMethodField()

    def get_days(self, row: Mapping[str, Any]) -> float | None:
        """Calendar days until it was done, on average; null where nothing is done."""
        return days_of(row["took"])


class DeadlinesTableShape(TableShape):
    """Tasks whose clock began on these days, against their last day."""

    groups = DeadlinesGroupShape(many=True)


class AskedDeadlines(asked_by(DEADLINES_BY, "task", "AskedDeadlinesBy")):  # type: ignore[misc]  # made when it runs
    """Which days, where, and which task."""

    task = Choice(choices=Task.Kind.values, required=False, help_text="only this one, such as `review`")


class DeadlineStatistics(Tabulated):
    """How long things take against their clock: each task by kind, region, agency, institution or month."""

    shape = DeadlinesTableShape
    asks = AskedDeadlines
    usual = "task"

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        kind = asked.get("task", "")
        return deadlines(self.asker.scope, during, today=self.asker.today, by=by, kind=kind, most=most)


class SpreadGroupShape(Shape):
    """The points that one region, agency or officer decided for a situation."""

    key = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    decisions = serializers.IntegerField()
    mean = serializers.FloatField()
    lowest = serializers.IntegerField()
    highest = serializers.IntegerField()
    deviation = serializers.FloatField(help_text="standard deviation")
    off_default = serializers.FloatField(help_text="above the default of the grade, on average")


class SituationSpreadShape(Shape):
    """One situation, and how differently it is decided."""

    situation = serializers.CharField()
    words = serializers.CharField()
    decisions = serializers.IntegerField()
    mean = serializers.FloatField()
    difference = serializers.FloatField(
        allow_null=True, help_text="between the highest and the lowest mean of groups with enough decisions"
    )
    groups = SpreadGroupShape(many=True, help_text="those with the most decisions, by their mean, the highest first")
    groups_in_all = serializers.IntegerField(min_value=1, help_text="how many there are; all of them are counted above")
    more = serializers.BooleanField(help_text="there are further groups; ask for one `situation` with a higher `limit`")


class SpreadShape(Shape):
    """The same situation compared; the widest difference first."""

    by = serializers.CharField()
    from_day = serializers.DateField()
    until = serializers.DateField()
    situations = SituationSpreadShape(many=True)


class AskedSpread(AskedDays):
    """Which days, where, and what is compared."""

    by = Choice(choices=list(SPREAD_BY), required=False, help_text="region unless told")
    fewest = Whole(min_value=1, max_value=1000, required=False, help_text=f"decisions to be compared; {FEWEST}")
    situation = Text(required=False, max_length=20, help_text="only this situation, by its code")
    limit = Whole(
        min_value=1, max_value=MOST_LINES, required=False, help_text=f"groups of each situation; {FEW_GROUPS}"
    )


class Consistency(Figures):
    """How evenly the same situation is decided between regions, agencies, or the officers who propose the points."""

    shape = SpreadShape
    asks = AskedSpread
    seen_by = READERS_OF_FILES - COMPLIANCE

    def find(self, **path: Any) -> dict[str, Any]:
        asked = self.asked()
        during, by = self.during(asked), asked.get("by", "region")
        found: tuple[Spread, ...] = spread(
            self.asker.scope,
            during,
            by=by,
            fewest=asked.get("fewest", FEWEST),
            situation=asked.get("situation", ""),
            most=asked.get("limit", FEW_GROUPS),
        )
        return {"by": by, "from_day": during.from_, "until": during.until, "situations": found}


class InstitutionShareShape(Shape):
    """An institution with the share of its staff that was sanctioned, against the thresholds of the policy."""

    institution = PlaceRef()
    region = serializers.CharField(source="institution.region_id")
    share = ShareShape(source="*")
    sum = serializers.SerializerMethodField()
    suspended = serializers.IntegerField()
    terminated = serializers.IntegerField()
    thresholds = ThresholdShape(many=True)

    def get_sum(self, row: Ratio) -> str:
        """The sum in words."""
        return sum_of(row)


class InstitutionShares(Paged):
    """Institutions where somebody was sanctioned in a year, with the share of staff against the thresholds.

    Who is behind a share: `/institutions/{code}/assessments/{year}/`.
    """

    tag = "statistics"
    shape = InstitutionShareShape
    edge = Whole(min_value=1, required=False, help_text="where the page before ended; taken from `next`")
    filters = {
        "year": Filter(Whole(min_value=2000, max_value=9999, required=False, help_text="this year unless told"), ""),
        "region": Filter(Text(required=False, max_length=6, help_text="only in this region and below it"), ""),
        "reached": Filter(Flag(required=False, help_text="only those at a threshold"), ""),
    }

    def page(self, asked: Mapping[str, Any]) -> tuple[Sequence[Ratio], str]:
        today = self.asker.today
        on = min(date(asked.get("year", today.year), 12, 31), today)
        found, after = shares(
            self.asker.scope,
            on,
            prefix=prefix_of(asked.get("region")),
            reached=asked.get("reached", False),
            after=asked["after"] or 0,
            size=asked["limit"],
        )
        return found, str(after or "")
