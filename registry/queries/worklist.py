"""Work lists: what somebody must do and until when, due first; and the next date of a person or a proposal.

An agency's officers see the tasks of their region's agencies, and those of agencies and institutions below it once they
are overdue and were handed up. A compliance officer sees those of the institution, an expert their own, an
administrator all of them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from registry.ledger.families import family_of
from registry.models import Practitioner, Proposal, Role, Task, User
from registry.queries.calendar import missing_years
from registry.queries.scope import Scope

Holder, State = Task.Holder, Task.State
FEW = 5
A_PAGE = 50
MOST_OF_A_PERSON = 100
WAITING = "-"
"""In a place of the list: the part whose due day is not computable yet, after all that have one."""


OVERDUE, TODAY, WEEK, LATER, UNKNOWN = "overdue", "today", "week", "later", "unknown"
WHEN = (OVERDUE, TODAY, WEEK, LATER, UNKNOWN)
"""The parts of a queue: over; today; until Sunday; after that; not yet computable."""
NOBODY = "nobody"


class Wanted(NamedTuple):
    """What is asked of a list; empty means everything. `mine` are the tasks given to the user by name.

    `when` is one of WHEN; `given_to` the number of an account, or NOBODY; `agency` the code of the one that holds it.
    """

    kind: str = ""
    holder: str = ""
    overdue: bool = False
    escalated: bool = False
    mine: bool = False
    when: str = ""
    given_to: str = ""
    agency: str = ""


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Line:
    """One task as it stands on a day."""

    task: Task
    today: date

    @property
    def is_overdue(self) -> bool:
        """Open, and its last day is over; what is not computable is not over."""
        due = self.task.due_on
        return self.task.state == State.OPEN and due is not None and due < self.today

    @property
    def is_due_today(self) -> bool:
        """Open, and today is its last day."""
        return self.task.state == State.OPEN and self.task.due_on == self.today

    @property
    def was_late(self) -> bool:
        """Held after its last day."""
        due, held = self.task.due_on, self.task.held_on
        return due is not None and held is not None and held > due

    @property
    def who(self) -> str:
        """Who must act."""
        return who_must_act(self.task)


@dataclass(frozen=True, slots=True)
class WorkList:
    """A page of a work list, due first. `years` are calendar years that the user has to enter before anything else;
    `after` is the place from which the next page goes on, empty at the end.
    """

    lines: tuple[Line, ...]
    years: tuple[int, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Due:
    """How much there is to do in a scope, and what is due first. `week` is after today, until Sunday; `unknown` has no
    due day yet.
    """

    today: int
    overdue: int
    week: int
    later: int
    unknown: int
    escalated: int
    open: int
    first: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NextDate:
    """The next date of a person or a proposal: by when who must do what.

    `due_on` is empty while the calendar of `missing_year` is missing: then nothing lapses.
    """

    task: Task
    due_on: date | None
    missing_year: int | None
    who: str
    what: str


def worklist(
    seen: Scope, today: date, *, user: User | None, wanted: Wanted = EVERYTHING, after: str = "", size: int = A_PAGE
) -> WorkList:
    """What somebody with this scope must do: one query, and one more for administrators.

    `after` is the place that the page before gave. Raises ValueError for a place that no page gave.
    """
    rows = _after(_wanted(open_tasks(seen, user), today, wanted, user), after)
    found = list(_due_first(_shown(rows))[: size + 1])
    page = found[:size]
    return WorkList(
        lines=tuple(Line(task, today) for task in page),
        years=missing_years(today) if Role.ADMINISTRATOR in seen.roles and not after else (),
        after=_place(page[-1]) if len(found) > size else "",
    )


def due_of(seen: Scope, today: date, *, user: User | None) -> Due:
    """How much somebody with this scope has to do, with the first few: two queries."""
    rows = open_tasks(seen, user)
    counts = rows.aggregate(
        **{when: Count("id", filter=falling(when, today)) for when in WHEN},
        escalated=Count("id", filter=Q(escalated_at__isnull=False)),
        open=Count("id"),
    )
    first = _due_first(_shown(rows))[:FEW]
    return Due(**counts, first=tuple(Line(task, today) for task in first))


def falling(when: str, today: date) -> Q:
    """Tasks of one part of the queue."""
    sunday = today + timedelta(days=6 - today.weekday())
    return {
        OVERDUE: Q(due_on__lt=today),
        TODAY: Q(due_on=today),
        WEEK: Q(due_on__gt=today, due_on__lte=sunday),
        LATER: Q(due_on__gt=sunday),
        UNKNOWN: Q(due_on=None),
    }[when]


def open_tasks(seen: Scope, user: User | None) -> QuerySet[Task]:
    """The open tasks that somebody with this scope must act on."""
    every = Task.objects.filter(state=State.OPEN)
    if seen.sees_everything:
        return every
    theirs = Q(user=user) if user else Q(pk__in=[])
    for agency in seen.agencies:
        theirs |= Q(holder=Holder.AGENCY, agency__region=agency.region_id)
        theirs |= _handed_up(agency.region.prefix)
    return every.filter(theirs | Q(holder=Holder.INSTITUTION, institution__in=seen.places))


@dataclass(frozen=True, slots=True)
class PersonTasks:
    """What is open about a person, due first, and the talks that were held with them, the latest first."""

    open: tuple[Line, ...]
    held: tuple[Line, ...]


def tasks_of(files: Collection[int], today: date) -> PersonTasks:
    """The tasks about the person whose files have these ids: one query."""
    held = Q(state=State.DONE, held_on__isnull=False)
    rows = Task.objects.filter(Q(state=State.OPEN) | held, practitioner_id__in=files)
    lines = [Line(task, today) for task in _due_first(_shown(rows))[:MOST_OF_A_PERSON]]
    over = sorted((line for line in lines if line.task.held_on), key=_held_on, reverse=True)
    return PersonTasks(tuple(line for line in lines if line.task.state == State.OPEN), tuple(over[:FEW]))


def next_date_of(subject: Practitioner | Proposal, today: date) -> NextDate | None:
    """The next date of a person or a proposal; None where nobody has to do anything. At most two queries."""
    if isinstance(subject, Practitioner):
        return next_date(tasks_of(family_of(subject.pk).files, today).open)
    rows = Task.objects.filter(state=State.OPEN).filter(Q(proposal=subject) | Q(subject=subject.uuid))
    return next_date(Line(task, today) for task in _due_first(_shown(rows))[:1])


def next_date(lines: Iterable[Line]) -> NextDate | None:
    """The first of lines that are in order; None where there is none."""
    for line in lines:
        task = line.task
        return NextDate(task, task.due_on, task.missing_year, line.who, task.get_kind_display())
    return None


def who_must_act(task: Task) -> str:
    """The agency or the institution by name; a practitioner and an expert only as such."""
    named = {Holder.AGENCY: task.agency, Holder.INSTITUTION: task.institution}.get(Holder(task.holder))
    return named.name if named else str(Holder(task.holder).label)


# the order of the list ------------------------------------------------------------------------------------------------


def _held_on(line: Line) -> tuple[date, int]:
    return line.task.held_on or date.min, line.task.pk


def _handed_up(prefix: str) -> Q:
    below = Q(holder=Holder.AGENCY, agency__region__code__startswith=prefix)
    below |= Q(holder=Holder.INSTITUTION, institution__region__code__startswith=prefix)
    return Q(escalated_at__isnull=False) & below


def _wanted(rows: QuerySet[Task], today: date, wanted: Wanted, user: User | None) -> QuerySet[Task]:
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.holder:
        rows = rows.filter(holder=wanted.holder)
    if wanted.overdue:
        rows = rows.filter(due_on__lt=today)
    if wanted.when in WHEN:
        rows = rows.filter(falling(wanted.when, today))
    if wanted.given_to:
        named = int(wanted.given_to) if wanted.given_to.isdecimal() else None
        rows = rows.filter(user=named)
    if wanted.agency:
        rows = rows.filter(holder=Holder.AGENCY, agency__code=wanted.agency)
    if wanted.escalated:
        rows = rows.filter(escalated_at__isnull=False)
    return rows.filter(user=user) if wanted.mine else rows


def _shown(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related("agency", "institution", "practitioner", "case", "proposal", "user")


def _due_first(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.order_by(F("due_on").asc(nulls_last=True), "id")


def _place(task: Task) -> str:
    return f"{task.due_on or WAITING}.{task.pk}"


def _after(rows: QuerySet[Task], place: str) -> QuerySet[Task]:
    if not place:
        return rows
    day, _, pk = place.rpartition(".")
    if day == WAITING:
        return rows.filter(due_on=None, pk__gt=int(pk))
    due = date.fromisoformat(day)
    return rows.filter(Q(due_on__gt=due) | Q(due_on=due, pk__gt=int(pk)) | Q(due_on=None))
