"""Institutions come into the register, and their service agreements begin and end."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.actions.institutions import conclude_agreement, end_agreement, open_institution
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OfAgency, OnInstitution, institution_url
from registry.admin.fields import choice_field, day_field, prose_field, row_field, text_field, tick_field
from registry.models import Institution, Region, ServiceAgreement, User
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope


class InstitutionForm(ActForm):
    """Code, name and place of an institution."""

    code = text_field(
        _("Institution code"), most=12, help_text=_("H (medical institution) or P (pharmacy) and 11 digits.")
    )
    name = text_field(pgettext_lazy("of a body", "name"))
    region = row_field(_("Region"), Institution._meta.get_field("region"), Region.objects.none())
    agency = choice_field(_("Agency"), ())
    public = tick_field(_("Publicly owned"))
    grade = text_field(_("Grade"), most=40, required=False)

    def prepare(self) -> None:
        """Regions below the officer's agencies."""
        self.fields["region"].queryset = self.doing.regions()  # type: ignore[attr-defined]
        self.fields["agency"].choices = choices = self.doing.agency_choices()  # type: ignore[attr-defined]
        if choices:
            self.fields["agency"].initial = choices[0][0]


class OpenInstitution(OfAgency, GuidedAct):
    """Enter a designated institution."""

    title = _("Enter an institution")
    explains = _("A medical institution or a pharmacy becomes known to the register. Its agreement is concluded next.")
    do = _("Enter the institution")
    form_class = InstitutionForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def find(self, seen: Scope) -> Scope:
        """The act has no subject yet; the officer's scope stands for it."""
        return seen

    def regions(self) -> Any:
        """The regions of the officer's agencies and all below them."""
        found = Region.objects.none()
        for agency in self.agencies:
            found |= Region.objects.filter(code__startswith=agency.region.prefix)
        return found

    def perform(self, data: dict[str, Any], second: User | None) -> Institution:
        """Enter."""
        chosen: dict[str, Any] = {**data, "agency": self.agency(data)}
        return open_institution(by=self.user, now=self.now, **chosen)

    def next_url(self, outcome: Institution) -> str:
        """To the institution."""
        return institution_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Institutions."""
        return [(_("Institutions"), reverse("admin:registry_institution_changelist"))]


class AgreementForm(ActForm):
    """Number and days of an agreement."""

    number = text_field(_("Agreement number"), most=60)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("First day no longer in force"), required=False, help_text=_("Leave empty if it is open."))


class ConcludeAgreement(OnInstitution):
    """A service agreement between the agency and the institution."""

    title = _("Conclude a service agreement")
    explains = _("Staff are qualified while an agreement is in force.")
    do = _("Record the agreement")
    form_class = AgreementForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> ServiceAgreement:
        """Record."""
        return conclude_agreement(institution=self.subject, by=self.user, now=self.now, **data)


class EndAgreementForm(ActForm):
    """The first day that no longer counts, and why."""

    ends_on = day_field(_("First day no longer in force"))
    reason = prose_field(_("Reason"))


class EndAgreement(GuidedAct):
    """A service agreement ends."""

    title = _("End the service agreement")
    explains = _("From this day on nothing at this institution is payable until another agreement is in force.")
    do = _("End the agreement")
    form_class = EndAgreementForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    subject: ServiceAgreement

    def find(self, seen: Scope) -> ServiceAgreement | None:
        """The present version of the agreement of an institution in the scope."""
        rows = ServiceAgreement.objects.filter(superseded_at=None, institution__in=seen.institutions())
        return rows.select_related("institution__region", "institution__agency").filter(pk=self.kwargs["pk"]).first()

    def perform(self, data: dict[str, Any], second: User | None) -> ServiceAgreement:
        """End."""
        return end_agreement(agreement=self.subject, by=self.user, now=self.now, **data)

    def next_url(self, outcome: ServiceAgreement) -> str:
        """Back to the institution."""
        return institution_url(self.subject.institution)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Institutions, then this one."""
        place = self.subject.institution
        return [
            (_("Institutions"), reverse("admin:registry_institution_changelist")),
            (place.name, institution_url(place)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the institution."""
        return {"place": self.subject.institution}
