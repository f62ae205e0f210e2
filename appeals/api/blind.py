"""The file that experts judge by, without names; and what the office sees of a draw behind the names in it."""

from typing import Any

from rest_framework import serializers

from appeals.models import Panel
from appeals.queries.anonymous import file_of
from appeals.queries.panels import lots_of
from appeals.queries.visible import panels_in
from registry.api.desk import One
from registry.api.shapes import Shape
from registry.api.subjects import one
from registry.queries.roles import POOL_READERS


class BlindCauseShape(Shape):
    """What was done to the institution, and what was found. `conduct_until` is the last day."""

    kind = serializers.CharField()
    legal_basis = serializers.CharField(allow_blank=True)
    facts = serializers.CharField(allow_blank=True)
    conduct_from = serializers.DateField()
    conduct_until = serializers.DateField()


class BlindEvidenceShape(Shape):
    """A piece of evidence that was released."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()


class BlindPointShape(Shape):
    """A point of dispute with what it is about; what an older register left has no grade and no grounds."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    points = serializers.IntegerField()
    default_points = serializers.IntegerField(allow_null=True)
    situation = serializers.CharField(allow_blank=True)
    provision = serializers.CharField(allow_blank=True)
    grade = serializers.CharField(allow_blank=True)
    grounds = serializers.CharField(allow_blank=True)
    departure_reason = serializers.CharField(allow_blank=True)
    evidence = BlindEvidenceShape(many=True)


class BlindFileShape(Shape):
    """A case without names."""

    question = serializers.CharField()
    statement = serializers.CharField(allow_blank=True)
    causes = BlindCauseShape(many=True)
    points = BlindPointShape(many=True)


class PanelFile(One):
    """The file as the experts of a panel see it."""

    tag = "panels"
    shape = BlindFileShape
    seen_by = POOL_READERS

    def find(self, **path: Any) -> Any:
        return file_of(one(panels_in(self.asker.scope), uuid=path["panel"]))


class LotShape(Shape):
    """An expert in a draw: the name there, and who it is."""

    name = serializers.CharField(help_text="as in draw.json")
    expert = serializers.CharField(source="expert.name", allow_null=True, default=None)


class DrawnLotShape(LotShape):
    """An expert who was drawn."""

    place = serializers.IntegerField()
    load = serializers.IntegerField()
    tickets = serializers.IntegerField()


class ExcludedLotShape(LotShape):
    """An expert who was excluded, and why."""

    reasons = serializers.ListField(child=serializers.CharField())


class ReserveShape(Shape):
    """What became of a reserve."""

    expert = serializers.CharField(help_text="as in draw.json")
    state = serializers.CharField()


class LotsShape(Shape):
    """The whole order of a draw, for the office."""

    drawn = DrawnLotShape(many=True)
    excluded = ExcludedLotShape(many=True)
    reserves = ReserveShape(many=True)


class PanelLots(One):
    """Who was drawn, in order, who was excluded and why, with the people behind the names of the draw."""

    tag = "panels"
    shape = LotsShape
    seen_by = POOL_READERS

    def find(self, **path: Any) -> dict[str, Any]:
        panel: Panel = one(panels_in(self.asker.scope), uuid=path["panel"])
        drawn, excluded = lots_of(panel)
        return {"drawn": drawn, "excluded": excluded, "reserves": panel.reserves}
