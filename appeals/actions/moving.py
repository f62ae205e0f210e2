"""What the acts on an objection have in common: locking, moving it on, and what the agency then owes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction

from appeals.models import Objection
from appeals.rules.procedures import OBJECTION
from registry.actions.procedure import Acting, advance, begin, locked
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Task, User

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
    begin(
        OBJECTION,
        objection,
        act=act,
        acting=acting,
        now=now,
        case=objection.case,
        practitioner=objection.practitioner,
        grounds=grounds,
    )


def move(
    objection: Objection,
    act: str,
    *,
    acting: Acting,
    now: datetime,
    grounds: str = "",
    document_number: str = "",
    **changes: Any,
) -> None:
    """Do the act on the locked objection. Raises Refused where its state does not allow it."""
    advance(
        OBJECTION,
        objection,
        act,
        acting=acting,
        now=now,
        case=objection.case,
        practitioner=objection.practitioner,
        grounds=grounds,
        document_number=document_number,
        **changes,
    )


def owe(
    objection: Objection,
    kind: Task.Kind,
    clock: str,
    *,
    now: datetime,
    starts_on: date | None = None,
    user: User | None = None,
) -> Task:
    """What the agency owes the objector from today, or from `starts_on`, on."""
    return open_task(
        kind=kind,
        holder=Task.Holder.AGENCY,
        subject=objection.uuid,
        policy=policies()[objection.policy],
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
