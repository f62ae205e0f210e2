"""Objections and appeals: which ones, one with its points and evidence, and how far it has come."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.models import Evidence, Objection, PointOfDispute
from appeals.queries.disputed import disputed_points
from appeals.queries.objections import acting_on, acts_on, objections, track
from registry.actions.procedure import Acting
from registry.api.desk import Act, Filter, Listing, One
from registry.api.files import FileRef
from registry.api.given import Choice, Id, Text
from registry.api.shapes import ActorRef, PersonRef, PlaceRef, Shape, Word
from registry.api.subjects import one
from registry.models import ProcedureStep, StoredFile


class ObjectionRow(Shape):
    """An objection to proposed points, or an appeal after the decision (异议申诉), in short."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    kind = Word(Objection.Kind.choices)
    state = Word(Objection.State.choices)
    practitioner = PersonRef()
    case = serializers.UUIDField(source="case.uuid", allow_null=True, default=None)
    proposal = serializers.UUIDField(source="proposal.uuid", allow_null=True, default=None)
    agency = serializers.CharField(source="agency.code")
    policy = serializers.CharField()
    via = Word(Objection.Via.choices)
    filed_at = serializers.DateTimeField()
    window_ended_on = serializers.DateField(allow_null=True)
    reviewer = ActorRef(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    document_number = serializers.CharField(allow_blank=True)


class EvidenceShape(Shape):
    """A file for one point of dispute."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    file = FileRef()
    handed_in_at = serializers.DateTimeField()
    released = serializers.SerializerMethodField()

    def get_released(self, row: Evidence) -> bool:
        """Whether a panel may see it, or a copy of it without names."""
        return row.shown_id is not None


class PointShape(Shape):
    """A point of dispute. It is about an item of a proposal, or about an entry on record."""

    number = serializers.IntegerField()
    item = serializers.IntegerField(source="item_id", allow_null=True)
    entry = serializers.UUIDField(source="entry.origin_id", allow_null=True, default=None)
    at_stake = serializers.SerializerMethodField()
    text = serializers.CharField()
    professional = serializers.BooleanField(help_text="for experts to judge")
    result = serializers.CharField(allow_blank=True, help_text="upheld, reduced or annulled; empty until then")
    points = serializers.IntegerField(allow_null=True, help_text="those left by a reduction")
    grounds = serializers.CharField(allow_blank=True)
    evidence = EvidenceShape(many=True, source="evidence.all")

    def get_at_stake(self, row: PointOfDispute) -> int:
        """The points proposed, or those that the entry has by now."""
        return disputed_points(row)


class ObjectionShape(ObjectionRow):
    """An objection or an appeal with its points of dispute."""

    institution = PlaceRef(allow_null=True)
    signature = FileRef(allow_null=True)
    filed_by = ActorRef(allow_null=True)
    paper_received_on = serializers.DateField(allow_null=True)
    countersigned_at = serializers.DateTimeField(allow_null=True)
    countersigned_by = ActorRef(allow_null=True)
    countersignature_asked_of = PlaceRef(allow_null=True, help_text="the institution that the person asked")
    countersignature_asked_at = serializers.DateTimeField(allow_null=True)
    countersignature_declined_at = serializers.DateTimeField(allow_null=True)
    statement = serializers.CharField(allow_blank=True)
    good_cause = serializers.CharField(allow_blank=True)
    new_facts = serializers.CharField(allow_blank=True)
    decision = serializers.CharField(allow_blank=True)
    points = PointShape(many=True, source="points.all")


IN_SHORT = ("practitioner", "case", "proposal", "agency__region", "reviewer")
WHOLE = (*IN_SHORT, "institution", "filed_by", "countersigned_by", "countersignature_asked_of")


def with_points(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    """The objections with everything shown of one; no file is opened."""
    closed = StoredFile.objects.defer("sealed")
    points = PointOfDispute.objects.order_by("number").select_related("item", "entry")
    return rows.select_related(*WHOLE).prefetch_related(
        Prefetch("signature", closed),
        Prefetch(
            "points", points.prefetch_related("entry__corrections", "evidence", Prefetch("evidence__file", closed))
        ),
    )


def as_it_stands(objection: Objection) -> Objection:
    """The objection after an act on it."""
    return with_points(Objection.objects.all()).get(pk=objection.pk)


class Objections(Listing):
    """The objections and appeals that concern you: of your people, or before an agency in your region."""

    tag = "objections"
    shape = ObjectionRow
    filters = {
        "number": Filter(Text(required=False, max_length=24), "number"),
        "practitioner": Filter(Id(required=False), "practitioner__uuid"),
        "case": Filter(Id(required=False), "case__uuid"),
        "proposal": Filter(Id(required=False), "proposal__uuid"),
        "kind": Filter(Choice(choices=Objection.Kind.values, required=False), "kind"),
        "state": Filter(Choice(choices=Objection.State.values, required=False), "state"),
        "reviewer": Filter(Text(required=False, max_length=150, help_text="user name"), "reviewer__username"),
    }

    def rows(self) -> QuerySet[Objection]:
        return objections(self.asker.scope).select_related(*IN_SHORT)


class ObjectionView(One):
    """One objection or appeal, with its points of dispute, their evidence and outcomes."""

    tag = "objections"
    shape = ObjectionShape

    def find(self, **path: Any) -> Objection:
        return one(with_points(objections(self.asker.scope)), uuid=path["objection"])


class StageShape(Shape):
    """Something that was done."""

    act = serializers.CharField()
    title = serializers.CharField()
    on = serializers.DateField()
    at = serializers.DateTimeField()
    role = Word(ProcedureStep.Capacity.choices)
    who = serializers.CharField()
    grounds = serializers.CharField(allow_blank=True)
    document_number = serializers.CharField(allow_blank=True)


class DueShape(Shape):
    """Something that comes next. Where a calendar year is missing, its last day is not yet computable."""

    kind = serializers.CharField()
    title = serializers.CharField()
    who = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    missing_year = serializers.IntegerField(allow_null=True)
    overdue = serializers.BooleanField()


class CourseShape(Shape):
    """How far it has come; nothing comes next after the end."""

    stages = StageShape(many=True)
    next = DueShape(many=True)


class ObjectionCourse(One):
    """The course of an objection: every step that was taken, who must act next and until when."""

    tag = "objections"
    shape = CourseShape

    def find(self, **path: Any) -> Any:
        found = one(objections(self.asker.scope), uuid=path["objection"])
        return track(found, today=self.asker.today)


class OnObjection(Act):
    """An act on an objection, by an agency in whose region it is, or by the institution of the person."""

    tag = "objections"
    shape: ClassVar[type[Shape]] = ObjectionShape
    subject_shape = ObjectionShape

    def subject(self, **path: Any) -> Objection:
        found = one(with_points(objections(self.asker.scope)), uuid=path["objection"])
        if not acts_on(self.asker.scope, found, self.done_by):
            raise NotFound
        return found

    def point(self, objection: Objection) -> PointOfDispute:
        """The point with the number in the address."""
        return one(objection.points.all(), number=self.kwargs["number"])

    def acting(self, objection: Objection) -> Acting:
        """For the agency of the objection, else for the own institution."""
        return acting_on(self.asker.scope, objection, self.asker.user)
