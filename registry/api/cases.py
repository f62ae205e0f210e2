"""From a handling to the people who answer for it: handlings, personal triggers, cases, responsibilities."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.cases import close_case, open_case
from registry.actions.handlings import record_handling, record_trigger
from registry.actions.many import Identified, ManyRefused, identify_many
from registry.api.desk import Act, DeskFace, Filter, Listing, One
from registry.api.given import Amount, Choice, Day, Given, Id, Prose, ReasonGiven, Text, several
from registry.api.opening import OnPractitioner
from registry.api.problems import REFUSED, Problem
from registry.api.shapes import ActorRef, PersonRef, PlaceRef, Shape, Word, document_of
from registry.api.subjects import all_named, named, one
from registry.models import (
    Agency,
    Authority,
    Case,
    Grade,
    Handling,
    HandlingKind,
    PersonalTrigger,
    Practitioner,
    Responsibility,
    TriggerKind,
)
from registry.queries.faults import FieldError
from registry.queries.roles import OFFICERS_OF_AGENCIES


class HandlingShape(Shape):
    """What was done to an institution (处理)."""

    id = serializers.UUIDField(source="uuid")
    institution = PlaceRef()
    kind = Word(HandlingKind.choices)
    opens_the_gate = serializers.BooleanField(help_text="whether people may be scored for it")
    department = serializers.CharField(allow_blank=True)
    document_number = serializers.CharField()
    made_on = serializers.DateField()
    conduct_from = serializers.DateField()
    conduct_until = serializers.DateField()
    agency = serializers.CharField(source="agency.code")
    authority = serializers.CharField(source="authority.code", allow_null=True, default=None)
    legal_basis = serializers.CharField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    facts = serializers.CharField(allow_blank=True)
    case = serializers.UUIDField(source="case.uuid", allow_null=True, default=None)


class DocumentGiven(Given):
    """What a handling and a personal trigger have in common."""

    document_number = Text(max_length=120)
    made_on = Day(help_text="its year owns the points")
    conduct_from = Day()
    conduct_until = Day(help_text="the last day; the law of this day applies")
    agency = Text(max_length=20, help_text="the code of one of your agencies")


class HandlingGiven(DocumentGiven):
    """What was done to the institution."""

    institution = Text(max_length=12)
    kind = Choice(choices=HandlingKind.values)
    legal_basis = Text(max_length=200)
    authority = Text(required=False, allow_null=True, max_length=20, help_text="the code of the deciding authority")
    amount = Amount(required=False, allow_null=True)
    department = Text(default="", allow_blank=True, max_length=100)
    facts = Prose(default="", allow_blank=True, max_length=20000)


class Handlings(Listing, Act):
    """The handlings of institutions that concern you. Recording one that opens the gate opens its case."""

    tag = "cases"
    creates = "record_handling"
    creating = "Record a handling of an institution. One that opens the gate opens its case."
    shape = HandlingShape
    given = HandlingGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True
    filters = {
        "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "institution__code"),
        "kind": Filter(Choice(choices=HandlingKind.values, required=False), "kind"),
        "made_from": Filter(Day(required=False), "made_on__gte"),
        "made_until": Filter(Day(required=False, help_text="inclusive"), "made_on__lte"),
    }

    def rows(self) -> QuerySet[Handling]:
        return self.asker.scope.handlings().select_related("institution", "agency", "authority", "case")

    def do(self, subject: Any, values: dict[str, Any]) -> Handling:
        place = named("institution", self.asker.scope.institutions(), code=values.pop("institution"))
        authority = values.pop("authority", None)
        return record_handling(
            institution=place,
            agency=own_agency(self, values),
            authority=named("authority", Authority.objects.all(), code=authority) if authority else None,
            by=self.asker.user,
            now=self.asker.now,
            **values,
        )


class HandlingView(One):
    """One handling."""

    tag = "cases"
    shape = HandlingShape

    def find(self, **path: Any) -> Handling:
        rows = self.asker.scope.handlings().select_related("institution", "agency", "authority", "case")
        return one(rows, uuid=path["handling"])


class TriggerShape(Shape):
    """A finding against one person that needs no handling of an institution."""

    id = serializers.UUIDField(source="uuid")
    practitioner = PersonRef()
    kind = Word(TriggerKind.choices)
    institution = PlaceRef(allow_null=True)
    document_number = serializers.CharField()
    made_on = serializers.DateField()
    conduct_from = serializers.DateField()
    conduct_until = serializers.DateField()
    case = serializers.UUIDField(source="case.uuid", allow_null=True, default=None)


class TriggerGiven(DocumentGiven):
    """What was found."""

    kind = Choice(choices=TriggerKind.values)
    institution = Text(required=False, allow_null=True, max_length=12)


class RecordTrigger(OnPractitioner, Act):
    """Record a personal trigger of a practitioner; it opens its case."""

    tag = "cases"
    shape = TriggerShape
    given = TriggerGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def do(self, subject: Practitioner, values: dict[str, Any]) -> PersonalTrigger:
        code = values.pop("institution", None)
        place = named("institution", self.asker.scope.institutions(), code=code) if code else None
        return record_trigger(
            practitioner=subject,
            institution=place,
            agency=own_agency(self, values),
            by=self.asker.user,
            now=self.asker.now,
            **values,
        )


class CaseShape(Shape):
    """A case (案件): a handling or a personal trigger, with everybody who answers for it."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    state = Word(Case.State.choices)
    agency = serializers.CharField(source="agency.code")
    handling = serializers.UUIDField(source="handling.uuid", allow_null=True, default=None)
    trigger = serializers.UUIDField(source="trigger.uuid", allow_null=True, default=None)
    opened_at = serializers.DateTimeField()
    opened_by = ActorRef(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class Cases(Listing):
    """The cases that concern you."""

    tag = "cases"
    shape = CaseShape
    filters = {
        "state": Filter(Choice(choices=Case.State.values, required=False), "state"),
        "agency": Filter(Text(required=False, max_length=20, help_text="its code"), "agency__code"),
        "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "handling__institution__code"),
        "number": Filter(Text(required=False, max_length=24), "number"),
    }

    def rows(self) -> QuerySet[Case]:
        return self.asker.scope.cases().select_related("agency", "handling", "trigger", "opened_by")


class CaseView(One):
    """One case."""

    tag = "cases"
    shape = CaseShape

    def find(self, **path: Any) -> Case:
        rows = self.asker.scope.cases().select_related("agency", "handling", "trigger", "opened_by")
        return one(rows, uuid=path["case"])


class OpenCase(Act):
    """Open the case of a handling that has none yet."""

    tag = "cases"
    shape = CaseShape
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Handling:
        return one(self.asker.scope.handlings().select_related("agency__region"), uuid=path["handling"])

    def do(self, subject: Handling, values: dict[str, Any]) -> Case:
        return open_case(handling=subject, trigger=None, by=self.asker.user, now=self.asker.now)


OF_A_CASE = (
    "agency__region",
    "opened_by",
    "handling__institution",
    "handling__agency__region",
    "trigger__practitioner",
)


class OnCase(Act):
    """An act of the agency on a case: of one's own agency or of one below it."""

    tag = "cases"
    shape: ClassVar[type[Shape]] = CaseShape
    subject_shape = CaseShape
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Case:
        return case_to_handle(self, **path)


def case_to_handle(face: DeskFace, case: Any) -> Case:
    """The case, if it is of the officer's agency or of one below it. Raises NotFound."""
    found = one(face.asker.scope.cases().select_related(*OF_A_CASE), uuid=case)
    if not face.asker.scope.acts_for(found):
        raise NotFound
    return found


class CloseCase(OnCase):
    """Close a case in which nothing is open any more."""

    given = ReasonGiven

    def do(self, subject: Case, values: dict[str, Any]) -> Case:
        return close_case(case=subject, by=self.asker.user, now=self.asker.now, **values)


class ResponsibilityShape(Shape):
    """One person's part in one handling or trigger (责任认定)."""

    id = serializers.IntegerField(source="pk")
    practitioner = PersonRef()
    handling = serializers.UUIDField(source="handling.uuid", allow_null=True, default=None)
    trigger = serializers.UUIDField(source="trigger.uuid", allow_null=True, default=None)
    grade = Word(Grade.choices)
    grounds = serializers.CharField()
    identified_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef(allow_null=True)


class IdentifiedGiven(Given):
    """Who answers, with which part, on which grounds."""

    practitioner = Id(help_text="the id of a practitioner")
    grade = Choice(choices=Grade.values)
    grounds = Prose(max_length=4000)
    identified_on = Day()


class PeopleGiven(Given):
    """One person or many; all of them or none."""

    people = several(IdentifiedGiven, min_length=1, max_length=1000)


class PeopleShape(Shape):
    """The responsibilities identified."""

    items = ResponsibilityShape(many=True)


class IdentifyPeople(OnCase):
    """Identify who answers for a case: one person or many at once, all or nothing; a report names each refused row."""

    given = PeopleGiven
    shape = PeopleShape
    max_body_bytes = 8 * 1024 * 1024
    makes = True

    def do(self, subject: Case, values: dict[str, Any]) -> dict[str, Any]:
        sent = values["people"]
        ids = [row.pop("practitioner") for row in sent]
        people = all_named("people.practitioner", self.asker.scope.practitioners(), "uuid", ids)
        rows = [
            Identified(number=number, practitioner=person, **row)
            for number, (person, row) in enumerate(zip(people, sent, strict=True))
        ]
        with row_report("people"):
            made = identify_many(case=subject, rows=rows, by=self.asker.user, now=self.asker.now)
        return document_of(PeopleShape, {"items": made})


class Responsibilities(Listing):
    """Who answers for a case, as far as you may know."""

    tag = "cases"
    shape = ResponsibilityShape

    def rows(self) -> QuerySet[Responsibility]:
        case = one(self.asker.scope.cases(), uuid=self.kwargs["case"])
        rows = self.asker.scope.answering().filter(handling=case.handling_id, trigger=case.trigger_id)
        return rows.select_related("practitioner", "handling", "trigger", "recorded_by")


class row_report:  # noqa: N801 - it reads as a phrase: with row_report("people")
    """Within, the refused rows of an act on many become one problem with an error for each."""

    def __init__(self, member: str, *, first: int = 0) -> None:
        self.member, self.first = member, first

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ManyRefused):
            rows = [
                FieldError(
                    f"{self.member}[{row.number - self.first}]"
                    + (f".{row.refusal.field}" if row.refusal.field else ""),
                    row.refusal.value,
                    row.refusal.code,
                    str(row.refusal.message),
                    str(row.refusal.message),
                )
                for row in error.rows
            ]
            raise Problem(REFUSED, str(error.message), errors=rows, code=error.code) from error


def own_agency(face: Any, values: dict[str, Any]) -> Agency:
    """The agency that the body names, one of the asker's own."""
    mine = Agency.objects.filter(pk__in=[each.pk for each in face.asker.agencies])
    return named("agency", mine, code=values.pop("agency"))
