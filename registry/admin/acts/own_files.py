"""What the office does for people and their own files: a code of access on paper, and answers to what they ask."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.enrolment import issue_enrolment_code
from registry.actions.own_corrections import answer_correction
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OnPractitioner, card_of
from registry.admin.acts.talks import work_list_crumb
from registry.admin.fields import prose_field, row_field, text_field
from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.ledger.families import family_of
from registry.models import CorrectionRequest, EnrolmentCode, Institution, Registration, Task, User
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS
from registry.queries.scope import Scope
from registry.queries.standings import covering


class ShownForm(ActForm):
    """What the person shows, as it is read there."""

    institution = row_field(_("Institution"), Registration._meta.get_field("institution"), Institution.objects.none())
    code = text_field(_("Personal code"), most=64, help_text=_("As the person states it."))
    name = text_field(_("Name"), most=100, help_text=_("As it stands on the document."))
    document_number = text_field(
        _("Identity document number"), most=40, help_text=_("Typed from the document that the person shows.")
    )

    def prepare(self) -> None:
        """Institutions of the officer where the person is registered today; the browser keeps no numbers."""
        places = self.doing.places()  # type: ignore[attr-defined]
        self.fields["institution"].queryset = places  # type: ignore[attr-defined]
        only = list(places[:2])
        if len(only) == 1:
            self.fields["institution"].initial = only[0].pk
        for name in ("code", "name", "document_number"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class IssueAccessCode(OnPractitioner):
    """A code with which the person gets into the own file, printed and handed over."""

    title = _("Issue a code of access")
    explains = _(
        "Only for a person who stands in front of you with a document. Enter what you are shown, not what the register"
        " says. The code is shown once, on the next page; it opens the own file of this person, holds for seven days"
        " and ends an older one."
    )
    do = _("Issue the code")
    form_class = ShownForm
    allowed = STAFF_KEEPERS
    previewed = False

    def places(self) -> Any:
        """Where the officer acts and the person is registered today."""
        files = family_of(self.subject.pk).files
        here = Registration.objects.filter(covering(today()), practitioner_id__in=files, superseded_at=None)
        return self.scope.institutions().filter(pk__in=here.values("institution_id"))

    def perform(self, data: dict[str, Any], second: User | None) -> tuple[EnrolmentCode, str]:
        """Issue."""
        return issue_enrolment_code(practitioner=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: Any) -> str:
        """What happened."""
        return gettext("The code is issued.")

    def after(self, outcome: tuple[EnrolmentCode, str]) -> HttpResponse:
        """Show the code; this answer is the only place where it ever stands, so no browser may keep it."""
        row, text = outcome
        response: HttpResponse = self.site.page(
            self.request,
            "registry/access_code.html",
            title=gettext("Code of access"),
            crumbs=self.crumbs(),
            issued=row,
            code_text=text,
            person=row.practitioner,
            enrol_address=self.request.build_absolute_uri(reverse("account_enrol")),
        )
        response["Cache-Control"] = "no-store"
        return response

    def context(self) -> dict[str, Any]:
        """Nothing of the file: what is entered is read from what the person shows."""
        return {}


class AnswerForm(ActForm):
    """What was found and done."""

    answer = prose_field(_("Answer"), help_text=_("What was looked at, and what was corrected or why not."))


class AnswerCorrection(GuidedAct):
    """A person asked for a correction of the own file, and is answered."""

    title = _("Answer the request")
    explains = _("Correct first what is wrong, by its own act. The person reads the answer.")
    do = _("Answer")
    form_class = AnswerForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False
    template = "registry/answer_correction.html"
    subject: Task

    def find(self, seen: Scope) -> Task | None:
        """The open request, if it is for an agency of the officer or one below it."""
        rows = Task.objects.filter(kind=Task.Kind.CORRECT, state=Task.State.OPEN, pk=self.kwargs["pk"])
        task = rows.select_related("practitioner", "agency").first()
        return task if task and task.agency and seen.acts_in(task.agency.region_id) else None

    def perform(self, data: dict[str, Any], second: User | None) -> CorrectionRequest:
        """Answer."""
        return answer_correction(task=self.subject, answer=data["answer"], by=self.user, now=self.now)

    def done(self, outcome: CorrectionRequest) -> str:
        """What happened."""
        return gettext("The request is answered.")

    def next_url(self, outcome: CorrectionRequest) -> str:
        """Back to the work list."""
        return reverse("admin:work_list")

    def crumbs(self) -> list[tuple[Words, str]]:
        """The work list."""
        return [work_list_crumb()]

    def context(self) -> dict[str, Any]:
        """The card of the person, and what is asked."""
        assert self.subject.practitioner is not None  # a request is about somebody
        asked = CorrectionRequest.objects.get(uuid=self.subject.subject)
        return {**card_of(self.subject.practitioner), "asked": asked}


def answers(request: HttpRequest, task: Task) -> bool:
    """Whether the user may answer the request that the task is about."""
    seen = scope(request).held_as(OFFICERS_OF_AGENCIES)
    return has_any(request, OFFICERS_OF_AGENCIES) and bool(task.agency and seen.acts_in(task.agency.region_id))
