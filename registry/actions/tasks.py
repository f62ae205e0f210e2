"""Tasks: what somebody owes until a day. Due days are told once, and afterwards only ever move later."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from registry.actions.one_by_one import one_by_one
from registry.actions.procedure import CLOCK, advance, locked
from registry.ledger.days import shanghai_day
from registry.ledger.sheaf import Sheaf
from registry.models import Agency, Case, Institution, Practitioner, Proposal, StandingChange, Task, User
from registry.queries.calendar import calendar, calendar_before
from registry.rules.clocks import NotYetComputable, WorkingCalendar, closes_at, due_on
from registry.rules.policy import Policy
from registry.rules.procedures import TASK

State = Task.State
ENDED_BY_THE_CLOCK = (Task.Holder.PRACTITIONER, Task.Holder.EXPERT)
"""Whose tasks lapse by themselves; those of agencies and institutions are only handed up."""

_CLOSE = f"""
    UPDATE registry_task SET state = %(closed_state)s, closed_at = %(closed_at)s, closed_by_id = %(closed_by)s
    WHERE subject = %(subject)s AND state = '{State.OPEN.value}'
"""  # noqa: S608 - the only text put in is a state of ours


def open_task(
    *,
    kind: Task.Kind,
    holder: Task.Holder,
    subject: UUID,
    policy: Policy,
    clock: str,
    starts_on: date,
    now: datetime,
    agency: Agency | None = None,
    institution: Institution | None = None,
    practitioner: Practitioner | None = None,
    user: User | None = None,
    case: Case | None = None,
    proposal: Proposal | None = None,
    not_before: date | None = None,
    change: StandingChange | None = None,
    days: WorkingCalendar | None = None,
) -> Task:
    """Open what `holder` must do within the working days of the policy's `clock`; `starts_on` is not counted.

    The same task of the same holder, still open, is the same task; two people may be given the same one. `not_before`
    is a last day that was told earlier: it never moves forward. `days` is the calendar, where the caller read it
    already.
    """
    same = Task.objects.filter(
        kind=kind,
        subject=subject,
        holder=holder,
        agency=agency,
        institution=institution,
        user=user,
        state=State.OPEN,
    )
    if existing := same.first():
        return existing
    working_days = policy.clock(clock)
    found = due_on(starts_on, working_days, days or calendar())
    if not_before and not isinstance(found, NotYetComputable):
        found = max(found, not_before)
    return Task.objects.create(
        kind=kind,
        holder=holder,
        agency=agency,
        institution=institution,
        practitioner=practitioner,
        user=user,
        case=case,
        proposal=proposal,
        change=change,
        subject=subject,
        policy=policy.id,
        clock=clock,
        working_days=working_days,
        starts_on=starts_on,
        opened_at=now,
        **_due(found),
    )


def close_tasks(
    subject: UUID,
    *,
    now: datetime,
    kinds: Collection[Task.Kind] = (),
    by: User | None = None,
    state: Task.State = State.DONE,
    into: Sheaf | None = None,
) -> int:
    """Close the open tasks about `subject` (all, or only of `kinds`); how many there were.

    `into` a sheaf: all of them, when the caller writes it, and nobody knows how many.
    """
    if into is not None:
        assert not kinds
        values = {"subject": subject, "closed_state": state.value, "closed_at": now, "closed_by": by.pk if by else None}
        into.also(_CLOSE, **values)
        return 0
    found = Task.objects.filter(subject=subject, state=State.OPEN)
    if kinds:
        found = found.filter(kind__in=kinds)
    return found.update(state=state, closed_at=now, closed_by=by)


def overdue(today: date, *kinds: Task.Kind) -> list[Task]:
    """The open tasks of these kinds whose last day is over, the oldest first. What is not computable is not over."""
    found = Task.objects.filter(state=State.OPEN, kind__in=kinds, due_on__lt=today)
    return list(
        found.select_related("proposal__practitioner", "case", "agency", "institution").order_by("due_on", "id")
    )


def recount(*, now: datetime) -> int:
    """Count the due days of open tasks again, after calendars were entered or corrected; how many moved.

    A day that was told never moves earlier. What was not computable gets its day. What is over stays over, unless the
    clock ends it and was late: the calendar had been corrected before it was over. Raises SomeFailed.
    """
    days, today = _Days(shanghai_day(now)), shanghai_day(now)
    waiting = Q(due_on=None) | Q(due_on__gte=today) | Q(holder__in=ENDED_BY_THE_CLOCK)
    rows = Task.objects.filter(waiting, state=State.OPEN).order_by("id")
    moving = (task for task in rows.iterator() if _moves(task, days.counted(task)))
    return one_by_one("recount", moving, lambda task: _postpone(task, days, now), of=whose)


class _Days:
    """The calendar of now; and for what is over, the one that was known just before."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = calendar()
        self.over: dict[date, WorkingCalendar] = {}

    def counted(self, task: Task) -> date | NotYetComputable:
        """The last day of the task, as known before it was over.

        A day that would lapse before anybody could be told is the first working day after it is told.
        """
        due = task.due_on
        while due is not None and due < self.today:
            found = _counted(task, self._known_until(due))
            if isinstance(found, NotYetComputable) or found <= due:
                return due
            due = found
        found = _counted(task, self.now)
        if due is None and task.holder in ENDED_BY_THE_CLOCK and _is_before(found, self.today):
            return due_on(self.today, 1, self.now)
        return found

    def _known_until(self, due: date) -> WorkingCalendar:
        if due not in self.over:
            self.over[due] = calendar_before(closes_at(due))
        return self.over[due]


