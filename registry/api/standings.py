"""How a standing is shown: the answer of a day, its periods, and the steps of its own explanation."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from registry.api.shapes import PersonRef, PlaceRef, Shape, Word
from registry.ledger.law import policies
from registry.models import FactKind, SanctionPeriod, StandingChange, StandingStatus
from registry.queries.explain import LONG, MOST_SHOWN, headline, in_words, outlook
from registry.rules.compute import Standing
from registry.rules.course import Step
from registry.rules.periods import Period


class PeriodShape(Shape):
    """A suspension or a termination; half-open, `until` is the first day that no longer counts."""

    kind = Word(SanctionPeriod.Kind.choices)
    starts_on = serializers.DateField(source="from_")
    until = serializers.DateField(allow_null=True)
    barred_until = serializers.DateField(allow_null=True)
    single = serializers.BooleanField(help_text="one entry alone reached the threshold")
    because = serializers.ListField(child=serializers.CharField(), help_text="the facts, in order of application")


class SourceShape(Shape):
    """The provision that a value rests on."""

    policy = serializers.CharField()
    rule = serializers.CharField()
    text = serializers.CharField()
    certainty = serializers.ChoiceField(choices=["F", "L", "D"])


class StepShape(Shape):
    """One step of the computation: what happened, what it caused, and by which provision."""

    fact = serializers.CharField(source="step.id")
    total = serializers.IntegerField(source="step.total", help_text="points of the year afterwards, not capped")
    caused = serializers.CharField(source="step.caused")
    text = serializers.CharField()
    sources = SourceShape(many=True)


class StandingShape(Shape):
    """The standing on a day, as known at a time, computed from the facts."""

    on = serializers.DateField()
    known_at = serializers.DateTimeField(allow_null=True)
    status = Word(StandingStatus.choices)
    until = serializers.DateField(allow_null=True)
    points = serializers.IntegerField(min_value=0, max_value=12, help_text="of the calendar year of the day")
    points_raw = serializers.IntegerField(min_value=0, help_text="the same, not capped")
    may_reregister = serializers.BooleanField()
    changes_on = serializers.DateField(allow_null=True, help_text="the next day on which this changes by itself")
    headline = serializers.CharField()
    outlook = serializers.CharField(allow_blank=True)
    periods = PeriodShape(many=True)
    steps = StepShape(
        many=True,
        help_text=(
            f"why the standing is so, in the order of the computation; of more than {LONG}, the last {MOST_SHOWN}"
            " and those further back that left the points of the year as they are, and that began and last changed the"
            " period of the day"
        ),
    )
    steps_in_all = serializers.IntegerField(min_value=0, help_text="how many steps the computation took")
    all_steps = serializers.CharField(allow_null=True, help_text="where all of them are; null where these are all")
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # a field at run time


class SideShape(Shape):
    """The standing of a day, in short."""

    status = Word(StandingStatus.choices)
    until = serializers.DateField(allow_null=True)
    points = serializers.IntegerField()
    headline = serializers.SerializerMethodField()

    def get_headline(self, row: Standing) -> str:
        """In one sentence."""
        return headline(row)


def whole(standing: Standing, known: Any = None, *, steps: Sequence[Step], all_steps: str) -> dict[str, Any]:
    """The standing as `StandingShape` shows it, with these of its steps; `all_steps` is where all of them are."""
    return {
        "on": standing.on,
        "known_at": known,
        "status": standing.status,
        "until": standing.until,
        "points": standing.points,
        "points_raw": standing.points_raw,
        "may_reregister": standing.may_reregister,
        "changes_on": standing.changes_on,
        "headline": headline(standing),
        "outlook": outlook(standing),
        "periods": [_period(each) for each in standing.periods],
        "steps": [in_words(step, policies()) for step in steps],
        "steps_in_all": len(standing.steps),
        "all_steps": all_steps if len(steps) < len(standing.steps) else None,
        "errors": standing.errors,
    }


def _period(period: Period) -> dict[str, Any]:
    names = ("kind", "from_", "until", "barred_until", "single", "because")
    return {name: getattr(period, name) for name in names}


class ChangeShape(Shape):
    """A change of a standing: written in the same transaction as what caused it."""

    id = serializers.IntegerField(source="pk")
    practitioner = PersonRef()
    cause = Word(StandingChange.Cause.choices)
    on_day = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    status_before = Word(StandingStatus.choices)
    status_after = Word(StandingStatus.choices)
    until_before = serializers.DateField(allow_null=True)
    until_after = serializers.DateField(allow_null=True)
    points_before = serializers.IntegerField()
    points_after = serializers.IntegerField()


class FactShape(Shape):
    """A fact of the ledger, written once; a later fact corrects it."""

    id = serializers.UUIDField(source="origin_id")
    kind = Word(FactKind.choices)
    effective_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField()
    origin = serializers.CharField()
    points = serializers.IntegerField(allow_null=True)
    counted_on = serializers.DateField(allow_null=True)
    policy = serializers.CharField(allow_blank=True)
    months = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    entry = serializers.UUIDField(source="entry.origin_id", allow_null=True, default=None)
    reason = serializers.CharField(allow_blank=True)
    document_number = serializers.CharField(allow_blank=True)
    agency = serializers.CharField(source="agency.code", allow_null=True, default=None)


class RegistrationShape(Shape):
    """A registration (登记备案) as known now. `ends_on` is the first day that no longer counts."""

    id = serializers.UUIDField(source="record")
    practitioner = PersonRef()
    institution = PlaceRef()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    department = serializers.CharField(allow_blank=True)
    committed_on = serializers.DateField(allow_null=True)
