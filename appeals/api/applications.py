"""Applications for repair (修复申请): what could be asked for, filed, deliberated on, granted, refused, withdrawn."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.actions.applications import file_application, preview, withdraw_application
from appeals.actions.deliberations import convene, most_called
from appeals.actions.grants import grant_application, preview_grant, refuse_application
from appeals.api.activities import PartShape, shown_parts
from appeals.api.panels import ExpertRef
from appeals.api.sums import SumShape, sum_of
from appeals.models import Application, Attendance, Expert
from appeals.queries.applications import calls_of, room_of, track_of, visible_applications
from appeals.queries.deliberators import possible_deliberators
from appeals.queries.remediation import Prospect, prospects, signatures_needed, support_of
from appeals.queries.sides import askable, decides, filing_for
from registry.actions.procedure import Acting, for_agency
from registry.api.desk import Act, Filter, Listing, One
from registry.api.given import NOT_KNOWN, Choice, Given, Id, Prose, Text, Whole
from registry.api.opening import OnPractitioner, OpensFile
from registry.api.previews import Preview
from registry.api.problems import SECOND_MISSING, VALUE_REFUSED, Problem
from registry.api.shapes import ActorRef, PersonRef, Shape, Word
from registry.api.standings import SideShape
from registry.api.subjects import all_named, one
from registry.ledger.reading import history_of
from registry.models import Practitioner, ProcedureStep, Task, User
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS

MOST_DAYS = 2000


class ApplicationRow(Shape):
    """An application for relief of points or a shorter period, in short."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    kind = Word(Application.Kind.choices)
    state = Word(Application.State.choices)
    practitioner = PersonRef()
    agency = serializers.CharField(source="agency.code")
    policy = serializers.CharField()
    amount = serializers.IntegerField(help_text="points or days")
    filed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    document_number = serializers.CharField(allow_blank=True)


class CallShape(Shape):
    """An expert who was asked to deliberate, and what they signed."""

    expert = ExpertRef(allow_null=True)
    state = Word(Task.State.choices, source="task.state")
    until = serializers.DateField(source="task.due_on", allow_null=True)
    in_favour = serializers.BooleanField(source="opinion.in_favour", allow_null=True, default=None)
    reasons = serializers.CharField(source="opinion.reasons", allow_null=True, default=None)
    signed_at = serializers.DateTimeField(source="opinion.signed_at", allow_null=True, default=None)


class StepOfApplication(Shape):
    """Something that was done."""

    act = serializers.CharField(source="step.act")
    title = serializers.CharField()
    at = serializers.DateTimeField(source="step.recorded_at")
    role = Word(ProcedureStep.Capacity.choices, source="step.role")
    grounds = serializers.CharField(source="step.grounds", allow_blank=True)


class ApplicationShape(ApplicationRow):
    """An application with its activities, the experts called, and everything that was done."""

    statement = serializers.CharField()
    filed_by = ActorRef(allow_null=True)
    decision = serializers.CharField(allow_blank=True)
    fact = serializers.UUIDField(source="fact.origin_id", allow_null=True, default=None)
    signatures_needed = serializers.SerializerMethodField()
    support = serializers.SerializerMethodField()
    calls = serializers.SerializerMethodField()
    course = serializers.SerializerMethodField()

    def get_signatures_needed(self, row: Application) -> int:
        """How many experts must be in favour."""
        return signatures_needed(row)

    @extend_schema_field(PartShape(many=True))
    def get_support(self, row: Application) -> list[dict[str, Any]]:
        """The activities that it rests on."""
        parts = shown_parts(Attendance.objects.filter(pk__in=[part.pk for part in support_of(row)]))
        return list(PartShape(parts.order_by("completed_on", "pk"), many=True).data)

    @extend_schema_field(CallShape(many=True))
    def get_calls(self, row: Application) -> list[dict[str, Any]]:
        """Who was asked to deliberate."""
        return list(CallShape(calls_of(row), many=True).data)

    @extend_schema_field(StepOfApplication(many=True))
    def get_course(self, row: Application) -> list[dict[str, Any]]:
        """Every step, in order."""
        return list(StepOfApplication(track_of(row), many=True).data)


