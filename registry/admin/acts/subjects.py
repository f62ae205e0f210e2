"""What acts are done on, and where one comes from and goes back to."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.acts.guided import GuidedAct, Words
from registry.admin.moment import today
from registry.ledger.reading import standing_of
from registry.models import (
    Agency,
    Case,
    Handling,
    Institution,
    Practitioner,
    Proposal,
    Registration,
    Responsibility,
)
from registry.queries.gauge import gauge_of
from registry.queries.scope import Scope
from registry.rules.compute import Standing


class OfAgency(GuidedAct):
    """An act in the name of one of the officer's agencies."""

    @property
    def agencies(self) -> list[Agency]:
        """The agencies that the officer acts for."""
        return self.scope.agencies

    def agency_choices(self) -> list[tuple[str, str]]:
        """The agencies as choices of a form."""
        return [(str(agency.pk), agency.name) for agency in self.agencies]

    def agency(self, data: dict[str, Any]) -> Agency:
        """The agency chosen in the form."""
        return next(agency for agency in self.agencies if str(agency.pk) == data["agency"])


class OnPractitioner(GuidedAct):
    """An act on a person's file."""

    subject: Practitioner

    def find(self, seen: Scope) -> Practitioner | None:
        """The practitioner with the id in the address."""
        return seen.practitioners().filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the file."""
        return file_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject)

    def context(self) -> dict[str, Any]:
        """The card of the person beside the form."""
        return card_of(self.subject)


class OnInstitution(GuidedAct):
    """An act on an institution."""

    subject: Institution

    def find(self, seen: Scope) -> Institution | None:
        """The institution with the id in the address."""
        return seen.institutions().select_related("region", "agency").filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the institution."""
        return institution_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Institutions, then this one."""
        return [
            (_("Institutions"), reverse("admin:registry_institution_changelist")),
            (self.subject.name, institution_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the institution beside the form."""
        return {"place": self.subject}


