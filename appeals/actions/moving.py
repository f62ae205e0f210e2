"""What the acts on an objection and its panels have in common: locking, moving on, and what the agency then owes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from appeals.models import Objection
from appeals.rules.procedures import OBJECTION
from registry.actions.procedure import Acting, advance, begin, locked
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Task, User
from registry.rules.policy import Policy
from registry.rules.procedure import Procedure

State = Objection.State
OPEN = tuple(state for state in State if state not in OBJECTION.ends)


@contextmanager
def held(objection: Objection) -> Iterator[tuple[Objection, LockedPerson]]:
    """The objection as it stands now and its person, both locked until the end of the act: the person first."""
    with transaction.atomic():
        person = lock(objection.practitioner)
        yield locked(objection), person


def start(objection: Objection, *, act: str, acting: Acting, now: datetime, grounds: str = "") -> None:
    """Save a new objection with its first step."""
    begin_in(objection, OBJECTION, objection, act=act, acting=acting, now=now, grounds=grounds)


def move(objection: Objection, act: str, *, acting: Acting, now: datetime, **more: Any) -> None:
    """Do the act on the locked objection. Raises Refused where its state does not allow it."""
    advance_in(objection, OBJECTION, objection, act, acting=acting, now=now, **more)


def begin_in(
    objection: Objection, procedure: Procedure, row: Any, *, act: str, acting: Acting, now: datetime, grounds: str = ""
) -> None:
    """Save a new row with its first step, which belongs to the case and the person of the objection."""
    case, person = objection.case, objection.practitioner
    begin(procedure, row, act=act, acting=acting, now=now, case=case, practitioner=person, grounds=grounds)


def advance_in(
    objection: Objection, procedure: Procedure, row: Any, act: str, *, acting: Acting, now: datetime, **more: Any
) -> None:
    """Do the act on a locked row; the step belongs to the case and the person of the objection.

    `more` are the grounds, the number of a document and changes of fields. Raises Refused where the state of the row
    does not allow the act.
    """
    case, person = objection.case, objection.practitioner
    advance(procedure, row, act, acting=acting, now=now, case=case, practitioner=person, **more)


def policy_of(objection: Objection) -> Policy:
    """The policy that the objection is decided under."""
    return policies()[objection.policy]


def owe(
    objection: Objection,
    kind: Task.Kind,
    clock: str,
    *,
    now: datetime,
    starts_on: date | None = None,
    user: User | None = None,
    subject: UUID | None = None,
) -> Task:
    """What the agency owes the objector from today or `starts_on` on; `subject` is the objection unless it is said."""
    return open_task(
        kind=kind,
        holder=Task.Holder.AGENCY,
        subject=subject or objection.uuid,
        policy=policy_of(objection),
        clock=clock,
        starts_on=starts_on or shanghai_day(now),
        now=now,
        agency=objection.agency,
        user=user,
        practitioner=objection.practitioner,
        case=objection.case,
        proposal=objection.proposal,
    )


def settle(objection: Objection, *, by: User | None, now: datetime, cancelled: bool = False) -> None:
    """Nothing is owed about the objection any more."""
    close_tasks(objection.uuid, now=now, by=by, state=Task.State.CANCELLED if cancelled else Task.State.DONE)
