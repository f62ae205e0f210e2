"""People come into the register at an institution; names, codes and documents of those who are in it."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import ProbableDuplicate, Refused
from registry.actions.people import add_document, assign_code, register_practitioner, rename
from registry.actions.registrations import register_at
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OnInstitution, OnPractitioner, file_url
from registry.admin.fields import choice_field, day_field, prose_field, text_field
from registry.models import Category, DocumentKind, IdentityDocument, Practitioner, Registration, Sex, User
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS


class PersonForm(ActForm):
    """A person as their papers describe them, and from when they work here."""

    code = text_field(
        _("Personal code"),
        most=64,
        required=False,
        help_text=_(
            "As the national platform gave it. Leave empty if there is none yet: the person gets a provisional one."
        ),
    )
    name = text_field(_("Name"), most=100)
    category = choice_field(_("Category"), Category.choices)
    sex = choice_field(_("Sex"), Sex.choices, empty=None, initial=Sex.UNKNOWN)
    birth_date = day_field(_("Date of birth"), required=False)
    document_kind = choice_field(_("Kind of document"), DocumentKind.choices, empty=_("none"), required=False)
    document_number = text_field(
        _("Identity document number"),
        most=40,
        required=False,
        help_text=_("Kept sealed, and shown with stars from then on."),
    )
    starts_on = day_field(_("Registered from"))
    department = text_field(_("Department"), most=100, required=False)
    distinct_from = forms.ModelMultipleChoiceField(
        Practitioner.objects.all(), required=False, widget=forms.MultipleHiddenInput
    )
    reason = prose_field(_("Why it is somebody else"), required=False)

    begins_today = ("starts_on",)

    def prepare(self) -> None:
        """The reason is asked only when somebody similar was found."""
        self.fields["document_number"].widget.attrs["autocomplete"] = "off"
        if not self.data.get("asked_reason"):
            self.fields["reason"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Kind and number of a document belong together."""
        data = super().clean() or {}
        if bool(data.get("document_kind")) != bool(data.get("document_number")):
            missing = "document_number" if data.get("document_kind") else "document_kind"
            self.add_error(missing, gettext("Give both the kind and the number of the document, or neither."))
        return data


class RegisterPerson(OnInstitution):
    """Find or open a person's file, and register them here."""

    title = _("Register a person here")
    explains = _(
        "One person has one file for a whole career. If somebody in the register may be the same person, you compare them first."  # noqa: E501
    )
    do = _("Register the person")
    form_class = PersonForm
    allowed = STAFF_KEEPERS
    previewed = False
    candidates: list[Practitioner] = []

    def perform(self, data: dict[str, Any], second: User | None) -> Registration:
        """The person, then the registration: both or neither."""
        with transaction.atomic():
            person = register_practitioner(
                code=data["code"] or None,
                name=data["name"],
                category=data["category"],
                sex=data["sex"],
                birth_date=data["birth_date"],
                document=(data["document_kind"], data["document_number"]) if data["document_kind"] else None,
                distinct_from=list(data["distinct_from"]),
                reason=data["reason"],
                by=self.user,
                now=self.now,
            )
            return register_at(
                practitioner=person,
                institution=self.subject,
                starts_on=data["starts_on"],
                department=data["department"],
                by=self.user,
                now=self.now,
            )

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """Somebody similar: show them beside what was entered."""
        if isinstance(refusal, ProbableDuplicate):
            people = Practitioner.objects.filter(pk__in=[person.pk for person in refusal.candidates])
            self.candidates = list(people.prefetch_related("documents", "registrations__institution"))
            form.fields["reason"].widget = prose_field("").widget
        if refusal.field == "document":
            refusal.field = "document_number"
        return super().refused(form, refusal)

    def done(self, outcome: Registration) -> str:
        """Who is registered from when."""
        return gettext("%(person)s is registered here.") % {"person": outcome.practitioner}

    def next_url(self, outcome: Registration) -> str:
        """To the person's file."""
        return file_url(outcome.practitioner)


class NameForm(ActForm):
    """The new name, and why."""

    name = text_field(_("New name"), most=100)
    reason = prose_field(_("Reason"), help_text=_("Which document shows the new name."))


class Rename(OnPractitioner):
    """The person has another name now."""

    title = _("Change the name")
    explains = _("The former name stays in the file, and what was known before stays answerable as known before.")
    do = _("Change the name")
    form_class = NameForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def initial(self) -> dict[str, Any]:
        """The present name."""
        return {"name": self.subject.name}

    def perform(self, data: dict[str, Any], second: User | None) -> Practitioner:
        """Rename."""
        return rename(practitioner=self.subject, by=self.user, now=self.now, **data)


class CodeForm(ActForm):
    """The national code, and why."""

    code = text_field(_("Personal code"), most=64)
    reason = prose_field(_("Reason"), help_text=_("Where the code comes from."))


class AssignCode(OnPractitioner):
    """The national code of a person who had a provisional one."""

    title = _("Assign the national code")
    explains = _("The provisional code goes on meaning this person; the national one never changes again.")
    do = _("Assign the code")
    form_class = CodeForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Practitioner:
        """Assign."""
        return assign_code(practitioner=self.subject, by=self.user, now=self.now, **data)


class DocumentForm(ActForm):
    """Kind and number."""

    kind = choice_field(_("Kind of document"), DocumentKind.choices)
    number = text_field(
        _("Identity document number"), most=40, help_text=_("Kept sealed, and shown with stars from then on.")
    )

    def prepare(self) -> None:
        """The browser keeps no numbers."""
        self.fields["number"].widget.attrs["autocomplete"] = "off"


class AddDocument(OnPractitioner):
    """One more document of the person."""

    title = _("Add a document")
    explains = _("The same document twice is the same document.")
    do = _("Add the document")
    form_class = DocumentForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> IdentityDocument:
        """Add."""
        return add_document(practitioner=self.subject, by=self.user, now=self.now, **data)

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """What is wrong with a document is wrong with its number."""
        if refusal.field == "document":
            refusal.field = "number"
        return super().refused(form, refusal)