class OnHandling(GuidedAct):
    """An act on a handling."""

    subject: Handling

    def find(self, seen: Scope) -> Handling | None:
        """The handling with the id in the address."""
        rows = seen.handlings().select_related("institution__region", "agency", "authority")
        return rows.filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the handling."""
        return handling_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Handlings, then this one."""
        return [
            (_("Handlings"), reverse("admin:registry_handling_changelist")),
            (self.subject.document_number, handling_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the handling beside the form."""
        return {"handling": self.subject}


class OnRegistration(GuidedAct):
    """An act on one registration of a person."""

    subject: Registration

    def find(self, seen: Scope) -> Registration | None:
        """The present version of the registration, at an institution in the scope."""
        rows = Registration.objects.filter(superseded_at=None, institution__in=seen.institutions())
        return rows.select_related("practitioner", "institution").filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the person's file."""
        return file_url(self.subject.practitioner)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person, and the registration."""
        return {**card_of(self.subject.practitioner), "registration": self.subject}


class OnCase(GuidedAct):
    """An act of the agency on a case."""

    subject: Case

    def find(self, seen: Scope) -> Case | None:
        """The case with the id in the address, if it is of the officer's agency or of one below it."""
        found = seen.cases().select_related(*OF_A_CASE).filter(pk=self.kwargs["pk"]).first()
        return found if found and seen.acts_for(found) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the case."""
        return case_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Cases, then this one."""
        return crumbs_to_case(self.subject)

    def context(self) -> dict[str, Any]:
        """The card of the case beside the form."""
        return card_of_case(self.subject)


class OnResponsibility(GuidedAct):
    """An act on the part that one person had in one handling or trigger."""

    subject: Responsibility

    def find(self, seen: Scope) -> Responsibility | None:
        """The responsibility, if its case is of the officer's agency or of one below it."""
        rows = seen.answering().select_related(
            "practitioner",
            *(f"{cause}__{path}" for cause in ("handling", "trigger") for path in OF_A_CAUSE),
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or not seen.acts_for(case := case_of(found)):
            return None
        self.case = case
        return found

    def next_url(self, outcome: Any) -> str:
        """Back to the case."""
        return case_url(self.case)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Cases, then this one."""
        return crumbs_to_case(self.case)

    def context(self) -> dict[str, Any]:
        """The card of the person, the case, and the part they had."""
        return {
            **card_of(self.subject.practitioner),
            **card_of_case(self.case),
            "responsibility": self.subject,
        }


class OnProposal(GuidedAct):
    """An act of the agency on a proposal."""

    subject: Proposal

    def find(self, seen: Scope) -> Proposal | None:
        """The proposal with the id in the address, if its case is of the officer's agency or of one below it."""
        found = seen.proposals().select_related(*OF_A_PROPOSAL).filter(pk=self.kwargs["pk"]).first()
        return found if found and seen.acts_for(found.case) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the proposal."""
        return proposal_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Cases, the case, the person."""
        return crumbs_to_proposal(self.subject)

    def context(self) -> dict[str, Any]:
        """The card of the person and that of the proposal."""
        return {
            **card_of(self.subject.practitioner),
            **card_of_case(self.subject.case),
            "proposal": self.subject,
            "responsibility": self.subject.responsibility,
        }


OF_A_CAUSE = ("institution", "agency__region")
OF_A_CASE = (
    "agency__region",
    "opened_by",
    *(f"{cause}__{path}" for cause in ("handling", "trigger") for path in OF_A_CAUSE),
    "handling__authority",
    "trigger__practitioner",
)
OF_A_PROPOSAL = (
    "practitioner",
    "responsibility__practitioner",
    "proposed_by",
    "countersigned_by",
    *(f"case__{path}" for path in OF_A_CASE),
)
"""What is shown of a case and of a proposal, fetched with it."""


def case_of(responsibility: Responsibility) -> Case:
    """The case of the cause that somebody answers for; before the first act in it there may be none yet."""
    cause = responsibility.cause
    if existing := Case.objects.filter(handling=responsibility.handling, trigger=responsibility.trigger).first():
        existing.agency = cause.agency
        return existing
    return Case(handling=responsibility.handling, trigger=responsibility.trigger, agency=cause.agency)


def case_url(case: Case) -> str:
    """The address of a case."""
    return reverse("admin:registry_case_change", args=[case.pk])


def proposal_url(proposal: Proposal) -> str:
    """The address of a proposal."""
    return reverse("admin:registry_proposal_change", args=[proposal.pk])


def crumbs_to_case(case: Case) -> list[tuple[Words, str]]:
    """Cases, then this one."""
    to_all: list[tuple[Words, str]] = [(_("Cases"), reverse("admin:registry_case_changelist"))]
    return [*to_all, (case.number, case_url(case))] if case.pk else to_all


def crumbs_to_proposal(proposal: Proposal) -> list[tuple[Words, str]]:
    """Cases, the case, the person."""
    return [*crumbs_to_case(proposal.case), (proposal.practitioner.name, proposal_url(proposal))]


def card_of_case(case: Case) -> dict[str, Any]:
    """The case with its handling or personal trigger, for the cards beside a form."""
    return {"case": case if case.pk else None, "handling": case.handling, "trigger": case.trigger}


def file_url(person: Practitioner) -> str:
    """The address of a person's file."""
    return reverse("admin:registry_practitioner_change", args=[person.pk])


def institution_url(place: Institution) -> str:
    """The address of an institution."""
    return reverse("admin:registry_institution_change", args=[place.pk])


def handling_url(handling: Handling) -> str:
    """The address of a handling."""
    return reverse("admin:registry_handling_change", args=[handling.pk])


def crumbs_to(person: Practitioner) -> list[tuple[Words, str]]:
    """Practitioners, then the person."""
    return [(_("Practitioners"), reverse("admin:registry_practitioner_changelist")), (person.name, file_url(person))]


def card_of(person: Practitioner, standing: Standing | None = None) -> dict[str, Any]:
    """The person with the standing of today, for the card beside a form."""
    standing = standing or standing_of(person, today())
    return {"person": person, "standing": standing, "gauge": gauge_of(standing.points, today())}
