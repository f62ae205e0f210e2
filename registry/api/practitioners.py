"""Practitioners: found, registered, and their files as they stand on a day and as known at a time."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.access_log import Kind, record_many
from registry.actions.people import assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at, sign_commitment
from registry.actions.remediation import reregister
from registry.api.desk import Act, DeskFace, Filter, Listing, One, read
from registry.api.given import Choice, Day, Given, Id, Instant, Prose, Sealed, Text
from registry.api.opening import OnPractitioner, OpensFile
from registry.api.places import EndGiven
from registry.api.shapes import Shape, Word, document_of
from registry.api.standings import ChangeShape, FactShape, RegistrationShape, StandingShape, whole
from registry.api.subjects import all_named, named, one
from registry.ledger.reading import standing_of
from registry.models import (
    Agency,
    Category,
    DocumentKind,
    Fact,
    FactKind,
    Institution,
    Practitioner,
    Registration,
    Sex,
    StandingChange,
)
from registry.queries.explain import telling
from registry.queries.people import MOST_FOUND, find_by_document, find_people
from registry.queries.publication import may_ask_for, published_standing
from registry.queries.roles import (
    OFFICERS_OF_AGENCIES,
    READERS_OF_ONE_FILE,
    READERS_OF_ONE_STANDING,
    READERS_OF_THE_PUBLISHED,
    STAFF_KEEPERS,
)


class PractitionerShape(Shape):
    """A practitioner. The code is permanent and opaque; `id` stands for the person in addresses."""

    id = serializers.UUIDField(source="uuid")
    code = serializers.CharField()
    provisional = serializers.BooleanField(help_text="a code of ours, until the national one is assigned")
    name = serializers.CharField()
    sex = Word(Sex.choices)
    birth_date = serializers.DateField(allow_null=True)
    category = Word(Category.choices)


class DocumentGiven(Given):
    """An identity document."""

    kind = Choice(choices=DocumentKind.values)
    number = Sealed(max_length=40)


class SearchGiven(Given):
    """One of: a code or the beginning or a part of a name, or the whole number of a document."""

    term = Text(
        required=False,
        max_length=100,
        help_text="a code, a name or part of one, or the beginning of its pinyin (wangwei) or of its initials (ww)",
    )
    document = DocumentGiven(required=False)


class FoundShape(Shape):
    """Who was found; at most twenty."""

    items = PractitionerShape(many=True)


class SearchPractitioners(DeskFace):
    """Find practitioners.

    Identifiers of people travel in bodies only, so a search is a POST. It changes nothing and needs no idempotency key.
    """

    tag = "practitioners"
    http_method_names = ["post"]
    seen_by = READERS_OF_THE_PUBLISHED
    shape = FoundShape
    given = SearchGiven

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        asked = read(self.given, request.data)
        people = self.asker.scope.practitioners()
        if document := asked.get("document"):
            found = find_by_document(people, document["number"], document["kind"])
            self.keep(found)
        elif term := asked.get("term"):
            found = list(find_people(people, term).order_by("code")[:MOST_FOUND])
        else:
            found = []
        return Response({"items": [document_of(PractitionerShape, row) for row in found]})

    def keep(self, found: list[Practitioner]) -> None:
        """Who knows a number learns whose it is: that is kept in the files found."""
        who: dict[str, Any] = {"by": self.asker.person, "key": self.asker.key, "now": self.asker.now}
        record_many(practitioners=[row.pk for row in found], kind=Kind.SEARCHED, reason="", **who)


class PersonGiven(Given):
    """A person as their papers describe them, and where and from when they work."""

    institution = Text(max_length=12, help_text="the code of one of your institutions")
    starts_on = Day()
    department = Text(default="", allow_blank=True, max_length=100)
    code = Text(required=False, allow_null=True, max_length=64, help_text="absent: a provisional code of ours")
    name = Text(max_length=100)
    category = Choice(choices=Category.values)
    sex = Choice(choices=Sex.values, default=Sex.UNKNOWN.value)
    birth_date = Day(required=False, allow_null=True)
    document = DocumentGiven(required=False)
    distinct_from = serializers.ListField(
        child=Id(), default=list, max_length=20, help_text="people who are similar and somebody else"
    )
    reason = Prose(default="", allow_blank=True, max_length=2000, help_text="why they are somebody else")


class RegisterPerson(Act):
    """Open the file of a person, or find it, and register them at an institution.

    Where somebody in the register may be the same person, this is refused with `probable_duplicate`: compare them, then
    send their ids as `distinct_from` with the reason.
    """

    tag = "practitioners"
    shape = RegistrationShape
    given = PersonGiven
    done_by = STAFF_KEEPERS
    makes = True

    def do(self, subject: Any, values: dict[str, Any]) -> Registration:
        place = named("institution", self.asker.scope.institutions(), code=values.pop("institution"))
        where: dict[str, Any] = {name: values.pop(name) for name in ("starts_on", "department")}
        others = all_named("distinct_from", self.asker.scope.practitioners(), "uuid", values.pop("distinct_from"))
        paper = values.pop("document", None)
        by: dict[str, Any] = {"by": self.asker.user, "now": self.asker.now}
        with transaction.atomic():
            person = register_practitioner(
                code=values.pop("code", None),
                document=(paper["kind"], paper["number"]) if paper else None,
                distinct_from=others,
                **values,
                **by,
            )
            return register_at(practitioner=person, institution=place, **where, **by)


class PractitionerView(OpensFile, One):
    """One practitioner."""

    tag = "practitioners"
    seen_by = READERS_OF_ONE_STANDING
    shape = PractitionerShape

    def find(self, **path: Any) -> Practitioner:
        return self.person(**path)


class AskedStanding(Given):
    """A day, and an instant of knowledge."""

    on = Day(required=False, help_text="the day asked about; today unless told")
    known_at = Instant(required=False, help_text="as known at this instant; everything recorded unless told")
    steps = Choice(choices=["all"], required=False, help_text="every step of the computation, however many there are")


class StandingView(OpensFile, One):
    """The standing of a practitioner on a day, as known at a time, with the steps that say why.

    Of a long file these are the newest and whatever else the answer rests on; `all_steps` leads to all of them.

    Health and drug authorities are told that of today, and of the past what is published to them.
    """

    tag = "practitioners"
    seen_by = READERS_OF_ONE_STANDING
    shape = StandingShape
    asks = AskedStanding

    def find(self, **path: Any) -> dict[str, Any]:
        asked = read(self.asks, self.request.query_params.dict())
        on: date = asked.get("on") or self.asker.today
        known: datetime | None = asked.get("known_at")
        seen, person, today = self.asker.scope, self.person(**path), self.asker.today
        if not may_ask_for(seen, person, on, known, today):
            raise PermissionDenied
        standing = published_standing(seen, person, standing_of(person, on, known=known), today=today)
        shown = telling(standing, whole="steps" in asked)
        return whole(standing, known, steps=shown, all_steps=self.address(steps="all"))


class Changes(OpensFile, Listing):
    """The changes of the standing of a practitioner."""

    tag = "practitioners"
    opens = Kind.HISTORY
    seen_by = READERS_OF_ONE_FILE
    shape = ChangeShape

    def rows(self) -> QuerySet[StandingChange]:
        files = self.files(**self.kwargs)
        return StandingChange.objects.filter(practitioner_id__in=files).select_related("practitioner")


class AllChanges(Listing):
    """The changes of standing of everybody who concerns you: what a system reads to keep up."""

    tag = "practitioners"
    shape = ChangeShape
    filters = {
        "from_day": Filter(Day(required=False, help_text="from this day on"), "on_day__gte"),
        "status_after": Filter(Choice(choices=["normal", "suspended", "terminated"], required=False), "status_after"),
    }

    def rows(self) -> QuerySet[StandingChange]:
        people = self.asker.scope.practitioners()
        rows = StandingChange.objects.select_related("practitioner")
        return rows if self.asker.scope.sees_everything else rows.filter(practitioner__in=people)


class Facts(OpensFile, Listing):
    """The facts of a practitioner's file, each as it was written."""

    tag = "practitioners"
    shape = FactShape
    filters = {"kind": Filter(Choice(choices=FactKind.values, required=False), "kind")}

    def rows(self) -> QuerySet[Fact]:
        files = self.files(**self.kwargs)
        return Fact.objects.filter(practitioner_id__in=files).select_related("entry", "agency")


