"""The sums of repair: how many points can still be relieved, by how many days a period can still be shortened."""

from typing import Any

from rest_framework import serializers

from registry.api.shapes import Shape
from registry.api.standings import SourceShape
from registry.queries.remediation import ReliefRoom, ShorteningRoom


class ReliefSumShape(Shape):
    """What can be relieved this year."""

    points = serializers.IntegerField(help_text="of the year")
    relieved = serializers.IntegerField(help_text="of the year so far")
    per_activity = serializers.IntegerField()
    per_year = serializers.IntegerField()
    left = serializers.IntegerField(help_text="with enough activities")
    since = serializers.DateField(allow_null=True, help_text="activities count from this day on")
    sources = SourceShape(many=True)


class ShorteningSumShape(Shape):
    """By how much the running period can be shortened. Ends are first days after."""

    kind = serializers.CharField()
    start = serializers.DateField()
    original = serializers.DateField(help_text="the end as decided")
    end = serializers.DateField(help_text="the end by now")
    earliest = serializers.DateField(help_text="the earliest end possible")
    most = serializers.IntegerField(help_text="days that it can still be shortened by")
    excluded = serializers.BooleanField(help_text="whether the policy does not let it be shortened at all")
    since = serializers.DateField(allow_null=True, help_text="activities count from this day on")
    sources = SourceShape(many=True)


class SumShape(Shape):
    """The sum of one kind of repair; both are null where there is nothing to relieve or to shorten."""

    relief = ReliefSumShape(allow_null=True)
    shortening = ShorteningSumShape(allow_null=True)


def sum_of(room: ReliefRoom | ShorteningRoom | None) -> dict[str, Any]:
    """The sum as `SumShape` shows it."""
    return {
        "relief": room if isinstance(room, ReliefRoom) else None,
        "shortening": room if isinstance(room, ShorteningRoom) else None,
    }
