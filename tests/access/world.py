"""A country with something in it at every stage: the demo, and for each role one account, one's own and what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

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
from registry.actions.keys import issue_key
from registry.desks.demo_data.experts import asked_to_vote
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
    IdentityDocument,
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
    SanctionPeriod,
    ServiceAgreement,
    StandingChange,
    Task,
    User,
)
from tests.api.officers import key_for

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
    written: str = "{0}"
    """How the value is written in an address."""

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
        return None if row is None else self.written.format(attrgetter(self.value)(row), row)


HANDED_OVER = Q(receipt__isnull=False)
SANCTION = "{1.kind}-{0[0]}"
PERSON = "registrations__institution__region", "registrations__institution__code"
BY_PERSON = f"practitioner__{PERSON[0]}", f"practitioner__{PERSON[1]}"
BY_CASE = "case__handling__institution__region", "case__handling__institution__code"

KINDS: dict[str, Kind] = {
    "practitioners.pk": Kind(Practitioner, *PERSON),
    "practitioner.object_id": Kind(Practitioner, *PERSON),
    "practitioner": Kind(Practitioner, *PERSON, value="uuid"),
    "documents.pk": Kind(IdentityDocument, *BY_PERSON),
    "institutions.pk": Kind(Institution, "region", "code"),
    "institution.object_id": Kind(Institution, "region", "code"),
    "code": Kind(Institution, "region", "code", value="code"),
    "organization": Kind(Institution, "region", "code", value="code", written="institution-{0}"),
    "flag": Kind(
        SanctionPeriod,
        "practitioner__registrations__institution__region",
        "practitioner__registrations__institution__code",
        value="because",
        written=SANCTION,
    ),
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
    "files.uuid": Kind(Delivery, "proposal__case__agency__region", value="receipt.uuid", where=HANDED_OVER),
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
    "activity": Kind(Activity, "agency__region", value="uuid"),
    "application": Kind(Application, "agency__region", value="uuid"),
    "entry": Kind(PointsEntry, "handling__institution__region", "handling__institution__code", value="fact.origin_id"),
    "evidence": Kind(Evidence, "point__objection__agency__region"),
    "expert": Kind(Expert, "places__institution__region", value="uuid"),
    "days": Kind(ExpertAvailability, "expert__places__institution__region"),
    "workplace": Kind(ExpertPlace, "institution__region"),
    "file": Kind(Delivery, "proposal__case__agency__region", value="receipt.uuid", where=HANDED_OVER),
    "measure": Kind(InstitutionMeasure, "institution__region", value="uuid"),
    "merge": Kind(FileMerge, "kept__registrations__institution__region"),
    "seat": Kind(Seat, "panel__objection__agency__region", value="uuid"),
    "objection": Kind(Objection, "agency__region", value="uuid"),
    "panel": Kind(Panel, "objection__agency__region", value="uuid"),
    "part": Kind(Attendance, "activity__agency__region", value="uuid"),
    "roster": Kind(RosterJob, "institution__region", value="uuid"),
    "task": Kind(Task, "agency__region", value="uuid"),
}

ANYWHERE: dict[str, Callable[[], str]] = {
    "calendar.pk": lambda: str(CalendarDay.objects.earliest("pk").pk),
    "calendaryear.object_id": lambda: str(CalendarYear.objects.earliest("pk").pk),
    "apikey.object_id": lambda: str(ApiKey.objects.earliest("pk").pk),
    "keys.pk": lambda: str(ApiKey.objects.earliest("pk").pk),
    "user.object_id": lambda: str(User.objects.earliest("pk").pk),
    "password.id": lambda: str(User.objects.earliest("pk").pk),
    "policies.policy_id": lambda: "cn-2025",
    "name": lambda: "standing",
    "version": lambda: "1",
    "honoraria.year": lambda: "2026",
    "users.pk": lambda: str(User.objects.earliest("pk").pk),
    "year": lambda: "2026",
    "number": lambda: "1",
    "policy": lambda: "cn-2025",
}
"""What belongs to no region."""


@dataclass(frozen=True)
class Caller:
    """Who asks: a person, by page and by program, or a system that has a key only."""

    user: User | None = None
    key: str = ""


CALLERS = (
    "nobody",
    *sorted(role.value for role in Role),
    "administrator of the province",
    "administrator of the city",
    "settlement system",
    "authority system",
)
"""The columns of the matrix: each role at the home city, the two smaller administrators, and the systems."""


def caller(name: str) -> Caller:
    """Somebody who holds the role in the home city, and no other; or a system with its key."""
    if name == "nobody":
        return Caller()
    if name == "settlement system":
        return Caller(key=_system_key(ApiKey.Scope.SETTLEMENT))
    if name == "authority system":
        return Caller(key=_system_key(ApiKey.Scope.AUTHORITY, authority=_health_authority()))
    if name == Role.EXPERT:
        user = asked_to_vote()
    else:
        role, _, place = name.partition(" of the ")
        user = User.objects.create(username=f"matrix-{name}", is_staff=True)
        held = {"region_id": {"province": f"{HOME[:2]}0000", "city": f"{HOME}00"}[place]} if place else _places(role)
        Assignment.objects.create(user=user, role=role, starts_on=date(2025, 1, 1), **held)
    return Caller(user, key_for(user))


def _places(role: str) -> dict[str, Any]:
    agency = Agency.objects.filter(region__code__startswith=HOME).earliest("region_id")
    places: dict[str, dict[str, Any]] = {
        Role.AGENCY_OFFICER: {"agency": agency},
        Role.REVIEWER: {"agency": agency},
        Role.AUTHORITY_OFFICER: {"authority": _health_authority()},
        Role.COMPLIANCE_OFFICER: {"institution": Institution.objects.get(code=BUSY_HOSPITAL)},
        Role.PRACTITIONER: {"practitioner": KINDS["practitioner"].own().first()},
    }
    return places.get(role, {})


def _health_authority() -> Authority:
    return Authority.objects.filter(kind="health", region__code__startswith=HOME).earliest("region_id")


def _system_key(scope: ApiKey.Scope, **held: Any) -> str:
    now = timezone.now()
    ends = now + timedelta(days=9)
    return issue_key(name="系统", scope=scope, expires_at=ends, by=None, now=now, **held)[1]
