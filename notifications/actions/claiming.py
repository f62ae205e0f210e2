"""Claims on what is owed to endpoints: taken for the length of a lease, and told back only while they still hold.

Whoever reports holds the rows that were claimed in the order of their keys, and then the endpoints in theirs: so
workers wait for each other, and never in a circle.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import BooleanField, Count, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from notifications.models import Attempt, Endpoint, Push
from notifications.models.pushes import Problem
from notifications.rules.envelope import MOST_IN_A_BATCH
from notifications.rules.procedures import ENDPOINT, PUSH
from notifications.rules.retries import DAILY, OVERDUE_AFTER, PATIENCE, is_overdue, next_try, rest, wish_of
from notifications.wire.sending import ABOUT_THE_ENDPOINT, Answer
from registry.actions.procedure import CLOCK, advance, locked

LEASE = timedelta(seconds=60)
"""Longer than a try can take, the look-up of the name and another connection included, and those before it."""
EACH_AT_ONCE = 64
"""How many letters to one endpoint are in hand at the same time."""
WHILE_IT_FAILS = 8
"""How many where it failed lately; one where it was left alone for that."""
IN_BATCHES = 8 * MOST_IN_A_BATCH
"""How many where it takes batches."""

State = Push.State
OWED = (State.WAITING, State.OVERDUE)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A push in hand, with the fence under which it was taken and the instant."""

    push: Push
    fence: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """A claim, and how its try ended; `chance` is from [0, 1) and moves the next one a little."""

    claim: Claim
    answer: Answer
    chance: float


def claim_due(*, now: datetime, room: int, endpoints: int | None = None, without: Collection[int] = ()) -> list[Claim]:
    """At most `room` of the pushes that are due, claimed and committed; those whom others have in hand are left out.

    Of one person's, only the first goes to an endpoint. No endpoint takes more than its share, and one that fails is
    asked with one letter at a time, after a rest. Those to one endpoint stand together; they are to so many `endpoints`
    at most, and to none `without` which it has to go.
    """
    found = {endpoint.pk: endpoint for endpoint in _endpoints_due(now, without)[:endpoints]}
    shares = {pk: share for pk, endpoint in found.items() if (share := _share(endpoint))}
    return _claim(found, shares, room, now) if shares and room > 0 else []


def report(claim: Claim, answer: Answer, *, now: datetime, chance: float) -> bool:
    """Keep how a try ended. False where the claim was lost meanwhile: the try stands, what follows is another's."""
    return not report_all([Tried(claim, answer, chance)], now=now)


def report_all(tried: Sequence[Tried], *, now: datetime) -> list[Claim]:
    """Keep how tries ended, all in one transaction; those of the claims that were lost meanwhile.

    The tries of the lost ones stand as well; what follows from them is another's.
    """
    with transaction.atomic():
        Attempt.objects.bulk_create(_attempt(each, now) for each in tried)
        mine = _still_mine(tried)
        failed = [each for each in mine if each.answer.problem is not None]
        well = [each for each in mine if each.answer.problem is None]
        _deliver([each.claim.push for each in well], now)
        for each in failed:
            _fail(each, now)
        _note_endpoints(failed, well, now)
    kept = {(each.claim.push.pk, each.claim.fence) for each in mine}
    lost = [each.claim for each in tried if (each.claim.push.pk, each.claim.fence) not in kept]
    for claim in lost:
        log.warning("push_claim_lost", push=str(claim.push.uuid))
    return lost


def give_back(claims: Iterable[Claim]) -> None:
    """Nothing was tried: they are due for whoever comes next."""
    for claim in claims:
        Push.objects.filter(pk=claim.push.pk, fence=claim.fence, state__in=OWED).update(lease_until=None)


def hand_up(*, now: datetime) -> int:
    """Mark what is owed for too long, so that administrators see it; how many there were. It goes on daily."""
    late = Push.objects.filter(state=State.WAITING, since__lte=now - OVERDUE_AFTER)
    with transaction.atomic():  # what others hold at the moment is found by the next look
        free = late.order_by("pk").select_for_update(of=("self",), skip_locked=True)
        rows = Push.objects.filter(pk__in=list(free.values_list("pk", flat=True)))
        return rows.update(state=PUSH.after(State.WAITING, "hand_up"))


