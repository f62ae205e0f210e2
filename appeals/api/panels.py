"""Panels of experts: asked for, drawn by a lot that anybody can draw again, given up; and what they decided."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.actions.panels import draw_panel, fail_panel, preview_draw, refer_to_panel
from appeals.actions.release import release_evidence
from appeals.api.objections import EvidenceShape
from appeals.models import Evidence, Objection, Panel, PointOfDispute, Result, Seat, Specialty
from appeals.queries.anonymous import telling
from appeals.queries.panels import REASONS, draw_json, judged
from appeals.queries.visible import objections_in, panels_in
from registry.api.attachments import Attached, Attachment
from registry.api.desk import Act, Filter, Listing, One
from registry.api.files import own_file
from registry.api.given import Choice, Flag, Given, Id, NothingGiven, Prose, Whole
from registry.api.previews import Preview
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import ActorRef, Shape, Word
from registry.api.subjects import all_named, one
from registry.ledger.law import policies
from registry.models import StoredFile, Task
from registry.queries.roles import POOL_READERS, REVIEWING

ONE_OF_TWO = _("Hand in a copy without names, or declare that the file names nobody.")


class ExpertRef(Shape):
    """An expert, named."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()


class PlaceOnPanelShape(Shape):
    """One expert's place on a panel, and until when the vote is asked for. The vote is sealed until all are in."""

    id = serializers.UUIDField(source="uuid")
    expert = ExpertRef()
    state = Word(Seat.State.choices)
    seated_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    vote_until = serializers.DateField(allow_null=True, default=None)


class VoteShape(Shape):
    """An opened vote."""

    expert = ExpertRef()
    result = Word(Result.choices)
    points = serializers.IntegerField(allow_null=True)
    reasons = serializers.CharField()
    dissenting = serializers.BooleanField()


class JudgedShape(Shape):
    """What a panel decided on one point, and every vote."""

    point = serializers.IntegerField(source="point.number")
    result = Word(Result.choices)
    points = serializers.IntegerField(allow_null=True)
    votes = VoteShape(many=True)


class PanelRow(Shape):
    """A panel of experts (专家评议组), in short."""

    id = serializers.UUIDField(source="uuid")
    objection = serializers.UUIDField(source="objection.uuid")
    number = serializers.CharField(source="objection.number", help_text="of the objection")
    state = Word(Panel.State.choices)
    specialty = Word(Specialty.choices)
    size = serializers.IntegerField(help_text="seats")
    commitment = serializers.CharField(help_text="SHA-256 of the seed, published before the pool was frozen")
    committed_at = serializers.DateTimeField()
    drawn_at = serializers.DateTimeField(allow_null=True)
    concluded_at = serializers.DateTimeField(allow_null=True)


class PanelShape(PanelRow):
    """A panel with its seats, and with its outcome once every vote is in."""

    question = serializers.CharField()
    points = serializers.SerializerMethodField()
    committed_by = ActorRef(allow_null=True)
    drawn_by = ActorRef(allow_null=True)
    seats = serializers.SerializerMethodField()
    outcome = serializers.SerializerMethodField()

    def get_points(self, row: Panel) -> list[int]:
        """The numbers of the points of dispute that it judges."""
        return sorted(row.points.values_list("number", flat=True))

    @extend_schema_field(PlaceOnPanelShape(many=True))
    def get_seats(self, row: Panel) -> list[dict[str, Any]]:
        """The seats in their order."""
        seats = list(row.seats.select_related("expert").order_by("pk"))
        tasks = Task.objects.filter(subject__in=[seat.uuid for seat in seats], kind=Task.Kind.VOTE)
        until = dict(tasks.values_list("subject", "due_on"))
        for seat in seats:
            seat.vote_until = until.get(seat.uuid)  # type: ignore[attr-defined]  # shown beside the row
        return list(PlaceOnPanelShape(seats, many=True).data)

    @extend_schema_field(JudgedShape(many=True))
    def get_outcome(self, row: Panel) -> list[dict[str, Any]]:
        """What it decided on each point; empty until all have voted."""
        return list(JudgedShape(judged(row), many=True).data)


def whole(rows: QuerySet[Panel]) -> QuerySet[Panel]:
    """The panels with everything shown of one."""
    return rows.select_related("committed_by", "drawn_by")


class Panels(Listing):
    """The panels on objections before your agencies."""

    tag = "panels"
    shape = PanelRow
    seen_by = POOL_READERS
    filters = {
        "objection": Filter(Id(required=False), "objection__uuid"),
        "state": Filter(Choice(choices=Panel.State.values, required=False), "state"),
        "specialty": Filter(Choice(choices=Specialty.values, required=False), "specialty"),
    }

    def rows(self) -> QuerySet[Panel]:
        return panels_in(self.asker.scope)


class PanelView(One):
    """One panel, from its commitment to its votes."""

    tag = "panels"
    shape = PanelShape
    seen_by = POOL_READERS

    def find(self, **path: Any) -> Panel:
        return one(whole(panels_in(self.asker.scope)), uuid=path["panel"])


JSON = "application/json"


class DrawFile(Attached):
    """The draw (draw.json), from which anybody can draw again; no person or place is named in it."""

    tag = "panels"
    seen_by = POOL_READERS
    media_types = (JSON,)
    holds = OpenApiTypes.OBJECT

    def find(self, **path: Any) -> Attachment:
        panel = one(panels_in(self.asker.scope), uuid=path["panel"])
        if panel.draw is None:
            raise NotFound
        return Attachment(f"draw-{panel.uuid}.json", JSON, draw_json(panel).encode())