def _postpone(task: Task, days: _Days, now: datetime) -> int:
    with transaction.atomic():
        row = locked(task)
        found = days.counted(row)
        if row.state != State.OPEN or not _moves(row, found):
            return 0
        told = f"{row.due_on or row.missing_year} → {found.year if isinstance(found, NotYetComputable) else found}"
        advance(TASK, row, "postpone", acting=CLOCK, now=now, grounds=told, **_of(row), **_due(found))
        return 1


def escalate(*, now: datetime) -> int:
    """Mark the agencies' and institutions' overdue tasks once, so that those above see them; how many there were.

    Their silence never decides anything against a practitioner. Raises SomeFailed.
    """
    late = Task.objects.filter(state=State.OPEN, due_on__lt=shanghai_day(now), escalated_at=None)
    late = late.filter(holder__in=[Task.Holder.AGENCY, Task.Holder.INSTITUTION])
    return one_by_one("escalate", list(late.order_by("id")), lambda task: _escalate(task, now), of=whose)


def _escalate(task: Task, now: datetime) -> int:
    with transaction.atomic():
        row = locked(task)
        if row.state != State.OPEN or row.escalated_at is not None or not is_overdue(row, shanghai_day(now)):
            return 0
        advance(TASK, row, "escalate", acting=CLOCK, now=now, escalated_at=now, **_of(row))
        return 1


def is_overdue(task: Task, today: date) -> bool:
    """Whether the last day of an open task is over. What is not computable is not over."""
    return task.state == State.OPEN and task.due_on is not None and task.due_on < today


def whose(task: Task) -> int | None:
    """Whose task it is, as a log may name them."""
    return task.practitioner_id


def _is_before(found: date | NotYetComputable, today: date) -> bool:
    return not isinstance(found, NotYetComputable) and found < today


def _of(task: Task) -> dict[str, Any]:
    return {"case": task.case, "practitioner": task.practitioner}


def _counted(task: Task, days: WorkingCalendar) -> date | NotYetComputable:
    return due_on(task.starts_on, task.working_days, days)


def _due(found: date | NotYetComputable) -> dict[str, Any]:
    if isinstance(found, NotYetComputable):
        return {"due_on": None, "missing_year": found.year}
    return {"due_on": found, "missing_year": None}


def _moves(task: Task, found: date | NotYetComputable) -> bool:
    if isinstance(found, NotYetComputable):
        return task.due_on is None and task.missing_year != found.year
    return task.due_on is None or found > task.due_on
