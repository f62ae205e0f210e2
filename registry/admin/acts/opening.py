"""Why a file is opened by somebody in whose work it is not, and the whole number of a document."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.access_log import LONGEST_REASON, SHORTEST_REASON, clean_reason, unmask_document
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OnPractitioner, card_of, crumbs_to, file_url
from registry.admin.fields import prose_field
from registry.admin.openings import remember, where_to
from registry.ledger.families import family_of
from registry.models import IdentityDocument, User
from registry.queries.roles import READERS_OF_THE_PUBLISHED, STAFF_KEEPERS
from registry.queries.scope import Scope


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(
        _("Reason"),
        help_text=_(
            "For which task you need it, in 10 to 500 characters. It is kept in the file, and the person may read it."
        ),
    )

    def prepare(self) -> None:
        """As long as a reason may be."""
        self.fields["reason"].widget.attrs |= {"minlength": SHORTEST_REASON, "maxlength": LONGEST_REASON}


class OpenFile(OnPractitioner):
    """Say why one opens a file that is not part of one's work."""

    title = _("Why do you open this file?")
    explains = _(
        "This person is not part of your work: registered at no place of yours today, in no open case or task of yours."
        " With a reason the file is open to you for 30 minutes. Each look is kept."
    )
    do = _("Open the file")
    form_class = ReasonForm
    allowed = READERS_OF_THE_PUBLISHED
    previewed = False
    template = "registry/open_file.html"

    def perform(self, data: dict[str, Any], second: User | None) -> None:
        """Let the reason stand."""
        remember(self.request, self.subject, clean_reason(data["reason"]), self.now)

    def done(self, outcome: None) -> str:
        """How long it stands."""
        return gettext("The file is open to you for 30 minutes. Each look is kept.")

    def next_url(self, outcome: None) -> str:
        """To what was asked for."""
        return where_to(self.request.GET, self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of practitioners: the file is not open yet."""
        return crumbs_to(self.subject)[:1]

    def context(self) -> dict[str, Any]:
        """Nothing of the file."""
        return {}


class UnmaskDocument(GuidedAct):
    """See the whole number of a document."""

    title = _("Show the whole number")
    explains = _(
        "The number is shown once, on the next page. Who saw it and why is kept in the file,"
        " and the person may read it."
    )
    do = _("Show the number")
    form_class = ReasonForm
    allowed = STAFF_KEEPERS
    previewed = False

    subject: IdentityDocument

    def find(self, seen: Scope) -> IdentityDocument | None:
        """The document with the id in the address, in the file of a person in the scope."""
        document = IdentityDocument.objects.select_related("practitioner").filter(pk=self.kwargs["pk"]).first()
        if document is None:
            return None
        files = family_of(document.practitioner_id).files
        return document if seen.practitioners().filter(pk__in=files).exists() else None

    def perform(self, data: dict[str, Any], second: User | None) -> str:
        """The number, and the record of who saw it."""
        return unmask_document(document=self.subject, by=self.user, reason=data["reason"], now=self.now)

    def done(self, outcome: str) -> str:
        """That it is kept; the number itself stands in no message, for messages are kept between two pages."""
        return gettext("It is kept in the file that you saw the number.")

    def after(self, outcome: str) -> HttpResponse:
        """Show the number; this answer is the only place where it stands, so no browser may keep it."""
        response: HttpResponse = self.site.page(
            self.request,
            "registry/whole_number.html",
            title=self.title,
            crumbs=self.crumbs(),
            document=self.subject,
            number=outcome,
            back=file_url(self.subject.practitioner),
        )
        response["Cache-Control"] = "no-store"
        return response

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person beside the form."""
        return card_of(self.subject.practitioner)