class Applications(Listing):
    """The applications to your agencies, and those of people who concern you."""

    tag = "repair"
    shape = ApplicationRow
    filters = {
        "number": Filter(Text(required=False, max_length=24), "number"),
        "practitioner": Filter(Id(required=False), "practitioner__uuid"),
        "agency": Filter(Text(required=False, max_length=20, help_text="its code"), "agency__code"),
        "kind": Filter(Choice(choices=Application.Kind.values, required=False), "kind"),
        "state": Filter(Choice(choices=Application.State.values, required=False), "state"),
    }

    def rows(self) -> QuerySet[Application]:
        return visible_applications(self.asker.scope)


class ApplicationView(One):
    """One application."""

    tag = "repair"
    shape = ApplicationShape

    def find(self, **path: Any) -> Application:
        return one(visible_applications(self.asker.scope), uuid=path["application"])


class ApplicationSum(One):
    """The sums of today behind an application."""

    tag = "repair"
    shape = SumShape

    def find(self, **path: Any) -> dict[str, Any]:
        found = one(visible_applications(self.asker.scope), uuid=path["application"])
        return sum_of(room_of(found, self.asker.today))


class ProspectShape(Shape):
    """What one agency could grant today, and the activities that support it."""

    kind = Word(Application.Kind.choices)
    agency = serializers.CharField(source="agency.code")
    most = serializers.IntegerField(help_text="points or days, with the activities completed so far")
    points_after = serializers.IntegerField(allow_null=True)
    end_after = serializers.DateField(allow_null=True)
    pending = serializers.UUIDField(source="pending.uuid", allow_null=True, default=None)
    usable = serializers.SerializerMethodField()
    sum = serializers.SerializerMethodField()

    def get_usable(self, row: Prospect) -> list[str]:
        """The ids of the completed parts that were not used."""
        return [str(part.uuid) for part in row.usable]

    @extend_schema_field(SumShape)
    def get_sum(self, row: Prospect) -> dict[str, Any]:
        """The sum behind it."""
        return dict(SumShape(sum_of(row.room)).data)


class ProspectsShape(Shape):
    """What could be granted, relief first."""

    items = ProspectShape(many=True)


class Prospects(OpensFile, One):
    """What repair could bring a person today, with the sums."""

    tag = "repair"
    shape = ProspectsShape

    def find(self, **path: Any) -> dict[str, Any]:
        return {"items": prospects(history_of(self.person(**path)), self.asker.today)}


class AskedForGiven(Given):
    """What is asked of which agency, how much, by which activities."""

    kind = Choice(choices=Application.Kind.values)
    agency = Text(max_length=20, help_text="the code of the agency that recorded the points")
    amount = Whole(min_value=1, max_value=MOST_DAYS, help_text="points or days")
    parts = serializers.ListField(child=Id(), max_length=100, help_text="completed parts in activities")


class ApplicationGiven(AskedForGiven):
    """The same, with the statement of the person."""

    statement = Prose(max_length=20000)


class GrantedShape(Shape):
    """The standing of today, and the same if it were granted; nothing is written."""

    before = SideShape()
    after = SideShape()
    needs_second = serializers.BooleanField(help_text="whether a second signature is needed")


class AskingFor(OnPractitioner):
    """What both have in common: what can be asked for today."""

    def asked_for(self, person: Practitioner, kind: str, agency: str) -> Prospect:
        """The prospect of this kind at this agency. Raises Problem where there is none."""
        open_ones = askable(prospects(history_of(person), self.asker.today), self.asker.scope)
        found = next((each for each in open_ones if (each.kind, each.agency.code) == (kind, agency)), None)
        if found is None:
            raise Problem(VALUE_REFUSED, errors=[NOT_KNOWN.of("agency", agency)])
        return found


class PreviewApplication(AskingFor, Preview):
    """What an application would bring if it were granted today. Beyond the caps it is refused, with the sum."""

    tag = "repair"
    shape = GrantedShape
    given = AskedForGiven
    seen_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def found(self, subject: Practitioner, values: dict[str, Any]) -> dict[str, Any]:
        asked = self.asked_for(subject, values["kind"], values["agency"])
        parts = all_named("parts", _usable(asked), "uuid", values["parts"])
        seen = preview(
            kind=asked.kind,
            practitioner=subject,
            amount=values["amount"],
            activities=len(parts),
            agency=asked.agency,
            now=self.asker.now,
        )
        return {"before": seen.before, "after": seen.after, "needs_second": False}


def _usable(asked: Prospect) -> QuerySet[Attendance]:
    return Attendance.objects.filter(pk__in=[part.pk for part in asked.usable])


