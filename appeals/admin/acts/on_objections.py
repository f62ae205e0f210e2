"""What the acts on objections are done on, and where one comes from and goes back to."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.subjects import objection_url
from appeals.models import Objection
from appeals.queries.objections import acting_on, acts_on, objectionable, objections
from registry.actions.procedure import Acting
from registry.admin.acts.guided import GuidedAct, Words
from registry.admin.acts.subjects import card_of, crumbs_to
from registry.models import Proposal
from registry.queries.scope import Scope


class OnProposal(GuidedAct):
    """An act on the points proposed for a person."""

    subject: Proposal

    def find(self, seen: Scope) -> Proposal | None:
        """The proposal with the id in the address, of a person in the scope."""
        rows = objectionable(seen)
        return rows.select_related("case__agency__region", "practitioner").filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """To the objection."""
        return objection_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person, and what is proposed."""
        return {**card_of(self.subject.practitioner), "proposed": self.subject}


class OnObjection(GuidedAct):
    """An act on an objection, by an agency in whose region it is, or by the institution of the person."""

    subject: Objection

    def find(self, seen: Scope) -> Objection | None:
        """The objection with the id in the address, if the user may act on it."""
        rows = objections(seen).select_related("agency__region", "practitioner", "case", "proposal", "reviewer")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        return found if found and acts_on(seen, found, self.allowed) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the objection."""
        return objection_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Objections, then this one."""
        return [
            (_("Objections"), reverse("admin:appeals_objection_changelist")),
            (self.subject.number, objection_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the person, and the objection."""
        return {**card_of(self.subject.practitioner), "objection": self.subject}

    @property
    def acting(self) -> Acting:
        """For the agency of the objection, else for the institution."""
        return acting_on(self.scope, self.subject, self.user)
