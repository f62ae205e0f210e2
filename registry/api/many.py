"""One act on many people of a case: all of it or nothing of it, with a report that names each refused row."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.many import (
    Proposed,
    countersign_many,
    notify_many,
    preview_proposals,
    propose_many,
    record_receipts_many,
)
from registry.actions.proposals import Item
from registry.api.cases import OF_A_CASE, OnCase, case_to_handle, row_report
from registry.api.desk import DeskFace, read, refusals
from registry.api.files import own_file
from registry.api.given import Choice, Given, Id, Whole, several
from registry.api.proposals import (
    ConsequenceShape,
    ItemGiven,
    ProposalShape,
    ReceiptGiven,
    recording,
    with_items,
)
from registry.api.shapes import PersonRef, Shape, document_of
from registry.api.subjects import all_named, one
from registry.models import Case, Delivery, Proposal
from registry.queries.casework import answering_in
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS
from registry.queries.serving import may_record_receipts, receivable

MOST_PEOPLE = 1000
CONSEQUENCES: tuple[str, ...] = tuple(ConsequenceShape().fields)


class ProposedGiven(Given):
    """The situations of one person, by the id of what they answer for."""

    responsibility = Whole(min_value=1)
    items = several(ItemGiven, min_length=1, max_length=20)


class ProposedManyGiven(Given):
    """Everybody with their situations; all of them or none."""

    people = several(ProposedGiven, min_length=1, max_length=MOST_PEOPLE)


class ProposalsShape(Shape):
    """The proposals, in the order of the rows."""

    items = ProposalShape(many=True)


class PersonConsequenceShape(ConsequenceShape):
    """What would follow for one person."""

    responsibility = serializers.IntegerField()
    practitioner = PersonRef()


class ConsequencesShape(Shape):
    """What would follow for each person, in the order of the rows; nothing is written."""

    items = PersonConsequenceShape(many=True)


class PreviewProposals(DeskFace):
    """What proposals for many people of a case would do. It changes nothing and needs no idempotency key."""

    tag = "proposals"
    http_method_names = ["post"]
    shape = ConsequencesShape
    given = ProposedManyGiven
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        case = case_to_handle(self, **path)
        rows = proposed_rows(self, case, read(self.given, request.data))
        with refusals(request.data), row_report("people"):
            found = preview_proposals(case=case, rows=rows, now=self.asker.now)
        items = [
            {
                "responsibility": row.responsibility.pk,
                "practitioner": row.practitioner,
                **{name: getattr(each, name) for name in CONSEQUENCES},
            }
            for row, each in zip(rows, found, strict=True)
        ]
        return Response(document_of(ConsequencesShape, {"items": items}))


class ProposeMany(OnCase):
    """Propose points for many people of a case, one proposal each: all or nothing; a report names each refused row.

    Whoever has the same proposal already keeps it.
    """

    tag = "proposals"
    shape = ProposalsShape
    given = ProposedManyGiven
    makes = True

    def do(self, subject: Case, values: dict[str, Any]) -> dict[str, Any]:
        rows = proposed_rows(self, subject, values)
        with row_report("people"):
            made = propose_many(case=subject, rows=rows, by=self.asker.user, now=self.asker.now)
        return shown(made)


def proposed_rows(face: DeskFace, case: Case, values: dict[str, Any]) -> list[Proposed]:
    """The rows as the action takes them. Raises Problem with each responsibility that is not one of the case."""
    sent = values["people"]
    known = answering_in(case, face.asker.scope).select_related("practitioner")
    found = all_named("people", known, "pk", [row["responsibility"] for row in sent])
    return [
        Proposed(number=number, responsibility=responsibility, items=[Item(**item) for item in row["items"]])
        for number, (responsibility, row) in enumerate(zip(found, sent, strict=True))
    ]


class ManyGiven(Given):
    """The proposals of the case that it is done for."""

    proposals = serializers.ListField(child=Id(), min_length=1, max_length=MOST_PEOPLE)


class OnProposals(OnCase):
    """An act on many proposals of one case."""

    tag = "proposals"
    shape = ProposalsShape
    given: ClassVar[type[Given]] = ManyGiven

    def named(self, case: Case, values: dict[str, Any]) -> list[Proposal]:
        """Those that the body names. Raises Problem with each that is none of the case."""
        return _named(self.asker.scope.proposals().filter(case=case), values)


def _named(rows: Any, values: dict[str, Any]) -> list[Proposal]:
    rows = rows.select_related("practitioner", "case__agency")
    return all_named("proposals", rows, "uuid", values.pop("proposals"))


class CountersignMany(OnProposals):
    """Countersign many proposals of a case as the second person; one that you may not sign stops all."""

    def do(self, subject: Case, values: dict[str, Any]) -> dict[str, Any]:
        proposals = self.named(subject, values)
        with row_report("proposals", first=1):
            done = countersign_many(case=subject, proposals=proposals, by=self.asker.user, now=self.asker.now)
        return shown(done)


class NotifyManyGiven(ManyGiven):
    """Whom, and which way the notices go."""

    channel = Choice(choices=Delivery.Channel.values)


class NotifyMany(OnProposals):
    """Send many advance notices of a case the same way. Sending is not receipt; one that may not be sent stops all."""

    given = NotifyManyGiven

    def do(self, subject: Case, values: dict[str, Any]) -> dict[str, Any]:
        proposals = self.named(subject, values)
        with row_report("proposals", first=1):
            done = notify_many(case=subject, proposals=proposals, by=self.asker.user, now=self.asker.now, **values)
        return shown(done)


class ReceiptsGiven(ManyGiven, ReceiptGiven):
    """Who received it, when and by which way; one receipt, such as a signed list, proves all of it."""


class RecordReceipts(OnProposals):
    """Record the receipts of many people of a case, by one dated proof.

    The agency knows every way; an institution records what it had to hand over (`institution`).
    """

    given = ReceiptsGiven
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Case:
        found = one(self.asker.scope.cases().select_related(*OF_A_CASE), uuid=path["case"])
        if not may_record_receipts(self.asker.scope, found):
            raise NotFound
        return found

    def named(self, case: Case, values: dict[str, Any]) -> list[Proposal]:
        """Those whose receipt the asker may record."""
        return _named(receivable(self.asker.scope, case), values)

    def do(self, subject: Case, values: dict[str, Any]) -> dict[str, Any]:
        proposals = self.named(subject, values)
        receipt = own_file(self.asker, "receipt", values.pop("receipt", None))
        with row_report("proposals", first=1):
            done = record_receipts_many(
                case=subject,
                proposals=proposals,
                receipt=receipt,
                acting=recording(self.asker, subject, proposals),
                now=self.asker.now,
                **values,
            )
        return shown(done)


def shown(proposals: list[Proposal]) -> dict[str, Any]:
    """The proposals as they stand now, in this order, read together."""
    found = {row.pk: row for row in with_items(Proposal.objects.filter(pk__in=[each.pk for each in proposals]))}
    return document_of(ProposalsShape, {"items": [found[each.pk] for each in proposals]})
