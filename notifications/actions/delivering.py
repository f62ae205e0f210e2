"""The engine that brings letters to endpoints: it claims what is due, sends it outside of any transaction, and keeps
how that ended.

Whatever dies in between, what was claimed is due again when its lease is over, and goes out under the same id. So a
system may get a letter twice, and knows it by that id; it never gets none.

Letters to one endpoint go by a few connections that stay open, a bundle by each; what came of them is kept together. A
system that takes batches gets a bundle in one request. What it did not take so, for the letters' sake, goes alone.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import prefetch_related_objects

from notifications.actions.claiming import Claim, Tried, claim_due, give_back, hand_up, report_all
from notifications.models import Endpoint
from notifications.models.pushes import Problem
from notifications.queries.letters import letters_of, target_of
from notifications.rules.envelope import BATCH_MEDIA_TYPE, MOST_IN_A_BATCH, Letter, batch, batch_id, body
from notifications.wire.sending import ABOUT_THE_ENDPOINT, Answer, Line, Target, send
from registry.actions.one_by_one import tell_failure
from registry.models.sealing import SealBroken

Clock = Callable[[], datetime]

AT_ONCE = 32
"""Bundles on their way at the same time from one process."""
IN_HAND = 1024
"""Letters that one process has claimed at the same time."""
MOST_KEPT = 256
"""Connections that one process keeps open though nothing goes by them at the moment."""
LINES = 8
"""Connections to one endpoint at the same time from one process, each with a bundle."""
LONGEST_RUN = timedelta(seconds=20)
"""How long one run takes on new work; then the next one goes on."""
LINGER = 0.25
"""Seconds that a run of a worker waits for the next letters: so long it keeps its connections, and its worker."""
_LINGERING = 0.03  # seconds between two looks meanwhile
_LOOK_EVERY = 0.5  # seconds until a run with letters on their way looks for others that have become due
_BEGUN_WITHIN = 10.0  # seconds after the claim in which a try may begin, to be over long before the lease is
_TARGET_HOLDS = 2.0  # seconds for which what was read of an endpoint and its keys is used

_STOPS = ABOUT_THE_ENDPOINT | {Problem.GONE}
"""Problems after which the rest of a bundle is not tried."""
_ALONE = frozenset({Problem.REFUSED, Problem.ERROR})
"""Problems that may be those of one letter of a batch."""
_Letters = Sequence[tuple[Claim, Letter]]


def push_due(*, clock: Clock, longest: timedelta = LONGEST_RUN, linger: float = 0.0) -> int:
    """Send whatever is due, until nothing is or `longest` is over; how many tries there were.

    It looks for further letters for `linger` seconds after the last one, with its connections open. Safe to run in many
    processes at once.
    """
    until, last = clock() + longest, time.monotonic()
    hand_up(now=clock())
    tries = 0
    run = _Run(clock)
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push")
    try:
        while True:
            if clock() <= until:
                run.take(pool)
            if run.on_the_way:
                tries += run.put_down()
                last = time.monotonic()
            elif time.monotonic() >= last + linger or clock() > until:
                return tries
            else:
                time.sleep(_LINGERING)
    finally:
        pool.shutdown(cancel_futures=True)
        run.hang_up()


@dataclass
class _Lines:
    """What was read of an endpoint, until when that is used, and the lines there that are free."""

    target: Target
    until: float
    free: list[Line] = field(default_factory=list)
    out: int = 0
    """Lines that somebody uses."""

    def take(self) -> Line:
        self.out += 1
        return self.free.pop() if self.free else Line(self.target)

    def put_back(self, line: Line, *, keep: bool) -> None:
        self.out -= 1
        if keep and line.target is self.target:
            self.free.append(line)
        else:
            line.close()

    def renew(self, target: Target, until: float) -> None:
        self.until = until
        if target != self.target:
            self.hang_up()
            self.target = target

    def hang_up(self) -> None:
        for line in self.free:
            line.close()
        self.free = []


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Letters that go by one line, one after the other, as long as there is time."""

    lines: _Lines
    line: Line
    letters: _Letters
    begun_within: float
    at_once: bool
    """In one request."""


