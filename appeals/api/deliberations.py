"""What an expert is asked to deliberate on, without names: signed, or left to somebody else."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.actions.deliberations import sign_opinion, stand_aside
from appeals.api.sums import SumShape, sum_of
from appeals.models import Activity, Application, Attendance, Opinion
from appeals.queries.applications import room_of
from appeals.queries.remediation import Deliberation, deliberations_of, support_of
from registry.api.desk import Act, One
from registry.api.given import Flag, Given, Prose
from registry.api.shapes import Shape, Word
from registry.queries.roles import EXPERTS


class SupportShape(Shape):
    """A completed activity, without who took part and where."""

    kind = Word(Activity.Kind.choices, source="activity.kind")
    completed_on = serializers.DateField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)


class BlindApplicationRow(Shape):
    """An application without names, in short."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    kind = Word(Application.Kind.choices)
    amount = serializers.IntegerField(help_text="points or days")


class DeliberationRow(Shape):
    """An application on which you are asked to deliberate, and until when."""

    application = BlindApplicationRow()
    until = serializers.DateField(source="task.due_on", allow_null=True)


class SignedShape(Shape):
    """An opinion that you signed."""

    application = BlindApplicationRow()
    in_favour = serializers.BooleanField()
    reasons = serializers.CharField()
    signed_at = serializers.DateTimeField()


class DeliberationsShape(Shape):
    """What waits for you, what is due first at the top; and the last fifty that you signed."""

    waiting = DeliberationRow(many=True)
    signed = SignedShape(many=True)


class DeliberationShape(DeliberationRow):
    """An application as its experts see it: never whose it is."""

    statement = serializers.CharField(source="application.statement")
    sum = serializers.SerializerMethodField()
    support = serializers.SerializerMethodField()

    @extend_schema_field(SumShape)
    def get_sum(self, row: Deliberation) -> dict[str, Any]:
        """The sums of today."""
        return dict(SumShape(sum_of(room_of(row.application, self.context["asker"].today))).data)

    @extend_schema_field(SupportShape(many=True))
    def get_support(self, row: Deliberation) -> list[dict[str, Any]]:
        """The activities that it rests on."""
        parts: list[Attendance] = support_of(row.application)
        return list(SupportShape(parts, many=True).data)


class MyDeliberations(One):
    """The applications on which you are asked to deliberate."""

    composed = True
    tag = "desk of experts"
    shape = DeliberationsShape
    seen_by = EXPERTS

    def find(self, **path: Any) -> dict[str, Any]:
        signed = Opinion.objects.filter(expert__user=self.asker.user).select_related("application").order_by("-id")
        return {"waiting": deliberations_of(self.asker.user), "signed": signed[:50]}


class MyDeliberation(One):
    """One of them, without names."""

    composed = True
    tag = "desk of experts"
    shape = DeliberationShape
    seen_by = EXPERTS

    def find(self, **path: Any) -> Deliberation:
        rows = deliberations_of(self.asker.user)
        found = next((each for each in rows if each.application.uuid == path["application"]), None)
        if found is None:
            raise NotFound
        return found


class OnDeliberation(Act):
    """An act on an application on which you are asked to deliberate."""

    composed = True
    tag = "desk of experts"
    shape: ClassVar[type[Shape]] = BlindApplicationRow
    done_by = EXPERTS

    def subject(self, **path: Any) -> Application:
        rows = (each.application for each in deliberations_of(self.asker.user))
        found = next((row for row in rows if row.uuid == path["application"]), None)
        if found is None:
            raise NotFound
        return found


class OpinionGiven(Given):
    """In favour or against, and why; write no names."""

    in_favour = Flag()
    reasons = Prose(max_length=20000)


class SignOpinion(OnDeliberation):
    """Sign your opinion, once; nobody changes it afterwards."""

    shape = SignedShape
    given = OpinionGiven
    makes = True

    def do(self, subject: Application, values: dict[str, Any]) -> Opinion:
        return sign_opinion(application=subject, by=self.asker.user, now=self.asker.now, **values)


class AsideGiven(Given):
    """Why, such as a conflict that the register does not know."""

    reason = Prose(max_length=2000)


class StandAside(OnDeliberation):
    """Stand aside: you do not deliberate on this application, and the agency calls somebody else."""

    given = AsideGiven

    def do(self, subject: Application, values: dict[str, Any]) -> Application:
        return stand_aside(application=subject, by=self.asker.user, now=self.asker.now, **values)