class RegistrationGiven(Given):
    """Where, from when, in which department."""

    institution = Text(max_length=12, help_text="the code of one of your institutions")
    starts_on = Day()
    department = Text(default="", allow_blank=True, max_length=100)


class Registrations(OpensFile, Listing, Act):
    """The registrations of a practitioner as known now; several at once are normal."""

    tag = "practitioners"
    seen_by = READERS_OF_THE_PUBLISHED
    creates = "register_at"
    creating = "Register a practitioner at an institution."
    shape = RegistrationShape
    given = RegistrationGiven
    done_by = STAFF_KEEPERS
    makes = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def rows(self) -> QuerySet[Registration]:
        rows = Registration.objects.filter(practitioner_id__in=self.files(**self.kwargs), superseded_at=None)
        return rows.select_related("practitioner", "institution")

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Registration:
        place = named("institution", self.asker.scope.institutions(), code=values.pop("institution"))
        return register_at(practitioner=subject, institution=place, by=self.asker.user, now=self.asker.now, **values)


class OnRegistration(Act):
    """An act on a registration at an institution in the scope."""

    tag = "practitioners"
    shape = RegistrationShape
    subject_shape = RegistrationShape
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Registration:
        rows = Registration.objects.filter(superseded_at=None, institution__in=self.asker.scope.institutions())
        return one(rows.select_related("practitioner", "institution"), record=path["registration"])


