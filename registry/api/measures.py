"""Measures against institutions: the share of a year, what was decided about it, and the acts of the agency."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.measures import (
    decide_measure,
    drop_measure,
    end_measure,
    propose_measure,
)
from registry.api.case_files import ProcedureStepShape, steps_of
from registry.api.cases import own_agency
from registry.api.desk import Act, DeskFace, Filter, Listing, One
from registry.api.given import Choice, Day, Given, Prose, ReasonGiven, Text, Whole
from registry.api.problems import SECOND_MISSING, Problem
from registry.api.reach import ShareShape, ThresholdShape
from registry.api.shapes import ActorRef, PersonRef, PlaceRef, Shape, Word
from registry.api.subjects import one
from registry.models import Institution, InstitutionMeasure, ProcedureStep, SanctionPeriod
from registry.queries.measures import Assessment, assessment, days_of, per_cent_of, sum_of
from registry.queries.ratio import people_behind
from registry.queries.roles import OFFICERS_OF_AGENCIES

Kind, State = InstitutionMeasure.Kind, InstitutionMeasure.State
MOST_PEOPLE = 500


class MeasureShape(Shape):
    """A measure against an institution. `ends_on` is the first day on which it no longer holds."""

    id = serializers.UUIDField(source="uuid")
    institution = PlaceRef()
    agency = serializers.CharField(source="agency.code")
    kind = Word(Kind.choices)
    state = Word(State.choices)
    year = serializers.IntegerField()
    person_times = serializers.IntegerField(source="sanctions", help_text="on the day of the proposal")
    staff = serializers.IntegerField(help_text="on the day of the proposal")
    per_cent = serializers.SerializerMethodField()
    policy = serializers.CharField()
    grounds = serializers.CharField()
    lighter_reason = serializers.CharField(allow_blank=True)
    starts_on = serializers.SerializerMethodField()
    ends_on = serializers.SerializerMethodField()
    proposed_at = serializers.DateTimeField()
    proposed_by = ActorRef(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = ActorRef(allow_null=True)
    second = ActorRef(allow_null=True)
    document_number = serializers.CharField(allow_blank=True)

    def get_per_cent(self, row: InstitutionMeasure) -> float:
        """The share on the day of the proposal."""
        return per_cent_of(row)

    def get_starts_on(self, row: InstitutionMeasure) -> date | None:
        """The first day; null before it is decided."""
        return getattr(days_of(row), "starts_on", None)

    def get_ends_on(self, row: InstitutionMeasure) -> date | None:
        """The first day that no longer counts; null while none is known."""
        return getattr(days_of(row), "ends_on", None)


def with_days(rows: QuerySet[InstitutionMeasure]) -> QuerySet[InstitutionMeasure]:
    """The measures with everything shown of them."""
    people = ("proposed_by", "decided_by", "second")
    return rows.select_related("institution__region", "agency", *people).prefetch_related("periods")


class OnMeasures(DeskFace):
    """The measures against institutions that concern the asker."""

    def measures(self) -> QuerySet[InstitutionMeasure]:
        rows = with_days(InstitutionMeasure.objects.all())
        scope = self.asker.scope
        return rows if scope.sees_everything else rows.filter(institution__in=scope.institutions())


class Measures(OnMeasures, Listing):
    """The measures against institutions that concern you."""

    tag = "measures"
    shape = MeasureShape
    filters = {
        "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "institution__code"),
        "kind": Filter(Choice(choices=Kind.values, required=False), "kind"),
        "state": Filter(Choice(choices=State.values, required=False), "state"),
        "year": Filter(Whole(min_value=2000, max_value=9999, required=False), "year"),
    }

    def rows(self) -> QuerySet[InstitutionMeasure]:
        return self.measures()


class MeasureView(OnMeasures, One):
    """One measure."""

    tag = "measures"
    shape = MeasureShape

    def find(self, **path: Any) -> InstitutionMeasure:
        return one(self.measures(), uuid=path["measure"])


class MeasureSteps(OnMeasures, Listing):
    """What was done with a measure."""

    tag = "measures"
    shape = ProcedureStepShape

    def rows(self) -> QuerySet[ProcedureStep]:
        return steps_of(one(self.measures(), uuid=self.kwargs["measure"]).uuid)


class PersonTimeShape(Shape):
    """A sanction that counts, and the person behind it."""

    practitioner = PersonRef()
    kind = Word(SanctionPeriod.Kind.choices)
    starts_on = serializers.DateField(source="from_")
    until = serializers.DateField(allow_null=True)
    barred_until = serializers.DateField(allow_null=True)


class HeldShape(Shape):
    """A measure about the year or in force in it, and on how many of its days it has held."""

    measure = MeasureShape()
    days = serializers.IntegerField()


class AssessmentShape(Shape):
    """What a year of an institution comes to: the share against the thresholds of the policy, and who is behind it."""

    institution = PlaceRef()
    year = serializers.IntegerField()
    final = serializers.BooleanField(help_text="the year has ended")
    policy = serializers.CharField(allow_null=True)
    share = ShareShape()
    sum = serializers.CharField(help_text="the sum in words")
    suspended = serializers.IntegerField()
    terminated = serializers.IntegerField()
    thresholds = ThresholdShape(many=True)
    people = PersonTimeShape(many=True, help_text=f"the latest sanction first; at most {MOST_PEOPLE}")
    measures = HeldShape(many=True)


def as_assessed(found: Assessment) -> dict[str, Any]:
    """The assessment as `AssessmentShape` shows it."""
    ratio = found.ratio
    return {
        "institution": ratio.institution,
        "year": found.year,
        "final": found.is_final,
        "policy": ratio.policy.id if ratio.policy else None,
        "share": ratio,
        "sum": sum_of(ratio),
        "suspended": ratio.suspended,
        "terminated": ratio.terminated,
        "thresholds": ratio.thresholds,
        "people": [_sanction(person, time) for person, time in people_behind(ratio, MOST_PEOPLE)],
        "measures": found.measures,
    }


def _sanction(person: Any, time: Any) -> dict[str, Any]:
    names = ("kind", "from_", "until", "barred_until")
    return {"practitioner": person, **{name: getattr(time, name) for name in names}}


class AssessmentView(One):
    """The assessment of a year of an institution: of a past year at its end, of this year as it stands today."""

    tag = "measures"
    shape = AssessmentShape

    def find(self, **path: Any) -> dict[str, Any]:
        place, year = one(self.asker.scope.institutions(), code=path["code"]), path["year"]
        if not 2000 <= year <= self.asker.today.year:
            raise NotFound
        return as_assessed(assessment(place, year, today=self.asker.today))


class AskedMeasure(Given):
    """Which measure, for which year."""

    kind = Choice(choices=Kind.values)
    year = Whole(min_value=2000, max_value=9999, help_text="whose sanctions the measure rests on")
    lighter_reason = Prose(default="", allow_blank=True, max_length=2000, help_text="where the share allows the graver")


class MeasureGiven(AskedMeasure):
    """Which measure, for which year, and why."""

    grounds = Prose(max_length=4000)
    agency = Text(max_length=20, help_text="the code of one of your agencies")


class OnInstitution(DeskFace):
    """The institution at the address."""

    def place(self, code: str) -> Institution:
        return one(self.asker.scope.institutions().select_related("region", "agency"), code=code)


class ProposeMeasure(OnInstitution, Act):
    """Propose a measure against an institution. Another officer decides it; until then nothing changes."""

    tag = "measures"
    shape = MeasureShape
    given = MeasureGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Institution:
        return self.place(**path)

    def do(self, subject: Institution, values: dict[str, Any]) -> InstitutionMeasure:
        agency = own_agency(self, values)
        by: dict[str, Any] = {"by": self.asker.user, "now": self.asker.now}
        return propose_measure(institution=subject, agency=agency, **values, **by)


class OnMeasure(OnMeasures, Act):
    """An act of the agency on a measure."""

    tag = "measures"
    shape = MeasureShape
    subject_shape = MeasureShape
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> InstitutionMeasure:
        return one(self.measures(), uuid=path["measure"])

    def again(self, measure: InstitutionMeasure) -> InstitutionMeasure:
        """The measure with the days that it has now."""
        return self.measures().get(pk=measure.pk)


class DecisionGiven(Given):
    """From which day, by which document."""

    starts_on = Day(help_text="today or later; it holds until it is ended")
    document_number = Text(max_length=120)


class DecideMeasure(OnMeasure):
    """Decide a measure, with a second signature: until it is ended nothing provided there is payable."""

    given = DecisionGiven
    two_people = True

    def do(self, subject: InstitutionMeasure, values: dict[str, Any]) -> InstitutionMeasure:
        if self.second is None:
            raise Problem(SECOND_MISSING)
        by: dict[str, Any] = {"by": self.asker.user, "second": self.second, "now": self.asker.now}
        return self.again(decide_measure(measure=subject, **values, **by))


class EndMeasureGiven(ReasonGiven):
    """The first day on which it no longer holds, today or later, and why."""

    ends_on = Day()


class EndMeasure(OnMeasure):
    """End a measure. What was refused before stays refused."""

    given = EndMeasureGiven

    def do(self, subject: InstitutionMeasure, values: dict[str, Any]) -> InstitutionMeasure:
        return self.again(end_measure(measure=subject, by=self.asker.user, now=self.asker.now, **values))


class DropMeasure(OnMeasure):
    """Drop a proposal: for the same sanctions the register asks for no measure again."""

    given = ReasonGiven

    def do(self, subject: InstitutionMeasure, values: dict[str, Any]) -> InstitutionMeasure:
        return self.again(drop_measure(measure=subject, by=self.asker.user, now=self.asker.now, **values))
