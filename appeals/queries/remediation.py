"""Repair as it stands for one person: what is offered, what it would bring, what was used; and what experts owe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from appeals.models import Activity, Application, Attendance
from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.ledger.reading import facts_of_files
from registry.models import Agency, Fact, Practitioner, ProcedureStep, Registration, Task, User
from registry.models.institutions import NATION
from registry.queries.remediation import (
    ReliefRoom,
    ShorteningRoom,
    entries_of_year,
    period_to_shorten,
    relief_room,
    shortening_room,
)
from registry.rules import facts
from registry.rules.policy import Policy

OPEN = (Application.State.FILED, Application.State.DELIBERATING, Application.State.DELIBERATED)
TAKEN = ~Q(state=Attendance.State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity that a person may take part in: `left` places (None: without limit), and the person's own part."""

    activity: Activity
    left: int | None
    mine: Attendance | None

    @property
    def full(self) -> bool:
        """No place is left."""
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one agency could grant on a day, and what supports it.

    `usable` are the completed activities that have not been used, `pending` the application that is open.
    """

    kind: Application.Kind
    agency: Agency
    room: ReliefRoom | ShorteningRoom
    usable: tuple[Attendance, ...]
    pending: Application | None

    @property
    def most(self) -> int:
        """The points or days that could be asked for now, with the activities completed so far."""
        if isinstance(self.room, ReliefRoom):
            return self.room.most(len(self.usable))
        return self.room.most if self.usable else 0

    @property
    def points_after(self) -> int | None:
        """The points of the year after that relief; None for a shortening."""
        return self.room.points - self.most if isinstance(self.room, ReliefRoom) else None

    @property
    def end_after(self) -> date | None:
        """The first day after the period so shortened; None for a relief."""
        return None if isinstance(self.room, ReliefRoom) else self.room.end - timedelta(days=self.most)


@dataclass(frozen=True, slots=True)
class Deliberation:
    """An application that an expert is asked to deliberate on, and until when."""

    task: Task
    application: Application


def offers_for(practitioner: Practitioner, today: date) -> tuple[Offer, ...]:
    """The activities that the person may take part in on the day, the earliest first."""
    members = family_of(practitioner.pk).files
    rows = Activity.objects.filter(closed_at=None, ends_on__gte=today).filter(_offered_to(members, today))
    taken = Count("attendances", filter=~Q(attendances__state=Attendance.State.CANCELLED))
    found = rows.select_related("agency", "institution").annotate(taken=taken).order_by("starts_on", "id")
    own = Attendance.objects.filter(TAKEN, practitioner_id__in=members, activity__in=[row.pk for row in found])
    mine = {row.activity_id: row for row in own}
    return tuple(Offer(row, _left(row, row.taken), mine.get(row.pk)) for row in found)


def audience(activity: Activity, today: date) -> QuerySet[Practitioner]:
    """The people to whom an activity is offered on the day.

    An institution offers to those registered there; an agency to everybody registered in its region, now or earlier:
    who was terminated may be registered nowhere and must be able to repair all the same.
    """
    rows = Registration.objects.filter(practitioner=OuterRef("pk"), superseded_at=None)
    if activity.agency is not None:
        prefix = activity.agency.region.prefix
        return Practitioner.objects.filter(Exists(rows.filter(institution__region__code__startswith=prefix)))
    here = rows.filter(institution=activity.institution_id).filter(_in_force(today))
    return Practitioner.objects.filter(Exists(here))


def prospects(practitioner: Practitioner, today: date) -> tuple[Prospect, ...]:
    """What could be granted to the person on the day, with its sums, relief first; nothing while nothing is owed."""
    members = family_of(practitioner.pk).files
    of_person = facts_of_files(members)
    return tuple(
        Prospect(kind, agency, room, tuple(usable(members, room)), open_application(members, kind))
        for kind in Application.Kind
        for agency in competent_agencies(of_person, members, kind, today)
        if (room := room_for(kind, of_person, agency, today))
    )


def room_for(
    kind: str, of_person: Sequence[facts.Fact], agency: Agency, today: date
) -> ReliefRoom | ShorteningRoom | None:
    """The sums of the kind of application at the agency; None where there is nothing to relieve or to shorten."""
    if kind == Application.Kind.SHORTENING:
        return shortening_room(of_person, agency.region_id, today)
    room = relief_room(of_person, agency.region_id, today)
    return room if room.entries else None


def competent_agencies(
    of_person: Sequence[facts.Fact], members: Collection[int], kind: str, today: date
) -> list[Agency]:
    """Who may grant it: the agencies that recorded the points in question.

    Where an older register left points without an agency, those of the institutions of registration.
    """
    if kind == Application.Kind.RELIEF:
        entries = {entry.id for entry in entries_of_year(of_person, today)}
    else:
        period = period_to_shorten(of_person, today)
        entries = set(period.because) if period else set()
    recorded = Fact.objects.filter(practitioner_id__in=members, origin_id__in=entries)
    deciding = set(recorded.values_list("agency_id", flat=True))
    if None in deciding:
        registered = Registration.objects.filter(practitioner_id__in=members, superseded_at=None)
        deciding |= set(registered.values_list("institution__agency_id", flat=True))
    return list(Agency.objects.filter(pk__in=deciding - {None}).select_related("region").order_by("pk"))


def usable(members: Collection[int], room: ReliefRoom | ShorteningRoom) -> QuerySet[Attendance]:
    """The completed activities of a person that count for it and were not used, the earliest first."""
    done = Attendance.objects.filter(practitioner_id__in=members, state=Attendance.State.COMPLETED, application=None)
    counted = done.filter(completed_on__gte=room.since, activity__kind__in=activities_of(room.policy))
    return counted.select_related("activity__agency", "activity__institution").order_by("completed_on", "id")


def activities_of(policy: Policy) -> tuple[str, ...]:
    """The kinds of activities that a policy counts."""
    return tuple(policy.get("remediation.activities"))


def signatures_needed(application: Application) -> int:
    """How many experts must be in favour, by the policy under which the application was filed."""
    return int(policies()[application.policy].get("remediation.signatures"))


def open_application(members: Collection[int], kind: str) -> Application | None:
    """The person's application of the kind that is not decided yet."""
    return Application.objects.filter(practitioner_id__in=members, kind=kind, state__in=OPEN).first()