class ReferGiven(Given):
    """Which points, which question, and experts of which subject."""

    points = serializers.ListField(
        child=Whole(min_value=1, max_value=32_767), min_length=1, max_length=50, help_text="their numbers"
    )
    question = Prose(max_length=20000, help_text="names and codes are hidden from the experts")
    specialty = Choice(choices=Specialty.values)


class ReferringShape(Shape):
    """What the panel will be, and what in the file may still tell who it is about."""

    seats = serializers.IntegerField()
    working_days = serializers.IntegerField(help_text="to vote")
    telling = serializers.ListField(child=serializers.CharField(), help_text="look at these before you refer")


class PreviewReferral(Preview):
    """What referring points to a panel would bring."""

    tag = "panels"
    shape = ReferringShape
    given = ReferGiven
    seen_by = REVIEWING

    def subject(self, **path: Any) -> Objection:
        return one(objections_in(self.asker.scope), uuid=path["objection"])

    def found(self, subject: Objection, values: dict[str, Any]) -> dict[str, Any]:
        law = policies()[subject.policy]
        points = chosen(subject, values["points"])
        left = telling(subject, points, values["question"])
        return {"seats": law.get("panel.size"), "working_days": law.clock("peer_review"), "telling": left}


class ReferToPanel(Act):
    """Ask a panel of experts, as the reviewer. The seed is made and sealed, its commitment published."""

    tag = "panels"
    shape = PanelShape
    given = ReferGiven
    done_by = REVIEWING
    makes = True

    def subject(self, **path: Any) -> Objection:
        return one(objections_in(self.asker.scope), uuid=path["objection"])

    def do(self, subject: Objection, values: dict[str, Any]) -> Panel:
        points = chosen(subject, values.pop("points"))
        return refer_to_panel(objection=subject, points=points, by=self.asker.user, now=self.asker.now, **values)


def chosen(objection: Objection, numbers: list[int]) -> list[PointOfDispute]:
    """The points with these numbers. Raises Problem with each that the objection does not have."""
    return all_named("points", objection.points.all(), "number", numbers)


class OnPanel(Act):
    """An act on a panel of one's own region."""

    tag = "panels"
    shape: ClassVar[type[Shape]] = PanelShape
    subject_shape = PanelShape
    done_by = REVIEWING

    def subject(self, **path: Any) -> Panel:
        return one(whole(panels_in(self.asker.scope)), uuid=path["panel"])


class ExcludedShape(Shape):
    """How many experts are excluded for one reason."""

    code = serializers.CharField()
    text = serializers.CharField()
    experts = serializers.IntegerField()


class DrawingShape(Shape):
    """What a draw of today would start from; it does not touch the seed."""

    commitment = serializers.CharField()
    seats = serializers.IntegerField()
    able = serializers.IntegerField(help_text="experts who can sit")
    excluded = ExcludedShape(many=True)


class PreviewDraw(Preview):
    """Who could be drawn today, by number, and why others could not."""

    tag = "panels"
    shape = DrawingShape
    given = NothingGiven
    seen_by = REVIEWING

    def subject(self, **path: Any) -> Panel:
        return one(panels_in(self.asker.scope), uuid=path["panel"])

    def found(self, subject: Panel, values: dict[str, Any]) -> dict[str, Any]:
        seen = preview_draw(panel=subject, by=self.asker.user, now=self.asker.now)
        reasons = [reason for each in seen.excluded for reason in each.reasons]
        return {
            "commitment": subject.commitment,
            "seats": seen.seats,
            "able": seen.able,
            "excluded": list(_counted(reasons)),
        }


def _counted(reasons: list[str]) -> Iterator[dict[str, Any]]:
    for code, words in REASONS.items():
        if count := reasons.count(code):
            yield {"code": code, "text": words, "experts": count}


class DrawPanel(OnPanel):
    """Draw a panel, as another officer than who committed its seed. The lot decides; nothing is drawn again."""

    def do(self, subject: Panel, values: dict[str, Any]) -> Panel:
        return draw_panel(panel=subject, by=self.asker.user, now=self.asker.now)


class GivingUpGiven(Given):
    """Why."""

    reason = Prose(max_length=2000)


class FailPanel(OnPanel):
    """Give up a panel that was not drawn; the objection is with its reviewer again."""

    given = GivingUpGiven

    def do(self, subject: Panel, values: dict[str, Any]) -> Panel:
        return fail_panel(panel=subject, by=self.asker.user, now=self.asker.now, **values)


class ReleaseGiven(Given):
    """A copy without names, or the declaration that the file itself names nobody: one of the two."""

    copy = Id(required=False, allow_null=True, help_text="a file that you handed in")
    names_nobody = Flag(default=False, help_text="you have looked at it")


class ReleaseEvidence(Act):
    """Release a piece of evidence to the panel, as the reviewer; the experts see nothing of it until then."""

    tag = "panels"
    shape = EvidenceShape
    given = ReleaseGiven
    done_by = REVIEWING

    def subject(self, **path: Any) -> Evidence:
        rows = Evidence.objects.filter(point__objection__in=objections_in(self.asker.scope))
        closed = Prefetch("file", StoredFile.objects.defer("sealed"))
        return one(rows.select_related("point__objection__practitioner").prefetch_related(closed), pk=path["evidence"])

    def do(self, subject: Evidence, values: dict[str, Any]) -> Evidence:
        copy = own_file(self.asker, "copy", values.get("copy"))
        if bool(copy) == values["names_nobody"]:
            raise Problem(VALUE_REFUSED, ONE_OF_TWO, code="copy_or_declaration")
        return release_evidence(evidence=subject, file=copy, by=self.asker.user, now=self.asker.now)
