"""Who asks, on whose behalf, at which instant: read once per request."""

from dataclasses import dataclass
from datetime import date, datetime

from registry.actions.procedure import Acting, for_agency, for_institution
from registry.ledger.days import shanghai_day
from registry.models import Agency, ApiKey, Institution, Role, User
from registry.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Asker:
    """A person whose program asks, with what they may see today."""

    user: User
    key: ApiKey
    scope: Scope
    now: datetime

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai_day(self.now)

    @property
    def name(self) -> str:
        """By what the answers given to this asker are kept: changing keys loses none."""
        return f"user-{self.user.pk}"

    @property
    def agencies(self) -> list[Agency]:
        """The agencies for which the person acts."""
        return [row.agency for row in self.scope.assignments if row.agency]

    @property
    def institutions(self) -> list[Institution]:
        """The institutions for which the person acts."""
        return [row.institution for row in self.scope.assignments if row.institution]

    def holds(self, roles: frozenset[Role]) -> bool:
        """Whether the person holds one of `roles` today."""
        return bool(self.scope.roles & roles)

    def acting(self, agency: Agency) -> Acting:
        """For the agency as its officer (of this one or of one above it), else for the person's own institution."""
        officer = Role.AGENCY_OFFICER in self.scope.roles and self.scope.covers_region(agency.region_id)
        if officer or not self.institutions:
            return for_agency(self.user, agency)
        return for_institution(self.user, self.institutions[0])
