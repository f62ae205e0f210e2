"""Letters to a receiver from hell: each takes effect exactly once, in order for each person, and nothing is lost.

The engine is the real one on the real database, the receiver's brain is the kit, and only the clock is moved, so that
waiting costs nothing. Here it is about a thousand letters; the long form takes a number:

    REGISTRY_HELL=30000 python3 manage.py test tests/notifications/test_hell.py
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Min

from notifications.actions import delivering
from notifications.actions.claiming import LEASE, Claim, claim_due, report
from notifications.actions.delivering import push_due
from notifications.actions.endpoints import replay_push
from notifications.models import Attempt, Endpoint, Push
from notifications.queries.letters import letter_of, target_of
from notifications.rules.envelope import body
from notifications.wire.sending import Answer, Line, send
from notifications.wire.signing import public_text
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.models import Practitioner
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.hell import AT_THE_DOOR, DEEDS, WORDS, Hell, hell_on_earth
from tests.notifications.kit import Hospital
from tests.notifications.pushing import administrator, endpoint_at
from tests.notifications.receiver import Receiver
from tests.notifications.test_tricks import Canary, canary_at
from tests.town import LAW_BEGINS, TODAY, Town, at, score

LETTERS = int(os.environ.get("REGISTRY_HELL", "0")) or 1_000
SYSTEMS, PEOPLE = 24, 6
PATIENCE = 0.5  # seconds, in place of fifteen
SEED = 7


@pytest.fixture
def canary() -> Iterator[Canary]:
    with canary_at("127.0.0.2") as found:
        yield found


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield country()
    connection.close()


@pytest.fixture
def clock() -> Ticking:
    return Ticking(at(TODAY, 9))


@pytest.fixture
def hell(town: Town, clock: Ticking, canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hell]:
    """The receiver, with an endpoint of hospital or agency for each of its systems."""
    monkeypatch.setattr(delivering, "Line", partial(Line, seconds=PATIENCE))
    monkeypatch.setattr(random, "random", random.Random(SEED).random)  # when something is tried again
    with hell_on_earth(clock, f"https://127.0.0.2:{canary.port}/", seed=SEED) as found:
        for number in range(SYSTEMS):
            path = f"system{number}"
            somebody = Receiver(found.port, found.issuer)
            endpoint_at(somebody, (town.hospital, town.agency)[number % 2], clock(), url=found.url(path))
            found.brains[path] = Hospital(tmp_path / path, [public_text(key) for key in somebody.public])
        yield found


def people(town: Town) -> list[Practitioner]:
    """Colleagues of the surgeon and the nurse."""
    others = []
    for number in range(3, PEOPLE + 1):
        other = register_practitioner(
            code=f"D5101000000{number:02}",
            name=f"同事{number}",
            category="physician",
            by=town.officer,
            now=at(LAW_BEGINS),
        )
        register_at(
            practitioner=other, institution=town.hospital, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS)
        )
        others.append(other)
    return [town.surgeon, town.nurse, *others]


# what goes on ---------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings(
    "ignore:unclosed <ssl.SSLSocket:ResourceWarning"
)  # where the peer is gone before TLS begins
def test_every_letter_takes_effect_once_and_in_order(
    town: Town, clock: Ticking, hell: Hell, canary: Canary, capfd: pytest.CaptureFixture[str]
) -> None:
    everybody, day, slow = people(town), TODAY, 0
    while Push.objects.count() < LETTERS:
        for number, who in enumerate(everybody):
            score(town, 1, day, who=who, number=f"罚字{day}{number}")
        announce(clock())
        slow += somebody_is_slow(clock, hell)
        push_due(clock=clock)
        hell.settle()
        day += timedelta(days=1)
        clock.now = max(clock(), at(day, 9))
    until_quiet(clock, hell)
    rescued = rescue_what_was_swallowed(clock, hell)
    assert faults(hell) == []
    assert set(Push.objects.values_list("state", flat=True)) == {"delivered"}
    assert not canary.heard()
    assert shown_of_answers(capfd) == []
    # and it was hell
    assert Push.objects.count() >= LETTERS
    assert Attempt.objects.count() > 1.3 * LETTERS
    assert {deed for deed in DEEDS if hell.deeds[deed] == 0} == set()
    assert any(times > 3 for times in hell.seen.values())
    assert {status for how, status in hell.statuses if how == "at once"} == {204}, hell.statuses
    assert hell.statuses["late", 204] > 0.02 * LETTERS
    assert slow > 0
    assert rescued > 0


def somebody_is_slow(clock: Ticking, hell: Hell) -> int:
    """A worker takes letters in hand and falls asleep; others go on when its lease is over, and then it wakes up.

    How many it had lost: what it reports of them must count for nothing.
    """
    asleep = claim_due(now=clock(), room=3)
    clock.go_on(seconds=LEASE.total_seconds() + 1)
    taken_over = {claim.push.pk: claim.fence for claim in claim_due(now=clock(), room=50)}
    lost = [claim for claim in asleep if claim.push.pk in taken_over]
    for claim in asleep:
        counts = report(claim, sent(claim, clock), now=clock(), chance=0.5)
        assert counts == (claim not in lost), "a worker that lost its claim was listened to"
    hell.settle()
    for claim in lost:
        row = Push.objects.get(pk=claim.push.pk)
        assert (row.fence, row.lease_until) == (taken_over[row.pk], clock() + LEASE), "its successor lost the lease"
    clock.go_on(seconds=LEASE.total_seconds() + 1)  # the others die
    return len(lost)


def sent(claim: Claim, clock: Ticking) -> Answer:
    letter = letter_of(claim.push)
    line = Line(target_of(claim.push.endpoint, clock()), seconds=PATIENCE)
    with closing(line):
        return send(letter.id, body(letter), line, timestamp=int(clock().timestamp()))


def until_quiet(clock: Ticking, hell: Hell) -> None:
    """Push, and let time pass, until nothing is owed."""
    for _ in range(20 * LETTERS):
        push_due(clock=clock)
        hell.settle()
        owed = Push.objects.filter(next_at__isnull=False)
        if not owed.exists():
            return
        resting = Endpoint.objects.filter(rests_until__gt=clock()).aggregate(at=Min("rests_until"))["at"]
        waiting = owed.filter(next_at__gt=clock()).aggregate(at=Min("next_at"))["at"]
        clock.now = max(min(each for each in (resting, waiting) if each), clock() + timedelta(seconds=30))
    pytest.fail("it never comes to an end")


def rescue_what_was_swallowed(clock: Ticking, hell: Hell) -> int:
    """Something said that all is well, and it was not: the receivers compare, and have letters sent again.

    How many there were. What shows as a gap is among them.
    """
    rescued = 0
    while True:
        hell.hand_in(all_of_it=True)
        known = {path: taken(brain) for path, brain in hell.brains.items()}
        missing = [row for row in owed() if id_of(row) not in known[path_of(row)]]
        assert {id_of(row) for row in missing} <= hell.swallowed, "the sender lost a letter by itself"
        assert gaps(hell) <= {(row.endpoint.url, subject_of(row), row.sequence) for row in missing}
        if not missing:
            return rescued
        for row in missing:
            replay_push(push=row, by=administrator(), now=clock())
        rescued += len(missing)
        until_quiet(clock, hell)


# what came of it ------------------------------------------------------------------------------------------------------


def owed() -> list[Push]:
    return list(Push.objects.select_related("notice__event", "endpoint", "practitioner").order_by("pk"))


def path_of(row: Push) -> str:
    return row.endpoint.url.rpartition("/")[2]


def subject_of(row: Push) -> str:
    assert row.practitioner is not None
    return str(row.practitioner.uuid)


def id_of(row: Push) -> str:
    return str(row.notice.event.uuid)


def taken(brain: Hospital) -> set[str]:
    """The ids that an inbox has, parked ones as well."""
    with brain.inbox.transaction() as db:
        return {letter_id for (letter_id,) in db.execute("select id from letters")}


def gaps(hell: Hell) -> set[tuple[str, str, int]]:
    """Letters that the inboxes miss."""
    return {
        (hell.url(path), subject, number)
        for path, brain in hell.brains.items()
        for subject, first, last in brain.inbox.gaps()
        for number in range(first, last + 1)
    }


def faults(hell: Hell) -> list[str]:
    """Everything that is not as it must be."""
    expected: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for row in owed():
        expected[path_of(row)][id_of(row)] = (subject_of(row), row.sequence)
    return [fault for path, brain in hell.brains.items() for fault in _faults_of(path, brain, expected[path])]


def _faults_of(path: str, brain: Hospital, expected: dict[str, tuple[str, int]]) -> Iterator[str]:
    with brain.inbox.transaction() as db:
        effects = db.execute("select id, subject, sequence from done order by rowid").fetchall()
    times = Counter(letter_id for letter_id, _subject, _number in effects)
    if lost := set(expected) - set(times):
        yield f"{path}: {len(lost)} of {len(expected)} never took effect"
    if doubled := [each for each in times.values() if each > 1]:
        yield f"{path}: {len(doubled)} took effect more than once"
    if strange := [each for each in effects if expected.get(each[0]) != each[1:]]:
        yield f"{path}: {len(strange)} are none that was owed"
    in_order = defaultdict(list)
    for _id, subject, number in effects:
        in_order[subject].append(number)
    for subject, numbers in in_order.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{path}: {subject} in the order {numbers}"


def shown_of_answers(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Where words of an answer are to be found: in a row of the database, or in a log."""
    found = [each for model in (Attempt, Push, Endpoint) for each in map(str, model.objects.values()) if WORDS in each]
    written = capfd.readouterr()
    return [*found, *(each for each in (written.out, written.err) if WORDS in each)]


def test_hell_knows_what_it_does() -> None:
    assert set(AT_THE_DOOR) < set(DEEDS)
    assert len(DEEDS) > 20
    assert 0.3 < 1 - DEEDS["good"][0] / sum(weight for weight, _do in DEEDS.values()) < 0.6
