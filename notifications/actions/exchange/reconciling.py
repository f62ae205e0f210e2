"""Comparing, day by day, what another register says it told us with what we received; what is missing is fetched."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from notifications.actions.exchange.pulling import pull
from notifications.models import Reconciliation, Register
from notifications.models.pushes import Problem
from notifications.queries.exchange.asking import elsewhere
from notifications.queries.exchange.letters import received_of
from notifications.rules.exchange import merkle_root
from notifications.wire.asking import NotAnswered, ask
from registry.actions.one_by_one import one_by_one
from registry.ledger.days import shanghai_day

Clock = Callable[[], datetime]

DAYS_BACK = 7
"""How many days before today are compared: what is announced late happened earlier."""
EVERY = timedelta(hours=20)
"""How long after a comparison of a day the next one of it comes, at the soonest."""


def reconcile(*, clock: Clock) -> int:
    """Compare the last days with every other register; how many letters were missing.

    A day that was compared within the last 20 hours is left out. Raises SomeFailed where a register does not answer.
    """
    registers = Register.objects.filter(state=Register.State.ACTIVE)
    return one_by_one(
        "reconcile", registers, lambda register: _compare_days(register, clock), of=lambda each: each.code
    )


def _compare_days(register: Register, clock: Clock) -> int:
    today, missing = shanghai_day(clock()), 0
    lately = register.reconciliations.filter(at__gt=clock() - EVERY).values_list("day", flat=True)
    for day in (today - timedelta(days=back) for back in range(1, DAYS_BACK + 1)):
        if day not in lately:
            missing += compare(register, day, now=clock()).fetched
    return missing


def compare(register: Register, day: date, *, now: datetime) -> Reconciliation:
    """Compare one day by count and Merkle root; where they differ, ask for all of it. Raises NotAnswered."""
    received = received_of(register, day)
    root = merkle_root(received)
    told = ask(elsewhere(register), f"/api/v1/letters/digest/?day={day.isoformat()}")
    try:
        count, root_told = int(told["count"]), str(told["root"])[:64]
    except (KeyError, TypeError, ValueError):
        raise NotAnswered(Problem.BROKEN) from None
    fetched = pull(register, {"day": day.isoformat()}, now=now) if root != root_told else 0
    return Reconciliation.objects.create(
        register=register,
        day=day,
        at=now,
        told=count,
        received=len(received),
        root_told=root_told,
        root_received=root,
        fetched=fetched,
    )
