"""A country with something in it at every stage: the demo, and for each role one account, one's own and what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q, QuerySet

from appeals.models import (
    Activity,
    Application,
    Attendance,
    Evidence,
    Expert,
    ExpertAvailability,
    ExpertPlace,
    Objection,
    Panel,
    Seat,
)
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.models import (
    Agency,
    ApiKey,
    Assignment,
    Authority,
    CalendarDay,
    CalendarYear,
    Case,
    Delivery,
    FileMerge,
    Handling,
    Institution,
    InstitutionMeasure,
    PersonalTrigger,
    PhaseIn,
    PointsEntry,
    Practitioner,
    Proposal,
    Region,
    Registration,
    Responsibility,
    Role,
    RosterJob,
    ServiceAgreement,
    StandingChange,
    Task,
    User,
)

HOME = "4301"
"""The city of the accounts; what is abroad lies in another province."""


@dataclass(frozen=True)
class Kind:
    """Rows of one kind: by which columns they lie in a region and at an institution, and what stands in addresses."""

    model: type[Model]
    region: str
    institution: str = ""
    value: str = "pk"
    where: Q | None = None

    def own(self) -> Any:
        """A row of the home city, at the busy hospital where rows of the kind belong to one."""
        rows = self._rows().filter(**{self._code: HOME})
        return rows.filter(**{self.institution: BUSY_HOSPITAL}) if self.institution else rows

    def foreign(self) -> Any:
        """A row of another province."""
        rows = self._rows().exclude(**{self._code: HOME[:2]})
        return rows.exclude(**{self.region: None}) if self.region != "code" else rows

    @property
    def _code(self) -> str:
        return "code__startswith" if self.region == "code" else f"{self.region}__code__startswith"

    def _rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.where or Q()).order_by("pk")

    def of(self, rows: QuerySet[Any]) -> str | None:
        """What stands in an address for the first of the rows."""
        row = rows.first()
        return None if row is None else str(attrgetter(self.value)(row))


HANDED_OVER = Q(receipt__isnull=False)
PERSON = "registrations__institution__region", "registrations__institution__code"
BY_CASE = "case__handling__institution__region", "case__handling__institution__code"

KINDS: dict[str, Kind] = {
    "practitioners.pk": Kind(Practitioner, *PERSON),
    "practitioner.object_id": Kind(Practitioner, *PERSON),
    "practitioner": Kind(Practitioner, *PERSON, value="uuid"),
    "institutions.pk": Kind(Institution, "region", "code"),
    "institution.object_id": Kind(Institution, "region", "code"),
    "code": Kind(Institution, "region", "code", value="code"),
    "agreements.pk": Kind(ServiceAgreement, "institution__region", "institution__code"),
    "serviceagreement.object_id": Kind(ServiceAgreement, "institution__region", "institution__code"),
    "agreement": Kind(ServiceAgreement, "institution__region", "institution__code", value="record"),
    "registrations.pk": Kind(Registration, "institution__region", "institution__code"),
    "registration.object_id": Kind(Registration, "institution__region", "institution__code"),
    "registration": Kind(Registration, "institution__region", "institution__code", value="record"),
    "handlings.pk": Kind(Handling, "institution__region", "institution__code"),
    "handling.object_id": Kind(Handling, "institution__region", "institution__code"),
    "handling": Kind(Handling, "institution__region", "institution__code", value="uuid"),
    "cases.pk": Kind(Case, "handling__institution__region", "handling__institution__code"),
    "case.object_id": Kind(Case, "handling__institution__region", "handling__institution__code"),
    "case": Kind(Case, "handling__institution__region", "handling__institution__code", value="uuid"),
    "responsibilities.pk": Kind(Responsibility, "handling__institution__region", "handling__institution__code"),
    "responsibility": Kind(Responsibility, "handling__institution__region", "handling__institution__code"),
    "proposals.pk": Kind(Proposal, *BY_CASE),
    "proposal.object_id": Kind(Proposal, *BY_CASE),
    "proposal": Kind(Proposal, *BY_CASE, value="uuid"),
    "personaltrigger.object_id": Kind(PersonalTrigger, "agency__region"),
    "pointsentry.object_id": Kind(PointsEntry, "handling__institution__region", "handling__institution__code"),
    "standingchange.object_id": Kind(
        StandingChange,
        "practitioner__registrations__institution__region",
        "practitioner__registrations__institution__code",
    ),
    "tasks.pk": Kind(Task, "agency__region"),
    "measures.pk": Kind(InstitutionMeasure, "institution__region"),
    "institutionmeasure.object_id": Kind(InstitutionMeasure, "institution__region"),
    "rosterjob.object_id": Kind(RosterJob, "institution__region"),
    "rosters.pk": Kind(RosterJob, "institution__region"),
    "merges.pk": Kind(FileMerge, "kept__registrations__institution__region"),
    "files.uuid": Kind(
        Delivery, "proposal__case__agency__region", value="receipt.uuid", where=Q(receipt__isnull=False)
    ),
    "objections.pk": Kind(Objection, "agency__region"),
    "objection.object_id": Kind(Objection, "agency__region"),
    "panels.pk": Kind(Panel, "objection__agency__region"),
    "panel.object_id": Kind(Panel, "objection__agency__region"),
    "my-cases.uuid": Kind(Seat, "panel__objection__agency__region", value="uuid"),
    "evidence.pk": Kind(Evidence, "point__objection__agency__region"),
    "activities.pk": Kind(Activity, "agency__region"),
    "activity.object_id": Kind(Activity, "agency__region"),
    "applications.pk": Kind(Application, "agency__region"),
    "application.object_id": Kind(Application, "agency__region"),
    "applications.uuid": Kind(Application, "agency__region", value="uuid"),
    "deliberations.uuid": Kind(Application, "agency__region", value="uuid"),
    "attendances.pk": Kind(Attendance, "activity__agency__region"),
    "experts.pk": Kind(Expert, "places__institution__region"),
    "expert.object_id": Kind(Expert, "places__institution__region"),
    "days.pk": Kind(ExpertAvailability, "expert__places__institution__region"),
    "workplaces.pk": Kind(ExpertPlace, "institution__region"),
    "region.object_id": Kind(Region, "code"),
    "agency.object_id": Kind(Agency, "region"),
    "authority.object_id": Kind(Authority, "region"),
    "phasein.object_id": Kind(PhaseIn, "region"),
}

ANYWHERE: dict[str, Callable[[], str]] = {
    "calendar.pk": lambda: str(CalendarDay.objects.earliest("pk").pk),
    "calendaryear.object_id": lambda: str(CalendarYear.objects.earliest("pk").pk),
    "apikey.object_id": lambda: str(ApiKey.objects.earliest("pk").pk),
    "keys.pk": lambda: str(ApiKey.objects.earliest("pk").pk),
    "user.object_id": lambda: str(User.objects.earliest("pk").pk),
    "password.id": lambda: str(User.objects.earliest("pk").pk),
    "policies.policy_id": lambda: "cn-2025",
    "honoraria.year": lambda: "2026",
}
"""What belongs to no region."""


def account(role: Role, demo_expert: User) -> User:
    """Somebody who holds the role in the home city, and no other."""
    if role == Role.EXPERT:
        return demo_expert
    hospital = Institution.objects.get(code=BUSY_HOSPITAL)
    places: dict[Role, dict[str, Any]] = {
        Role.AGENCY_OFFICER: {"agency": Agency.objects.filter(region__code__startswith=HOME).earliest("region_id")},
        Role.COMPLIANCE_OFFICER: {"institution": hospital},
    }
    user = User.objects.create(username=f"matrix-{role}", is_staff=True)
    Assignment.objects.create(user=user, role=role, starts_on=date(2025, 1, 1), **places.get(role, {}))
    return user
