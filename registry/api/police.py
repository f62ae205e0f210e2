"""Transfers to the police, over the program of an agency's officer: recorded by two, and what came back."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.police import record_police_answer, transfer_to_police
from registry.api.case_files import whole_case
from registry.api.cases import OnCase
from registry.api.desk import Act, Listing, One
from registry.api.files import FileRef, own_file
from registry.api.given import Choice, Day, Given, Id, Prose, Text
from registry.api.problems import SECOND_MISSING, Problem
from registry.api.shapes import ActorRef, PersonRef, Shape, Word
from registry.api.subjects import named, one
from registry.models import Case, PoliceAnswer, PoliceTransfer, Practitioner
from registry.queries.police import transfers_of
from registry.queries.roles import OFFICERS_OF_AGENCIES, READERS_OF_CASE_DOCUMENTS

Outcome = PoliceAnswer.Outcome


class PoliceAnswerShape(Shape):
    """What came back of a transfer."""

    id = serializers.UUIDField(source="uuid")
    outcome = Word(Outcome.choices)
    answered_on = serializers.DateField()
    document_number = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    document = FileRef(allow_null=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef()
    second = ActorRef(allow_null=True)


class PoliceTransferShape(Shape):
    """A case, or one person in it, transferred to the police (移送公安机关)."""

    id = serializers.UUIDField(source="uuid")
    case = serializers.UUIDField(source="case.uuid")
    practitioner = PersonRef(allow_null=True)
    organ = serializers.CharField()
    document_number = serializers.CharField()
    transferred_on = serializers.DateField()
    legal_basis = serializers.CharField()
    grounds = serializers.CharField()
    document = FileRef()
    agency = serializers.CharField(source="agency.code")
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef()
    second = ActorRef()
    answers = PoliceAnswerShape(many=True, source="answers.all", help_text="in the order in which they came")


class PoliceTransferGiven(Given):
    """Who or what was transferred, to whom, why, and the document."""

    practitioner = Id(required=False, allow_null=True, help_text="somebody who answers in the case; null: all of it")
    organ = Text(max_length=200, help_text="the name of the public security organ")
    document_number = Text(max_length=120)
    transferred_on = Day(help_text="of the document")
    legal_basis = Text(max_length=200)
    grounds = Prose(max_length=4000)
    document = Id(help_text="a file that you handed in")


class PoliceTransfers(Listing, OnCase):
    """What of a case was transferred to the police, for whoever reads its documents. Nobody is told of it."""

    creates = "transfer_to_police"
    creating = "Record that a case, or one person in it, was transferred to the police. It takes a second signature."
    shape = PoliceTransferShape
    given = PoliceTransferGiven
    seen_by = READERS_OF_CASE_DOCUMENTS
    makes = True
    two_people = True

    def rows(self) -> QuerySet[PoliceTransfer]:
        return transfers_of(self.asker.scope).filter(case=whole_case(self, **self.kwargs))

    def do(self, subject: Case, values: dict[str, Any]) -> PoliceTransfer:
        if self.second is None:
            raise Problem(SECOND_MISSING)
        person = values.pop("practitioner", None)
        here = self.asker.scope.answering().filter(handling=subject.handling_id, trigger=subject.trigger_id)
        people = Practitioner.objects.filter(pk__in=here.order_by().values("practitioner"))
        document = own_file(self.asker, "document", values.pop("document"))
        assert document is not None  # it is required
        made = transfer_to_police(
            case=subject,
            practitioner=named("practitioner", people, uuid=person) if person else None,
            document=document,
            by=self.asker.user,
            second=self.second,
            now=self.asker.now,
            **values,
        )
        return transfers_of(self.asker.scope).get(pk=made.pk)


class PoliceTransferView(One):
    """One transfer to the police, with what came back."""

    tag = "cases"
    shape = PoliceTransferShape
    seen_by = READERS_OF_CASE_DOCUMENTS

    def find(self, **path: Any) -> PoliceTransfer:
        return one(transfers_of(self.asker.scope), uuid=path["transfer"])


class PoliceAnswerGiven(Given):
    """What the police answered; or that the transfer was recorded by mistake."""

    outcome = Choice(choices=Outcome.values)
    answered_on = Day()
    document_number = Text(default="", allow_blank=True, max_length=120, help_text="empty for a mistake only")
    reason = Prose(default="", allow_blank=True, max_length=4000, help_text="empty only where it was accepted")
    document = Id(required=False, allow_null=True, help_text="a file that you handed in; null for a mistake only")


class RecordPoliceAnswer(Act):
    """Record what came back of a transfer. That it was recorded by mistake takes a second signature."""

    tag = "cases"
    shape = PoliceTransferShape
    subject_shape = PoliceTransferShape
    given = PoliceAnswerGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True
    two_people = True

    def subject(self, **path: Any) -> PoliceTransfer:
        found = one(transfers_of(self.asker.scope), uuid=path["transfer"])
        if not self.asker.scope.acts_for(found.case):
            raise NotFound
        return found

    def do(self, subject: PoliceTransfer, values: dict[str, Any]) -> PoliceTransfer:
        mistaken = values["outcome"] == Outcome.MISTAKEN
        if mistaken and self.second is None:
            raise Problem(SECOND_MISSING)
        document = own_file(self.asker, "document", values.pop("document", None))
        record_police_answer(
            transfer=subject,
            document=document,
            by=self.asker.user,
            second=self.second if mistaken else None,
            now=self.asker.now,
            **values,
        )
        return transfers_of(self.asker.scope).get(pk=subject.pk)
