"""One try over the wire: where it may go, whom it trusts, and how long it waits. No database."""

import socket
import time
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, Network
from notifications.wire import connecting
from notifications.wire.connecting import Credentials
from notifications.wire.sending import Answer, Target, send
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
    return send("letter-1", BODY, where, timestamp=1_700_000_000, seconds=seconds)


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
    receiver.answer = lambda handler, _letter: handler.connection.close()
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
