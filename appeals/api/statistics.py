"""Figures about objections: how many, what became of them and when, and how evenly those who review decide."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from appeals.queries.reviewers import Reviewer, compared, reviewers
from appeals.queries.statistics import OBJECTIONS_BY, filed
from registry.api.given import Whole
from registry.api.shapes import Shape
from registry.api.statistics import AskedDays, Figures, GroupShape, TableShape, Tabulated, asked_by, days_of
from registry.queries.roles import COMPLIANCE, READERS_OF_FILES
from registry.queries.spread import FEWEST
from registry.queries.statistics import During, Table


class ObjectionsGroupShape(GroupShape):
    """Objections of one group, how far they are, and what became of their points of dispute."""

    filed = serializers.IntegerField()
    late = serializers.IntegerField(help_text="of them, after the window, for a good cause")
    open = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="of those that are open, today")
    decided = serializers.IntegerField()
    decided_in_time = serializers.IntegerField(help_text="by the last day of the review, where it was computable")
    decided_late = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="as late")
    withdrawn = serializers.IntegerField()
    out_of_scope = serializers.IntegerField()
    upheld = serializers.IntegerField(help_text="points of dispute, as the next two")
    reduced = serializers.IntegerField()
    annulled = serializers.IntegerField()
    days = serializers.SerializerMethodField()

    def get_days(self, row: Mapping[str, Any]) -> float | None:
        """Calendar days from filing to the decision, on average; null where nothing is decided."""
        return days_of(row["took"])


class ObjectionsTableShape(TableShape):
    """Objections and appeals filed on these days, as they stand by now."""

    groups = ObjectionsGroupShape(many=True)


class ObjectionStatistics(Tabulated):
    """Objections and appeals by region, agency, institution, category, specialty, situation, grade, kind or month.

    By situation or grade an objection is counted in each group of which it disputes points.
    """

    shape = ObjectionsTableShape
    asks = asked_by(OBJECTIONS_BY, "region", "AskedObjections")

    def table(self, during: During, *, by: str, most: int, asked: Mapping[str, Any]) -> Table:
        return filed(self.asker.scope, during, today=self.asker.today, by=by, most=most)


class OutcomesShape(Shape):
    """What one reviewer made of points of dispute."""

    key = serializers.CharField(allow_blank=True, help_text="the account; empty: not known")
    name = serializers.CharField(allow_blank=True)
    disputed = serializers.IntegerField()
    upheld = serializers.IntegerField()
    reduced = serializers.IntegerField()
    annulled = serializers.IntegerField()
    changed = serializers.FloatField(help_text="the share reduced or annulled, between 0 and 1")


class ReviewerShape(Shape):
    """One reviewer: the outcomes, and how the clock was kept."""

    outcomes = OutcomesShape()
    objections = serializers.IntegerField()
    in_time = serializers.IntegerField(help_text="by the last day of the review, where it was computable")
    late = serializers.IntegerField()
    days = serializers.SerializerMethodField()

    def get_days(self, row: Reviewer) -> float | None:
        """Calendar days from filing to the decision, on average."""
        return days_of(row.took)


class SituationComparedShape(Shape):
    """One situation, and how differently its points of dispute are decided."""

    situation = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    disputed = serializers.IntegerField()
    difference = serializers.FloatField(
        allow_null=True, help_text="between the highest and the lowest share changed, of reviewers with enough points"
    )
    reviewers = OutcomesShape(many=True)


class ReviewersComparedShape(Shape):
    """Reviewers beside each other: over everything, and for the same situation, the widest difference first."""

    from_day = serializers.DateField()
    until = serializers.DateField()
    reviewers = ReviewerShape(many=True)
    situations = SituationComparedShape(many=True)


class AskedReviewers(AskedDays):
    """Which days of decision, and where."""

    fewest = Whole(min_value=1, max_value=1000, required=False, help_text=f"points to be compared; {FEWEST}")


class ReviewerStatistics(Figures):
    """How evenly reviewers decide: what became of the points of dispute that each decided on these days."""

    shape = ReviewersComparedShape
    asks = AskedReviewers
    seen_by = READERS_OF_FILES - COMPLIANCE

    def find(self, **path: Any) -> dict[str, Any]:
        asked = self.asked()
        during, scope = self.during(asked), self.asker.scope
        return {
            "from_day": during.from_,
            "until": during.until,
            "reviewers": reviewers(scope, during),
            "situations": compared(scope, during, fewest=asked.get("fewest", FEWEST)),
        }
