"""Passing a suspected crime on to the police, and recording what came back."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import answering_in
from registry.actions.police import record_police_answer, require_answerable, require_transferable, transfer_to_police
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import Words
from registry.admin.acts.papers import PaperForm, WithPaper
from registry.admin.acts.subjects import OnCase, card_of_case, case_url, crumbs_to_case
from registry.admin.fields import day_field, file_field, prose_field, radio_field, row_field, text_field
from registry.models import PoliceAnswer, PoliceTransfer, Practitioner, User
from registry.queries.explain import day
from registry.queries.police import FOLLOWING, transfers_of
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope

Outcome = PoliceAnswer.Outcome
UNTOLD = _(
    "The register tells nobody of it: not the person, not the institution. It stands in this case, for whoever reads its documents."  # noqa: E501
)


class TransferForm(PaperForm):
    """Whom, to which organ, why, and the document."""

    practitioner = row_field(
        _("Practitioner"),
        PoliceTransfer._meta.get_field("practitioner"),
        Practitioner.objects.none(),
        required=False,
        help_text=_("Somebody who answers in this case. Left empty, the whole case is transferred."),
        error_messages={"invalid_choice": _("This person does not answer in this case.")},
    )
    organ = text_field(_("Public security organ"), help_text=_("As it signs, such as “长沙市公安局岳麓分局”."))
    document_number = text_field(
        _("Document number"), most=120, help_text=_("Of the transfer letter. The same letter is never recorded twice.")
    )
    transferred_on = day_field(_("Transferred on"), help_text=_("The day of the transfer letter."))
    legal_basis = text_field(_("Legal basis"), help_text=_("The provision under which it is transferred."))
    grounds = prose_field(
        _("Grounds"), help_text=_("Which conduct is suspected to be a crime, and from which evidence.")
    )
    document = file_field(_("Transfer letter"), help_text=_("A scan or a picture of it."))
    begins_today = ("transferred_on",)
    field_order = ("practitioner", "organ", "document_number", "transferred_on", "legal_basis", "grounds", "document")

    def prepare(self) -> None:
        """People of this case; in that of a personal trigger there is one only."""
        case = self.doing.subject
        people = Practitioner.objects.filter(pk__in=answering_in(case).order_by().values("practitioner"))
        self.fields["practitioner"].queryset = people  # type: ignore[attr-defined]


class TransferToPolice(WithPaper, OnCase):
    """Record the transfer."""

    title = _("Transfer to the police")
    explains = _(
        "Record that a suspected crime was passed on to the public security organ. Points, standing and the procedure here stay as they are. It takes a second officer."  # noqa: E501
    )
    do = _("Record the transfer")
    form_class = TransferForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What it is about. Refused as the act would be."""
        person, case = data["practitioner"], self.subject
        same = case.police_transfers.filter(practitioner=person, document_number=data["document_number"])
        if all(each.state == PoliceAnswer.Outcome.MISTAKEN for each in same.prefetch_related("answers")):
            require_transferable(case, person, data["transferred_on"], now=self.now)
        about = f"{person.name} {person.code}" if person else gettext("the whole case")
        return Consequence(
            details=[(_("What is transferred"), about)], warnings=[UNTOLD], needs_second=True, grave=True
        )

    def perform(self, data: dict[str, Any], second: User | None) -> PoliceTransfer:
        """Record."""
        given = {name: value for name, value in data.items() if name not in ("document", "kept")}
        return transfer_to_police(
            case=self.subject, document=data["kept"], by=self.user, second=second, now=self.now, **given
        )

    def done(self, outcome: PoliceTransfer) -> str:
        """What is recorded."""
        return gettext("The transfer %(number)s is recorded. Nobody is told of it.") % {
            "number": outcome.document_number
        }


class AnswerForm(PaperForm):
    """What came back."""

    outcome = radio_field(_("What came back"), Outcome.choices)
    answered_on = day_field(
        _("Of the day"), help_text=_("The day of the document; of a mistake, the day it was found.")
    )
    document_number = text_field(
        _("Document number"), most=120, required=False, help_text=_("Of what the police wrote.")
    )
    reason = prose_field(
        _("Reason"), required=False, help_text=_("Why it was not accepted, as the police say; or what the mistake was.")
    )
    document = file_field(
        _("The document"), required=False, help_text=_("A scan or a picture of it. Not needed for a mistake.")
    )
    begins_today = ("answered_on",)
    field_order = ("outcome", "answered_on", "document_number", "reason", "document")

    def prepare(self) -> None:
        """What can still follow."""
        following = FOLLOWING[self.doing.subject.state]
        choices = [(value, words) for value, words in Outcome.choices if value in following]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The police answer with a document; what was not accepted, and a mistake, have a reason."""
        data: dict[str, Any] = super().clean() or {}
        outcome = data.get("outcome")
        if outcome and outcome != Outcome.ACCEPTED and not data.get("reason"):
            self.add_error("reason", gettext("Say why; it is kept with the record."))
        if outcome and outcome != Outcome.MISTAKEN:
            if not data.get("document_number"):
                self.add_error("document_number", gettext("Give the number of the document."))
            if not data.get("kept") and "document" not in self.errors:
                self.add_error("document", gettext("Hand in the document with which the police answered."))
        return data


class RecordPoliceAnswer(WithPaper):
    """Record what came back of a transfer."""

    title = _("Record what came back")
    explains = _(
        "What the police answered, with the document that says so. What was not accepted can be accepted later, and a transfer that was recorded by mistake is taken back by two."  # noqa: E501
    )
    do = _("Record the answer")
    form_class = AnswerForm
    allowed = OFFICERS_OF_AGENCIES
    subject: PoliceTransfer

    def find(self, seen: Scope) -> PoliceTransfer | None:
        """The transfer with the id in the address, if its case is of the officer's agency or of one below it."""
        found = transfers_of(seen).filter(pk=self.kwargs["pk"]).first()
        return found if found and seen.acts_for(found.case) and FOLLOWING[found.state] else None

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Whether it needs a second officer. Refused as the act would be."""
        require_answerable(self.subject, data["outcome"], data["answered_on"], now=self.now)
        mistaken = data["outcome"] == Outcome.MISTAKEN
        about = [
            (_("Transferred to"), self.subject.organ),
            (_("Transfer letter"), f"{self.subject.document_number} · {day(self.subject.transferred_on)}"),
        ]
        return Consequence(details=about, needs_second=mistaken, grave=mistaken)

    def perform(self, data: dict[str, Any], second: User | None) -> PoliceAnswer:
        """Record."""
        given = {name: value for name, value in data.items() if name not in ("document", "kept")}
        return record_police_answer(
            transfer=self.subject, document=data["kept"], by=self.user, second=second, now=self.now, **given
        )

    def next_url(self, outcome: PoliceAnswer) -> str:
        """Back to the case."""
        return case_url(self.subject.case)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Cases, then this one."""
        return crumbs_to_case(self.subject.case)

    def context(self) -> dict[str, Any]:
        """The card of the case beside the form."""
        return card_of_case(self.subject.case)
