"""What happens because nobody acted in time: unopened notices, and windows that close in silence."""

from datetime import datetime, timedelta

from django.db import transaction

from registry.actions.decisions import decide_unobjected, hold, lock_for_decision
from registry.actions.deliveries import leave_unopened
from registry.actions.one_by_one import one_by_one
from registry.actions.procedure import CLOCK, locked
from registry.actions.tasks import overdue, whose
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import lock
from registry.models import Proposal, Task
from registry.rules.clocks import closes_at

ON_ITS_WAY = timedelta(minutes=10)
"""After midnight nothing is decided for so long: what was sent before midnight arrives first."""


def mark_unopened(*, now: datetime) -> int:
    """Let the agency serve by hand what nobody opened on the portal, or no institution handed over, in time.

    How many there were. Raises SomeFailed.
    """
    late = overdue(shanghai_day(now), Task.Kind.OPEN_NOTICE, Task.Kind.SERVE)
    found = [task for task in late if task.holder != Task.Holder.AGENCY]
    return one_by_one("unopened", found, lambda task: _unopened(task, now=now), of=whose)


def decide_by_silence(*, now: datetime) -> int:
    """Decide the proposals whose window closed without an objection; how many were decided.

    Each in a transaction of its own, after its person was locked: of an objection and the decision, the one that comes
    first to the lock holds. Running it again, or after a week, decides the same; an entry counts from the day it is
    decided. Raises SomeFailed.
    """
    found = overdue(shanghai_day(now), Task.Kind.OBJECT)
    return one_by_one("silence", found, lambda task: _silent(task, now=now), of=whose)


def _unopened(task: Task, *, now: datetime) -> bool:
    with transaction.atomic():
        proposal = _of(task)
        if not _still_open(task) or proposal.state != Proposal.State.NOTIFIED:
            return False
        leave_unopened(proposal, acting=CLOCK, now=now)
        return True


def _silent(task: Task, *, now: datetime) -> bool:
    assert task.due_on is not None  # what is overdue has a due day
    if now < closes_at(task.due_on) + ON_ITS_WAY:
        return False
    with transaction.atomic():
        assert task.proposal is not None  # windows are windows of proposals
        person = lock(task.proposal.practitioner)
        items = lock_for_decision(task.proposal.pk)
        proposal = items[0].proposal
        if not _still_open(task) or proposal.state != Proposal.State.RECEIVED:
            return False
        if not policies()[proposal.policy].get("procedure.silence_decides"):
            hold(proposal, "policy_wants_an_officer", acting=CLOCK, now=now)
            return False
        return decide_unobjected(items, person, acting=CLOCK, now=now)


def _of(task: Task) -> Proposal:
    assert task.proposal is not None  # these kinds of tasks are always about a proposal
    lock(task.proposal.practitioner)
    return locked(task.proposal)


def _still_open(task: Task) -> bool:
    """Whether the task is open with the due day it was found with; a corrected calendar may have moved it."""
    return Task.objects.filter(pk=task.pk, state=Task.State.OPEN, due_on=task.due_on).exists()