def refused_by_experts(members: Collection[int], kind: str) -> Application | None:
    """The last application of this kind that the opinions of the experts refused."""
    steps = ProcedureStep.objects.filter(subject=OuterRef("uuid"), act="refuse", role=ProcedureStep.Capacity.EXPERT)
    rows = Application.objects.filter(Exists(steps), practitioner_id__in=members, kind=kind)
    return rows.filter(state=Application.State.REFUSED).order_by("-decided_at").first()


def supported(attendance: Attendance, application: Application) -> bool:
    """Whether the part supports the application, or did before that was decided."""
    return bool(Attendance.history.filter(id=attendance.pk, application_id=application.pk).exists())


def support_of(application: Application) -> list[Attendance]:
    """The activities named in the application, also when it ended without a grant and they were set free again."""
    once = Attendance.history.filter(application_id=application.pk).values("id")
    rows = Attendance.objects.filter(pk__in=once).select_related(
        "activity__agency", "activity__institution", "confirmed_by", "evidence", "practitioner"
    )
    return list(rows.order_by("completed_on", "id"))


def taken_part(members: Collection[int]) -> tuple[Attendance, ...]:
    """Everything that the person with these files takes or took part in, the latest first, with what it supports."""
    rows = Attendance.objects.filter(TAKEN, practitioner_id__in=members)
    return tuple(rows.select_related("activity__agency", "activity__institution", "application").order_by("-id"))


def deliberations_of(user: User) -> list[Deliberation]:
    """What the expert with this account is asked to deliberate on, what is due first at the top."""
    tasks = Task.objects.filter(kind=Task.Kind.DELIBERATE, state=Task.State.OPEN, user=user)
    found = list(tasks.order_by(F("due_on").asc(nulls_last=True), "id"))
    rows = Application.objects.filter(uuid__in=[task.subject for task in found]).select_related("agency")
    applications = {row.uuid: row for row in rows}
    return [Deliberation(task, applications[task.subject]) for task in found]


def _offered_to(members: Collection[int], today: date) -> Q:
    rows = Registration.objects.filter(practitioner_id__in=members, superseded_at=None)
    now = rows.filter(_in_force(today)).values("institution")
    codes = set(rows.values_list("institution__region_id", flat=True))
    around = {area for code in codes for area in (code, f"{code[:4]}00", f"{code[:2]}0000", NATION)}
    return Q(agency__region_id__in=around) | Q(institution__in=now)


def _in_force(today: date) -> Q:
    return Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gt=today))


def _left(activity: Activity, taken: int) -> int | None:
    return None if activity.places is None else max(0, activity.places - taken)
