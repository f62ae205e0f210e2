"""Activities of repair: offered, closed, taken part in, and confirmed with their results."""

from typing import Any, ClassVar

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from appeals.actions.activities import (
    FULL_MARKS,
    cancel_enrolment,
    close_activity,
    enrol,
    offer_activity,
)
from appeals.actions.results import Result, record_results
from appeals.models import Activity, Attendance
from appeals.queries.applications import may_see_part, offered_by, parts_in, visible_activities
from appeals.queries.remediation import TAKEN as TAKES_PART
from appeals.queries.remediation import offers_for
from appeals.queries.sides import Side, acting_for, enrolling, may_enrol, offering
from registry.actions.procedure import Acting
from registry.api.asking import Asker
from registry.api.attachments import Attached, Attachment
from registry.api.desk import Act, Filter, Listing, One
from registry.api.files import FileRef, attachment_of, own_file
from registry.api.given import Choice, Day, Flag, Given, Id, Prose, Text, Whole, several
from registry.api.opening import OpensFile
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import PersonRef, PlaceRef, Shape, Word, document_of
from registry.api.subjects import all_named, named, one
from registry.models import Agency, Institution, StoredFile
from registry.queries.faults import Fault
from registry.queries.roles import STAFF_KEEPERS

MOST_AT_ONCE = 1000
ONE_SIDE = Fault(
    "one_side",
    _("An activity is offered by an agency or by an institution: one of them."),
    _("Send `agency` or `institution`, with the code of one of yours."),
)
TAKEN = Count("attendances", filter=~Q(attendances__state=Attendance.State.CANCELLED))


