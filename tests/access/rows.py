"""What stands in the addresses: the rows of the home town, and those of a town in another province."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType

from appeals.models import (
    Activity,
    Application,
    Attendance,
    Evidence,
    Expert,
    Lesson,
    Objection,
    Panel,
    Question,
    Seat,
)
from notifications.models import Endpoint, Letter, Notice, Push, Subscription
from notifications.queries.printed import code_of
from registry.actions.talks import TALKS
from registry.models import (
    ApiKey,
    Authority,
    CalendarYear,
    Case,
    Handling,
    Institution,
    InstitutionMeasure,
    PersonalTrigger,
    PhaseIn,
    PointsEntry,
    PoliceTransfer,
    Proposal,
    Region,
    Role,
    RosterJob,
    SanctionPeriod,
    StandingChange,
    Task,
)
from tests.access.callers import AUTHORITY, REGION

if TYPE_CHECKING:
    from django.db.models import Model

    from tests.access.routes import Route
    from tests.fuzz.things import Things

ANYWHERE: Mapping[str, str] = {
    "honoraria.year": "2025",
    "name": "standing",
    "number": "1",
    "points.number": "1",
    "apply.kind": "relief",
    "lessons.number": "1",
    "policies.policy_id": "cn-2025",
    "policy": "cn-2025",
    "sequence": "1",
    "version": "1",
    "year": "2025",
}
"""What belongs to no region."""

OF_THE_COUNTRY = {
    "calendar.pk",
    "calendaryear.object_id",
    "r.content_type_id",
    "registers.pk",
    "register.object_id",
    "register",
    "letters.pk",
    "letter.object_id",
}
"""Rows that there are once."""

ON_PAPER = {"verify.code", "verify.number", "<str:number>.code", "shared.code", "confirm.code"}
"""What opens for whoever holds the paper or the mail in which it stands, wherever they belong."""

SAME = {
    "advance-notices.proposal": "proposal",
    "applications.uuid": "application",
    "attempts.attempt": "attempt",
    "cases.seat": "seat",
    "days.pk": "days",
    "drafts.draft": "draft",
    "evidence.pk": "evidence",
    "files.file": "own file",
    "files.uuid": "file",
    "merges.pk": "merge",
    "objections.objection": "own objection",
    "opinions.application": "application",
    "repair.application": "application",
    "responsibilities.pk": "responsibility",
    "workplaces.pk": "workplace",
}
"""What stands in the addresses of pages as it does in those of the API."""

NOTICE = ("notice", "notices.notice", "notices.pk", "notice.object_id")
TASK = ("task", "tasks.task", "tasks.pk")
OWN_KEY = "account/factor/keys/"
ASKS = "api/v1/objections/<uuid:objection>/countersignature-requests/"
CORRECTION = "admin/tasks/<int:pk>/correction/"
SHOWN_TO_EXPERTS = ("expert/cases/", "api/v1/my/seats/")
"""Addresses at which the same word means another row."""


def is_placed(route: Route) -> bool:
    """Whether the address names a row of a place, so that it can be one of another province."""
    return any(kind not in ANYWHERE and kind not in OF_THE_COUNTRY | ON_PAPER for kind in route.kinds)


class Rows:
    """The rows of one town."""

    def __init__(self, things: Things) -> None:
        self.things, self.town = things, things.here.town
        things.ids["task"] = str(Task.objects.filter(kind__in=TALKS, agency=self.town.agency).earliest("pk").uuid)
        self.ids = {**things.ids, **self._of_the_api(), **self._of_the_office(), **ANYWHERE, **_of_the_country()}

    def at(self, route: Route, column: str) -> str:
        """The address of the route with the rows of the town in it, of notices those to whom the column is; KeyError
        names a kind that has no row.
        """
        return route.at(
            [self._of_hospital(route, kind, column) or self._one(route, kind, column) for kind in route.kinds]
        )

    def _of_hospital(self, route: Route, kind: str, column: str) -> str:
        """A talk that the hospital has to hold, for who works there; else nothing."""
        if kind not in TASK or column != Role.COMPLIANCE_OFFICER or route.path == CORRECTION:
            return ""
        talks = Task.objects.filter(kind__in=TALKS, institution=self.town.hospital, holder=Task.Holder.INSTITUTION)
        return str(getattr(talks.earliest("pk"), "uuid" if route.is_for_programs else "pk"))

    def notice_to(self, column: str) -> Notice:
        """The newest notice to the body for which the caller works, about the surgeon if there is one; the hospital's
        for others.
        """
        town = self.town
        bodies: dict[str, dict[str, Any]] = {
            Role.AGENCY_OFFICER: {"agency": town.agency},
            Role.HEALTH_OR_DRUG_OFFICER: {"authority": self._authority},
            AUTHORITY: {"authority": self._authority},
            REGION: {"region": town.region.parent},
            Role.PRACTITIONER: {"practitioner": town.surgeon},
        }
        told = Notice.objects.filter(**bodies.get(column, {"institution": town.hospital}))
        told = told.filter(event__practitioner__isnull=False)
        return told.filter(event__practitioner=town.surgeon).order_by("pk").last() or told.latest("pk")

    def _one(self, route: Route, kind: str, column: str) -> str:
        if kind in NOTICE:
            told = self.notice_to(column)
            return str(told.uuid if kind == "notice" or kind.endswith(".notice") else told.pk)
        if kind == "verify.code":
            return code_of(self.notice_to(column))
        if route.path.startswith(OWN_KEY):
            return str(Authenticator.objects.get(user=self.town.officer).pk)
        if route.path == CORRECTION:
            return str(Task.objects.get(kind=Task.Kind.CORRECT, agency=self.town.agency).pk)
        if route.path.startswith(SHOWN_TO_EXPERTS) and kind in ("evidence", "evidence.piece"):
            shown_to = Seat.objects.get(uuid=self.ids["seat"]).panel
            return str(Evidence.objects.get(point=shown_to.points.earliest("pk")).pk)
        if route.path.endswith("draw.json"):
            drawn = Seat.objects.get(uuid=self.ids["seat"]).panel
            return str(drawn.uuid if route.is_for_programs else drawn.pk)
        if kind == "history.version":
            return self._version_of(route.path.split("/")[2])
        return self.ids["own objection" if route.path == ASKS else kind]

    def _version_of(self, model: str) -> str:
        places: dict[str, Any] = {"region": self.town.region, "agency": self.town.agency}
        places |= {"authority": self._authority, "phasein": self._phase_in}
        return str(places[model].history.earliest().history_id)

    @property
    def _authority(self) -> Authority:
        return Authority.objects.get(region=self.town.region, kind="health")

    @property
    def _phase_in(self) -> PhaseIn:
        return PhaseIn.objects.get(region=self.town.region)

    def _of_the_api(self) -> dict[str, str]:
        person, town = self.town.surgeon, self.town
        entry = PointsEntry.objects.filter(practitioner=person).earliest("pk")
        period = SanctionPeriod.objects.filter(practitioner__registrations__institution=town.hospital).earliest("pk")
        return {
            "entry": str(entry.fact.origin_id),
            "flag": f"{period.kind}-{period.because[0]}",
            "organization": f"institution-{town.hospital.code}",
        }

    def _of_the_office(self) -> dict[str, str]:
        found = {kind: str(row.pk) for kind, row in self._rows_of_pages().items()}
        part = Attendance.objects.filter(activity__course__isnull=False, practitioner=self.town.surgeon).earliest("pk")
        own = {"study.part": str(part.uuid), "<str:kind>.agency": self.town.agency.code}
        return {**found, **own, **{kind: self.things.ids[name] for kind, name in SAME.items()}}

    def _rows_of_pages(self) -> dict[str, Model]:
        town, person, ids = self.town, self.town.surgeon, self.things.ids
        of = partial(_by_uuid, ids)
        agreement, registration = town.hospital.agreements.get(), person.registrations.get()
        rows: dict[tuple[str, ...], Model] = {
            ("practitioners.pk", "practitioner.object_id"): person,
            ("documents.pk",): person.documents.get(),
            ("institutions.pk", "institution.object_id"): town.hospital,
            ("agreements.pk", "serviceagreement.object_id"): agreement,
            ("registrations.pk", "registration.object_id"): registration,
            ("handlings.pk", "handling.object_id"): of(Handling, "handling"),
            ("cases.pk", "case.object_id"): of(Case, "case"),
            ("proposals.pk", "proposal.object_id"): of(Proposal, "proposal"),
            ("tasks.pk",): of(Task, "task"),
            ("measures.pk", "institutionmeasure.object_id"): of(InstitutionMeasure, "measure"),
            ("rosters.pk", "rosterjob.object_id"): of(RosterJob, "roster"),
            ("objections.pk", "objection.object_id"): of(Objection, "objection"),
            ("panels.pk", "panel.object_id"): of(Panel, "panel"),
            ("activities.pk", "activity.object_id"): of(Activity, "activity"),
            ("applications.pk", "application.object_id"): of(Application, "application"),
            ("attendances.pk",): of(Attendance, "part"),
            ("lessons.pk",): Lesson.objects.filter(course__activity__agency=town.agency).earliest("pk"),
            ("questions.pk",): Question.objects.filter(course__activity__agency=town.agency).earliest("pk"),
            ("police-transfers.pk",): of(PoliceTransfer, "transfer"),
            ("experts.pk", "expert.object_id"): of(Expert, "expert"),
            ("personaltrigger.object_id",): PersonalTrigger.objects.get(practitioner=person),
            ("pointsentry.object_id",): PointsEntry.objects.filter(practitioner=person).earliest("pk"),
            ("standingchange.object_id",): _change_in(town.hospital),
            ("region.object_id", "<path:content_type_id>.object_id", "region.version"): town.region,
            ("agency.object_id", "agency.version"): town.agency,
            ("authority.object_id", "authority.version"): self._authority,
            ("phasein.object_id", "phasein.version"): self._phase_in,
            ("endpoints.pk", "endpoint.object_id"): of(Endpoint, "endpoint"),
            ("pushes.pk", "push.object_id"): of(Push, "push"),
            ("subscriptions.pk", "subscription.object_id"): of(Subscription, "subscription"),
            ("user.object_id", "user.id", "users.pk"): town.officer,
            ("apikey.object_id", "keys.pk"): ApiKey.objects.filter(user=town.officer).earliest("pk"),
        }
        return {kind: row for kinds, row in rows.items() for kind in kinds}


def _by_uuid(ids: Mapping[str, str], model: type[Model], name: str) -> Model:
    found: Model = model._default_manager.get(uuid=ids[name])
    return found


def _change_in(hospital: Institution) -> Model:
    return StandingChange.objects.filter(practitioner__registrations__institution=hospital).earliest("pk")


def _of_the_country() -> dict[str, str]:
    year = str(CalendarYear.objects.get(year=2025).pk)
    kind = str(ContentType.objects.get_for_model(Region).pk)
    letter = Letter.objects.select_related("register").get()
    register, letter_pk = str(letter.register.pk), str(letter.pk)
    return {
        "calendar.pk": year,
        "calendaryear.object_id": year,
        "r.content_type_id": kind,
        "registers.pk": register,
        "register.object_id": register,
        "register": letter.register.code,
        "letters.pk": letter_pk,
        "letter.object_id": letter_pk,
    }
