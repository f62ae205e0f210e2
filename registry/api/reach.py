"""What a correction would reach, as it is shown before it is confirmed."""

from typing import Any

from rest_framework import serializers

from registry.api.shapes import PlaceRef, Shape, Word
from registry.api.standings import PeriodShape, SideShape, SourceShape
from registry.models import StandingStatus
from registry.queries.recipients import Because, RecipientKind


class WindowShape(Shape):
    """Days [from, until) that are blocked in one of the two histories only."""

    starts_on = serializers.DateField(source="from_")
    until = serializers.DateField(allow_null=True)
    status = Word(StandingStatus.choices, help_text="what blocks them")


class RestitutionShape(WindowShape):
    """Days whose refused claims, made by these institutions, are to be paid after all."""

    institutions = PlaceRef(many=True)


class TotalChangeShape(Shape):
    """The points of a calendar year, not capped."""

    year = serializers.IntegerField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class PeriodChangeShape(Shape):
    """A period that becomes another one, is gone (`after` is null) or is new (`before` is null)."""

    before = PeriodShape(allow_null=True)
    after = PeriodShape(allow_null=True)


class ThresholdShape(Shape):
    """A share of staff from which the agency acts, and the provision that names it."""

    rule = serializers.CharField()
    per_cent = serializers.IntegerField()
    words = serializers.CharField()
    provision = SourceShape(source="source")


class ShareShape(Shape):
    """Person-times against staff, with the threshold that they have reached."""

    on = serializers.DateField()
    person_times = serializers.SerializerMethodField()
    staff = serializers.IntegerField()
    per_cent = serializers.FloatField(allow_null=True, help_text="null without staff")
    reached = ThresholdShape(allow_null=True)

    def get_person_times(self, row: Any) -> int:
        """How many sanctions of the year count."""
        return len(row.times)


class RatioChangeShape(Shape):
    """The share of an institution without and with the act."""

    institution = PlaceRef()
    before = ShareShape()
    after = ShareShape()


class RecipientShape(Shape):
    """Somebody who is told again."""

    kind = Word(RecipientKind.choices)
    code = serializers.CharField(source="ref", allow_blank=True, help_text="of a person the id; empty for all regions")
    name = serializers.CharField(allow_blank=True)
    because = Word(Because.choices)


class ReachShape(Shape):
    """What a correction would reach; nothing is written."""

    unblocked = WindowShape(many=True, source="standing.unblocked")
    newly_blocked = WindowShape(many=True, source="standing.newly_blocked")
    totals = TotalChangeShape(many=True, source="standing.totals")
    periods = PeriodChangeShape(many=True, source="standing.periods")
    restitution = RestitutionShape(many=True)
    ratios = RatioChangeShape(many=True)
    recipients = RecipientShape(many=True)
    reclaims = serializers.BooleanField(help_text="whether what was paid for newly blocked days is claimed back")
    provision = SourceShape(source="source", help_text="on newly blocked days")


class CorrectionShape(Shape):
    """What would follow if it were carried out today; nothing is written. `reach` is null where entries stay."""

    before = SideShape(allow_null=True)
    after = SideShape(allow_null=True)
    needs_second = serializers.BooleanField(help_text="whether a second signature is needed")
    reach = ReachShape(allow_null=True)


def nothing_follows() -> dict[str, Any]:
    """What `CorrectionShape` shows where nothing is corrected."""
    return {"before": None, "after": None, "needs_second": False, "reach": None}
