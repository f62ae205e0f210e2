"""Repair as it stands for one person: what is offered, what it would bring, what was used; and what experts owe."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Left

from appeals.models import Activity, Application, Attendance
from registry.ledger.law import policies
from registry.ledger.reading import History
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
from registry.queries.sight import as_the_asker
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


def offers_for(
    members: Collection[int], today: date, *, parts: Iterable[Attendance] | None = None
) -> tuple[Offer, ...]:
    """The activities that the person with these files may take part in on the day, the earliest first.

    `parts` are all that the person takes part in (`taken_part`), where they were asked for already.
    """
    rows = Activity.objects.filter(closed_at=None, ends_on__gte=today).filter(_offered_to(members, today))
    taken = Count("attendances", filter=~Q(attendances__state=Attendance.State.CANCELLED))
    found = rows.select_related("agency", "institution").annotate(taken=taken).order_by("starts_on", "id")
    if parts is None:
        parts = Attendance.objects.filter(TAKEN, practitioner_id__in=members, activity__in=[row.pk for row in found])
    mine = {row.activity_id: row for row in parts}
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
    here = rows.filter(institution=activity.institution_id).filter(in_force(today))
    return Practitioner.objects.filter(Exists(here))


def prospects(
    history: History,
    today: date,
    *,
    parts: Iterable[Attendance] | None = None,
    applications: Iterable[Application] | None = None,
) -> tuple[Prospect, ...]:
    """What could be granted to the person on the day, with its sums, relief first; nothing while nothing is owed.

    At most five queries; fewer where all that the person takes part in (`taken_part`) and all `applications` of theirs
    were asked for already.
    """
    members, of_person = history.files, history.facts
    behind: dict[str, set[str]] = {kind: _entries_behind(of_person, kind, today) for kind in Application.Kind}
    competent = _competent(behind, members)
    rooms = [
        (kind, agency, room)
        for kind in Application.Kind
        for agency in competent[kind]
        if (room := room_for(kind, of_person, agency, today))
    ]
    if not rooms:
        return ()
    done = list(_unused(members)) if parts is None else unused_of(parts)
    pending = _pending(members) if applications is None else pending_of(applications)
    return tuple(
        Prospect(kind, agency, room, tuple(_usable(done, room)), pending.get(kind)) for kind, agency, room in rooms
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
    return _competent({kind: _entries_behind(of_person, kind, today)}, members)[kind]


def _entries_behind(of_person: Sequence[facts.Fact], kind: str, today: date) -> set[str]:
    """The ids of the entries in question."""
    if kind == Application.Kind.RELIEF:
        return {entry.id for entry in entries_of_year(of_person, today)}
    period = period_to_shorten(of_person, today)
    return set(period.because) if period else set()


def _competent(entries: Mapping[str, set[str]], members: Collection[int]) -> dict[str, list[Agency]]:
    """The agencies that recorded each set of entries, in the order of their ids. At most three queries."""
    every = {entry for ids in entries.values() for entry in ids}
    scored = Fact.objects.filter(practitioner_id__in=members, origin_id__in=every)
    recorded = [(str(entry), agency) for entry, agency in scored.values_list("origin_id", "agency_id")]
    deciding = {key: {agency for entry, agency in recorded if entry in ids} for key, ids in entries.items()}
    if any(None in ids for ids in deciding.values()):
        registered = Registration.objects.filter(practitioner_id__in=members, superseded_at=None)
        here = set(registered.values_list("institution__agency_id", flat=True))
        deciding = {key: ids | here if None in ids else ids for key, ids in deciding.items()}
    asked = {agency for ids in deciding.values() for agency in ids} - {None}
    agencies = list(Agency.objects.filter(pk__in=asked).select_related("region").order_by("pk"))
    return {key: [agency for agency in agencies if agency.pk in ids] for key, ids in deciding.items()}


def _unused(members: Collection[int]) -> QuerySet[Attendance]:
    """The completed activities of a person that support no application, the earliest first."""
    done = Attendance.objects.filter(practitioner_id__in=members, state=Attendance.State.COMPLETED, application=None)
    return done.select_related("activity__agency", "activity__institution").order_by("completed_on", "id")


def unused_of(parts: Iterable[Attendance]) -> list[Attendance]:
    """Of the parts, the completed ones that support no application, the earliest first."""
    done = [each for each in parts if each.state == Attendance.State.COMPLETED and each.application_id is None]
    return sorted(done, key=lambda each: (each.completed_on or date.max, each.pk))


def _usable(done: Iterable[Attendance], room: ReliefRoom | ShorteningRoom) -> list[Attendance]:
    """Those of the completed activities that count for it."""
    kinds = activities_of(room.policy)
    return [each for each in done if _on_or_after(each.completed_on, room.since) and each.activity.kind in kinds]


def _on_or_after(day: date | None, since: date | None) -> bool:
    return day is not None and since is not None and day >= since


def activities_of(policy: Policy) -> tuple[str, ...]:
    """The kinds of activities that a policy counts."""
    return tuple(policy.get("remediation.activities"))


def signatures_needed(application: Application) -> int:
    """How many experts must be in favour, by the policy under which the application was filed."""
    return int(policies()[application.policy].get("remediation.signatures"))


def open_application(members: Collection[int], kind: str) -> Application | None:
    """The person's application of the kind that is not decided yet."""
    return _pending(members).get(kind)


def _pending(members: Collection[int]) -> dict[str, Application]:
    return pending_of(Application.objects.filter(practitioner_id__in=members, state__in=OPEN))


def pending_of(applications: Iterable[Application]) -> dict[str, Application]:
    """Of the applications those that are not decided yet, by kind; of several the last one."""
    waiting = [each for each in applications if each.state in OPEN]
    return {each.kind: each for each in sorted(waiting, key=lambda each: each.pk)}


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
    around = ("activity__agency", "activity__institution", "activity__course", "application")
    return tuple(rows.select_related(*around).order_by("-id"))


def deliberations_of(user: User) -> list[Deliberation]:
    """What the expert with this account is asked to deliberate on, what is due first at the top; to be read with full
    sight, for the application is not theirs.
    """
    tasks = Task.objects.filter(kind=Task.Kind.DELIBERATE, state=Task.State.OPEN, user=user)
    with as_the_asker():
        found = list(tasks.order_by(F("due_on").asc(nulls_last=True), "id"))
    rows = Application.objects.filter(uuid__in=[task.subject for task in found]).select_related("agency")
    applications = {row.uuid: row for row in rows}
    return [Deliberation(task, applications[task.subject]) for task in found]


def _offered_to(members: Collection[int], today: date) -> Q:
    rows = Registration.objects.filter(practitioner_id__in=members, superseded_at=None)
    now = rows.filter(in_force(today)).values("institution")
    code = F("institution__region_id")
    areas: list[Any] = [code, Concat(Left(code, 4), Value("00")), Concat(Left(code, 2), Value("0000")), Value(NATION)]
    offered = Q(institution__in=now)
    for area in areas:
        offered |= Q(agency__region_id__in=rows.order_by().annotate(area=area).values("area"))
    return offered


def in_force(today: date) -> Q:
    """Of registrations: those that hold on the day."""
    return Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gt=today))


def _left(activity: Activity, taken: int) -> int | None:
    return None if activity.places is None else max(0, activity.places - taken)