class ActivityShape(Shape):
    """An activity that supports an application for repair (修复活动); `ends_on` is its last day."""

    id = serializers.UUIDField(source="uuid")
    kind = Word(Activity.Kind.choices)
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    agency = serializers.CharField(source="agency.code", allow_null=True, default=None)
    institution = PlaceRef(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    place = serializers.CharField(allow_blank=True)
    places = serializers.IntegerField(allow_null=True, help_text="null without limit")
    taken = serializers.IntegerField(help_text="places that are taken")
    pass_mark = serializers.IntegerField(allow_null=True, help_text="of 100, for a study with a test")
    offered_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


def with_taken(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """The activities with how many take part; one query."""
    return rows.annotate(taken=TAKEN)


def as_offered(activity: Activity) -> Activity:
    """The activity after an act on it."""
    return with_taken(Activity.objects.select_related("agency__region", "institution")).get(pk=activity.pk)


class OfferGiven(Given):
    """What, by whom, when and where. An agency offers to everybody in its region, an institution to its own staff."""

    agency = Text(required=False, max_length=20, help_text="the code of one of your agencies, or …")
    institution = Text(required=False, max_length=12, help_text="… of one of your institutions")
    kind = Choice(choices=Activity.Kind.values)
    title = Text(max_length=200)
    description = Prose(default="", allow_blank=True, max_length=20000)
    starts_on = Day()
    ends_on = Day(help_text="the last day")
    place = Text(default="", allow_blank=True, max_length=200)
    places = Whole(required=False, allow_null=True, min_value=1, max_value=100_000)
    pass_mark = Whole(required=False, allow_null=True, min_value=1, max_value=FULL_MARKS)


class Activities(Listing, Act):
    """The activities of institutions and agencies that concern you, and those offered to your places."""

    tag = "repair"
    creates = "offer_activity"
    creating = "Offer an activity, for one of your agencies or institutions."
    shape = ActivityShape
    given = OfferGiven
    done_by = STAFF_KEEPERS
    makes = True
    filters = {
        "kind": Filter(Choice(choices=Activity.Kind.values, required=False), "kind"),
        "agency": Filter(Text(required=False, max_length=20, help_text="its code"), "agency__code"),
        "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "institution__code"),
        "from_day": Filter(Day(required=False, help_text="not over on this day"), "ends_on__gte"),
    }

    def rows(self) -> QuerySet[Activity]:
        return with_taken(visible_activities(self.asker.scope))

    def do(self, subject: Any, values: dict[str, Any]) -> Activity:
        side = side_of(self.asker, values.pop("agency", None), values.pop("institution", None))
        acting = acting_for(side, self.asker.user)
        return as_offered(offer_activity(acting=acting, now=self.asker.now, **values))


def side_of(asker: Asker, agency: str | None, institution: str | None) -> Side:
    """The one of the asker's sides that the body names. Raises Problem where it names none or two."""
    if (agency is None) == (institution is None):
        raise Problem(VALUE_REFUSED, errors=[ONE_SIDE.of("agency", agency)])
    if agency is not None:
        mine = Agency.objects.filter(pk__in=[each.pk for each in asker.agencies])
        return named("agency", mine.select_related("region"), code=agency)
    places = Institution.objects.filter(pk__in=[each.pk for each in asker.institutions])
    return named("institution", places, code=institution)


class ActivityView(One):
    """One activity."""

    tag = "repair"
    shape = ActivityShape

    def find(self, **path: Any) -> Activity:
        return one(with_taken(visible_activities(self.asker.scope)), uuid=path["activity"])


class PartShape(Shape):
    """One person's part in an activity (参加活动)."""

    id = serializers.UUIDField(source="uuid")
    activity = serializers.UUIDField(source="activity.uuid")
    practitioner = PersonRef()
    state = Word(Attendance.State.choices)
    enrolled_at = serializers.DateTimeField()
    score = serializers.IntegerField(allow_null=True)
    completed_on = serializers.DateField(allow_null=True)
    evidence = FileRef(allow_null=True)
    remark = serializers.CharField(allow_blank=True)
    application = serializers.UUIDField(source="application.uuid", allow_null=True, default=None)


def shown_parts(rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """The parts with everything shown of them; no file is opened."""
    closed = Prefetch("evidence", StoredFile.objects.defer("sealed"))
    related = rows.select_related(None).select_related("activity", "practitioner", "application")
    return related.prefetch_related(closed)


class Parts(Listing):
    """Who takes part in an activity, as far as these people concern you; everybody for the side that offers it."""

    tag = "repair"
    shape = PartShape
    filters = {
        "state": Filter(Choice(choices=Attendance.State.values, required=False), "state"),
        "practitioner": Filter(Id(required=False), "practitioner__uuid"),
    }

    def rows(self) -> QuerySet[Attendance]:
        found = one(visible_activities(self.asker.scope), uuid=self.kwargs["activity"])
        return shown_parts(parts_in(found, self.asker.scope))


class PartEvidence(Attached):
    """The file that proves a part, for the side that offers the activity and for whoever sees the person."""

    tag = "repair"

    def find(self, **path: Any) -> Attachment:
        part = one(Attendance.objects.select_related("activity", "evidence"), uuid=path["part"])
        if part.evidence is None or not may_see_part(part, self.asker.scope):
            raise NotFound
        return attachment_of(part.evidence)


class OnActivity(Act):
    """An act on an activity, by the side that offers it."""

    tag = "repair"
    shape: ClassVar[type[Shape]] = ActivityShape
    subject_shape = ActivityShape
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Activity:
        found = one(with_taken(visible_activities(self.asker.scope)), uuid=path["activity"])
        if not self.may(found):
            raise NotFound
        return found

    def may(self, activity: Activity) -> bool:
        """Whether the asker can do this act on it."""
        return offered_by(activity, self.asker.scope)

    def acting(self, activity: Activity) -> Acting:
        """As an officer of the side that offers it."""
        found = offering(activity, self.asker.scope, self.asker.user)
        assert found is not None  # the subject is found for the offering side only
        return found


class CloseActivity(OnActivity):
    """Close an activity to enrolment; results of those enrolled can still be recorded."""

    def do(self, subject: Activity, values: dict[str, Any]) -> Activity:
        return as_offered(close_activity(activity=subject, acting=self.acting(subject), now=self.asker.now))


class EnrolGiven(Given):
    """Who takes part; everybody or nobody is enrolled."""

    practitioners = serializers.ListField(child=Id(), min_length=1, max_length=MOST_AT_ONCE)


class PartsShape(Shape):
    """The parts that were begun, or what came of them."""

    items = PartShape(many=True)


class Enrol(OnActivity):
    """Enrol people: by the side that offers the activity, or by an institution for its own staff. All or nothing."""

    shape = PartsShape
    given = EnrolGiven
    makes = True

    def may(self, activity: Activity) -> bool:
        return may_enrol(activity, self.asker.scope)

    def do(self, subject: Activity, values: dict[str, Any]) -> dict[str, Any]:
        ids = list(dict.fromkeys(values["practitioners"]))
        people = all_named("practitioners", self.asker.scope.practitioners(), "uuid", ids)
        acting = enrolling(subject, people, self.asker.scope, self.asker.user, self.asker.today)
        return _shown(enrol(activity=subject, practitioners=people, acting=acting, now=self.asker.now))


def _shown(parts: list[Attendance]) -> dict[str, Any]:
    rows = shown_parts(Attendance.objects.filter(pk__in=[part.pk for part in parts]))
    return document_of(PartsShape, {"items": rows.order_by("pk")})


class ResultGiven(Given):
    """What came of one part. Who attended needs evidence: a file, or a remark that says what was seen."""

    part = Id()
    attended = Flag()
    completed_on = Day(required=False, allow_null=True)
    score = Whole(required=False, allow_null=True, min_value=0, max_value=FULL_MARKS)
    evidence = Id(required=False, allow_null=True, help_text="a file that you handed in")
    remark = Prose(default="", allow_blank=True, max_length=2000)


class RecordedGiven(Given):
    """The results of one person or many; all of them or none."""

    results = several(ResultGiven, min_length=1, max_length=MOST_AT_ONCE)


class RecordResults(OnActivity):
    """Record what came of the parts in an activity, all or nothing."""

    shape = PartsShape
    given = RecordedGiven

    def do(self, subject: Activity, values: dict[str, Any]) -> dict[str, Any]:
        sent = values["results"]
        rows = subject.attendances.select_related("practitioner", "activity")
        parts = all_named("results.part", rows, "uuid", [each.pop("part") for each in sent])
        results = [
            Result(attendance=part, evidence=own_file(self.asker, f"results[{n}].evidence", each.pop("evidence", None)),
                   **each)
            for n, (part, each) in enumerate(zip(parts, sent, strict=True))
        ]  # fmt: skip
        return _shown(record_results(results=results, acting=self.acting(subject), now=self.asker.now))


class CancellingGiven(Given):
    """Why."""

    reason = Prose(default="", allow_blank=True, max_length=2000)


class CancelEnrolment(Act):
    """Cancel the enrolment of somebody who does not take part after all; the place is free again."""

    tag = "repair"
    shape = PartShape
    subject_shape = PartShape
    given = CancellingGiven
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Attendance:
        seen = self.asker.scope
        rows = Attendance.objects.filter(activity__in=visible_activities(seen), practitioner__in=seen.practitioners())
        return one(shown_parts(rows), uuid=path["part"])

    def do(self, subject: Attendance, values: dict[str, Any]) -> Attendance:
        people = [subject.practitioner]
        acting = enrolling(subject.activity, people, self.asker.scope, self.asker.user, self.asker.today)
        return cancel_enrolment(attendance=subject, acting=acting, now=self.asker.now, **values)


class PersonParts(OpensFile, Listing):
    """Everything that a person takes or took part in, with the application that it supports."""

    tag = "repair"
    shape = PartShape

    def rows(self) -> QuerySet[Attendance]:
        rows = Attendance.objects.filter(TAKES_PART, practitioner_id__in=self.files(**self.kwargs))
        return shown_parts(rows)


class OfferShape(Shape):
    """An activity that a person may take part in, and the part that they have already."""

    activity = serializers.UUIDField(source="activity.uuid")
    kind = Word(Activity.Kind.choices, source="activity.kind")
    title = serializers.CharField(source="activity.title")
    starts_on = serializers.DateField(source="activity.starts_on")
    ends_on = serializers.DateField(source="activity.ends_on")
    left = serializers.IntegerField(allow_null=True, help_text="places; null without limit")
    part = serializers.UUIDField(source="mine.uuid", allow_null=True, default=None)


class OffersShape(Shape):
    """What is offered, the earliest first."""

    items = OfferShape(many=True)


class PersonOffers(OpensFile, One):
    """The activities that a person may take part in today."""

    tag = "repair"
    shape = OffersShape

    def find(self, **path: Any) -> dict[str, Any]:
        return {"items": offers_for(self.files(**path), self.asker.today)}
