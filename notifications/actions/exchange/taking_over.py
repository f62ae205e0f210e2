"""Taking over what is behind the letters of other registers: claimed, asked for, and written in one transaction.

A letter is in hand of one worker for the length of its lease. It asks the other register for its account of the person
outside of any transaction; then the facts, the state of the letter and the receipt are written at once, or nothing is.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from notifications.actions.exchange.pulling import pull_missing
from notifications.actions.exchange.settling import tell_settled
from notifications.actions.exchange.weighing import Doubtful, person_of, take_over_facts, weighed
from notifications.models import Doubt, Letter, Register
from notifications.models.pushes import Problem
from notifications.queries.exchange.asking import elsewhere
from notifications.rules.exchange import Account, Malformed, account
from notifications.rules.procedures import LETTER
from notifications.rules.retries import next_try, wish_of
from notifications.wire.asking import NotAnswered, ask
from registry.actions.one_by_one import tell_failure
from registry.ledger.writing import lock

Clock = Callable[[], datetime]
State = Letter.State

LEASE = timedelta(seconds=60)
GRACE = timedelta(seconds=10)
"""How long a letter waits for one before it that may be on its way; then what is missing is asked for."""
LONGEST_RUN = timedelta(seconds=20)
OPEN = (State.WAITING, State.PARKED)
_CHANCE = random.SystemRandom()


def take_over(*, clock: Clock, longest: timedelta = LONGEST_RUN) -> int:
    """Take over what is due, until nothing is or `longest` is over; how many letters were looked at.

    Safe to run in many processes at once.
    """
    until, looked_at = clock() + longest, 0
    while clock() <= until and (letter := _claim(clock())) is not None:
        try:
            _handle(letter, clock)
        except Exception as error:  # noqa: BLE001 - one letter does not hold up the others
            tell_failure("take_over", error, whose=letter.register.code)
            _try_later(letter, Problem.CONFIGURED, None, clock())
        looked_at += 1
    return looked_at


def _claim(now: datetime) -> Letter | None:
    """The next letter that is due, in this worker's hand; of one person's the first."""
    before = Letter.objects.filter(
        register=OuterRef("register"),
        subject=OuterRef("subject"),
        sequence__lt=OuterRef("sequence"),
        state__in=OPEN,
    )
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Letter.objects.filter(
        free, ~Exists(before), next_at__lte=now, register__state=Register.State.ACTIVE, state__in=OPEN
    )
    with transaction.atomic():
        row = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at", "pk").first()
        if row is None:
            return None
        Letter.objects.filter(pk=row.pk).update(fence=F("fence") + 1, lease_until=now + LEASE)
    return Letter.objects.select_related("register").get(pk=row.pk)


def _handle(letter: Letter, clock: Clock) -> None:
    try:
        if not _comes_next(letter, clock()):
            return
        found = account(ask(elsewhere(letter.register), f"/api/v1/notices/{letter.notice}/account/"))
    except Malformed as wrong:
        _doubt(letter, Doubtful(Doubt.UNREADABLE, wrong.where), clock())
    except NotAnswered as failed:
        if failed.problem == Problem.REFUSED:
            _doubt(letter, Doubtful(Doubt.REFUSED, str(failed.status)), clock())
        else:
            _try_later(letter, failed.problem, failed.retry_after, clock())
    else:
        _take(letter, found, clock())


# order ----------------------------------------------------------------------------------------------------------------


def _comes_next(letter: Letter, now: datetime) -> bool:
    """Whether it is this letter's turn; one behind a gap waits a moment, then asks for what is missing.

    An old one brings nothing that is not known, unless numbers began anew there: so it is asked for like any other.
    """
    same = Letter.objects.filter(register=letter.register, subject=letter.subject)
    last = same.exclude(state__in=OPEN).aggregate(last=Max("sequence"))["last"] or 0
    if letter.sequence <= last + 1:
        return True
    if now < letter.received_at + GRACE:
        _park(letter, letter.received_at + GRACE)
        return False
    if pull_missing(letter, after=last, now=now):
        _park(letter, now)
        return False
    return True  # what is missing exists nowhere any more; the account is whole without it


def _park(letter: Letter, until: datetime) -> None:
    _mine(letter).update(state=LETTER.after(letter.state, "park"), next_at=until, lease_until=None)


def _mine(letter: Letter) -> QuerySet[Letter]:
    """The row, while the claim still holds."""
    return Letter.objects.filter(pk=letter.pk, fence=letter.fence, state__in=OPEN)


def _try_later(letter: Letter, problem: Problem, retry_after: str | None, now: datetime) -> None:
    failures = letter.failures + 1
    wait = next_try(failures=failures, chance=_CHANCE.random(), wish=wish_of(retry_after, now=now))
    _mine(letter).update(failures=failures, problem=problem, next_at=now + wait, lease_until=None)


# effect ---------------------------------------------------------------------------------------------------------------


def _take(letter: Letter, given: Account, now: datetime) -> None:
    """Take the account over, and write that the letter is settled, in one transaction; or why it is doubtful."""
    try:
        person = person_of(given)
        with transaction.atomic():
            held = lock(person)
            if (row := _held(letter)) is None:
                return
            added = take_over_facts(person, weighed(given, held), now=now)
            known = {"practitioner": person, "settled_at": now}
            _write(row, "apply" if added else "ignore", now, facts_added=added, **known)
            for other in _doubtful_before(row):
                _write(other, "ignore", now, **known)
    except Doubtful as doubt:
        _doubt(letter, doubt, now)


def _doubt(letter: Letter, doubt: Doubtful, now: datetime) -> None:
    with transaction.atomic():
        if (row := _held(letter)) is not None:
            _write(row, "doubt", now, doubt=doubt.why, doubted=doubt.what[:200])


def _doubtful_before(row: Letter) -> QuerySet[Letter]:
    """Letters about the same person that nobody has to look at any more: the account held what they stood for."""
    same = Letter.objects.filter(register=row.register, subject=row.subject, state=State.DOUBTFUL)
    return same.select_for_update(of=("self",), no_key=True).select_related("register").order_by("pk")


def _held(letter: Letter) -> Letter | None:
    """The row, locked, while the claim still holds."""
    return _mine(letter).select_for_update(of=("self",), no_key=True).select_related("register").first()


def _write(row: Letter, act: str, now: datetime, **changes: Any) -> None:
    """Keep what becomes of the letter, owe the receipt, and wake the letters about the person that wait for it."""
    changes |= {"state": LETTER.after(row.state, act), "next_at": None, "lease_until": None, "problem": ""}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    tell_settled(row, now=now)
    parked = Letter.objects.filter(register=row.register, subject=row.subject, state=State.PARKED)
    parked.update(next_at=now)
