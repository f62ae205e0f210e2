"""Notices: those to you, one of them, that you know of it, and what an authority then did."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.actions.receipts import LONGEST_WORDS, acknowledge, mark_read, report_outcome
from notifications.api.shared import BodyRef, body_of
from notifications.models import FollowUp, Kind, Notice, Receipt
from notifications.queries.inbox import (
    Asked,
    corrected_by,
    corrects,
    is_told,
    narrowed,
    notices_to,
    receipts_of,
    with_everything,
)
from notifications.queries.saying import sentence_of
from registry.api.desk import Act, DeskFace, Filter, Listing, One
from registry.api.given import Choice, Day, Flag, Given, Id, Instant, Prose, Text
from registry.api.opening import SAID, access_reason, keep_opening, reason_for
from registry.api.shapes import ActorRef, PersonRef, Shape, Word
from registry.api.subjects import one
from registry.models import AccessRecord
from registry.models.access import HELD_BY_KEYS
from registry.models.ledger import StandingStatus
from registry.queries.roles import READERS_OF_NOTICES, TOLD, TOLD_ONLY
from registry.queries.sight import FULL, full_sight, seeing

RECIPIENTS = Notice._meta.get_field("recipient").choices or ()
BECAUSE = Notice._meta.get_field("because").choices or ()


class NoticeRow(Shape):
    """What one recipient is told of one event (通报 / 告知), in short."""

    id = serializers.UUIDField(source="uuid")
    event = serializers.UUIDField(source="event.uuid", help_text="the id under which it is pushed")
    kind = Word(Kind.choices, source="event.kind")
    practitioner = PersonRef(source="event.practitioner", allow_null=True)
    recipient = Word(RECIPIENTS)
    to = serializers.SerializerMethodField()
    because = Word(BECAUSE)
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    made_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(BodyRef(allow_null=True))
    def get_to(self, row: Notice) -> dict[str, str] | None:
        """The body that is told; nobody where the practitioner is."""
        return body_of(row)


class ToldShape(Shape):
    """The standing that a notice tells."""

    on = serializers.DateField(source="on_day")
    status_before = Word(StandingStatus.choices)
    status_after = Word(StandingStatus.choices)
    until_before = serializers.DateField(allow_null=True)
    until_after = serializers.DateField(allow_null=True)
    points_before = serializers.IntegerField()
    points_after = serializers.IntegerField()


class FollowUpShape(Shape):
    """What an authority did after a notice, in its own procedure."""

    id = serializers.UUIDField(source="uuid")
    outcome = Word(FollowUp.Outcome.choices)
    decided_on = serializers.DateField()
    document_number = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    by = ActorRef(allow_null=True)


class NoticeShape(NoticeRow):
    """A notice with what it says."""

    text = serializers.SerializerMethodField()
    change = ToldShape(source="event.change", allow_null=True, help_text="of notices of a standing")
    due_on = serializers.SerializerMethodField()
    corrects = serializers.SerializerMethodField()
    corrected_by = serializers.SerializerMethodField()
    outcomes = FollowUpShape(many=True, source="follow_ups.all")

    def get_text(self, row: Notice) -> str:
        """What happened, in words of the caller's language."""
        return sentence_of(row.event)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_due_on(self, row: Notice) -> str | None:
        """Until when somebody must act, of notices of a deadline."""
        task = row.event.deadline or row.event.missed
        return task.due_on.isoformat() if task and task.due_on else None

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_corrects(self, row: Notice) -> list[str]:
        """The earlier notices to the same recipient that this one makes wrong."""
        return [str(each.uuid) for each in corrects(row)]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_corrected_by(self, row: Notice) -> list[str]:
        """The later ones that make this one wrong."""
        return [str(each.uuid) for each in corrected_by(row)]


class Told(DeskFace):
    """A face of notices. The register of another region sees nobody by itself, and yet each notice to it whole."""

    def sight(self) -> AbstractContextManager[None]:
        """What a notice needs: what is told to a register stands in the filter of `notices_to` alone."""
        return seeing(FULL) if self.asker.scope.roles & HELD_BY_KEYS else nullcontext()

    def get(self, request: Request, **path: Any) -> Response:
        """With that sight."""
        reads: Any = super()
        with self.sight():
            answer: Response = reads.get(request, **path)
        return answer


