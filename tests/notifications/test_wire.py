"""One try over the wire: where it may go, whom it trusts, and how long it waits. No database."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from typing import Any

import pytest

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, Network
from notifications.wire import connecting
from notifications.wire.connecting import Credentials
from notifications.wire.sending import Answer, Line, Target, send
from notifications.wire.signing import new_pair, public_text
from tests.notifications.receiver import Handler, Letter, Paper, Receiver, issue, receiving

PUBLIC, PRIVATE = new_pair()
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)
BODY = b'{"specversion":"1.0"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        found.public.append(PUBLIC)
        yield found


def target(
    receiver: Receiver,
    *,
    host: str = "localhost",
    approved: tuple[Network, ...] = LOOPBACK,
    own: tuple[Network, ...] = (),
    credentials: Credentials | None = None,
) -> Target:
    where = Location(host, receiver.port, "/inbox")
    return Target(where, approved, own, credentials or Credentials(receiver.issuer), (PRIVATE,))


def sent(where: Target, *, seconds: float = 5) -> Answer:
    with closing(Line(where, seconds=seconds)) as line:
        return by(line)


def by(line: Line, letter_id: str = "letter-1") -> Answer:
    return send(letter_id, BODY, line, timestamp=1_700_000_000)


def break_off(handler: Handler, _letter: Letter) -> None:
    """Without an answer."""
    handler.close_connection = True


def test_a_letter_arrives_signed_and_as_it_was_written(receiver: Receiver) -> None:
    assert sent(target(receiver)) == Answer(None, 204)
    [letter] = receiver.effects
    assert (letter.id, letter.body, receiver.forged) == ("letter-1", BODY, 0)
    assert letter.headers["webhook-timestamp"] == "1700000000"
    assert letter.headers["host"] == f"localhost:{receiver.port}"


def test_a_public_key_is_written_as_receivers_enter_it() -> None:
    assert public_text(PUBLIC).startswith("whpk_")
    assert len(public_text(PUBLIC)) == 5 + 44


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, None),
        (299, None),
        (301, Problem.REDIRECT),
        (308, Problem.REDIRECT),
        (400, Problem.REFUSED),
        (404, Problem.REFUSED),
        (410, Problem.GONE),
        (429, Problem.BUSY),
        (500, Problem.ERROR),
        (503, Problem.BUSY),
        (599, Problem.ERROR),
    ],
)
def test_a_status_means_what_it_says(receiver: Receiver, status: int, problem: Problem | None) -> None:
    receiver.answer = lambda handler, _letter: handler.say(status, retry_after="7")
    answer = sent(target(receiver))
    assert (answer.problem, answer.status) == (problem, status)
    assert answer.retry_after in ({None, "7"} if problem is not Problem.BUSY else {"7"})


def test_an_answer_that_drips_is_cut_off_in_time(receiver: Receiver) -> None:
    receiver.answer = lambda handler, _letter: handler.drip()
    began = time.monotonic()
    assert sent(target(receiver), seconds=1).problem == Problem.TIMEOUT
    assert time.monotonic() - began < 4


def test_an_endless_answer_is_not_read(receiver: Receiver) -> None:
    def endless(handler: Any, _letter: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not receiver.ended.is_set():
            handler.wfile.write(b"a" * 65536)

    receiver.answer = endless
    assert sent(target(receiver)) == Answer(None, 200)


def test_a_connection_that_breaks_off_is_no_acceptance(receiver: Receiver) -> None:
    receiver.answer = break_off
    assert sent(target(receiver)).problem == Problem.BROKEN


def test_an_answer_that_is_not_http_is_no_acceptance(receiver: Receiver) -> None:
    def babble(handler: Handler, _letter: Letter) -> None:
        handler.wfile.write(b"\xff\xfe 200 fine\r\n\r\n")

    receiver.answer = babble
    assert sent(target(receiver)).problem == Problem.BROKEN


def test_an_address_outside_the_approved_networks_is_never_reached(receiver: Receiver) -> None:
    for network in ("10.0.0.0/8", "203.0.113.0/24", "0.0.0.0/0", "126.0.0.0/7", "::1/128"):
        assert sent(target(receiver, approved=(ip_network(network),))).problem == Problem.ADDRESS
    assert receiver.letters == []


def test_networks_of_our_own_are_reached_by_an_approval_inside_them_only(receiver: Receiver) -> None:
    own: tuple[Network, ...] = (ip_network("127.0.0.0/24"),)
    assert sent(target(receiver, own=own)).problem == Problem.ADDRESS
    assert sent(target(receiver, own=own, approved=(ip_network("127.0.0.1/32"),))).problem is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "::1", "[::1]", "localhost."])
def test_an_address_in_numbers_is_never_reached(receiver: Receiver, host: str) -> None:
    assert sent(target(receiver, host=host)).problem == Problem.ADDRESS
    assert receiver.letters == []


def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    honest = socket.getaddrinfo

    def rebinding(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "localhost":
            return honest(host, port, *args, **kwargs)
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port))]

    monkeypatch.setattr(connecting, "lookup", rebinding)
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert sent(target(receiver)).problem is None
    assert asked == ["localhost"]


def test_a_name_that_also_leads_inside_is_reached_by_its_approved_address_alone(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, receiver.port)) for address in ("169.254.169.254", "127.0.0.1")]

    monkeypatch.setattr(connecting, "lookup", both)
    assert sent(target(receiver)).problem is None


def test_a_name_that_leads_nowhere_is_told(receiver: Receiver) -> None:
    assert sent(target(receiver, host="nowhere.invalid")).problem == Problem.NAME


def test_a_closed_port_is_told() -> None:
    with receiving() as gone:
        pass
    assert sent(target(gone)).problem == Problem.UNREACHABLE


def test_a_receiver_that_nobody_vouches_for_gets_nothing(receiver: Receiver) -> None:
    stranger = Credentials(issue("Another authority").certificate)
    assert sent(target(receiver, credentials=stranger)).problem == Problem.TLS
    assert sent(target(receiver, credentials=Credentials())).problem == Problem.TLS
    assert receiver.letters == []


def test_a_certificate_for_another_name_is_none() -> None:
    with receiving(name="other.example") as receiver:
        assert sent(target(receiver)).problem == Problem.TLS
        assert receiver.letters == []


def test_a_receiver_that_asks_for_our_certificate_gets_it() -> None:
    authority = issue("Ours")
    own: Paper = issue("register", by=authority)
    with receiving(asks=authority) as receiver:
        proofs = Credentials(receiver.issuer, own.certificate, own.key)
        assert sent(target(receiver, credentials=proofs)).problem is None
        assert sent(target(receiver)).problem in {Problem.TLS, Problem.BROKEN}
        assert len(receiver.letters) == 1


def test_what_is_no_certificate_cannot_be_used(receiver: Receiver) -> None:
    assert sent(target(receiver, credentials=Credentials("nonsense"))).problem == Problem.CONFIGURED


# a line that stays open -----------------------------------------------------------------------------------------------


@pytest.fixture
def open_line(receiver: Receiver) -> Iterator[Line]:
    receiver.keeps = True
    with closing(Line(target(receiver), seconds=2)) as line:
        yield line


def test_letters_go_by_one_connection(receiver: Receiver, open_line: Line) -> None:
    answers = [by(open_line, f"letter-{number}") for number in range(5)]
    assert answers == [Answer(None, 204)] * 5
    assert [letter.id for letter in receiver.effects] == [f"letter-{number}" for number in range(5)]
    assert receiver.connections == 1


def test_a_connection_that_the_receiver_closed_is_replaced(receiver: Receiver, open_line: Line) -> None:
    receiver.keeps = False
    assert [by(open_line, f"letter-{number}") for number in range(3)] == [Answer(None, 204)] * 3
    assert receiver.connections == 3


def test_a_letter_that_meets_the_end_of_a_connection_goes_by_another_in_the_same_try(
    receiver: Receiver, open_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting.CheckedConnection, "is_quiet", lambda _self: True)  # it ended a moment later
    receiver.keeps = False
    assert [by(open_line, f"letter-{number}") for number in range(3)] == [Answer(None, 204)] * 3
    assert len(receiver.effects) == receiver.connections == 3


def test_a_new_connection_that_breaks_off_is_a_failure(receiver: Receiver, open_line: Line) -> None:
    receiver.answer = break_off
    assert by(open_line).problem == Problem.BROKEN
    assert len(receiver.letters) == 1


@pytest.mark.parametrize("size", [5_000, 50_000_000])
def test_a_connection_with_a_long_answer_on_it_is_not_used_again(
    receiver: Receiver, open_line: Line, size: int
) -> None:
    def long_answer(handler: Handler, _letter: Letter) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(size))
        handler.end_headers()

    receiver.answer = long_answer
    assert [by(open_line, f"letter-{number}") for number in range(2)] == [Answer(None, 200)] * 2
    assert receiver.connections == 2


def test_what_a_receiver_says_out_of_turn_is_not_taken_for_an_answer(receiver: Receiver, open_line: Line) -> None:
    def twice(handler: Handler, _letter: Letter) -> None:
        handler.say(500)
        handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    receiver.answer = twice
    assert by(open_line, "letter-1").status == 500
    time.sleep(0.1)
    assert by(open_line, "letter-2").status == 500
    assert receiver.connections == 2


def test_every_letter_has_its_own_time(receiver: Receiver, open_line: Line) -> None:
    def slowly(handler: Handler, _letter: Letter) -> None:
        time.sleep(0.7)
        handler.say(204)

    receiver.answer = slowly
    assert [by(open_line, f"letter-{number}") for number in range(4)] == [Answer(None, 204)] * 4
    receiver.answer = lambda handler, _letter: handler.drip()
    assert by(open_line, "letter-5").problem == Problem.TIMEOUT
