"""What whoever was told does with a notice: acknowledge it, and report what an authority then did."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.actions.receipts import FOLLOWING_UP, acknowledge, report_outcome
from notifications.models import FollowUp, Notice, Receipt
from notifications.queries.inbox import notices_to, with_everything
from notifications.queries.saying import title_of
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import day_field, prose_field, radio_field, text_field
from registry.models import User
from registry.queries.roles import TOLD, TOLD_ONLY
from registry.queries.scope import Scope


class OnNotice(GuidedAct):
    """An act of the recipient on a notice."""

    allowed = TOLD
    previewed = False
    subject: Notice

    def find(self, seen: Scope) -> Notice | None:
        """The notice with the id in the address, to a body for which the user works."""
        return with_everything(notices_to(seen)).filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the notice."""
        return notice_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then the notice."""
        every = reverse("admin:notifications_notice_changelist")
        return [(_("Notices to us"), every), (title_of(self.subject.event), notice_url(self.subject))]


class Acknowledge(OnNotice):
    """Say that the body knows of it."""

    title = _("Acknowledge the notice")
    explains = _("It is kept, with your name, that the notice is known here. It can be done once, and not taken back.")
    do = _("We know of it")
    form_class = ActForm

    def perform(self, data: dict[str, Any], second: User | None) -> Receipt:
        """Acknowledge."""
        return acknowledge(notice=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Receipt) -> str:
        """What is kept."""
        return gettext("It is kept that the notice is known here.")


class OutcomeForm(ActForm):
    """What followed."""

    begins_today = ("decided_on",)

    outcome = radio_field(_("What followed"), FollowUp.Outcome.choices)
    decided_on = day_field(_("Decided on"))
    document_number = text_field(
        _("Document number"), most=120, required=False, help_text=_("Needed for a measure or penalty.")
    )
    words = prose_field(_("In words"), required=False)


class ReportOutcome(OnNotice):
    """What a health or drug authority did after a notice."""

    title = _("Report what followed")
    explains = _(
        "What your authority decided in its own procedure after this notice. It is kept as you write it; what follows"
        " later is reported again, beside it. The person may read it."
    )
    do = _("Report")
    form_class = OutcomeForm
    allowed = TOLD_ONLY

    def find(self, seen: Scope) -> Notice | None:
        """Only of authorities that have a procedure of their own."""
        found = super().find(seen)
        return found if found and found.recipient in FOLLOWING_UP else None

    def perform(self, data: dict[str, Any], second: User | None) -> FollowUp:
        """Report."""
        return report_outcome(notice=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: FollowUp) -> str:
        """What is kept."""
        return gettext("The outcome is reported.")


def notice_url(notice: Notice) -> str:
    """The page of a notice."""
    return reverse("admin:notifications_notice_change", args=[notice.pk])
