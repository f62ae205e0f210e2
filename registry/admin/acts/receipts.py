"""Recording that people have their notice: by the agency, or by the institution that handed it over."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from registry.actions.deliveries import record_receipt, require_receipt
from registry.actions.files import keep_file
from registry.actions.many import record_receipts_many
from registry.actions.procedure import Acting, for_agency, for_institution
from registry.admin.acts.guided import ActForm, GuidedAct
from registry.admin.acts.next_steps import AFTER_RECEIPT
from registry.admin.acts.people_of_case import OnPeople, PeopleForm
from registry.admin.acts.subjects import OF_A_CASE, OF_A_PROPOSAL, OnProposal
from registry.admin.fields import day_field, prose_field, radio_field
from registry.models import Case, Delivery, Proposal, StoredFile, User
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import Scope
from registry.queries.serving import may_record_receipts, serving

CHANNELS = [
    (Delivery.Channel.BY_HAND, _("by hand")),
    (Delivery.Channel.INSTITUTION, _("through the institution")),
]
State = Proposal.State
UNRECEIVED = (State.NOTIFIED, State.TO_SERVE)


class ReceiptForm(ActForm):
    """When it was received, and what proves it."""

    channel = radio_field(_("Way"), CHANNELS)
    received_on = day_field(
        _("Received on"), help_text=_("The day on the receipt. The window to object begins on the day after.")
    )
    receipt = forms.FileField(
        label=_("Dated receipt"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("The signed receipt as a PDF or a picture. Without it, say below where it is kept."),
    )
    remark = prose_field(_("Where the receipt is kept"), required=False)
    begins_today = ("received_on",)

    def prepare(self) -> None:
        """An institution records what went through it."""
        if (way := self.doing.only_way()) is not None:  # type: ignore[attr-defined]  # only receipts use this form
            del self.fields["channel"]
            self.way = way


class RecordsReceipt(GuidedAct):
    """Who records a receipt, and in which capacity."""

    allowed = STAFF_KEEPERS
    previewed = False
    afterwards = AFTER_RECEIPT
    scope: Scope

    def case(self) -> Case:
        """The case that it is about."""
        raise NotImplementedError

    def only_way(self) -> Delivery.Channel | None:
        """An officer of the agency knows every way; an institution records only what went through it."""
        return None if self.scope.acts_for(self.case()) else Delivery.Channel.INSTITUTION

    def acting(self, proposals: list[Proposal]) -> Acting:
        """For the agency of the case; else for the institution that has to hand the notices over."""
        if self.only_way() is None:
            return for_agency(self.user, self.case().agency)
        task = serving(self.scope).filter(proposal__in=proposals).select_related("institution").first()
        assert task is not None  # found by it
        assert task.institution is not None
        return for_institution(self.user, task.institution)

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Way, day and proof, as the actions take them. Raises Refused before a file is kept for nothing."""
        channel = data.get("channel") or str(self.only_way())
        upload = data["receipt"]
        require_receipt(channel, None, data["remark"] or ("·" if upload else ""))
        receipt: StoredFile | None = None
        if upload:
            receipt = keep_file(name=upload.name, content=upload.read(), by=self.user, now=self.now)
        return {
            "channel": channel,
            "received_on": data["received_on"],
            "receipt": receipt,
            "remark": data["remark"],
            "now": self.now,
        }


class RecordReceipt(RecordsReceipt, OnProposal):
    """The person has the notice."""

    title = _("Record the receipt")
    explains = _("With the receipt the window to object begins. A receipt that is recorded stays as it is.")
    do = _("Record the receipt")
    form_class = ReceiptForm

    def find(self, seen: Scope) -> Proposal | None:
        """A proposal of the officer's agency, or one that the user's institution has to hand over."""
        found = seen.proposals().select_related(*OF_A_PROPOSAL).filter(pk=self.kwargs["pk"]).first()
        if found is None or seen.acts_for(found.case) or serving(seen).filter(proposal=found).exists():
            return found
        return None

    def case(self) -> Case:
        """That of the proposal."""
        return self.subject.case

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Record."""
        return record_receipt(proposal=self.subject, acting=self.acting([self.subject]), **self.arguments(data))

    def done(self, outcome: Proposal) -> str:
        """What happened."""
        return gettext("The receipt is recorded.")


class ReceiptsForm(PeopleForm, ReceiptForm):
    """When they received it, and what proves it for all of them."""

    def prepare(self) -> None:
        """Both."""
        PeopleForm.prepare(self)
        ReceiptForm.prepare(self)


class RecordReceipts(RecordsReceipt, OnPeople):
    """Everybody chosen has the notice, by one signed list."""

    title = _("Record the receipts of many")
    explains = _("One day and one proof for all of them, such as the list on which they signed.")
    do = _("Record all receipts")
    form_class = ReceiptsForm
    stages = UNRECEIVED

    def find(self, seen: Scope) -> Case | None:
        """A case of the officer's agency, or one in which the user's institution has to hand notices over."""
        found = seen.cases().select_related(*OF_A_CASE).filter(pk=self.kwargs["pk"]).first()
        return found if found and may_record_receipts(seen, found) else None

    def case(self) -> Case:
        """The subject itself."""
        return self.subject

    def possible(self, rows: Any) -> Any:
        """An institution records the receipts of what it has to hand over."""
        if self.only_way() is None:
            return rows
        mine = serving(self.scope).filter(case=self.subject).values("proposal__responsibility")
        return rows.filter(pk__in=mine)

    def perform(self, data: dict[str, Any], second: User | None) -> list[Proposal]:
        """Record all."""
        proposals = self.proposals(data)
        acting = self.acting(proposals)
        return record_receipts_many(case=self.subject, proposals=proposals, acting=acting, **self.arguments(data))

    def done(self, outcome: list[Proposal]) -> str:
        """How many."""
        people = len(outcome)
        return ngettext(
            "The receipt of %(people)s person is recorded.", "The receipts of %(people)s people are recorded.", people
        ) % {"people": people}
