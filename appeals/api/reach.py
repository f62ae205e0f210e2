"""What a correction would reach: today, on other days, at institutions, and who has to be told again."""

from typing import Any

from rest_framework import serializers

from registry.api.shapes import PlaceRef, Shape, Word
from registry.api.standings import PeriodShape, SideShape
from registry.queries.ratio import Ratio
from registry.queries.recipients import Because, RecipientKind


class BlockedDaysShape(Shape):
    """Days that are blocked in one life and not in the other; `until` is the first that is not, null without an end."""

    starts_on = serializers.DateField(source="from_")
    until = serializers.DateField(allow_null=True)
    status = serializers.CharField()


class YearTotalShape(Shape):
    """The points of a calendar year, not capped."""

    year = serializers.IntegerField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class PeriodChangeShape(Shape):
    """A period that becomes another one, is gone, or is new."""

    before = PeriodShape(allow_null=True)
    after = PeriodShape(allow_null=True)


class RestitutionShape(BlockedDaysShape):
    """Days whose claims are to be paid after all, by the institutions that made them."""

    until = serializers.DateField()
    institutions = PlaceRef(many=True)


class ShareShape(Shape):
    """Sanctions of the year against staff."""

    on = serializers.DateField()
    staff = serializers.IntegerField()
    sanctions = serializers.SerializerMethodField()
    per_cent = serializers.FloatField(allow_null=True)
    reached = serializers.SerializerMethodField()

    def get_sanctions(self, row: Ratio) -> int:
        """Person-times that count."""
        return len(row.times)

    def get_reached(self, row: Ratio) -> str | None:
        """The rule of the threshold reached."""
        return row.reached.rule if row.reached else None


class ShareChangeShape(Shape):
    """The share of an institution without and with the act."""

    institution = PlaceRef()
    before = ShareShape()
    after = ShareShape()


class RecipientShape(Shape):
    """Somebody who is told again, and the first reason why. `ref` is a code; of a person, their id."""

    kind = Word(RecipientKind.choices)
    ref = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    because = Word(Because.choices)


class ReachShape(Shape):
    """What one correction reaches."""

    unblocked = BlockedDaysShape(many=True, source="standing.unblocked")
    newly_blocked = BlockedDaysShape(many=True, source="standing.newly_blocked")
    totals = YearTotalShape(many=True, source="standing.totals")
    periods = PeriodChangeShape(many=True, source="standing.periods")
    restitution = RestitutionShape(many=True)
    ratios = ShareChangeShape(many=True)
    recipients = RecipientShape(many=True)
    reclaims = serializers.BooleanField(help_text="whether what was paid for newly blocked days is claimed back")


class CorrectionShape(Shape):
    """What would follow if it were carried out today; nothing is written. `reach` is null where entries stay."""

    before = SideShape(allow_null=True)
    after = SideShape(allow_null=True)
    needs_second = serializers.BooleanField(help_text="whether a second signature is needed")
    reach = ReachShape(allow_null=True)


def nothing_follows() -> dict[str, Any]:
    """What `CorrectionShape` shows where nothing is corrected."""
    return {"before": None, "after": None, "needs_second": False, "reach": None}
