"""Objections as they are seen: which ones by whom, how far each has come, and who must act next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Objection, Panel
from appeals.rules.procedures import OBJECTION
from registry.actions.procedure import Acting, for_agency, for_institution
from registry.models import Institution, ProcedureStep, Proposal, Role, Task, User
from registry.queries.explain import day
from registry.queries.roles import COMPLIANCE
from registry.queries.scope import Scope

Words = str | Promise

ACTS: Mapping[str, Words] = {
    "file": _("Objection filed"),
    "file_late": _("Objection filed late, with a good cause"),
    "appeal": _("Appeal filed"),
    "ask_countersignature": _("Institution asked to countersign"),
    "countersign": _("Countersigned by the institution"),
    "decline_countersignature": _("Not countersigned by the institution"),
    "supplement": _("More handed in"),
    "admit": _("Admitted although late"),
    "refuse": _("Refused as late"),
    "assign": _("Reviewer assigned"),
    "classify": _("A point classified anew"),
    "refer": _("Referred to a panel of experts"),
    "report": _("The panel has answered, or there is none"),
    "decide": _("Decided"),
    "withdraw": _("Withdrawn"),
    "declare_out_of_scope": _("Closed as out of scope"),
}
"""What was done to an objection, in words, by the act of the procedure."""

NEXT: Mapping[str, Words] = {
    Task.Kind.ADMIT: _("The agency decides whether the late objection is admitted."),
    Task.Kind.ASSIGN: _("The agency assigns a reviewer who had no part in the points."),
    Task.Kind.REVIEW: _("The reviewer decides."),
    Task.Kind.DRAW: _("The agency draws the panel of experts."),
    Task.Kind.VOTE: _("The experts vote."),
}
"""What comes next, by the kind of the task that is open."""

WAITING: Mapping[str, Words] = {"missing": _("waits for our institution"), "asked": _("our institution was asked")}
"""What may be countersigned, as lists are narrowed to it."""

_OPEN_PANELS = [Panel.State.COMMITTED, Panel.State.VOTING]


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that was done: when, by whom in which capacity, and with which grounds."""

    act: str
    title: Words
    on: date
    at: datetime
    role: str
    who: Words
    grounds: str
    document_number: str


@dataclass(frozen=True, slots=True)
class Due:
    """What comes next: who must act until the end of which day; `missing_year` where that day is not computable yet."""

    kind: str
    title: Words
    who: Words
    until: date | None
    missing_year: int | None
    overdue: bool

    @property
    def sentence(self) -> str:
        """The last day in words."""
        if self.until is None:
            told = _("The last day is not yet computable: the calendar of %(year)s is missing.")
            return str(told % {"year": self.missing_year})
        told = _("It was due until %(day)s.") if self.overdue else _("Until %(day)s.")
        return str(told % {"day": day(self.until)})


@dataclass(frozen=True, slots=True)
class Track:
    """How far an objection has come, and what comes next; nothing comes after the end of its procedure."""

    stages: tuple[Stage, ...]
    next: tuple[Due, ...]


def objections(seen: Scope) -> QuerySet[Objection]:
    """The objections that concern the user: of the user's people, or before an agency in the user's region."""
    every = Objection.objects.all()
    if seen.sees_everything:
        return every
    return every.filter(seen.about("practitioner") | seen.in_regions("agency__region"))


def to_countersign(seen: Scope) -> QuerySet[Any]:
    """The open ones of the people of the user's institutions that nobody has countersigned there, nor declined to.

    The institution may; where it does not, nothing is lost. `asked` are those whose person asked one of them.
    """
    open_ = [state for state in Objection.State if OBJECTION.allows(state, "countersign")]
    held = seen.held_as(COMPLIANCE)
    asked = Q(countersignature_asked_of__in=held.places)
    found = objections(held).filter(countersigned_at=None, state__in=open_)
    found = found.exclude(asked, countersignature_declined_at__isnull=False)
    marked: QuerySet[Any] = found.annotate(asked=models.Case(models.When(asked, then=True), default=False))
    return marked


def answering_for(seen: Scope, objection: Objection) -> Institution:
    """For which of the own institutions a compliance officer answers: the one that the person asked, else the first."""
    places = seen.held_as(COMPLIANCE).places
    return next((each for each in places if each.pk == objection.countersignature_asked_of_id), places[0])


def handles(seen: Scope, objection: Objection) -> bool:
    """Whether the objection is before an agency in the user's region, so that the user may act on it."""
    return seen.acts_in(objection.agency.region_id)


def acts_on(seen: Scope, objection: Objection, roles: frozenset[Role]) -> bool:
    """Whether somebody with one of the `roles` may act on it: an officer where it is before an agency in the region of
    the own one, a compliance officer for the own institution. Both only on objections that concern them.
    """
    held = seen.roles & roles
    return Role.COMPLIANCE_OFFICER in held or (bool(held) and handles(seen, objection))


def acting_on(seen: Scope, objection: Objection, by: User) -> Acting:
    """For the agency of the objection, else for the own institution."""
    if handles(seen, objection):
        return for_agency(by, objection.agency)
    return for_institution(by, seen.places[0])


def objectionable(seen: Scope) -> QuerySet[Proposal]:
    """The proposals to which the user may take in an objection: of the user's people."""
    return Proposal.objects.filter(seen.about("practitioner"))


def track(objection: Objection, *, today: date) -> Track:
    """The steps of an objection in their order, and what comes next. Three queries, whatever its length."""
    steps = ProcedureStep.objects.filter(subject=objection.uuid).order_by("id")
    return Track(tuple(map(_stage, steps.select_related("agency", "institution"))), tuple(_next(objection, today)))


def _stage(step: ProcedureStep) -> Stage:
    place = step.institution or step.agency
    who = place.name if place else step.get_role_display()
    return Stage(
        step.act, ACTS[step.act], step.on_day, step.recorded_at, step.role, who, step.grounds, step.document_number
    )


def _next(objection: Objection, today: date) -> list[Due]:
    """The open tasks, each kind once: of several experts who are asked, the last one's day."""
    panels = objection.panels.filter(state__in=_OPEN_PANELS).order_by()
    subjects = {objection.uuid, *(each for row in panels.values_list("uuid", "seats__uuid") for each in row if each)}
    tasks = Task.objects.filter(subject__in=subjects, state=Task.State.OPEN).select_related("agency")
    by_kind = {task.kind: task for task in tasks.order_by("due_on", "id")}
    return [due_of(task, today) for task in by_kind.values()]


def due_of(task: Task, today: date) -> Due:
    """The task as what comes next."""
    who = task.agency.name if task.agency else task.get_holder_display()
    overdue = task.due_on is not None and task.due_on < today
    return Due(task.kind, NEXT.get(task.kind, task.get_kind_display()), who, task.due_on, task.missing_year, overdue)
