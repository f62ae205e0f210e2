"""What acts are done on, and where one comes from and goes back to."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.acts.guided import GuidedAct, Words
from registry.admin.gauge import gauge_of
from registry.admin.moment import today
from registry.admin.roles import agencies_of
from registry.ledger.reading import standing_of
from registry.models import Agency, Fact, Handling, Institution, PointsEntry, Practitioner, Registration, Responsibility
from registry.queries.scope import Scope
from registry.rules.compute import Standing


class OfAgency(GuidedAct):
    """An act in the name of one of the officer's agencies."""

    @property
    def agencies(self) -> list[Agency]:
        """The agencies that the officer acts for."""
        return agencies_of(self.scope)

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


class OnEntry(GuidedAct):
    """An act on a points entry. Where the preview told the standing of today, the card shows that one."""

    subject: PointsEntry
    standing: Standing | None = None

    def find(self, seen: Scope) -> PointsEntry | None:
        """The entry with the id in the address, if it was decided in the scope: others correct their own."""
        rows = seen.entries().select_related(
            "fact__agency__region", "fact__practitioner", "practitioner", "handling", "trigger"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        return found if found and decided_within(found.fact, seen) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the person's file."""
        return file_url(self.subject.practitioner)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person, and the entry."""
        return {**card_of(self.subject.practitioner, self.standing), "entry": self.subject}


class OnResponsibility(GuidedAct):
    """An act on the part that one person had in one handling or trigger."""

    subject: Responsibility

    def find(self, seen: Scope) -> Responsibility | None:
        """The responsibility, if its person and its handling are in the scope."""
        rows = Responsibility.objects.filter(practitioner__in=seen.practitioners()).select_related(
            "practitioner", "handling__institution", "handling__agency__region", "trigger__agency__region"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found and found.handling_id and not seen.handlings().filter(pk=found.handling_id).exists():
            return None
        return found

    def next_url(self, outcome: Any) -> str:
        """Back to the person's file."""
        return file_url(self.subject.practitioner)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person, and the handling."""
        return {**card_of(self.subject.practitioner), "handling": self.subject.handling, "responsibility": self.subject}


def decided_within(fact: Fact, seen: Scope) -> bool:
    """Whether an agency in the scope decided it; what an older register left without an agency is anybody's."""
    return fact.agency is None or seen.covers_region(fact.agency.region_id)


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