# claiming -------------------------------------------------------------------------------------------------------------

_PUSHES, _ENDPOINTS = Push._meta.db_table, Endpoint._meta.db_table

# What is due to an endpoint, in nobody's hand, and the first of its person that is owed there.
_DUE = f"""
    FROM {_PUSHES} AS due
    WHERE due.endpoint_id = {{endpoint}} AND due.next_at <= {{now}}
        AND (due.lease_until IS NULL OR due.lease_until <= {{now}})
        AND NOT EXISTS (
            SELECT FROM {_PUSHES} AS before
            WHERE before.endpoint_id = due.endpoint_id AND before.practitioner_id = due.practitioner_id
                AND before.sequence < due.sequence AND before.state IN {tuple(map(str, OWED))}
        )
"""
_ANYTHING_DUE = f"EXISTS (SELECT {_DUE.format(endpoint=f'{_ENDPOINTS}.id', now='%s')})"
# The rows are found by their ids, however many the planner expects; those in others' hands are passed over.
_CLAIM = f"""
    UPDATE {_PUSHES} SET fence = fence + 1, lease_until = %(until)s
    WHERE id = ANY (ARRAY (
        SELECT taken.id FROM unnest(%(endpoints)s::bigint[], %(shares)s::integer[]) AS asked(endpoint, share)
        CROSS JOIN LATERAL (
            SELECT due.id {_DUE.format(endpoint="asked.endpoint", now="%(now)s")}
            ORDER BY due.next_at, due.id LIMIT asked.share FOR NO KEY UPDATE SKIP LOCKED
        ) AS taken
        LIMIT %(room)s
    ))
    RETURNING id, uuid, notice_id, endpoint_id, practitioner_id, sequence, state, since, failures, problem, fence
"""  # noqa: S608 - the only text put in is the names of our own tables


def _endpoints_due(now: datetime, without: Collection[int]) -> list[Endpoint]:
    """The active endpoints to which something is due and that are not left alone; those that fail come last.

    With each comes how many letters are `in_hand`.
    """
    awake = Endpoint.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now), state=Endpoint.State.ACTIVE)
    awake = awake.exclude(pk__in=without)
    claimed = Push.objects.filter(endpoint=OuterRef("pk"), lease_until__gt=now).order_by().values("endpoint")
    counted = awake.annotate(in_hand=Coalesce(Subquery(claimed.annotate(all=Count("pk")).values("all")), 0))
    due = RawSQL(_ANYTHING_DUE, [now, now], BooleanField())  # noqa: S611 - no text of anybody's is in it
    return list(counted.filter(due).order_by("failures", "?"))


def _share(endpoint: Endpoint) -> int:
    most = IN_BATCHES if endpoint.takes_batches else EACH_AT_ONCE
    if endpoint.failures:
        most = 1 if endpoint.failures >= PATIENCE else WHILE_IT_FAILS
    in_hand: int = endpoint.in_hand  # type: ignore[attr-defined]
    return max(0, most - in_hand)


def _claim(endpoints: Mapping[int, Endpoint], shares: Mapping[int, int], room: int, now: datetime) -> list[Claim]:
    """At most `room` in the order of the endpoints, of each of them its share; those to one endpoint together."""
    asked = {"endpoints": list(shares), "shares": list(shares.values()), "room": room, "now": now, "until": now + LEASE}
    rows = list(Push.objects.raw(_CLAIM, asked))
    place = {pk: place for place, pk in enumerate(shares)}
    for row in rows:
        row.endpoint = endpoints[row.endpoint_id]
    return [Claim(row, row.fence, now) for row in sorted(rows, key=lambda row: (place[row.endpoint_id], row.pk))]


# reporting ------------------------------------------------------------------------------------------------------------


def _attempt(each: Tried, now: datetime) -> Attempt:
    return Attempt(
        push=each.claim.push,
        number=each.claim.fence,
        began_at=each.claim.taken_at,
        ended_at=now,
        status=each.answer.status,
        problem=each.answer.problem or "",
    )


