"""Activities and applications as they are seen: by whom, with which parts, opinions, calls and track."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals.models import Activity, Application, Attendance, Expert, Opinion
from appeals.queries.remediation import room_for
from registry.ledger.families import family_of
from registry.ledger.reading import facts_of_files
from registry.models import ProcedureStep, Task
from registry.models.institutions import NATION
from registry.queries.remediation import ReliefRoom, ShorteningRoom
from registry.queries.scope import Scope

Words = str | Promise

ACTS: Mapping[str, Words] = {
    "file": _("Application filed"),
    "convene": _("Experts called"),
    "release": _("An expert was released"),
    "sign": _("An expert signed"),
    "conclude": _("Enough experts are in favour"),
    "grant": _("Granted"),
    "refuse": _("Refused"),
    "withdraw": _("Withdrawn"),
}
"""What was done to an application, by the act of its procedure."""


@dataclass(frozen=True, slots=True)
class Call:
    """An expert asked to deliberate: the task, and the opinion once it is signed."""

    task: Task
    expert: Expert | None
    opinion: Opinion | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the track, with what it was in words."""

    step: ProcedureStep
    title: Words


def visible_activities(seen: Scope) -> QuerySet[Activity]:
    """The activities of institutions and agencies that concern the user, and those offered to the user's places."""
    rows = Activity.objects.select_related("agency__region", "institution")
    if seen.sees_everything:
        return rows
    rule = Q(institution__in=seen.institutions()) | seen.in_regions("agency__region")
    for code in (place.region_id for place in seen.places):
        rule |= Q(agency__region_id__in=(code, f"{code[:4]}00", f"{code[:2]}0000", NATION))
    return rows.filter(rule)


def parts_in(activity: Activity, seen: Scope) -> QuerySet[Attendance]:
    """Who takes part, as far as these people concern the user; everybody for the side that offers."""
    rows = activity.attendances.select_related("practitioner", "evidence", "application")
    if seen.sees_everything or offered_by(activity, seen):
        return rows
    return rows.filter(seen.about("practitioner"))


def offered_by(activity: Activity, seen: Scope) -> bool:
    """Whether the user is an officer of the side that offers the activity."""
    return activity.agency in seen.agencies or activity.institution in seen.places


def visible_applications(seen: Scope) -> QuerySet[Application]:
    """The applications to the user's agencies, and those of people who concern the user."""
    rows = Application.objects.select_related("practitioner", "agency__region", "filed_by")
    if seen.sees_everything:
        return rows
    return rows.filter(seen.about("practitioner") | seen.in_regions("agency__region"))


def may_see_part(part: Attendance, seen: Scope) -> bool:
    """Whether the user offers the activity, or the person concerns them."""
    if seen.sees_everything or offered_by(part.activity, seen):
        return True
    return seen.practitioners().filter(pk=part.practitioner_id).exists()


def room_of(application: Application, today: date) -> ReliefRoom | ShorteningRoom | None:
    """The sums of today behind the application."""
    members = family_of(application.practitioner_id).files
    return room_for(application.kind, facts_of_files(members), application.agency, today)


def asked(application: Application) -> str:
    """What is asked for, in words: points or days."""
    if application.kind == Application.Kind.RELIEF:
        words = ngettext("relief of %(amount)s point", "relief of %(amount)s points", application.amount)
    else:
        words = ngettext(
            "a period shorter by %(amount)s day", "a period shorter by %(amount)s days", application.amount
        )
    return words % {"amount": application.amount}


def calls_of(application: Application) -> list[Call]:
    """Who was asked to deliberate, in order, with what they said."""
    tasks = Task.objects.filter(kind=Task.Kind.DELIBERATE, subject=application.uuid).order_by("id")
    found = list(tasks)
    experts = {each.user_id: each for each in Expert.objects.filter(user__in=[task.user_id for task in found])}
    opinions = {each.expert_id: each for each in application.opinions.all()}
    calls = []
    for task in found:
        expert = experts.get(task.user_id)
        calls.append(Call(task, expert, opinions.get(expert.pk) if expert else None))
    return calls


def owed_by_agency(application: Application) -> list[Task]:
    """What the agency must do next about the application."""
    tasks = Task.objects.filter(subject=application.uuid, state=Task.State.OPEN, holder=Task.Holder.AGENCY)
    return list(tasks.order_by("id"))


def track_of(application: Application) -> list[Stage]:
    """Everything that was done, in order."""
    steps = ProcedureStep.objects.filter(procedure="application", subject=application.uuid)
    rows = steps.select_related("actor", "second", "agency", "institution").order_by("id")
    return [Stage(step, ACTS[step.act]) for step in rows]
