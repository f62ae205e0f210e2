"""Letters on their way to real receivers: signed, in order, tried again, and never lost."""

from datetime import date, timedelta

import pytest

from notifications.actions.claiming import LEASE, claim_due, report
from notifications.actions.endpoints import (
    pause_endpoint,
    replay_push,
    resume_endpoint,
    retire_endpoint,
    rotate_key,
    send_test,
)
from notifications.models import Attempt, Push
from notifications.models.pushes import Problem
from notifications.wire.sending import Answer
from registry.actions.errors import Refused
from registry.models import Practitioner, ProcedureStep
from tests.actions.deeds import annul
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.pushing import administrator, endpoint_at, failing, problems, push, states
from tests.notifications.receiver import Handler, Letter, Receiver, receiving
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db

DAYS = [date(2025, 3, day) for day in range(10, 20)]


@pytest.fixture
def town() -> Town:
    return country()


@pytest.fixture
def clock() -> Ticking:
    return Ticking(at(TODAY, 20))


def owed(town: Town, clock: Ticking, *days: date, who: Practitioner | None = None) -> None:
    """One letter to the hospital for each day, and one for each deadline that comes with it."""
    for day in days:
        score(town, 1, day, who=who, number=f"{who or 'self'}{day}")
    announce(clock())


def test_a_letter_says_who_and_where_and_nothing_of_what(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint_at(receiver, town.agency, clock())
    score(town, 9, TODAY)
    announce(clock())
    push(clock)
    assert receiver.forged == 0
    letter = receiver.effects[-1]
    event = letter.event
    assert letter.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert letter.headers["webhook-timestamp"] == str(int(clock().timestamp()))
    assert event["id"] == letter.id
    assert event["type"] == "demerit-register.standing.suspended.v1"
    assert event["subject"] == str(town.surgeon.uuid)
    assert event["source"] == "urn:demerit-register:cn"
    assert set(event["data"]) == {"notice", "url", "corrects"}
    assert event["data"]["url"] == f"/api/v1/practitioners/{town.surgeon.uuid}/"
    assert not any(word in letter.body.decode() for word in ("王伟", town.surgeon.code, "points"))
    assert set(states()) == {"delivered"}
    assert push(clock) == 0


def test_a_correction_names_the_letters_that_it_corrects(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint_at(receiver, town.agency, clock())
    entry = score(town, 9, TODAY)
    announce(clock())
    push(clock)
    wrong = next(letter for letter in receiver.effects if "suspended" in letter.event["type"])
    annul(town, entry, date(2025, 3, 12))
    announce(clock())
    push(clock)
    right = next(letter for letter in receiver.effects if "annulled" in letter.event["type"])
    assert right.event["data"]["corrects"] == [wrong.id]


def test_letters_about_one_person_come_in_order_and_numbered(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint_at(receiver, town.agency, clock())
    owed(town, clock, *DAYS[:4])
    owed(town, clock, *DAYS[:4], who=town.nurse)
    push(clock)
    for person in (town.surgeon, town.nurse):
        numbers = [each.event["sequence"] for each in receiver.letters if each.event["subject"] == str(person.uuid)]
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
        assert len(numbers) >= 4


def test_a_failed_letter_comes_again_with_the_same_id_and_the_same_words(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing()
    owed(town, clock, DAYS[0])
    push(clock)
    first = receiver.letters[0]
    assert problems()[0] == "error"
    receiver.answer = lambda handler, _letter: handler.say(200)
    clock.go_on(minutes=1)
    push(clock)
    again = [letter for letter in receiver.letters if letter.id == first.id]
    assert len(again) == 2
    assert again[0].body == again[1].body
    assert again[0].headers["webhook-timestamp"] != again[1].headers["webhook-timestamp"]
    assert set(states()) == {"delivered"}


def test_while_a_letter_fails_the_next_about_the_same_person_waits_and_others_go(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint_at(receiver, town.hospital, clock())
    bad = str(town.surgeon.uuid)

    def picky(handler: Handler, letter: Letter) -> None:
        handler.say(422 if letter.event["subject"] == bad else 204)

    receiver.answer = picky
    owed(town, clock, *DAYS[:3])
    owed(town, clock, *DAYS[:3], who=town.nurse)
    push(clock)
    subjects = [letter.event["subject"] for letter in receiver.letters]
    assert subjects.count(bad) == 1
    assert subjects.count(str(town.nurse.uuid)) >= 3
    assert Push.objects.filter(practitioner=town.nurse).exclude(state="delivered").count() == 0


def test_one_receiver_that_fails_does_not_hold_up_another(town: Town, clock: Ticking, receiver: Receiver) -> None:
    with receiving() as broken:
        broken.answer = failing()
        endpoint_at(broken, town.hospital, clock())
        endpoint_at(receiver, town.agency, clock())
        owed(town, clock, *DAYS[:3])
        push(clock)
        assert set(Push.objects.filter(endpoint__agency=town.agency).values_list("state", flat=True)) == {"delivered"}
        assert set(Push.objects.filter(endpoint__agency=None).values_list("state", flat=True)) == {"waiting"}


def test_an_endpoint_that_keeps_failing_is_left_alone_and_what_failed_goes_at_once_when_it_is_back(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing()
    owed(town, clock, *DAYS[:2])
    for _ in range(4):
        push(clock)
        clock.go_on(minutes=6)
    endpoint.refresh_from_db()
    assert endpoint.failures >= 3
    waiting = Push.objects.filter(endpoint=endpoint, state="waiting").order_by("sequence").first()
    assert waiting is not None
    receiver.answer = lambda handler, _letter: handler.say(204)
    clock.go_on(hours=3)
    push(clock)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.rests_until) == (0, None)
    assert set(states()) == {"delivered"}


def test_after_75_hours_it_is_handed_up_and_goes_on_daily(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing(status=403)
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    began = clock()
    while clock() < began + timedelta(days=8):
        push(clock)
        clock.go_on(hours=1)
    [row] = Push.objects.filter(endpoint=endpoint)
    assert (row.state, row.problem) == ("overdue", "refused")
    tries = list(Attempt.objects.order_by("pk").values_list("began_at", flat=True))
    late = [each for each in tries if each > began + timedelta(hours=99)]
    assert 3 <= len(late) <= 5
    receiver.answer = lambda handler, _letter: handler.say(204)
    clock.go_on(days=2)
    push(clock)
    assert states() == ["delivered"]


def test_what_was_never_tried_is_handed_up_too(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    pause_endpoint(endpoint=endpoint, by=administrator(), reason="维护", now=clock())
    clock.go_on(hours=75)
    assert push(clock) == 0
    assert states() == ["overdue"]


def test_a_receiver_may_ask_to_wait_longer_but_no_more_than_a_day(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing(status=429, retry_after="7200")
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    [row] = Push.objects.all()
    assert (row.next_at, row.problem) == (clock() + timedelta(hours=2), "busy")


def test_a_receiver_that_is_gone_is_disabled_and_what_is_owed_waits(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing(status=410)
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    endpoint.refresh_from_db()
    assert (endpoint.state, problems(), states()) == ("disabled", ["gone"], ["waiting"])
    assert ProcedureStep.objects.filter(subject=endpoint.uuid, act="disable", role="clock").count() == 1
    owed(town, clock, DAYS[0])
    clock.go_on(hours=1)
    assert push(clock) == 0
    receiver.answer = lambda handler, _letter: handler.say(204)
    resume_endpoint(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    assert set(states()) == {"delivered"}


def test_a_redirect_is_a_failure_and_is_not_followed(town: Town, clock: Ticking, receiver: Receiver) -> None:
    with receiving() as other:
        endpoint = endpoint_at(receiver, town.hospital, clock())
        receiver.answer = lambda handler, _letter: handler.say(307, location=other.url)
        send_test(endpoint=endpoint, by=administrator(), now=clock())
        push(clock)
        assert (problems(), states(), other.letters) == (["redirect"], ["waiting"], [])


def test_nothing_of_an_answer_is_kept_but_its_status(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    receiver.answer = failing()
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    [row] = Attempt.objects.values()
    assert row["status"] == 500
    assert "do not show this" not in str(row)


def test_a_paused_endpoint_gets_nothing_until_it_is_resumed(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    pause_endpoint(endpoint=endpoint, by=administrator(), reason="维护", now=clock())
    owed(town, clock, DAYS[0])
    assert (push(clock), set(states())) == (0, {"waiting"})
    resume_endpoint(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    assert set(states()) == {"delivered"}


def test_what_is_owed_to_a_retired_endpoint_is_withdrawn(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    owed(town, clock, DAYS[0])
    retire_endpoint(endpoint=endpoint, by=administrator(), reason="停用", now=clock())
    assert set(states()) == {"withdrawn"}
    owed(town, clock, DAYS[1])
    assert (push(clock), set(states())) == (0, {"withdrawn"})


def test_a_delivered_letter_is_sent_again_under_the_same_id(town: Town, clock: Ticking, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    row = send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    replay_push(push=row, by=administrator(), now=clock())
    push(clock)
    assert list(receiver.seen().values()) == [2]
    assert len(receiver.effects) == 1
    assert list(Attempt.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]


def test_both_keys_sign_while_one_takes_over_and_then_the_new_one_alone(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    old, receiver.public = receiver.public, []
    new = rotate_key(endpoint=endpoint, overlap=timedelta(days=7), by=administrator(), now=clock())
    for keys in (old, [bytes(new.public)]):
        receiver.public = keys
        send_test(endpoint=endpoint, by=administrator(), now=clock())
        push(clock)
    assert receiver.forged == 0
    with pytest.raises(Refused, match="rotation_not_over"):
        rotate_key(endpoint=endpoint, overlap=timedelta(days=7), by=administrator(), now=clock())
    clock.go_on(days=7)
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    assert receiver.forged == 0
    receiver.public = old
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    push(clock)
    assert receiver.forged == 1


# leases and fences ----------------------------------------------------------------------------------------------------


def test_what_a_dead_worker_had_in_hand_is_due_again_when_its_lease_is_over(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    [claim] = claim_due(now=clock(), room=5)
    assert claim.fence == 1
    assert push(clock) == 0
    clock.go_on(seconds=LEASE.total_seconds())
    assert push(clock) == 1
    assert states() == ["delivered"]


def test_a_worker_that_comes_back_late_changes_nothing_that_another_did(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    [slow] = claim_due(now=clock(), room=5)
    clock.go_on(seconds=LEASE.total_seconds())
    push(clock)
    assert not report(slow, Answer(Problem.TIMEOUT), now=clock(), chance=0.5)
    [row] = Push.objects.all()
    assert (row.state, row.failures) == ("delivered", 0)
    assert sorted(problems()) == ["", "timeout"]


def test_a_late_worker_does_not_take_the_lease_from_the_one_who_has_it_now(
    town: Town, clock: Ticking, receiver: Receiver
) -> None:
    endpoint = endpoint_at(receiver, town.hospital, clock())
    send_test(endpoint=endpoint, by=administrator(), now=clock())
    [slow] = claim_due(now=clock(), room=5)
    clock.go_on(seconds=LEASE.total_seconds())
    [_quick] = claim_due(now=clock(), room=5)
    assert not report(slow, Answer(Problem.ERROR, 500), now=clock(), chance=0.5)
    clock.go_on(seconds=30)
    assert claim_due(now=clock(), room=5) == []