class EndRegistration(OnRegistration):
    """End a registration from a day on."""

    given = EndGiven

    def do(self, subject: Registration, values: dict[str, Any]) -> Registration:
        return end_registration(registration=subject, by=self.asker.user, now=self.asker.now, **values)


class CommitmentGiven(Given):
    """When it was signed."""

    signed_on = Day()


class SignCommitment(OnRegistration):
    """Record the commitment that the practitioner signed."""

    given = CommitmentGiven

    def do(self, subject: Registration, values: dict[str, Any]) -> Registration:
        return sign_commitment(registration=subject, by=self.asker.user, now=self.asker.now, **values)


class OnPerson(OnPractitioner, Act):
    """An act of an agency on a practitioner's file."""

    tag = "practitioners"
    shape: ClassVar[type[Shape]] = PractitionerShape
    subject_shape = PractitionerShape
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)


class NameGiven(Given):
    """The new name, and which document shows it."""

    name = Text(max_length=100)
    reason = Prose(max_length=2000)


class Rename(OnPerson):
    """Change the name; the former one stays in the file."""

    given = NameGiven

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Practitioner:
        return rename(practitioner=subject, by=self.asker.user, now=self.asker.now, **values)


class CodeGiven(Given):
    """The national code, and where it comes from."""

    code = Text(max_length=64)
    reason = Prose(max_length=2000)


class AssignCode(OnPerson):
    """Assign the national code to a person with a provisional one."""

    given = CodeGiven

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Practitioner:
        return assign_code(practitioner=subject, by=self.asker.user, now=self.asker.now, **values)


class ReregistrationGiven(Given):
    """Where the person is registered again, and why."""

    institutions = serializers.ListField(child=Text(max_length=12), min_length=1, max_length=20)
    reason = Prose(max_length=2000)
    agency = Text(max_length=20, help_text="the code of one of your agencies")


class Reregister(OnPerson):
    """Register a terminated person again, once the bar is over; the older registrations end."""

    given = ReregistrationGiven
    shape = FactShape
    makes = True

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Fact:
        places: list[Institution] = all_named(
            "institutions", self.asker.scope.institutions(), "code", values.pop("institutions")
        )
        mine = Agency.objects.filter(pk__in=[each.pk for each in self.asker.agencies])
        agency = named("agency", mine, code=values.pop("agency"))
        return reregister(
            practitioner=subject, institutions=places, agency=agency, by=self.asker.user, now=self.asker.now, **values
        )
