"""Tricks that would lead a letter, and whoever answers it, to a machine that nobody approved: none reaches a canary.

Whatever is connected to ends at the canary here, so a check that lets one trick through is heard. No database.
"""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, NamedTuple

import pytest

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, MalformedAddress, Network, location
from notifications.wire import connecting
from notifications.wire.connecting import Credentials
from notifications.wire.sending import Answer, Line, Target, send
from notifications.wire.signing import new_pair
from tests.notifications.receiver import Receiver, issue, receiving

PRIVATE_KEY = new_pair()[1]
ISSUER = issue("Test authority").certificate
HERE = ("127.0.0.0/8", "::1/128")
WIDE = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/5", "96.0.0.0/3", "160.0.0.0/3", "fc00::/6", "::/3")
HOSPITAL = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8")
OWN = ("10.1.2.0/24", "172.16.9.0/24", "192.168.7.7/32", "fd00:1::/32", "93.184.216.0/28")


class Trick(NamedTuple):
    """A name, where it leads, and what was approved for the endpoint."""

    leads_to: tuple[str, ...]
    approved: tuple[str, ...] = WIDE


SPELLINGS = (
    *("127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "127.0.0.01", "127.000.000.001", "2130706433", "2130706433."),
    *("017700000001", "0177.0.0.1", "0177.0.0.01", "0x7f000001", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0X7F.1"),
    *("0x7f.1", "0", "0.0.0.0", "00", "0x", "0x0", "1", "4294967297", "18446744073709551617", "169.254.169.254"),
    *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xA9.0xFE.0xA9.0xFE", "169.254.43518", "10.1.2.3"),
    *("10.66051", "10.0x10203", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]"),
    *("[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1%25lo]", "[::1%lo]"),
    *(
        "[v1.127.0.0.1]",
        "[::1].example",
        "::1",
        "127。0。0。1",
        "127．0．0．1",
        "１２７.0.0.1",
        "①②⑦.⓪.⓪.①",
        "١٢٧.٠.٠.١",
    ),
    *("𝟏𝟐𝟕.0.0.1", "ｌocalhost", "ⓛocalhost", "localhost.", "localhost..", ".localhost", "local_host-", "-localhost"),
    *("%31%32%37.0.0.1", "127%2e0%2e0%2e1", "%6c%6f%63alhost", "localhost%00.example", "localhost%2f.example"),
    *("his.example.127", "his.example.0x7f", "his.example.0x", "127.0.0.1.0x0", "his.example.1."),
)
"""Hosts that some resolver reads as this machine, or as another that is not meant. Even where it is approved, a letter
goes to names only."""

WRITTEN = (
    *("http://his.example/", "HTTP://his.example/", "ftp://his.example/", "file:///etc/passwd"),
    *("gopher://his.example/", "javascript://his.example/", "//his.example/", "https:his.example/"),
    *("https:/his.example/", "https:///his.example", "https://@his.example/", "https://good.example@his.example/"),
    *("https://good.example:443@his.example/", "https://good.example%40his.example/"),
    *("https://good.example\\@his.example/", "https://good.example#@his.example/"),
    *("https://good.example?@his.example/", "https:\\\\his.example/", "https://his.example\\good.example/"),
    *("https://his.example:0x1bb/", "https://his.example:-1/", "https://his.example:65536/"),
    *("https://his.example:4 43/", "https://his.example:443:80/", "https://his.example:４４３/"),
    *("https://his.example:80@good.example/", "https://his.example/\r\nHost: good.example"),
    *("https://his.example/ HTTP/1.1", "https://his.example/\x00", "https://his.example\r\n/"),
    *("https://his.example\u2028/", "https://his.example／", "https://his.example。good/", " https://his.example/"),
    *("https://his.example/?to=http://127.0.0.1/", "https://his.example/#", "https://", "", "https://local host/"),
    *("https://localhost\t/", "https://local\nhost/"),
)
"""Addresses that two readers take apart in two ways."""

GUARDED = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1"),
    *("100.127.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255"),
    *("192.168.0.1", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "100.100.100.200", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a00:1"),
    *("::ffff:0:127.0.0.1", "::127.0.0.1", "::a00:1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"),
    *("100::1", "2001::7f00:1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::1", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1"),
    *("fe80::1%eth0", "fe80::a9fe:a9fe", "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1"),
)
"""Addresses of this machine, its link, its cloud, and others that are nobody's public address."""

LEADS = (
    *(Trick((address,)) for address in GUARDED),
    *(Trick((address,), HOSPITAL) for address in ("127.0.0.1", "::1", "169.254.169.254", "100.100.100.200", "fe80::1")),
    *(Trick((address,), HOSPITAL) for address in ("10.1.2.3", "10.1.2.255", "::ffff:10.1.2.3", "172.16.9.1")),
    *(Trick((address,), HOSPITAL) for address in ("192.168.7.7", "fd00:1::1", "fd00:1:ffff::1", "fd00:1::5%eth0")),
    *(Trick((address,), HOSPITAL) for address in ("64:ff9b::a03:1", "2002:a03:1::1", "::10.3.0.1", "fc00::1")),
    Trick(("10.3.0.1",), ("8.0.0.0/5",)),
    Trick(("10.3.0.1",), ("10.4.0.0/16", "11.0.0.0/8")),
    Trick(("10.3.0.1",), ("::ffff:0:0/96", "::/0")),
    Trick(("93.184.216.3",), ("93.184.216.0/24",)),
    Trick(("::ffff:93.184.216.3",), ("93.184.216.0/24",)),
    Trick(("93.184.216.34",), ("93.184.217.0/24",)),
    Trick(("93.184.216.34",), ()),
    Trick(("127.0.0.1", "169.254.169.254", "::1", "10.1.2.3"), (*WIDE, *HOSPITAL)),
    Trick(("93.184.216.3", "::ffff:127.0.0.1", "10.3.0.1"), ("93.184.216.0/24", "0.0.0.0/0")),
)
"""Names that lead where their approval does not reach, or to ourselves."""

REDIRECTS = tuple((status, to) for status in (300, 301, 302, 303, 305, 307, 308) for to in ("https", "http"))

TRICKS = (*SPELLINGS, *WRITTEN, *LEADS, *REDIRECTS)


@dataclass
class Canary:
    """A machine that must never hear of a letter."""

    listening: socket.socket

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listening.getsockname()[1])

    def heard(self) -> bool:
        """Whether anybody came."""
        try:
            self.listening.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextmanager
def canary_at(host: str, port: int = 0) -> Iterator[Canary]:
    with socket.create_server((host, port)) as listening:
        listening.setblocking(False)
        yield Canary(listening)


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    """Every connection to anywhere ends at it."""
    with canary_at("127.0.0.1") as found:
        led_to(monkeypatch, found.port)
        yield found


def led_to(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    honest = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda _to, **more: honest(("127.0.0.1", port), **more))


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these."""

    def found(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(10 if ":" in each else 2, 1, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(connecting, "lookup", found)


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(each) for each in texts)


def sent(where: Location, approved: tuple[str, ...], *, issuer: str = ISSUER, own: tuple[str, ...] = OWN) -> Answer:
    target = Target(where, networks(approved), networks(own), Credentials(issuer), (PRIVATE_KEY,))
    return by_a_line_to(target, seconds=2)


def by_a_line_to(target: Target, *, seconds: float) -> Answer:
    with closing(Line(target, seconds=seconds)) as line:
        return send("letter-1", b"{}", line, timestamp=1_700_000_000)


def attempt(url: str, approved: tuple[str, ...]) -> str:
    """Why nothing goes there: refused as it is written, or by where it leads; empty where something went."""
    try:
        where = location(url)
    except MalformedAddress:
        return "malformed"
    problem = sent(where, approved).problem
    return problem or ""


def test_there_are_enough_tricks() -> None:
    assert len(TRICKS) >= 80
    assert len(set(TRICKS)) == len(TRICKS)


@pytest.mark.parametrize("host", SPELLINGS)
def test_an_address_in_any_spelling_is_no_name(canary: Canary, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    resolving(monkeypatch, "127.0.0.1")
    assert attempt(f"https://{host}/inbox", HERE) == "malformed"
    assert attempt(f"https://{host}:{canary.port}/inbox", HERE) == "malformed"
    for bare in (host, host.strip("[]")):  # and should one have got into the table all the same
        assert sent(Location(bare, canary.port, "/inbox"), HERE, own=()).problem == Problem.ADDRESS
    assert not canary.heard()


@pytest.mark.parametrize("url", WRITTEN)
def test_what_two_readers_take_apart_differently_is_taken_by_none(
    canary: Canary, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    resolving(monkeypatch, "93.184.216.34")
    assert attempt(url, ("93.184.216.34/32",)) == "malformed"
    assert not canary.heard()


@pytest.mark.parametrize(
    "trick", LEADS, ids=lambda trick: "+".join(trick.leads_to) + "@" + "+".join(trick.approved)[:30]
)
def test_a_name_that_leads_elsewhere_reaches_nobody(
    canary: Canary, monkeypatch: pytest.MonkeyPatch, trick: Trick
) -> None:
    resolving(monkeypatch, *trick.leads_to)
    assert attempt("https://his.example/inbox", trick.approved) == Problem.ADDRESS
    assert not canary.heard()


@pytest.mark.parametrize(
    ("address", "approved"),
    [
        ("93.184.216.34", "93.184.216.0/24"),
        ("::ffff:93.184.216.34", "93.184.216.0/24"),
        ("2606:4700::1111", "2606:4700::/32"),
        ("10.3.0.1", "10.0.0.0/8"),
        ("10.3.0.1", "10.3.0.1/32"),
        ("192.168.7.8", "192.168.0.0/16"),
        ("fd00:2::1", "fd00::/8"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("127.0.0.1", "127.0.0.0/8"),
    ],
)
def test_the_canary_hears_whatever_is_let_through(
    canary: Canary, monkeypatch: pytest.MonkeyPatch, address: str, approved: str
) -> None:
    resolving(monkeypatch, address)
    target = Target(
        location("https://his.example/inbox"), networks((approved,)), networks(OWN), Credentials(ISSUER), (PRIVATE_KEY,)
    )
    answer = by_a_line_to(target, seconds=0.05)
    assert answer.problem == Problem.TIMEOUT
    assert canary.heard()


def test_a_private_receiver_that_was_approved_gets_its_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(name="his.example") as receiver:
        led_to(monkeypatch, receiver.port)
        resolving(monkeypatch, "10.1.2.3", "10.3.0.1")
        assert sent(location("https://his.example/inbox"), HOSPITAL, issuer=receiver.issuer) == Answer(None, 204)
        assert len(receiver.letters) == 1


# real addresses of this machine ---------------------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.mark.parametrize("answers", [("127.0.0.2",), ("127.0.0.2", "127.0.0.1"), ("::ffff:127.0.0.2", "127.0.0.2")])
def test_a_name_that_turns_round_between_check_and_connection_leads_nobody_away(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...]
) -> None:
    asked: list[str] = []
    honest = socket.getaddrinfo

    def turning(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host != "localhost":
            return honest(host, port, *args, **more)
        asked.append(host)
        return [(2, 1, 6, "", (each, port)) for each in (("127.0.0.1",) if len(asked) == 1 else answers)]

    monkeypatch.setattr(connecting, "lookup", turning)
    monkeypatch.setattr(socket, "getaddrinfo", turning)
    with canary_at("127.0.0.2", receiver.port) as canary:
        where, approved = Location("localhost", receiver.port, "/inbox"), ("127.0.0.1/32",)
        assert sent(where, approved, issuer=receiver.issuer).problem is None
        assert asked == ["localhost"]
        second = sent(where, approved, issuer=receiver.issuer).problem
        assert second == (None if "127.0.0.1" in answers else Problem.ADDRESS)
        assert not canary.heard()


@pytest.mark.parametrize(("status", "scheme"), REDIRECTS)
def test_a_receiver_that_sends_elsewhere_is_not_followed(receiver: Receiver, status: int, scheme: str) -> None:
    with canary_at("127.0.0.2") as canary:
        elsewhere = f"{scheme}://127.0.0.2:{canary.port}/"
        receiver.answer = lambda handler, _letter: handler.say(
            status, location=elsewhere, refresh=f"0; url={elsewhere}", content_location=elsewhere, alt_svc=elsewhere
        )
        where = Location("localhost", receiver.port, "/inbox")
        assert sent(where, HERE, issuer=receiver.issuer) == Answer(Problem.REDIRECT, status)
        assert not canary.heard()
        assert len(receiver.letters) == 1


def test_a_proxy_in_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with canary_at("127.0.0.2") as canary:
        for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.2:{canary.port}")
        where = Location("localhost", receiver.port, "/inbox")
        assert sent(where, HERE, issuer=receiver.issuer).problem is None
        assert not canary.heard()
