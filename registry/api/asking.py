"""Who asks, on whose behalf, at which instant: read once per request."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from rest_framework.exceptions import PermissionDenied

from registry.actions.procedure import Acting, for_agency, for_institution
from registry.ledger.days import shanghai_day
from registry.models import Agency, ApiKey, Institution, Role, User
from registry.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Asker:
    """A person whose program asks, or an authority's system that reads, with what they may see today."""

    person: User | None
    key: ApiKey
    scope: Scope
    now: datetime

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai_day(self.now)

    @property
    def user(self) -> User:
        """The person, who answers for what is done. Raises PermissionDenied for a system, which does nothing."""
        if self.person is None:
            raise PermissionDenied
        return self.person

    @property
    def name(self) -> str:
        """By what the answers given to this asker are kept: changing keys loses none."""
        return f"user-{self.user.pk}"

    @property
    def agencies(self) -> list[Agency]:
        """The agencies for which the person acts."""
        return self.scope.agencies

    @property
    def institutions(self) -> list[Institution]:
        """The institutions for which the person acts."""
        return self.scope.places

    def held_as(self, roles: frozenset[Role]) -> "Asker":
        """The same person with these roles only."""
        return replace(self, scope=self.scope.held_as(roles))

    def holds(self, roles: frozenset[Role]) -> bool:
        """Whether the person holds one of `roles` today."""
        return bool(self.scope.roles & roles)

    def acting(self, agency: Agency) -> Acting:
        """For the agency as its officer (of this one or of one above it), else for the person's own institution."""
        officer = self.scope.acts_in(agency.region_id)
        if officer or not self.institutions:
            return for_agency(self.user, agency)
        return for_institution(self.user, self.institutions[0])
