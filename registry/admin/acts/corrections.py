"""Corrections of an entry, and registration again after the bar."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.corrections import (
    Difference,
    annul_entry,
    preview_annulment,
    preview_revision,
    revise_entry,
)
from registry.actions.remediation import preview_reregistration, reregister
from registry.admin.acts.consequence import Consequence, correction_consequence
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OfAgency, OnEntry, OnPractitioner
from registry.admin.fields import choice_field, prose_field, rows_field, whole_field
from registry.admin.roles import OFFICERS_OF_AGENCIES
from registry.models import Fact, Institution, Registration, User
from registry.queries.reach import reach_of


def _shown(found: Difference, *, needs_second: bool) -> Consequence:
    return Consequence(before=found.before, after=found.after, needs_second=needs_second)


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class CorrectEntry(OnEntry):
    """An act that changes the past: what follows includes what it reaches on other days and for institutions."""

    def reaching(self, found: Difference, *, needs_second: bool, grave: bool = False) -> Consequence:
        """The consequence with its reach."""
        self.standing = found.before
        reach = reach_of(found, entries=[self.subject.fact])
        return correction_consequence(found, reach, needs_second=needs_second, grave=grave)


class AnnulEntry(CorrectEntry):
    """The entry never existed."""

    title = _("Annul the entry")
    explains = _(
        "An annulled entry never existed, for every day past and future; nothing brings it back. The situation may be scored again. Needs a second officer."  # noqa: E501
    )
    do = _("Annul the entry")
    form_class = ReasonForm
    allowed = OFFICERS_OF_AGENCIES

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing without the entry."""
        found = preview_annulment(entry=self.subject.fact, now=self.now)
        return self.reaching(found, needs_second=True, grave=True)

    def perform(self, data: dict[str, Any], second: User | None) -> Fact:
        """Annul."""
        return annul_entry(entry=self.subject.fact, by=self.user, second=second, now=self.now, **data)

    def done(self, outcome: Fact) -> str:
        """What happened."""
        return gettext("The entry is annulled.")


class RevisionForm(ActForm):
    """Fewer points, or fewer months, and why."""

    points = whole_field(_("Points from the beginning on"), least=1, most=12)
    months = choice_field(
        _("Months of suspension"),
        [(str(months), str(months)) for months in range(1, 7)],
        empty=_("by the policy"),
        required=False,
        help_text=_("Leave empty for the default of the policy."),
    )
    reason = prose_field(_("Reason"))

    def clean_months(self) -> int | None:
        """A number, or nothing."""
        chosen = self.cleaned_data["months"]
        return int(chosen) if chosen else None


class ReviseEntry(CorrectEntry):
    """The entry always had fewer points."""

    title = _("Revise the entry")
    explains = _("A revised entry always had these points. A revision only lowers; more points are a new decision.")
    do = _("Revise the entry")
    form_class = RevisionForm
    allowed = OFFICERS_OF_AGENCIES

    def initial(self) -> dict[str, Any]:
        """The points of the entry."""
        return {"points": self.subject.fact.points}

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing with the lower points."""
        found = preview_revision(entry=self.subject.fact, points=data["points"], months=data["months"], now=self.now)
        return self.reaching(found, needs_second=False)

    def perform(self, data: dict[str, Any], second: User | None) -> Fact:
        """Revise."""
        return revise_entry(entry=self.subject.fact, by=self.user, now=self.now, **data)

    def done(self, outcome: Fact) -> str:
        """What happened."""
        return gettext("The entry now has %(points)s points, for every day.") % {"points": outcome.points}


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
