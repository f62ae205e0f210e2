"""Points proposed for one person in one case, until they are an entry in the ledger or are not."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.decisions import decide_held, preview_held
from registry.actions.deliveries import notify, record_receipt
from registry.actions.procedure import Acting, for_agency, for_institution
from registry.actions.proposals import Item, countersign, preview_proposal, propose, require_another, withdraw_proposal
from registry.api.asking import Asker
from registry.api.cases import OF_A_CASE
from registry.api.desk import Act, DeskFace, Filter, Listing, One, read, refusals
from registry.api.files import own_file
from registry.api.given import Choice, Day, Flag, Given, Id, Prose, ReasonGiven, Text, Whole, several
from registry.api.problems import SECOND_MISSING, Problem
from registry.api.shapes import ActorRef, PersonRef, Shape, Word, document_of
from registry.api.standings import SideShape
from registry.api.subjects import one
from registry.models import Case, Delivery, Proposal, ProposedEntry, Responsibility
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS
from registry.queries.serving import receivable, serving

OF_A_PROPOSAL = (
    "practitioner",
    "responsibility__practitioner",
    "proposed_by",
    "countersigned_by",
    *(f"case__{path}" for path in OF_A_CASE),
)


class ItemShape(Shape):
    """One situation of a proposal, and what became of it."""

    id = serializers.IntegerField(source="pk")
    situation = serializers.CharField()
    act = serializers.CharField(allow_blank=True)
    points = serializers.IntegerField()
    default_points = serializers.IntegerField()
    months = serializers.IntegerField(allow_null=True)
    departure_reason = serializers.CharField(allow_blank=True)
    outcome = Word(ProposedEntry.Outcome.choices)
    decided_points = serializers.IntegerField(allow_null=True)
    entry = serializers.UUIDField(source="entry.fact.origin_id", allow_null=True, default=None)


class ProposalShape(Shape):
    """A proposal (记分建议)."""

    id = serializers.UUIDField(source="uuid")
    case = serializers.UUIDField(source="case.uuid")
    practitioner = PersonRef()
    responsibility = serializers.IntegerField(source="responsibility_id")
    state = Word(Proposal.State.choices)
    policy = serializers.CharField()
    items = serializers.SerializerMethodField()
    proposed_at = serializers.DateTimeField()
    proposed_by = ActorRef(allow_null=True)
    countersigned_at = serializers.DateTimeField(allow_null=True)
    countersigned_by = ActorRef(allow_null=True)
    notified_at = serializers.DateTimeField(allow_null=True)
    received_on = serializers.DateField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    held_because = serializers.CharField(allow_blank=True, help_text="why it waits for an officer; a stable code")

    @extend_schema_field(ItemShape(many=True))
    def get_items(self, row: Proposal) -> list[dict[str, Any]]:
        """The situations, in the order in which they were proposed."""
        rows = sorted(row.items.all(), key=lambda item: item.pk)
        return [document_of(ItemShape, item) for item in rows]


def with_items(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """The proposals with everything shown of them."""
    return rows.select_related(*OF_A_PROPOSAL).prefetch_related("items__entry__fact")


class Proposals(Listing):
    """The proposals that concern you."""

    tag = "proposals"
    shape = ProposalShape
    filters = {
        "case": Filter(Id(required=False), "case__uuid"),
        "practitioner": Filter(Id(required=False), "practitioner__uuid"),
        "state": Filter(Choice(choices=Proposal.State.values, required=False), "state"),
    }

    def rows(self) -> QuerySet[Proposal]:
        return with_items(self.asker.scope.proposals_found())


class ProposalView(One):
    """One proposal."""

    tag = "proposals"
    shape = ProposalShape

    def find(self, **path: Any) -> Proposal:
        return one(with_items(self.asker.scope.proposals()), uuid=path["proposal"])


class ItemGiven(Given):
    """One situation. Without `points` the default of the grade is taken, without `months` that of the policy."""

    situation = Text(max_length=8)
    points = Whole(min_value=1, max_value=12, required=False, allow_null=True)
    months = Whole(min_value=1, max_value=6, required=False, allow_null=True)
    departure_reason = Prose(default="", allow_blank=True, max_length=2000)
    act = Text(default="", allow_blank=True, max_length=200)


class ProposeGiven(Given):
    """The situations."""

    items = several(ItemGiven, min_length=1, max_length=20)


class ConsequenceShape(Shape):
    """What would follow if it were decided today; nothing is written."""

    before = SideShape()
    after = SideShape()
    total_before = serializers.IntegerField()
    total_after = serializers.IntegerField()
    terminates = serializers.BooleanField()
    warnings = serializers.ListField(child=serializers.CharField())


class OnResponsibility(DeskFace):
    """The responsibility at the address, of a case of one's own agency or of one below it."""

    def found(self, responsibility: int) -> Responsibility:
        rows = self.asker.scope.answering().select_related(
            "practitioner", "handling__agency__region", "handling__institution", "trigger__agency__region"
        )
        row = one(rows, pk=responsibility)
        if not self.asker.scope.acts_for(Case(agency=row.cause.agency)):
            raise NotFound
        return row


