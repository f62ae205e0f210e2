"""Who is registered where: begun, ended, and the commitment signed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.registrations import end_registration, register_at, sign_commitment
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OnPractitioner, OnRegistration
from registry.admin.fields import day_field, prose_field, row_field, text_field
from registry.models import Institution, Registration, User
from registry.queries.roles import STAFF_KEEPERS


class RegistrationForm(ActForm):
    """Where, from when, in which department."""

    institution = row_field(_("Institution"), Registration._meta.get_field("institution"), Institution.objects.none())
    starts_on = day_field(_("Registered from"))
    department = text_field(_("Department"), most=100, required=False)

    begins_today = ("starts_on",)

    def prepare(self) -> None:
        """Institutions in the officer's scope."""
        self.fields["institution"].queryset = self.doing.scope.institutions()  # type: ignore[attr-defined]


class RegisterAt(OnPractitioner):
    """Register the person at one more institution."""

    title = _("Register at an institution")
    explains = _("Several registrations at once are normal. The standing is one per person, everywhere.")
    do = _("Register")
    form_class = RegistrationForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Registration:
        """Register."""
        return register_at(practitioner=self.subject, by=self.user, now=self.now, **data)


class EndForm(ActForm):
    """The first day that no longer counts, and why."""

    ends_on = day_field(_("First day no longer registered"))
    reason = prose_field(_("Reason"))

    begins_today = ("ends_on",)


class EndRegistration(OnRegistration):
    """The person leaves the institution."""

    title = _("End the registration")
    explains = _("From this day on, services at this institution are no longer payable for this person.")
    do = _("End the registration")
    form_class = EndForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Registration:
        """End."""
        return end_registration(registration=self.subject, by=self.user, now=self.now, **data)


class CommitmentForm(ActForm):
    """When it was signed."""

    signed_on = day_field(_("Commitment signed on"))

    begins_today = ("signed_on",)


class SignCommitment(OnRegistration):
    """The person signed the service commitment, which the institution keeps."""

    title = _("Record the signed commitment")
    do = _("Record the commitment")
    form_class = CommitmentForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Registration:
        """Record."""
        return sign_commitment(registration=self.subject, by=self.user, now=self.now, **data)