class _Run:
    """What is on its way from this process."""

    def __init__(self, clock: Clock) -> None:
        self.on_the_way: dict[Future[list[Tried]], _Bundle] = {}
        self._clock = clock
        self._lines: dict[int, _Lines] = {}

    def take(self, pool: ThreadPoolExecutor) -> None:
        """Claim what there are hands for, and send it on its way."""
        room = IN_HAND - sum(len(bundle.letters) for bundle in self.on_the_way.values())
        hands = AT_ONCE - len(self.on_the_way)
        if not hands:
            return
        busy = [pk for pk, lines in self._lines.items() if lines.out >= LINES]
        found = list(_by_endpoint(claim_due(now=self._clock(), room=room, endpoints=hands, without=busy)))
        prefetch_related_objects([endpoint for endpoint, _letters in found if not self._holds(endpoint)], "keys")
        for endpoint, letters in found:
            lines = self._lines_to(endpoint)
            if lines is None:
                unusable = Answer(Problem.CONFIGURED)
                report_all([Tried(claim, unusable, _chance()) for claim, _letter in letters], now=self._clock())
                continue
            most = max(1, min(LINES - lines.out, hands // len(found)))
            for some, at_once in _bundles(endpoint, letters, most):
                if lines.out >= LINES:
                    give_back(claim for claim, _letter in some)
                    continue
                bundle = _Bundle(lines, lines.take(), some, time.monotonic() + _BEGUN_WITHIN, at_once)
                self.on_the_way[pool.submit(_carried, bundle, self._clock)] = bundle

    def put_down(self) -> int:
        """Keep what came of the bundles that have come back; how many tries there were."""
        done, _on_the_way = wait(self.on_the_way, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED)
        tried: list[Tried] = []
        for future in done:
            bundle = self.on_the_way.pop(future)
            bundle.lines.put_back(bundle.line, keep=self._kept() < MOST_KEPT)
            found = future.result()
            give_back(claim for claim, _letter in bundle.letters[len(found) :])
            tried += found
        if tried:
            report_all(tried, now=self._clock())
        return len(tried)

    def _kept(self) -> int:
        return sum(len(lines.free) for lines in self._lines.values())

    def hang_up(self) -> None:
        """Leave no connection open."""
        for bundle in self.on_the_way.values():
            bundle.line.close()
        for lines in self._lines.values():
            lines.hang_up()

    def _holds(self, endpoint: Endpoint) -> bool:
        """Whether what was read of the endpoint is still used."""
        found = self._lines.get(endpoint.pk)
        return found is not None and time.monotonic() < found.until

    def _lines_to(self, endpoint: Endpoint) -> _Lines | None:
        """The lines to the endpoint; nothing where it cannot be read any more."""
        found = self._lines.get(endpoint.pk)
        if found is not None and self._holds(endpoint):
            return found
        try:
            target, until = target_of(endpoint, self._clock()), time.monotonic() + _TARGET_HOLDS
        except (SealBroken, ValueError) as error:
            tell_failure("push", error, whose=str(endpoint.uuid))
            return None
        if found is None:
            found = self._lines[endpoint.pk] = _Lines(target, until)
        found.renew(target, until)
        return found


def _by_endpoint(claims: Sequence[Claim]) -> Iterator[tuple[Endpoint, _Letters]]:
    """Each endpoint with its claims and their letters."""
    letters = letters_of([claim.push for claim in claims])
    for _pk, group in groupby(zip(claims, letters, strict=True), key=lambda pair: pair[0].push.endpoint_id):
        pairs = list(group)
        yield pairs[0][0].push.endpoint, pairs


def _bundles(endpoint: Endpoint, letters: _Letters, most: int) -> Iterator[tuple[_Letters, bool]]:
    """Evenly on at most so many lines; as batches where the endpoint takes them."""
    together: list[tuple[Claim, Letter]] = []
    alone: list[tuple[Claim, Letter]] = []
    for pair in letters:
        fits = endpoint.takes_batches and pair[0].push.problem not in _ALONE
        (together if fits else alone).append(pair)
    together.sort(key=lambda pair: pair[0].push.pk)  # the same letters are the same batch
    for first in range(0, len(together), MOST_IN_A_BATCH):
        yield together[first : first + MOST_IN_A_BATCH], True
    size = -(-len(alone) // most)
    for first in range(0, len(alone), size or 1):
        yield alone[first : first + size], False


def _carried(bundle: _Bundle, clock: Clock) -> list[Tried]:
    """Each letter that was tried, in order. After one that fails for the endpoint's sake no other one is."""
    if time.monotonic() > bundle.begun_within:
        return []  # it waited for a hand too long, and is somebody else's soon
    if bundle.at_once:
        answer = _answer_to([letter for _claim, letter in bundle.letters], bundle.line, clock)
        return [Tried(claim, answer, _chance()) for claim, _letter in bundle.letters]
    tried: list[Tried] = []
    for claim, letter in bundle.letters:
        if tried and (tried[-1].answer.problem in _STOPS or time.monotonic() > bundle.begun_within):
            break
        tried.append(Tried(claim, _answer_to([letter], bundle.line, clock), _chance()))
    return tried


def _answer_to(letters: Sequence[Letter], line: Line, clock: Clock) -> Answer:
    """How it ended; what nobody thought of is logged, and counts as a connection that broke off."""
    second = int(clock().timestamp())
    try:
        if len(letters) == 1:
            return send(letters[0].id, body(letters[0]), line, timestamp=second)
        return send(batch_id(letters), batch(letters), line, timestamp=second, media_type=BATCH_MEDIA_TYPE)
    except Exception as error:  # noqa: BLE001 - one letter does not hold up the others
        tell_failure("push", error)
        line.close()
        return Answer(Problem.BROKEN)


def _chance() -> float:
    return random.random()  # noqa: S311 - no secret
