"""The engine that brings letters to endpoints: it claims what is due, sends it outside of any transaction, and keeps
how that ended.

Whatever dies in between, what was claimed is due again when its lease is over, and goes out under the same id. So a
system may get a letter twice, and knows it by that id; it never gets none.
"""

import random
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from notifications.actions.claiming import Claim, claim_due, hand_up, report
from notifications.models.pushes import Problem
from notifications.queries.letters import letter_of, target_of
from notifications.rules.envelope import body
from notifications.wire.sending import Answer, send
from registry.actions.one_by_one import tell_failure
from registry.models.sealing import SealBroken

Clock = Callable[[], datetime]

AT_ONCE = 32
"""Letters on their way at the same time from one process."""
LONGEST_RUN = timedelta(seconds=20)
"""How long one run takes on new work; then the next one goes on."""
_LOOK_EVERY = 0.5  # seconds until a run with letters on their way looks for others that have become due

_IN_HAND = dict[Future[Answer], Claim]


def push_due(*, clock: Clock, longest: timedelta = LONGEST_RUN) -> int:
    """Send whatever is due, until nothing is or `longest` is over; how many tries there were.

    Safe to run in many processes at once.
    """
    until = clock() + longest
    hand_up(now=clock())
    tries, in_hand = 0, _IN_HAND()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push") as pool:
        while True:
            if clock() <= until:
                _take(pool, in_hand, clock)
            if not in_hand:
                return tries
            tries += _put_down(in_hand, clock)


def _take(pool: ThreadPoolExecutor, in_hand: _IN_HAND, clock: Clock) -> None:
    now = clock()
    for claim in claim_due(now=now, room=AT_ONCE - len(in_hand)):
        in_hand[_sent(pool, claim, clock)] = claim


def _sent(pool: ThreadPoolExecutor, claim: Claim, clock: Clock) -> Future[Answer]:
    """On its way; or not, where letter or endpoint cannot be read any more."""
    now = clock()
    letter = letter_of(claim.push)
    try:
        target = target_of(claim.push.endpoint, now)
    except (SealBroken, ValueError) as error:
        tell_failure("push", error, whose=str(claim.push.endpoint.uuid))
        unusable: Future[Answer] = Future()
        unusable.set_result(Answer(Problem.CONFIGURED))
        return unusable
    return pool.submit(send, letter.id, body(letter), target, timestamp=int(now.timestamp()))


def _put_down(in_hand: _IN_HAND, clock: Clock) -> int:
    """Keep how those ended that have come back; how many there were."""
    done, _on_the_way = wait(in_hand, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED)
    for future in done:
        report(in_hand.pop(future), _answer_of(future), now=clock(), chance=random.random())  # noqa: S311 - no secret
    return len(done)


def _answer_of(future: Future[Answer]) -> Answer:
    """How it ended; what nobody thought of is logged, and counts as a connection that broke off."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - one letter does not hold up the others
        tell_failure("push", error)
        return Answer(Problem.BROKEN)
