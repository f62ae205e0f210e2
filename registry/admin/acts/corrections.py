"""Registration again after the bar."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.corrections import (
    Difference,
)
from registry.actions.remediation import preview_reregistration, reregister
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OfAgency, OnPractitioner
from registry.admin.fields import choice_field, prose_field, rows_field
from registry.models import Fact, Institution, Registration, User
from registry.queries.roles import OFFICERS_OF_AGENCIES


def _shown(found: Difference, *, needs_second: bool) -> Consequence:
    return Consequence(before=found.before, after=found.after, needs_second=needs_second)


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class ReregistrationForm(ActForm):
    """Where the person is registered again, and why."""

    institutions = rows_field(
        _("Registered again at"),
        Registration._meta.get_field("institution"),
        Institution.objects.none(),
        help_text=_("The older registrations end; these begin today."),
    )
    reason = prose_field(_("Reason"))
    agency = choice_field(_("Deciding agency"), ())

    def prepare(self) -> None:
        """Institutions in the officer's scope, and the officer's agencies."""
        self.fields["institutions"].queryset = self.doing.scope.institutions()  # type: ignore[attr-defined]
        choices = self.doing.agency_choices()  # type: ignore[attr-defined]  # only an act of an agency
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if choices:
            self.fields["agency"].initial = choices[0][0]


class Reregister(OfAgency, OnPractitioner):
    """Register a terminated person again."""

    title = _("Register again")
    explains = _("Once the bar is over, the person may be registered again. The standing is normal from today on.")
    do = _("Register again")
    form_class = ReregistrationForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing after it."""
        return _shown(preview_reregistration(practitioner=self.subject, now=self.now), needs_second=False)

    def perform(self, data: dict[str, Any], second: User | None) -> Fact:
        """Register again."""
        return reregister(
            practitioner=self.subject,
            institutions=list(data["institutions"]),
            reason=data["reason"],
            agency=self.agency(data),
            by=self.user,
            now=self.now,
        )

    def done(self, outcome: Fact) -> str:
        """What happened."""
        return gettext("%(person)s is registered again.") % {"person": self.subject.name}
