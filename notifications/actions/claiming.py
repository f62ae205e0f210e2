"""Claims on what is owed to endpoints: taken for the length of a lease, and told back only while they still hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from notifications.models import Attempt, Endpoint, Push
from notifications.models.pushes import Problem
from notifications.rules.procedures import ENDPOINT, PUSH
from notifications.rules.retries import DAILY, OVERDUE_AFTER, PATIENCE, is_overdue, next_try, rest, wish_of
from notifications.wire.sending import ABOUT_THE_ENDPOINT, Answer
from registry.actions.procedure import CLOCK, advance, locked

LEASE = timedelta(seconds=60)
"""Longer than a try can take, the look-up of the name included."""
EACH_AT_ONCE = 8
"""How many letters are on their way to one endpoint at the same time; one where it fails."""

State = Push.State
OWED = (State.WAITING, State.OVERDUE)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A push in hand, with the fence under which it was taken and the instant."""

    push: Push
    fence: int
    taken_at: datetime


def claim_due(*, now: datetime, room: int) -> list[Claim]:
    """At most `room` of the pushes that are due, claimed and committed; those whom others have in hand are left out.

    Of one person's, only the first goes to an endpoint. No endpoint takes more than its share, and one that fails is
    asked with one letter at a time, after a rest.
    """
    claims: list[Claim] = []
    for endpoint in _endpoints_due(now):
        if (left := room - len(claims)) <= 0:
            break
        claims += _claim(endpoint, min(left, _share(endpoint, now)), now)
    return claims


def report(claim: Claim, answer: Answer, *, now: datetime, chance: float) -> bool:
    """Keep how the try ended. False where the claim was lost meanwhile: the try stands, what follows is another's.

    `chance` is from [0, 1) and moves the next try a little.
    """
    push = claim.push
    with transaction.atomic():
        Attempt.objects.create(
            push=push,
            number=claim.fence,
            began_at=claim.taken_at,
            ended_at=now,
            status=answer.status,
            problem=answer.problem or "",
        )
        mine = Push.objects.filter(pk=push.pk, fence=claim.fence, state__in=OWED)
        if not (_deliver(mine, push, now) if answer.problem is None else _fail(mine, push, answer, now, chance)):
            log.warning("push_claim_lost", push=str(push.uuid))
            return False
        _note_endpoint(push.endpoint_id, answer, now)
    return True


def hand_up(*, now: datetime) -> int:
    """Mark what is owed for too long, so that administrators see it; how many there were. It goes on daily."""
    late = Push.objects.filter(state=State.WAITING, since__lte=now - OVERDUE_AFTER)
    return late.update(state=PUSH.after(State.WAITING, "hand_up"))


# claiming -------------------------------------------------------------------------------------------------------------


def _due(now: datetime) -> QuerySet[Push]:
    """What is due, in nobody's hand, and the first of its person that is owed to its endpoint."""
    before = Push.objects.filter(
        endpoint=OuterRef("endpoint"),
        practitioner=OuterRef("practitioner"),
        sequence__lt=OuterRef("sequence"),
        state__in=OWED,
    )
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Push.objects.filter(free, ~Exists(before), next_at__lte=now)


def _endpoints_due(now: datetime) -> list[Endpoint]:
    """The active endpoints to which something is due and that are not left alone; those that fail come last."""
    awake = Endpoint.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now), state=Endpoint.State.ACTIVE)
    return list(awake.filter(Exists(_due(now).filter(endpoint=OuterRef("pk")))).order_by("failures", "?"))


def _share(endpoint: Endpoint, now: datetime) -> int:
    most = 1 if endpoint.failures >= PATIENCE else EACH_AT_ONCE
    on_the_way = Push.objects.filter(endpoint=endpoint, lease_until__gt=now).count()
    return max(0, most - on_the_way)


def _claim(endpoint: Endpoint, most: int, now: datetime) -> list[Claim]:
    if most == 0:
        return []
    with transaction.atomic():
        free = _due(now).filter(endpoint=endpoint).select_for_update(of=("self",), skip_locked=True)
        rows = list(free.select_related("notice__event__practitioner").order_by("next_at", "pk")[:most])
        taken = Push.objects.filter(pk__in=[row.pk for row in rows])
        taken.update(fence=F("fence") + 1, lease_until=now + LEASE)
    return [Claim(row, row.fence + 1, now) for row in rows]


# reporting ------------------------------------------------------------------------------------------------------------


def _deliver(mine: QuerySet[Push], push: Push, now: datetime) -> int:
    state = PUSH.after(push.state, "deliver")
    return mine.update(state=state, next_at=None, lease_until=None, problem="", delivered_at=now)


def _fail(mine: QuerySet[Push], push: Push, answer: Answer, now: datetime, chance: float) -> int:
    failures = push.failures + 1
    wish = wish_of(answer.retry_after, now=now)
    wait = next_try(failures=failures, chance=chance, wish=wish)
    if is_overdue(since=push.since, now=now):
        wait = max(wait, DAILY)
    return mine.update(failures=failures, next_at=now + wait, lease_until=None, problem=answer.problem)


def _note_endpoint(endpoint_id: int, answer: Answer, now: datetime) -> None:
    """What the answer says about the endpoint itself."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    if answer.problem == Problem.GONE:
        _disable(endpoint.get(), now)
    elif answer.problem in ABOUT_THE_ENDPOINT:
        row = endpoint.select_for_update(of=("self",), no_key=True).get()
        endpoint.update(failures=row.failures + 1, rests_until=now + rest(row.failures + 1))
    elif answer.problem is None:
        failed = endpoint.select_for_update(of=("self",), no_key=True).filter(failures__gt=0).first()
        if failed is not None:
            endpoint.update(failures=0, rests_until=None)
            if failed.failures >= PATIENCE:
                _wake(endpoint_id, now)


def _wake(endpoint_id: int, now: datetime) -> None:
    """The endpoint is back: what failed for its sake is due at once."""
    waiting = Push.objects.filter(endpoint_id=endpoint_id, next_at__gt=now, problem__in=ABOUT_THE_ENDPOINT)
    waiting.filter(Q(lease_until=None) | Q(lease_until__lte=now)).update(next_at=now)


def _disable(endpoint: Endpoint, now: datetime) -> None:
    row = locked(endpoint)
    if ENDPOINT.allows(row.state, "disable"):
        advance(ENDPOINT, row, "disable", acting=CLOCK, now=now, grounds="410")