class FileApplication(AskingFor, Act):
    """File an application on a person's behalf: by the agency that is asked, or by the person's institution."""

    tag = "repair"
    shape = ApplicationShape
    given = ApplicationGiven
    done_by = STAFF_KEEPERS
    makes = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Application:
        asked = self.asked_for(subject, values["kind"], values["agency"])
        return file_application(
            practitioner=subject,
            kind=asked.kind,
            amount=values["amount"],
            attendances=all_named("parts", _usable(asked), "uuid", dict.fromkeys(values["parts"])),
            statement=values["statement"],
            agency=asked.agency,
            acting=filing_for(asked, subject, self.asker.scope, self.asker.user),
            now=self.asker.now,
        )


class OnApplication(Act):
    """An act of the deciding agency on an application."""

    tag = "repair"
    shape: ClassVar[type[Shape]] = ApplicationShape
    subject_shape = ApplicationShape
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Application:
        found = one(visible_applications(self.asker.scope), uuid=path["application"])
        if not decides(found, self.asker.scope):
            raise NotFound
        return found

    def acting(self, application: Application, second: User | None = None) -> Acting:
        """An officer of the deciding agency."""
        return for_agency(self.asker.user, application.agency, second)


class DeliberatorsShape(Shape):
    """Who could deliberate, and how many must."""

    needed = serializers.IntegerField(help_text="signatures in favour")
    most = serializers.IntegerField(help_text="who may be asked at once")
    items = ExpertRef(many=True)


class PossibleDeliberators(One):
    """The experts who are independent and available today."""

    tag = "repair"
    shape = DeliberatorsShape
    seen_by = OFFICERS_OF_AGENCIES

    def find(self, **path: Any) -> dict[str, Any]:
        found = one(visible_applications(self.asker.scope), uuid=path["application"])
        if not decides(found, self.asker.scope):
            raise NotFound
        people = possible_deliberators(found, self.asker.today)
        return {"needed": signatures_needed(found), "most": most_called(found), "items": people}


class ConveneGiven(Given):
    """Which experts."""

    experts = serializers.ListField(child=Id(), min_length=1, max_length=20)


class Convene(OnApplication):
    """Call experts to deliberate. A further call replaces who was silent or stood aside."""

    given = ConveneGiven

    def do(self, subject: Application, values: dict[str, Any]) -> Application:
        possible = [each.pk for each in possible_deliberators(subject, self.asker.today)]
        pool = Expert.objects.filter(pk__in=possible)
        experts = all_named("experts", pool, "uuid", values["experts"])
        return convene(application=subject, experts=experts, acting=self.acting(subject), now=self.asker.now)


class RepairDecisionGiven(Given):
    """The grounds, and the number of the decision; without one it goes by the number of the application."""

    grounds = Prose(max_length=20000)
    document_number = Text(default="", allow_blank=True, max_length=120)


class PreviewGrant(Preview):
    """What granting an application would do today; the caps are checked again."""

    tag = "repair"
    shape = GrantedShape
    seen_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Application:
        found = one(visible_applications(self.asker.scope), uuid=path["application"])
        if not decides(found, self.asker.scope):
            raise NotFound
        return found

    def found(self, subject: Application, values: dict[str, Any]) -> dict[str, Any]:
        seen = preview_grant(application=subject, now=self.asker.now)
        return {"before": seen.before, "after": seen.after, "needs_second": True}


class GrantApplication(OnApplication):
    """Grant what the experts were in favour of, with a second signature; neither of you deliberated on it."""

    given = RepairDecisionGiven
    two_people = True

    def do(self, subject: Application, values: dict[str, Any]) -> Application:
        if self.second is None:
            raise Problem(SECOND_MISSING)
        acting = self.acting(subject, self.second)
        return grant_application(application=subject, acting=acting, now=self.asker.now, **values)


class RefuseApplication(OnApplication):
    """Refuse an application, with the grounds; its activities can support another one."""

    given = RepairDecisionGiven

    def do(self, subject: Application, values: dict[str, Any]) -> Application:
        return refuse_application(application=subject, acting=self.acting(subject), now=self.asker.now, **values)


class NoLongerAskedGiven(Given):
    """How the person withdrew it, such as a letter of a day."""

    reason = Prose(max_length=2000)


class WithdrawApplication(OnApplication):
    """Record that the person withdrew an application; its activities can support another one."""

    given = NoLongerAskedGiven

    def do(self, subject: Application, values: dict[str, Any]) -> Application:
        return withdraw_application(application=subject, acting=self.acting(subject), now=self.asker.now, **values)
