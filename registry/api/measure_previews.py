"""What acts on measures against institutions would mean, before they are done."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.measures import preview_decision, preview_end, preview_measure
from registry.api.desk import read, refusals
from registry.api.given import Day, Given
from registry.api.measures import AskedMeasure, OnInstitution, OnMeasures
from registry.api.reach import ShareShape, ThresholdShape
from registry.api.shapes import Shape, document_of
from registry.api.subjects import one
from registry.models import InstitutionMeasure
from registry.queries.measures import ratio_of_year, sum_of
from registry.queries.ratio import Ratio
from registry.queries.roles import OFFICERS_OF_AGENCIES


class MeasurePreviewShape(Shape):
    """The share that the measure rests on, and the threshold that is reached; nothing is written."""

    share = ShareShape()
    sum = serializers.CharField()
    reached = ThresholdShape()


class PreviewMeasure(OnInstitution):
    """What a proposal would rest on. It changes nothing and needs no idempotency key."""

    tag = "measures"
    http_method_names = ["post"]
    shape = MeasurePreviewShape
    given = AskedMeasure
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        place, asked = self.place(**path), read(self.given, request.data)
        with refusals(request.data):
            ratio, reached = preview_measure(institution=place, now=self.asker.now, **asked)
        return Response(document_of(self.shape, {"share": ratio, "sum": sum_of(ratio), "reached": reached}))


class StartsGiven(Given):
    """From which day."""

    starts_on = Day()


class EndsGiven(Given):
    """The first day on which it no longer holds."""

    ends_on = Day()


class OutcomeOfMeasureShape(Shape):
    """What deciding or ending a measure would mean; nothing is written."""

    share = ShareShape(help_text="of the year of the measure, as known now")
    sum = serializers.CharField()
    changed = serializers.BooleanField(help_text="the share differs from that of the proposal")
    staff_concerned = serializers.IntegerField(help_text="registered today")
    days = serializers.IntegerField(allow_null=True, help_text="on how many it holds, once its end is known")


class PreviewOnMeasure(OnMeasures):
    """What an act on a measure would mean."""

    tag = "measures"
    http_method_names = ["post"]
    shape = OutcomeOfMeasureShape
    given: ClassVar[type[Given]]
    seen_by = OFFICERS_OF_AGENCIES

    def outcome(self, measure: InstitutionMeasure, asked: dict[str, Any]) -> tuple[Ratio, int | None]:
        """The share as known now, and the days on which the measure holds."""
        raise NotImplementedError

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        measure, asked = one(self.measures(), uuid=path["measure"]), read(self.given, request.data)
        with refusals(request.data):
            ratio, days = self.outcome(measure, asked)
        today = self.asker.today
        shown = {
            "share": ratio,
            "sum": sum_of(ratio),
            "changed": (len(ratio.times), ratio.staff) != (measure.sanctions, measure.staff),
            "staff_concerned": ratio_of_year(measure.institution, today.year, today=today).staff,
            "days": days,
        }
        return Response(document_of(OutcomeOfMeasureShape, shown))


class PreviewMeasureDecision(PreviewOnMeasure):
    """What deciding a measure would mean. It changes nothing and needs no idempotency key."""

    given = StartsGiven

    def outcome(self, measure: InstitutionMeasure, asked: dict[str, Any]) -> tuple[Ratio, int | None]:
        return preview_decision(measure=measure, by=self.asker.user, now=self.asker.now, **asked), None


class PreviewEnding(PreviewOnMeasure):
    """What ending a measure would mean. It changes nothing and needs no idempotency key."""

    given = EndsGiven

    def outcome(self, measure: InstitutionMeasure, asked: dict[str, Any]) -> tuple[Ratio, int | None]:
        period = preview_end(measure=measure, now=self.asker.now, **asked)
        ratio = ratio_of_year(measure.institution, measure.year, today=self.asker.today)
        return ratio, (asked["ends_on"] - period.starts_on).days
