"""Letters to one endpoint together: what is in hand, by how many connections it goes, and systems that take batches."""

import json
import time
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from notifications.actions import delivering
from notifications.actions.claiming import EACH_AT_ONCE, claim_due, report
from notifications.actions.delivering import LINES, push_due
from notifications.actions.endpoints import send_test
from notifications.models import Attempt, Endpoint, Push
from notifications.models.pushes import Problem
from notifications.queries.letters import target_of
from notifications.rules.retries import PATIENCE
from notifications.wire.sending import Answer, Line, send
from registry.actions.errors import Refused
from tests.notifications.exchange import Ticking, country
from tests.notifications.pushing import administrator, endpoint_at, failing, problems, push, states
from tests.notifications.receiver import Handler, Letter, Receiver
from tests.town import TODAY, Town, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return country()


@pytest.fixture
def clock() -> Ticking:
    return Ticking(at(TODAY, 20))


def owed_without_order(endpoint: Endpoint, clock: Ticking, many: int) -> None:
    """Letters about nobody, so that none waits for another."""
    for _ in range(many):
        send_test(endpoint=endpoint, by=administrator(), now=clock())


def test_no_more_than_its_share_is_in_hand_of_one_endpoint(town: Town, clock: Ticking, receiver: Receiver) -> None:
    owed_without_order(endpoint_at(receiver, town.agency, clock()), clock, EACH_AT_ONCE + 4)
    assert len(claim_due(now=clock(), room=EACH_AT_ONCE * 2)) == EACH_AT_ONCE
    assert claim_due(now=clock(), room=EACH_AT_ONCE) == []


