"""Opening and closing a case, its documents, and who answers for it: one person, or a whole list."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from registry.actions.cases import add_case_file, close_case, open_case
from registry.actions.errors import Refused
from registry.actions.files import keep_file
from registry.actions.handlings import identify_responsibility
from registry.actions.many import Identified, ManyRefused, identify_many, tried
from registry.admin.acts.consequence import Consequence, PersonLine
from registry.admin.acts.guided import ActForm, Words
from registry.admin.acts.sheets import ListForm, OfAList
from registry.admin.acts.subjects import OnCase, OnHandling, case_url
from registry.admin.fields import choice_field, day_field, prose_field, radio_field, row_field, text_field
from registry.models import Case, CaseFile, Grade, Practitioner, Responsibility, User
from registry.queries.casework import answering_in
from registry.queries.explain import day
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.rosters.case_sheets import IDENTIFICATION, IDENTIFYING, identified_rows, with_refusals
from registry.rosters.case_templates import identification_template

GROUNDS = pgettext_lazy("of a responsibility", "Grounds")

GRADES: list[tuple[str, Words]] = [
    (Grade.GENERAL, _("general: a cooperating part")),
    (Grade.IMPORTANT, _("important: an active part")),
    (Grade.PRINCIPAL, _("principal: a decisive part")),
]


class OpenCase(OnHandling):
    """Open the case of a handling that was recorded before there were cases."""

    title = _("Open the case")
    explains = _(
        "The handling opens a case: in it people are identified, points are proposed, told, heard and decided."
    )
    do = _("Open the case")
    form_class = ActForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Case:
        """Open, or find the one that is there."""
        return open_case(handling=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Case) -> str:
        """Its number."""
        return gettext("Case %(number)s is open. Identify next who is responsible.") % {"number": outcome.number}

    def next_url(self, outcome: Case) -> str:
        """To the case."""
        return case_url(outcome)


class GradeForm(ActForm):
    """Whose responsibility, which grade, and why. In the case of a personal trigger there is one person only."""

    practitioner = row_field(
        _("Practitioner"), Responsibility._meta.get_field("practitioner"), Practitioner.objects.none()
    )
    grade = radio_field(_("Responsibility"), GRADES)
    grounds = prose_field(GROUNDS, help_text=_("What the person did, and from which evidence it follows."))
    identified_on = day_field(_("Identified on"))
    begins_today = ("identified_on",)

    def prepare(self) -> None:
        """People in the officer's scope."""
        if self.doing.subject.trigger is not None:
            del self.fields["practitioner"]
        else:
            self.fields["practitioner"].queryset = self.doing.scope.practitioners()  # type: ignore[attr-defined]


class IdentifyResponsibility(OnCase):
    """Say who answers for a case, and with which part."""

    title = _("Identify a responsibility")
    explains = _(
        "The department that made the handling says per person which part they had. Without it nobody is scored. Somebody else then proposes the points."  # noqa: E501
    )
    do = _("Record the responsibility")
    form_class = GradeForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Responsibility:
        """Record."""
        case = self.subject
        person = case.trigger.practitioner if case.trigger else data.pop("practitioner")
        return identify_responsibility(
            handling=case.handling, trigger=case.trigger, practitioner=person, by=self.user, now=self.now, **data
        )

    def done(self, outcome: Responsibility) -> str:
        """What to do next."""
        return gettext("The responsibility of %(person)s is recorded. A colleague can propose points on it now.") % {
            "person": outcome.practitioner.name
        }


class IdentifyForm(ListForm):
    """A list of people, and what holds for the rows that say nothing themselves."""

    vocabulary = IDENTIFICATION
    columns = IDENTIFYING

    grade = choice_field(
        _("Responsibility"), GRADES, empty=_("as each row says"), required=False, help_text=_("For rows that say none.")
    )
    grounds = prose_field(GROUNDS, required=False, help_text=_("For rows that say none."))
    identified_on = day_field(_("Identified on"), help_text=_("For rows that say none."))
    begins_today = ("identified_on",)
    field_order = ("file", "rows", "grade", "grounds", "identified_on")


