"""The law as the register applies it: every value with its provision and how certain it is. Nothing can be changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.api.desk import Filter, One
from registry.api.given import Day, Flag, Text
from registry.api.paged import Paged
from registry.api.shapes import Shape
from registry.api.standings import SourceShape
from registry.ledger.law import policies
from registry.queries.explain import Source, source_of, title_of, wording
from registry.queries.law_words import rule_words, value_words
from registry.queries.roles import READERS_OF_REFERENCE
from registry.rules.policy import NATIONAL, NoPolicyInForce, Policy


class PolicyShape(Shape):
    """A policy: the values of the law in a region, from its first day to its last, both included."""

    id = serializers.CharField()
    title = serializers.SerializerMethodField()
    region = serializers.CharField()
    national = serializers.SerializerMethodField()
    first_day = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    draft = serializers.BooleanField(help_text="never applied; only for comparing")
    in_force = serializers.SerializerMethodField()
    own_values = serializers.SerializerMethodField()

    def get_title(self, row: Policy) -> str:
        """In the language of the request."""
        return title_of(row)

    def get_national(self, row: Policy) -> bool:
        """It holds where no region says otherwise."""
        return row.region == NATIONAL

    def get_in_force(self, row: Policy) -> bool:
        """It holds today."""
        return not row.draft and row.covers(self.context["asker"].today)

    def get_own_values(self, row: Policy) -> list[str]:
        """The keys that it says itself, by which it differs from the policy that it is based on."""
        return sorted(row.own_values)


class ValueShape(Shape):
    """One value of a policy, and the provision that it rests on."""

    key = serializers.CharField()
    words = serializers.CharField(help_text="what it is about")
    value = serializers.JSONField()
    text = serializers.CharField(help_text="what it says, in words")
    own = serializers.BooleanField(help_text="said by this policy itself")
    provision = SourceShape()


class SituationShape(Shape):
    """A situation of the catalogue (记分情形), with its band of points."""

    code = serializers.CharField()
    text = serializers.CharField()
    band = serializers.IntegerField()
    lowest = serializers.IntegerField()
    highest = serializers.IntegerField()
    gate = serializers.CharField(help_text="`handling`, or the kind of personal trigger that opens it")
    provision = SourceShape()


class WholePolicyShape(PolicyShape):
    """A policy with everything that it says."""

    values = serializers.SerializerMethodField()
    situations = serializers.SerializerMethodField()

    @extend_schema_field(ValueShape(many=True))
    def get_values(self, row: Policy) -> list[dict[str, Any]]:
        """Every value, in the order of the law."""
        return [
            {
                "key": key,
                "words": rule_words((key,)),
                "value": found.value,
                "text": value_words(found.value),
                "own": key in row.own_values,
                "provision": SourceShape(source_of(row, key)).data,
            }
            for key, found in row.values()
        ]

    @extend_schema_field(SituationShape(many=True))
    def get_situations(self, row: Policy) -> list[dict[str, Any]]:
        """The catalogue."""
        return [
            {
                "code": item.code,
                "text": wording(item),
                "band": item.band,
                "lowest": row.bands[item.band][0],
                "highest": row.bands[item.band][1],
                "gate": item.gate,
                "provision": SourceShape(
                    Source(row.id, f"situations.{item.code}", wording(row.provisions[item.provision]), item.certainty)
                ).data,
            }
            for item in row.situations.values()
        ]


class Policies(Paged):
    """The policies, drafts last. With `in_region` and `on` the one that holds there on the day."""

    tag = "law"
    shape = PolicyShape
    seen_by = READERS_OF_REFERENCE
    filters = {
        "draft": Filter(Flag(required=False), ""),
        "in_region": Filter(Text(required=False, max_length=6, help_text="the region's code"), ""),
        "on": Filter(Day(required=False, help_text="today unless told"), ""),
    }

    def page(self, asked: Mapping[str, Any]) -> tuple[Sequence[Policy], str]:
        found = sorted(policies().values(), key=lambda law: (law.draft, law.region, law.first_day, law.id))
        if "draft" in asked:
            found = [law for law in found if law.draft == asked["draft"]]
        if "in_region" in asked:
            on: date = asked.get("on", self.asker.today)
            found = [law for law in found if law.id == _in_force(asked["in_region"], on)]
        ids = [law.id for law in found]
        begin = ids.index(asked["after"]) + 1 if asked["after"] in ids else 0
        shown = found[begin : begin + asked["limit"]]
        return shown, shown[-1].id if begin + asked["limit"] < len(found) else ""


def _in_force(region: str, on: date) -> str:
    try:
        return policies().in_force(region, on).id
    except NoPolicyInForce:
        return ""


class PolicyView(One):
    """One policy with every value, its provision, and how certain it is (F firm, L local, D decided here)."""

    tag = "law"
    shape = WholePolicyShape
    seen_by = READERS_OF_REFERENCE

    def find(self, **path: Any) -> Policy:
        found = policies().get(path["policy"])
        if found is None:
            raise NotFound
        return found
