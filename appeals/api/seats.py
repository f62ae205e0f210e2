"""The desk of an expert: the cases they were drawn for, the file without names, the vote; and their own record."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.actions.seats import recuse
from appeals.actions.votes import Ballot, vote
from appeals.api.blind import BlindFileShape
from appeals.api.experts import ExpertShape, as_kept
from appeals.models import Expert, Panel, Result, Seat, Vote
from appeals.queries.anonymous import evidence_for, file_for
from appeals.queries.visible import mark_of, seats_of
from registry.api.attachments import Attached, Attachment
from registry.api.desk import Act, Filter, Listing, One
from registry.api.files import attachment_of
from registry.api.given import NOT_KNOWN, Choice, Given, Prose, Whole, several
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import Shape, Word
from registry.api.subjects import one
from registry.models import Task, User
from registry.queries.faults import REPEATED_MEMBER, FieldError
from registry.queries.roles import EXPERTS

READING = (Seat.State.SEATED, Seat.State.VOTED)
"""The states in which an expert reads the file."""


class SeatRow(Shape):
    """A case on the desk of its expert. Nothing here says whose case it is."""

    id = serializers.UUIDField(source="uuid")
    mark = serializers.SerializerMethodField()
    state = Word(Seat.State.choices)
    seated_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    vote_until = serializers.DateField(allow_null=True, help_text="the last day; null while it is not computable")

    def get_mark(self, row: Seat) -> str:
        """What the case is called on the desk."""
        return mark_of(row)


class OwnVoteShape(Shape):
    """The own vote on one point, once all votes are opened."""

    point = serializers.IntegerField(source="point.number")
    result = Word(Result.choices)
    points = serializers.IntegerField(allow_null=True)
    reasons = serializers.CharField()
    dissenting = serializers.BooleanField()


class SeatShape(SeatRow):
    """A case with its file, for whoever is asked or has voted."""

    file = serializers.SerializerMethodField()
    votes = serializers.SerializerMethodField()

    @extend_schema_field(BlindFileShape(allow_null=True))
    def get_file(self, row: Seat) -> dict[str, Any] | None:
        """The file without names."""
        return dict(BlindFileShape(file_for(row)).data) if row.state in READING else None

    @extend_schema_field(OwnVoteShape(many=True))
    def get_votes(self, row: Seat) -> list[dict[str, Any]]:
        """The own votes."""
        if row.panel.state != Panel.State.CONCLUDED:
            return []
        return list(OwnVoteShape(Vote.objects.filter(seat=row).select_related("point"), many=True).data)


def seats_with_day(user: User) -> QuerySet[Seat]:
    """The seats of the expert who signs in with this account, each with its last day to vote; one query."""
    asked = Task.objects.filter(subject=OuterRef("uuid"), kind=Task.Kind.VOTE).order_by("-pk")
    return seats_of(user).annotate(vote_until=Subquery(asked.values("due_on")[:1]))


class MySeats(Listing):
    """The cases that you were drawn for."""

    composed = True
    tag = "desk of experts"
    shape = SeatRow
    seen_by = EXPERTS
    filters = {"state": Filter(Choice(choices=Seat.State.values, required=False), "state")}

    def rows(self) -> QuerySet[Seat]:
        return seats_with_day(self.asker.user)


class MySeat(One):
    """One of your cases: the file without names, and your own votes once all are opened."""

    composed = True
    tag = "desk of experts"
    shape = SeatShape
    seen_by = EXPERTS

    def find(self, **path: Any) -> Seat:
        return one(seats_with_day(self.asker.user), uuid=path["seat"])


class MyEvidence(Attached):
    """A released piece of evidence of one of your cases, under a name that tells nothing."""

    composed = True
    tag = "desk of experts"
    seen_by = EXPERTS

    def find(self, **path: Any) -> Attachment:
        seat = one(seats_of(self.asker.user).filter(state__in=READING), uuid=path["seat"])
        found = next((row for row in evidence_for(seat) if row.pk == path["evidence"]), None)
        if found is None or found.shown is None:
            raise NotFound
        given = attachment_of(found.shown)
        ending = found.shown.name.rpartition(".")[2]
        return Attachment(f"evidence-{found.pk}.{ending}", given.media_type, given.content)


class OnSeat(Act):
    """An act on one of your cases, while you are asked."""

    composed = True
    tag = "desk of experts"
    shape = SeatRow
    done_by = EXPERTS

    def subject(self, **path: Any) -> Seat:
        return one(seats_of(self.asker.user).filter(state=Seat.State.SEATED), uuid=path["seat"])

    def as_left(self, seat: Seat) -> Seat:
        """The seat after the act."""
        return seats_with_day(self.asker.user).get(pk=seat.pk)


class BallotGiven(Given):
    """The vote on one point, by its number in the file. Only a reduction names `points`."""

    point = Whole(min_value=1)
    result = Choice(choices=Result.values)
    points = Whole(min_value=1, max_value=11, required=False, allow_null=True, help_text="those left by a reduction")
    reasons = Prose(max_length=20000)


class VotingGiven(Given):
    """The vote on every point of the panel."""

    votes = several(BallotGiven, min_length=1, max_length=50)


class CastVote(OnSeat):
    """Vote on all points at once. A vote is cast once, and sealed until all experts have voted."""

    given = VotingGiven

    def do(self, subject: Seat, values: dict[str, Any]) -> Seat:
        votes = _ballots(subject, values["votes"])
        return self.as_left(vote(seat=subject, votes=votes, by=self.asker.user, now=self.asker.now))


def _ballots(seat: Seat, sent: list[dict[str, Any]]) -> dict[int, Ballot]:
    """The votes by id of the point. Raises Problem for a number that no point has, or that is named twice."""
    ids = dict(seat.panel.points.values_list("number", "pk"))
    found: dict[int, Ballot] = {}
    wrong: list[FieldError] = []
    for n, each in enumerate(sent):
        field, number = f"votes[{n}].point", each["point"]
        if number not in ids:
            wrong.append(NOT_KNOWN.of(field, str(number)))
        elif ids[number] in found:
            wrong.append(REPEATED_MEMBER.of(field, str(number)))
        else:
            found[ids[number]] = Ballot(each["result"], each.get("points"), each["reasons"])
    if wrong:
        raise Problem(VALUE_REFUSED, errors=wrong)
    return found


class RecusalGiven(Given):
    """Why, such as that you recognise the case, or know somebody in it."""

    reason = Prose(max_length=2000)


class Recuse(OnSeat):
    """Step back from a case before voting; the next reserve of the draw takes the seat. It cannot be undone."""

    given = RecusalGiven

    def do(self, subject: Seat, values: dict[str, Any]) -> Seat:
        return self.as_left(recuse(seat=subject, by=self.asker.user, now=self.asker.now, **values))


class MyRecord(One):
    """What the register keeps of you as an expert: workplaces, days offered, conflicts declared."""

    tag = "desk of experts"
    shape = ExpertShape
    seen_by = EXPERTS

    def find(self, **path: Any) -> Expert:
        return one(as_kept(Expert.objects.all()), user=self.asker.user)