def _still_mine(tried: Sequence[Tried]) -> list[Tried]:
    """Those of which the claim still holds; nobody else takes their rows until this transaction ends."""
    rows = Push.objects.filter(pk__in=[each.claim.push.pk for each in tried], state__in=OWED)
    held = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    fences = dict(held.values_list("pk", "fence"))
    return [each for each in tried if fences.get(each.claim.push.pk) == each.claim.fence]


def _deliver(pushes: Sequence[Push], now: datetime) -> None:
    for state in {push.state for push in pushes}:
        rows = Push.objects.filter(pk__in=[push.pk for push in pushes if push.state == state])
        delivered = PUSH.after(state, "deliver")
        rows.update(state=delivered, next_at=None, lease_until=None, problem="", delivered_at=now)


def _fail(each: Tried, now: datetime) -> None:
    push, answer = each.claim.push, each.answer
    failures = push.failures + 1
    wish = wish_of(answer.retry_after, now=now)
    wait = next_try(failures=failures, chance=each.chance, wish=wish)
    if is_overdue(since=push.since, now=now):
        wait = max(wait, DAILY)
    row = Push.objects.filter(pk=push.pk)
    row.update(failures=failures, next_at=now + wait, lease_until=None, problem=answer.problem)


def _note_endpoints(failed: Sequence[Tried], well: Sequence[Tried], now: datetime) -> None:
    """What the answers say about the endpoints themselves. One that took any of its letters is well."""
    problems: dict[int, list[Tried]] = defaultdict(list)
    for each in failed:
        problems[each.claim.push.endpoint_id].append(each)
    took = {each.claim.push.endpoint_id for each in well}
    ailing = set(Endpoint.objects.filter(pk__in=took, failures__gt=0).values_list("pk", flat=True))
    for endpoint_id in sorted({*problems, *ailing}):
        _note_problems(endpoint_id, problems[endpoint_id], now)
        if endpoint_id in took:
            _note_well(endpoint_id, [each.claim.push.pk for each in problems[endpoint_id]], now)


def _note_problems(endpoint_id: int, failed: Sequence[Tried], now: datetime) -> None:
    """What was on its way when the endpoint failed before says nothing more: what failed together failed once."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    if any(each.answer.problem == Problem.GONE for each in failed):
        _disable(endpoint.get(), now)
    about = [each.claim.taken_at for each in failed if each.answer.problem in ABOUT_THE_ENDPOINT]
    if about:
        row = endpoint.select_for_update(of=("self",), no_key=True).get()
        if row.rests_until is None or row.rests_until < max(about):
            endpoint.update(failures=row.failures + 1, rests_until=now + rest(row.failures + 1))


def _note_well(endpoint_id: int, failed_now: Collection[int], now: datetime) -> None:
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    failed = endpoint.select_for_update(of=("self",), no_key=True).filter(failures__gt=0).first()
    if failed is not None:
        endpoint.update(failures=0, rests_until=None)
        _wake(endpoint_id, failed_now, now, everything=failed.failures >= PATIENCE)


def _wake(endpoint_id: int, failed_now: Collection[int], now: datetime, *, everything: bool) -> None:
    """The endpoint is back: what failed for its sake is due at once, but not what failed in the same breath.

    Where it was not left alone, neither is what failed often while others got through, which fails for a reason of its
    own, nor what was asked to come later.
    """
    waiting = Push.objects.filter(endpoint_id=endpoint_id, next_at__gt=now, problem__in=ABOUT_THE_ENDPOINT)
    waiting = waiting.exclude(pk__in=failed_now)
    if not everything:
        waiting = waiting.filter(failures__lt=PATIENCE).exclude(problem=Problem.BUSY)
    waiting.filter(Q(lease_until=None) | Q(lease_until__lte=now)).update(next_at=now)


def _disable(endpoint: Endpoint, now: datetime) -> None:
    row = locked(endpoint)
    if ENDPOINT.allows(row.state, "disable"):
        advance(ENDPOINT, row, "disable", acting=CLOCK, now=now, grounds="410")
