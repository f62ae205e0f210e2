"""Checks of claims in the background: a row in the database says what is to be done, and nothing is lost when a worker
dies.

A worker claims a check for the length of a lease. Each chunk is one transaction that keeps the lines told of its rows,
the emergencies claimed in them and how far the check is, if the claim is still held (the fence), and prolongs the
lease. A worker that dies leaves a lease that runs out; the next one goes on behind the last chunk kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from registry.actions.checks import keep_emergency_claims
from registry.actions.leases import claim
from registry.claims.checking import CHUNK, Asked, Chunk, check
from registry.claims.errors import ClaimsRefused
from registry.claims.pieces import Part, cut, file_of, keep_pieces
from registry.claims.reading import open_claims
from registry.claims.telling import Teller
from registry.models import ApiKey, ClaimsCheck, ClaimsPiece
from registry.models.sealing import SealBroken

State = ClaimsCheck.State
Clock = Callable[[], datetime]

WAITING = frozenset({State.WAITING, State.WORKING})
"""A worker has it, or is to have it next."""

LEASE = timedelta(minutes=2)
RECEIVED_WITHIN = timedelta(days=1)
"""What came only in part is forgotten after that."""

MOST_ATTEMPTS = 5
MOST_WAITING = 10
"""Checks of one system that wait or are worked on at once."""

_FORGOTTEN_AT_ONCE = 100

log = structlog.get_logger(__name__)


class LostClaim(Exception):
    """Another worker has the check, or it was cancelled; the chunk that this one had in hand is rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """How a file is to be checked: see `Asked`. `known_at` None means as known when the work begins."""

    filename: str = ""
    language: str
    every: bool = False
    known_at: datetime | None = None
    since: datetime | None = None


def receive(*, handed: Handed, contents: Iterable[bytes], key: ApiKey, now: datetime) -> ClaimsCheck:
    """Keep the file, sealed, piece by piece; each piece is a transaction of its own. Nothing waits before `hand_over`.

    Raises ClaimsRefused('too_many_waiting') before anything is read.
    """
    if ClaimsCheck.objects.filter(key=key, state__in=WAITING).count() >= MOST_WAITING:
        raise ClaimsRefused(
            "too_many_waiting",
            _("%(most)s files of yours wait already. Wait until one is checked, or cancel one.")
            % {"most": MOST_WAITING},
        )
    received = ClaimsCheck.objects.create(
        key=key,
        filename=handed.filename[-255:],
        received_at=now,
        language=handed.language,
        every=handed.every,
        past=handed.known_at is not None,
        known_at=handed.known_at,
        since=handed.since,
        next_at=now + RECEIVED_WITHIN,
    )
    try:
        for number, content in enumerate(contents):
            keep_pieces(received, Part.FILE, [content], first=number)
            received.size += len(content)
    except BaseException:
        discard(received)
        raise
    return received


def hand_over(received: ClaimsCheck, *, now: datetime) -> ClaimsCheck:
    """Put the check of a file that came whole on the list of things to do."""
    received.state, received.next_at = State.WAITING, now
    received.save(update_fields=["state", "next_at", "size"])
    return received


def discard(received: ClaimsCheck) -> None:
    """Forget a file that did not come whole, or came a second time."""
    ClaimsPiece.objects.filter(check_of=received).delete()
    ClaimsCheck.objects.filter(pk=received.pk, state=State.RECEIVING).delete()


def cancel(job: ClaimsCheck, *, now: datetime) -> ClaimsCheck:
    """End a check that is not done; its file and what there is of a result are forgotten. Twice is once.

    Raises ClaimsRefused('not_cancellable') for one that came to its end.
    """
    with transaction.atomic():
        locked = ClaimsCheck.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if locked.state == State.CANCELLED:
            return locked
        if locked.state not in WAITING:
            raise ClaimsRefused(
                "not_cancellable",
                _("This check is in the state “%(state)s”; only one that waits or is worked on can be cancelled.")
                % {"state": locked.get_state_display()},
                value=locked.state,
            )
        locked.state, locked.finished_at, locked.next_at, locked.lease_until = State.CANCELLED, now, None, None
        locked.fence += 1
        locked.forgotten = True
        locked.save()
        locked.pieces.all().delete()
    return locked


