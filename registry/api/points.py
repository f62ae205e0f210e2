"""Points entries, and who is suspended, terminated or near it on a day."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.corrections import Correction, preview_corrections
from registry.api.asking import Asker
from registry.api.desk import Filter, Listing, One, read, refusals
from registry.api.given import Choice, Day, Given, Id, Text, Whole, several
from registry.api.opening import OnPractitioner, OpensFile
from registry.api.reach import CorrectionShape
from registry.api.shapes import PersonRef, Shape, Word, document_of
from registry.api.standings import FactShape, SourceShape
from registry.api.subjects import all_named, one
from registry.models import Fact, FactKind, Grade, PointsEntry, SanctionPeriod, StandingSpan, StandingStatus
from registry.queries.entries import Present, present_of, with_everything
from registry.queries.publication import may_ask_for, published_entries, published_periods
from registry.queries.reach import reach_of
from registry.queries.roles import OFFICERS_OF_AGENCIES, READERS_OF_ONE_STANDING, READERS_OF_THE_PUBLISHED
from registry.queries.standings import standings_on


class EntryShape(Shape):
    """A points entry (记分): what was scored, and what counts after its corrections."""

    id = serializers.UUIDField(source="entry.fact.origin_id")
    practitioner = PersonRef(source="entry.practitioner")
    institution = serializers.SerializerMethodField()
    handling = serializers.UUIDField(source="entry.handling.uuid", allow_null=True, default=None)
    trigger = serializers.UUIDField(source="entry.trigger.uuid", allow_null=True, default=None)
    case = serializers.UUIDField(source="entry.proposed.proposal.case.uuid", allow_null=True, default=None)
    proposal = serializers.UUIDField(source="entry.proposed.proposal.uuid", allow_null=True, default=None)
    responsibility = serializers.IntegerField(source="entry.responsibility_id")
    grade = Word(Grade.choices, source="entry.responsibility.grade")
    situation = serializers.CharField(source="entry.situation")
    situation_words = serializers.CharField()
    provision = SourceShape(source="source", allow_null=True)
    act = serializers.CharField(source="entry.act", allow_blank=True)
    round = serializers.IntegerField(source="entry.round", help_text="1, and one more after each annulment")
    scored = serializers.IntegerField(source="entry.fact.points", help_text="as it was decided")
    points = serializers.IntegerField(help_text="what counts by now; 0 once annulled")
    default_points = serializers.IntegerField(source="entry.default_points")
    departure_reason = serializers.CharField(source="entry.departure_reason", allow_blank=True)
    months = serializers.IntegerField(source="entry.fact.months", allow_null=True)
    counted_on = serializers.DateField(source="entry.fact.counted_on", help_text="its year owns the points")
    effective_on = serializers.DateField(source="entry.fact.effective_on")
    decided_at = serializers.DateTimeField(source="entry.fact.decided_at")
    policy = serializers.CharField(source="entry.fact.policy")
    agency = serializers.CharField(source="entry.fact.agency.code", allow_null=True, default=None)
    document_number = serializers.CharField(source="entry.fact.document_number", allow_blank=True)
    annulled = serializers.SerializerMethodField()
    corrections = FactShape(source="entry.fact.corrections.all", many=True, help_text="in the order of deciding")

    def get_institution(self, row: Present) -> str | None:
        """The code of the institution that was handled, or at which the trigger was found."""
        cause = row.entry.handling or row.entry.trigger
        return cause.institution.code if cause and cause.institution else None

    def get_annulled(self, row: Present) -> bool:
        """It never existed."""
        return row.annulled is not None


OF_ENTRIES = {
    "situation": Filter(Text(required=False, max_length=8), "situation"),
    "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "handling__institution__code"),
    "agency": Filter(Text(required=False, max_length=20, help_text="its code"), "fact__agency__code"),
    "policy": Filter(Text(required=False, max_length=40), "fact__policy"),
    "counted_from": Filter(Day(required=False), "fact__counted_on__gte"),
    "counted_until": Filter(Day(required=False, help_text="inclusive"), "fact__counted_on__lte"),
}


def shown_to(asker: Asker, entries: QuerySet[PointsEntry]) -> QuerySet[Any]:
    """The entries as far as they are published to the asker, with all that is shown of them."""
    return with_everything(published_entries(asker.scope, entries, today=asker.today))


class Entries(Listing):
    """The points entries of people who concern you."""

    tag = "points"
    seen_by = READERS_OF_THE_PUBLISHED
    shape = EntryShape
    filters = OF_ENTRIES

    def rows(self) -> QuerySet[PointsEntry]:
        return shown_to(self.asker, self.asker.scope.entries())

    def shown(self, row: PointsEntry) -> dict[str, Any]:
        return super().shown(present_of(row))


class EntriesOfPerson(OpensFile, Entries):
    """The points entries of a practitioner, those of merged files among them."""

    seen_by = READERS_OF_ONE_STANDING

    def rows(self) -> QuerySet[PointsEntry]:
        return shown_to(self.asker, PointsEntry.objects.filter(practitioner_id__in=self.files(**self.kwargs)))


class EntryView(One):
    """One points entry."""

    tag = "points"
    seen_by = READERS_OF_THE_PUBLISHED
    shape = EntryShape

    def find(self, **path: Any) -> Present:
        return present_of(one(shown_to(self.asker, self.asker.scope.entries()), fact__origin_id=path["entry"]))


class SanctionShape(Shape):
    """A suspension or a termination that the facts of a file produce; half-open, `ends_on` no longer counts."""

    practitioner = PersonRef()
    kind = Word(SanctionPeriod.Kind.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    barred_until = serializers.DateField(allow_null=True)
    single = serializers.BooleanField(help_text="one entry alone reached the threshold")
    because = serializers.ListField(child=serializers.UUIDField(), help_text="the facts, in order of application")


class Periods(OpensFile, Listing):
    """The suspensions and terminations of a practitioner, past ones and those to come."""

    tag = "points"
    seen_by = READERS_OF_ONE_STANDING
    shape = SanctionShape
    filters = {"kind": Filter(Choice(choices=SanctionPeriod.Kind.values, required=False), "kind")}

    def rows(self) -> QuerySet[SanctionPeriod]:
        files = self.files(**self.kwargs)
        periods = SanctionPeriod.objects.filter(practitioner_id__in=files).select_related("practitioner")
        return published_periods(self.asker.scope, periods, today=self.asker.today)


class StandingOnDayShape(Shape):
    """How somebody stands on the day asked, and for how long as far as is known."""

    practitioner = PersonRef()
    status = Word(StandingStatus.choices)
    until = serializers.DateField(allow_null=True)
    points = serializers.IntegerField(help_text="of the calendar year of the day, capped")
    may_reregister = serializers.BooleanField()
    starts_on = serializers.DateField(help_text="since when nothing of this has changed")
    ends_on = serializers.DateField(allow_null=True, help_text="the next day on which it changes by itself")


class Standings(Listing):
    """Everybody with a record who stands so on a day: who is suspended, terminated, or has so many points.

    Whoever was never scored is normal and not in the list. In the order of the files, so a page stays what it is.
    """

    tag = "points"
    seen_by = READERS_OF_THE_PUBLISHED
    shape = StandingOnDayShape
    key = "practitioner_id"
    filters = {
        "on": Filter(Day(required=False, help_text="the day asked about; today unless told"), ""),
        "institution": Filter(Text(required=False, max_length=12, help_text="registered there on the day"), ""),
        "status": Filter(Choice(choices=StandingStatus.values, required=False), "status"),
        "points_from": Filter(Whole(min_value=0, max_value=12, required=False), "points__gte"),
        "points_until": Filter(Whole(min_value=0, max_value=12, required=False, help_text="inclusive"), "points__lte"),
    }

    def rows(self) -> QuerySet[StandingSpan]:
        day: date = self.asked.get("on") or self.asker.today
        if not may_ask_for(self.asker.scope, None, day, None, self.asker.today):
            raise PermissionDenied
        return standings_on(self.asker.scope, day, institution=self.asked.get("institution", ""))


class CorrectionGiven(Given):
    """What would become of one entry: without `points` it is annulled, with them it always had so many."""

    entry = Id()
    points = Whole(min_value=1, max_value=12, required=False, allow_null=True)
    months = Whole(min_value=1, max_value=6, required=False, allow_null=True)


class CorrectionsGiven(Given):
    """The entries of one person that would be corrected together."""

    entries = several(CorrectionGiven, min_length=1, max_length=20)


class PreviewCorrections(OnPractitioner):
    """What correcting entries of a practitioner would reach: days, points, periods, institutions, and who is told.

    It changes nothing and needs no idempotency key. Corrections themselves come of objections and of judgments.
    """

    tag = "points"
    http_method_names = ["post"]
    shape = CorrectionShape
    given = CorrectionsGiven
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        person, sent = self.person(**path), read(self.given, request.data)["entries"]
        theirs = Fact.objects.filter(practitioner_id__in=self.files(**path), kind=FactKind.POINTS_SCORED)
        entries = all_named("entries", theirs, "origin_id", [row["entry"] for row in sent])
        corrections = [
            Correction(entry, row.get("points"), row.get("months")) for entry, row in zip(entries, sent, strict=True)
        ]
        with refusals(request.data):
            found = preview_corrections(practitioner=person, corrections=corrections, now=self.asker.now)
            reach = reach_of(found, entries=entries)
        annulled = any(each.points is None for each in corrections)
        shown = {"before": found.before, "after": found.after, "needs_second": annulled, "reach": reach}
        return Response(document_of(CorrectionShape, shown))