class Notices(Told, Listing):
    """The notices to the bodies for which you act; every one for who watches over the whole register."""

    tag = "notices"
    shape = NoticeRow
    seen_by = READERS_OF_NOTICES
    filters = {
        "kind": Filter(Choice(choices=Kind.values, required=False), "event__kind"),
        "practitioner": Filter(Id(required=False, help_text="the `id`, never a code"), "event__practitioner__uuid"),
        "since": Filter(Instant(required=False, help_text="announced then or later"), "made_at__gte"),
        "unread": Filter(Flag(required=False, help_text="only those that nobody of yours has read"), ""),
        "unacknowledged": Filter(Flag(required=False, help_text="only those not acknowledged"), ""),
    }

    def rows(self) -> QuerySet[Notice]:
        asked = Asked(unread=self.asked.get("unread", False), unacknowledged=self.asked.get("unacknowledged", False))
        return with_everything(narrowed(notices_to(self.asker.scope), asked))


class NoticeView(Told, One):
    """One notice. Reading it is a look into the person's file and kept as one; by a recipient it counts as read."""

    tag = "notices"
    shape = NoticeShape
    seen_by = READERS_OF_NOTICES
    headers_of_reads = (SAID,)

    def find(self, **path: Any) -> Notice:
        return one(with_everything(notices_to(self.asker.scope)), uuid=path["notice"])

    def get(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        with self.sight():
            notice = self.find(**path)
            told, person = is_told(self.asker.scope, notice), notice.event.practitioner
            if person:
                reason = access_reason(request) if told else reason_for(self.asker, person, request)
                keep_opening(self.asker, person, kind=AccessRecord.Kind.OPENED, reason=reason)
        if told:
            with full_sight():
                mark_read(notice=notice, by=self.asker.person, key=self.asker.key, now=self.asker.now)
        return super().get(request, **path)


class ReceiptShape(Shape):
    """That a notice was read or acknowledged, by whoever of its recipient was first: a person, or a system."""

    kind = Word(Receipt.Kind.choices)
    at = serializers.DateTimeField()
    by = ActorRef(allow_null=True)
    program = serializers.CharField(source="key.name", allow_null=True, default=None)


class OnNotice(Act):
    """An act of the recipient on a notice."""

    tag = "notices"
    seen_by = READERS_OF_NOTICES
    done_by = TOLD
    makes = True

    def subject(self, **path: Any) -> Notice:
        return one(notices_to(self.asker.scope), uuid=path["notice"])

    def by(self) -> dict[str, Any]:
        """Who acts, when, through which program."""
        return {"by": self.asker.user, "key": self.asker.key, "now": self.asker.now}


class Acknowledgements(Listing, OnNotice):
    """Who was the first of the recipient to read the notice, and to acknowledge it."""

    creates = "acknowledge_notice"
    creating = "Say that your body knows of the notice. It is kept once; saying it again changes nothing."
    shape = ReceiptShape

    def rows(self) -> QuerySet[Receipt]:
        return receipts_of(self.subject(**self.kwargs))

    def do(self, subject: Notice, values: dict[str, Any]) -> Receipt:
        return acknowledge(notice=subject, **self.by())


class FollowUpGiven(Given):
    """What followed."""

    outcome = Choice(choices=FollowUp.Outcome.values)
    decided_on = Day()
    document_number = Text(default="", allow_blank=True, max_length=120, help_text="needed for a measure")
    words = Prose(default="", allow_blank=True, max_length=LONGEST_WORDS)


class FollowUps(Listing, OnNotice):
    """What health and drug authorities say that they did after the notice."""

    creates = "report_follow_up"
    creating = "Report what your health or drug authority did after the notice; what follows later comes beside it."
    shape = FollowUpShape
    given = FollowUpGiven
    done_by = TOLD_ONLY

    def rows(self) -> QuerySet[FollowUp]:
        return self.subject(**self.kwargs).follow_ups.select_related("by")

    def do(self, subject: Notice, values: dict[str, Any]) -> FollowUp:
        return report_outcome(notice=subject, **values, **self.by())