class IdentifyMany(OfAList, OnCase):
    """Say of everybody on a list which part they had."""

    title = _("Identify many people")
    explains = _(
        "Upload the filled-in template, or paste codes from a list, one person a row. You see who is meant before anything is recorded; with one wrong row nothing is."  # noqa: E501
    )
    do = _("Record all responsibilities")
    form_class = IdentifyForm
    allowed = OFFICERS_OF_AGENCIES
    pasting = _("One row for each person: code, name, responsibility, grounds, day; the code alone is enough.")

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Everybody as they would be identified. Raises SheetFaulty with every fault."""
        rows = self.identified(data)
        tried(lambda: self.perform(data, None))
        present = {one.practitioner_id: one for one in answering_in(self.subject, self.scope)}
        return Consequence(
            details=[(_("People"), len(rows))],
            heads=[_("Responsibility"), GROUNDS, _("Identified on"), _("So far")],
            people=[_line(row, present.get(row.practitioner.pk)) for row in rows],
        )

    def identified(self, data: dict[str, Any]) -> list[Identified]:
        """The rows, with what holds for those that say nothing themselves."""
        return identified_rows(
            data["read"],
            people=self.scope.practitioners(),
            grade=data["grade"],
            grounds=data["grounds"],
            identified_on=data["identified_on"],
        )

    def perform(self, data: dict[str, Any], second: User | None) -> list[Responsibility]:
        """Record all."""
        rows = self.identified(data)
        try:
            return identify_many(case=self.subject, rows=rows, by=self.user, now=self.now)
        except ManyRefused as refused:
            raise with_refusals(data["read"], refused) from refused

    def done(self, outcome: list[Responsibility]) -> str:
        """How many."""
        people = len(outcome)
        return ngettext(
            "%(people)s person is identified. A colleague can propose points for them now.",
            "%(people)s people are identified. A colleague can propose points for them now.",
            people,
        ) % {"people": people}

    def template_file(self) -> bytes:
        """The empty list."""
        return identification_template()


def _line(row: Identified, present: Responsibility | None) -> PersonLine:
    before = gettext("new") if present is None else str(Grade(present.grade).label)
    cells = (str(Grade(row.grade).label), row.grounds, day(row.identified_on), before)
    return PersonLine(row.practitioner.name, row.practitioner.code, cells)


class FileForm(ActForm):
    """A document and what it is."""

    title = text_field(
        _("Title"), help_text=_("What it is, such as “decision on the penalty” or “record of the audit”.")
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("A PDF, a picture or an office file. It is kept as it came, and stays in the file of the case."),
    )


class AddCaseFile(OnCase):
    """Put a document into the file of a case."""

    title = _("Attach a document")
    do = _("Attach the document")
    form_class = FileForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> CaseFile:
        """Keep the file and put it into the case."""
        upload = data["file"]
        file = keep_file(name=upload.name, content=upload.read(), by=self.user, now=self.now)
        return add_case_file(case=self.subject, file=file, title=data["title"], by=self.user, now=self.now)

    def done(self, outcome: CaseFile) -> str:
        """What was attached."""
        return gettext("“%(title)s” is in the file of the case.") % {"title": outcome.title}


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class CloseCase(OnCase):
    """Close a case in which nobody waits for anything."""

    title = _("Close the case")
    explains = _(
        "A case closes by itself once everybody in it has had a decision. Close it by hand where somebody who answers is not scored; it opens again by itself if points are proposed after all."  # noqa: E501
    )
    do = _("Close the case")
    form_class = ReasonForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Case:
        """Close."""
        return close_case(case=self.subject, reason=data["reason"], by=self.user, now=self.now)

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """What still waits is said for the form as a whole."""
        form.add_error("reason" if refusal.field == "reason" else None, str(refusal.message))
        return form

    def done(self, outcome: Case) -> str:
        """What happened."""
        return gettext("The case is closed.")