def test_letters_to_one_endpoint_go_by_a_few_connections_that_stay_open(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    receiver.keeps = True
    owed_without_order(endpoint_at(receiver, town.agency, clock()), clock, 3 * LINES)
    assert push(clock) == 3 * LINES
    assert set(states()) == {"delivered"}
    assert receiver.most_at_once <= receiver.connections <= LINES


def test_after_a_failure_for_the_endpoints_sake_the_rest_of_a_bundle_is_not_tried(
    town: Town, receiver: Receiver
) -> None:
    receiver.answer = failing()
    owed_without_order(endpoint_at(receiver, town.agency, timezone.now()), Ticking(timezone.now()), 6 * LINES)
    assert push_due(clock=timezone.now) <= 3 * LINES
    assert len(receiver.letters) == Attempt.objects.count() <= 3 * LINES
    assert Push.objects.filter(lease_until__isnull=False).count() == 0


def test_what_cannot_be_begun_in_time_is_given_back(
    town: Town, clock: Ticking, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_BEGUN_WITHIN", 0.5)

    def slowly(handler: Handler, _letter: Letter) -> None:
        time.sleep(0.3)
        handler.say(204)

    receiver.answer = slowly
    owed_without_order(endpoint_at(receiver, town.agency, clock()), clock, 4 * LINES)
    assert push(clock) == 4 * LINES
    assert set(states()) == {"delivered"}
    assert max(Push.objects.values_list("fence", flat=True)) > 1
    assert len(receiver.letters) == Attempt.objects.count() == 4 * LINES


def test_after_an_answer_that_is_none_yet_the_connection_is_not_used_again(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    """Else the answer that comes late would be taken for that to the next letter."""
    endpoint = endpoint_at(receiver, town.agency, clock())
    receiver.keeps = True

    def early(handler: Handler, letter: Letter) -> None:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.2)
        handler.say(500 if letter.id == second else 204)

    owed_without_order(endpoint, clock, 2)
    second = str(Push.objects.latest("pk").notice.event.uuid)
    receiver.answer = early
    line = Line(target_of(endpoint, clock()))
    answers = [send(str(each.notice.event.uuid), b"{}", line, timestamp=1) for each in Push.objects.order_by("pk")]
    line.close()
    assert [answer.problem for answer in answers] == [Problem.BROKEN, Problem.BROKEN]
    assert receiver.connections == 2


@pytest.mark.parametrize("batches", [False, True])
def test_never_more_than_its_connections_go_to_an_endpoint_however_its_letters_come(
    town: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, *, batches: bool
) -> None:
    endpoint = endpoint_at(receiver, town.agency, timezone.now(), takes_batches=batches)
    monkeypatch.setattr(delivering, "MOST_IN_A_BATCH", 2)
    chance = Random(7)

    def unevenly(handler: Handler, _letter: Letter) -> None:
        time.sleep(chance.random() / 20)
        handler.say(204)

    receiver.answer = unevenly
    owed_without_order(endpoint, Ticking(timezone.now()), 12 * LINES)
    assert push_due(clock=timezone.now) == 12 * LINES
    assert receiver.most_at_once <= LINES


def test_a_wish_to_come_later_is_kept_though_another_letter_got_through(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    owed_without_order(endpoint_at(receiver, town.agency, clock()), clock, 2)
    busy = str(Push.objects.latest("pk").notice.event.uuid)

    def answer(handler: Handler, letter: Letter) -> None:
        if letter.id == busy:
            handler.say(429, retry_after="3600")
        else:
            handler.say(204)

    receiver.answer = answer
    push(clock)
    [row] = Push.objects.filter(state="waiting")
    assert row.next_at == clock() + timedelta(hours=1)


def test_the_register_of_a_province_takes_no_batches(town: Town, clock: Ticking, receiver: Receiver) -> None:
    with pytest.raises(Refused) as refused:
        endpoint_at(receiver, town.region, clock(), takes_batches=True)
    assert refused.value.code == "no_batches_between_registers"


def test_a_system_that_takes_batches_gets_what_is_due_in_one_request(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.agency, clock(), takes_batches=True)
    owed_without_order(endpoint, clock, 12)
    assert push(clock) == 12
    [request] = receiver.letters
    assert receiver.forged == 0
    assert request.headers["content-type"] == "application/cloudevents-batch+json; charset=utf-8"
    events = json.loads(request.body)
    assert len({event["id"] for event in events}) == 12
    assert set(states()) == {"delivered"}


def test_a_batch_has_an_id_that_is_the_same_for_the_same_letters(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.agency, clock(), takes_batches=True)
    owed_without_order(endpoint, clock, 3)
    receiver.answer = failing(status=503)
    push(clock)
    receiver.answer = lambda handler, _letter: handler.say(204)
    clock.go_on(minutes=1)
    push(clock)
    assert len(receiver.letters) == 2
    assert len({request.id for request in receiver.letters}) == 1
    endpoint.refresh_from_db()
    assert (set(states()), endpoint.failures) == ({"delivered"}, 0)


def test_one_bad_letter_does_not_hold_up_the_others_of_its_batch(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.agency, clock(), takes_batches=True)
    owed_without_order(endpoint, clock, 4)
    bad = str(Push.objects.earliest("pk").notice.event.uuid)
    receiver.answer = lambda handler, request: handler.say(422 if bad in request.body.decode() else 204)
    push(clock)
    assert len(receiver.letters) == 1
    clock.go_on(minutes=1)
    push(clock)
    assert sorted(states()) == ["delivered", "delivered", "delivered", "waiting"]


def test_a_batch_that_fails_is_one_failure_of_its_endpoint(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.agency, clock(), takes_batches=True)
    owed_without_order(endpoint, clock, 30)
    receiver.answer = failing(status=503)
    push(clock)
    endpoint.refresh_from_db()
    assert endpoint.failures == 1
    assert problems() == ["busy"] * 30


def test_what_fails_together_is_one_failure(town: Town, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.agency, timezone.now())
    receiver.answer = failing()
    for _ in range(LINES):
        send_test(endpoint=endpoint, by=administrator(), now=timezone.now())
    claims = claim_due(now=timezone.now(), room=LINES)
    for claim in claims:
        report(claim, Answer(Problem.ERROR, 500), now=timezone.now(), chance=0)
    endpoint.refresh_from_db()
    assert (len(claims), endpoint.failures) == (LINES, 1)


def test_what_failed_twice_goes_at_once_when_the_endpoint_is_back_and_not_what_fails_by_itself(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.agency, clock())
    owed_without_order(endpoint, clock, 2)
    short, long = Push.objects.order_by("pk")
    for push_, failures in ((short, 2), (long, PATIENCE)):
        Push.objects.filter(pk=push_.pk).update(
            failures=failures, problem=Problem.ERROR, next_at=clock() + timedelta(hours=1)
        )
    Endpoint.objects.update(failures=2, rests_until=clock())
    owed_without_order(endpoint, clock, 1)
    push(clock)
    assert list(Push.objects.order_by("pk").values_list("state", flat=True)) == ["delivered", "waiting", "delivered"]