class PreviewProposal(OnResponsibility):
    """What a proposal would do. It changes nothing and needs no idempotency key."""

    tag = "proposals"
    http_method_names = ["post"]
    shape = ConsequenceShape
    given = ProposeGiven
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        subject = self.found(**path)
        items = [Item(**item) for item in read(self.given, request.data)["items"]]
        with refusals(request.data):
            found = preview_proposal(responsibility=subject, items=items, now=self.asker.now)
        return Response(document_of(ConsequenceShape, found))


class Propose(OnResponsibility, Act):
    """Propose points for one responsibility; another officer than who identified it."""

    tag = "proposals"
    shape = ProposalShape
    given = ProposeGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Responsibility:
        return self.found(**path)

    def do(self, subject: Responsibility, values: dict[str, Any]) -> Proposal:
        require_another(self.asker.user, subject)
        items = [Item(**item) for item in values["items"]]
        return propose(responsibility=subject, items=items, by=self.asker.user, now=self.asker.now)


class OnProposal(Act):
    """An act of the agency on a proposal."""

    tag = "proposals"
    shape = ProposalShape
    subject_shape = ProposalShape
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Proposal:
        found = one(with_items(self.asker.scope.proposals()), uuid=path["proposal"])
        if not self.asker.scope.acts_for(found.case):
            raise NotFound
        return found


class Countersign(OnProposal):
    """Countersign a proposal that terminates, as the second person."""

    def do(self, subject: Proposal, values: dict[str, Any]) -> Proposal:
        return countersign(proposal=subject, by=self.asker.user, now=self.asker.now)


class NotifyGiven(Given):
    """Which way the notice goes."""

    channel = Choice(choices=Delivery.Channel.values)


class Notify(OnProposal):
    """Send the advance notice. Sending is not receipt."""

    given = NotifyGiven

    def do(self, subject: Proposal, values: dict[str, Any]) -> Proposal:
        return notify(proposal=subject, by=self.asker.user, now=self.asker.now, **values)


class ReceiptGiven(Given):
    """When it was received, by which way, with the receipt as a file or a remark where it is kept."""

    channel = Choice(choices=Delivery.Channel.values)
    received_on = Day()
    receipt = Id(required=False, allow_null=True, help_text="a file handed in before")
    remark = Prose(default="", allow_blank=True, max_length=2000)


class RecordReceipt(OnProposal):
    """Record a dated receipt: the window runs from the day after it.

    The agency knows every way; an institution records what it had to hand over (`institution`).
    """

    given = ReceiptGiven
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Proposal:
        found = one(with_items(self.asker.scope.proposals()), uuid=path["proposal"])
        if not receivable(self.asker.scope, found.case).filter(pk=found.pk).exists():
            raise NotFound
        return found

    def do(self, subject: Proposal, values: dict[str, Any]) -> Proposal:
        return record_receipt(
            proposal=subject,
            receipt=own_file(self.asker, "receipt", values.pop("receipt", None)),
            acting=recording(self.asker, subject.case, [subject]),
            now=self.asker.now,
            **values,
        )


def recording(asker: Asker, case: Case, proposals: Sequence[Proposal]) -> Acting:
    """Who records receipts of a case: its agency, else the institution that has to hand the notices over."""
    if asker.scope.acts_for(case):
        return for_agency(asker.user, case.agency)
    task = serving(asker.scope).filter(proposal__in=proposals).select_related("institution").first()
    assert task is not None  # the proposals were found by it
    assert task.institution is not None
    return for_institution(asker.user, task.institution)


class WithdrawProposal(OnProposal):
    """Take a proposal back; it never becomes points."""

    given = ReasonGiven

    def do(self, subject: Proposal, values: dict[str, Any]) -> Proposal:
        return withdraw_proposal(proposal=subject, by=self.asker.user, now=self.asker.now, **values)


class HeldGiven(Given):
    """Whether the months of the policy take the place of those that no longer fit."""

    default_months = Flag(default=False)


class DecideHeld(OnProposal):
    """Decide a proposal that waits for an officer. A termination that nobody countersigned needs a second signature."""

    given = HeldGiven
    two_people = True

    def do(self, subject: Proposal, values: dict[str, Any]) -> Proposal:
        found = preview_held(proposal=subject, now=self.asker.now, **values)
        if found.terminates and subject.countersigned_by_id is None and self.second is None:
            raise Problem(SECOND_MISSING)
        return decide_held(proposal=subject, by=self.asker.user, second=self.second, now=self.asker.now, **values)