def work_due(*, clock: Clock, size: int = CHUNK) -> int:
    """Do every check that is due; returns how many were worked on. Safe to run in many processes."""
    worked = 0
    begins = {State.WAITING.value: State.WORKING.value}
    while (job := claim(ClaimsCheck.objects.all(), clock(), lease=LEASE, begins=begins)) is not None:
        _work(job, clock, size)
        worked += 1
    return worked


def received_before(moment: datetime) -> QuerySet[ClaimsCheck]:
    """Checks of files received before the moment that are still there, and of which nothing waits to be done."""
    return ClaimsCheck.objects.filter(received_at__lt=moment, next_at=None, forgotten=False)


def forget(old: QuerySet[ClaimsCheck]) -> int:
    """Forget the files and results of these checks; counts and states stay. Returns how many."""
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE]):
        with transaction.atomic():
            ClaimsPiece.objects.filter(check_of_id__in=ids).delete()
            forgotten += ClaimsCheck.objects.filter(pk__in=ids).update(forgotten=True, filename="")
    return forgotten


def _work(job: ClaimsCheck, clock: Clock, size: int) -> None:
    if job.state == State.RECEIVING:
        discard(job)
        return
    with translation.override(job.language):
        try:
            if job.attempts > MOST_ATTEMPTS:
                _end(job, State.FAILED, clock(), problem="gave_up", problem_text=_given_up())
            else:
                _check(job, clock, size)
                _end(job, State.DONE, clock())
        except LostClaim:
            log.warning("claims_claim_lost", check=str(job.uuid))
        except ClaimsRefused as refused:
            _refuse(job, refused.code, str(refused), clock())
        except SealBroken:
            _refuse(job, "altered", _("The file that was kept does not open. Send it again."), clock())


def _check(job: ClaimsCheck, clock: Clock, size: int) -> None:
    claims = open_claims(file_of(job))
    if not job.kind:
        _begin(job, clock(), kind=claims.survey.kind, about=claims.about, further=list(claims.further))
    asked = asked_of(job)
    teller = Teller(job.kind, asked)
    rows = claims.rows(after=job.counts.get("rows", 0), now=asked.known_at, keeps_emergencies=True)
    for chunk in check(rows, asked, size=size):
        _keep(job, chunk, teller.lines(chunk.told(asked)), clock())


def asked_of(job: ClaimsCheck) -> Asked:
    """What a check that was begun asks about each row."""
    assert job.known_at is not None
    return Asked(known_at=job.known_at, since=job.since, past=job.past, every=job.every, language=job.language)


def _begin(job: ClaimsCheck, now: datetime, **found: Any) -> None:
    """From here on every row is answered as known at this moment, whoever goes on, and whenever."""
    job.known_at = job.known_at or now
    with transaction.atomic():
        _update(job, known_at=job.known_at, **found)
        if heading := Teller(job.kind, asked_of(job)).heading():
            keep_pieces(job, Part.RESULT, [heading.encode()])


def _keep(job: ClaimsCheck, chunk: Chunk, lines: str, now: datetime) -> None:
    """The chunk, whole or not at all."""
    counts = {name: job.counts.get(name, 0) + chunk.counts.get(name, 0) for name in {*job.counts, *chunk.counts}}
    with transaction.atomic():
        _update(job, counts=counts, attempts=0, lease_until=now + LEASE, next_at=now + LEASE)
        first = ClaimsPiece.objects.filter(check_of=job, part=Part.RESULT).count()
        keep_pieces(job, Part.RESULT, cut(lines.encode()), first=first)
        if chunk.emergencies:
            keep_emergency_claims(claims=chunk.emergencies, key=job.key, now=now)


def _end(job: ClaimsCheck, state: str, now: datetime, **why: str) -> None:
    _update(job, state=state, finished_at=now, next_at=None, lease_until=None, **why)


def _refuse(job: ClaimsCheck, code: str, text: str, now: datetime) -> None:
    try:
        _end(job, State.REFUSED, now, problem=code, problem_text=text)
    except LostClaim:
        log.warning("claims_claim_lost", check=str(job.uuid))


def _update(job: ClaimsCheck, **values: Any) -> None:
    """Write what changes, if the claim is still ours. Raises LostClaim."""
    if not ClaimsCheck.objects.filter(pk=job.pk, fence=job.fence).update(**values):
        raise LostClaim
    for name, value in values.items():
        setattr(job, name, value)


def _given_up() -> str:
    return _("The work was begun %(times)s times and came no further. Send the file again.") % {"times": MOST_ATTEMPTS}
