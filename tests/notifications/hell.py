"""A receiver from hell: over real TLS it does to a letter whatever can be done to one, by a seeded plan.

What its brain does with a letter that gets that far is the kit's. Whatever it answers has words in it that nobody may
ever read in the register.
"""

import random
import socket
import ssl
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import NamedTemporaryFile
from threading import Lock, Thread
from typing import Any, ClassVar, NamedTuple

from notifications.kit.receiver import TOLERANCE
from tests.notifications.kit import Hospital
from tests.notifications.receiver import Paper, issue

WORDS = "nobody may read this"
DRIP = 0.05  # seconds between two bytes
LONGEST = 20.0  # seconds; senders hang up long before
RESET = struct.pack("ii", 1, 0)  # closing throws away what is on the way, and says so


class Came(NamedTuple):
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hell:
    """What happened, and the brains behind the paths. `plan` decides what becomes of the next connection.

    `swallowed` are the ids that were said to be taken, and were not, at one of the paths at least.
    """

    clock: Callable[[], datetime]
    elsewhere: str
    plan: random.Random
    own: ssl.SSLContext
    foreign: ssl.SSLContext
    issuer: str
    port: int = 0
    brains: dict[str, Hospital] = field(default_factory=dict)
    deeds: Counter[str] = field(default_factory=Counter)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    late: list[Came] = field(default_factory=list)
    swallowed: set[str] = field(default_factory=set)
    in_hand: Counter[str] = field(default_factory=Counter)
    lock: Any = field(default_factory=Lock)

    def url(self, path: str) -> str:
        """Where one of the brains listens."""
        return f"https://localhost:{self.port}/{path}"

    def next_deed(self) -> str:
        """What is done to the next connection."""
        with self.lock:
            [deed] = self.plan.choices(list(DEEDS), [weight for weight, _do in DEEDS.values()])
            self.deeds[deed] += 1
            return deed

    def chosen(self, *among: Any) -> Any:
        """One of these."""
        with self.lock:
            return self.plan.choice(among)

    def take(self, came: Came, *, how: str = "at once", dying: bool = False) -> int:
        """What the brain answers; where its effect dies, an error of its own."""
        brain = self.brains[came.path.strip("/")]
        with self.lock:
            self.seen[came.path, came.headers.get("webhook-id", "")] += 1

        def die(letter: Any, db: Any) -> None:
            brain.act(letter, db)
            raise EffectDied

        try:
            status = brain.gets(came.body, came.headers, now=self.clock(), effect=die if dying else brain.act)
        except EffectDied:
            status = 500
        with self.lock:
            self.statuses[self._in_truth(came, how), status] += 1
        return status

    def _in_truth(self, came: Came, how: str) -> str:
        """How it came in the end: on a busy machine its sender may have hung up in the middle of it."""
        if len(came.body) < int(came.headers["content-length"]):
            return "in part"
        return "late" if self._has_aged(came) else how

    def _has_aged(self, came: Came) -> bool:
        """Whether it lay about while the clock went on: on a busy machine nobody may have opened the door in time."""
        return self.clock().timestamp() - int(came.headers["webhook-timestamp"]) > TOLERANCE.total_seconds()

    def keep_for_later(self, came: Came) -> None:
        """Somebody on the way has a copy."""
        with self.lock:
            self.late.append(came)

    def hand_in(self, *, all_of_it: bool = False) -> None:
        """Copies come out of their hiding places, in any order."""
        with self.lock:
            self.plan.shuffle(self.late)
            many = len(self.late) if all_of_it else self.plan.randint(0, min(2, len(self.late)))
            coming, self.late = self.late[:many], self.late[many:]
        for came in coming:
            if self.take(came, how="late") != 204:
                self.swallow(came)

    def settle(self) -> None:
        """Wait until everybody who came has gone: the clock may go on without making a letter old that is in hand."""
        until = time.monotonic() + LONGEST
        while self.in_hand["connections"] and time.monotonic() < until:
            time.sleep(0.005)

    def swallow(self, came: Came) -> None:
        """Nobody will ever hand it in."""
        with self.lock:
            self.swallowed.add(came.headers["webhook-id"])


class EffectDied(Exception):
    """The receiver's own work failed."""


class Handler(BaseHTTPRequestHandler):
    """Reads a letter, and does to it what is planned."""

    protocol_version = "HTTP/1.1"
    hell: ClassVar[Hell]

    def __init__(self, deed: str, *args: Any) -> None:
        self.deed = deed
        super().__init__(*args)  # which reads and answers

    def do_POST(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers["content-length"]))
        came = Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        _weight, do = DEEDS[self.deed]
        do(self, came)
        self.hell.hand_in()

    def say(self, status: int, **headers: str) -> None:
        """An answer with words."""
        self.send_response_only(status, WORDS)
        for name, value in {"x-note": WORDS, "content-length": str(len(WORDS)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(WORDS.encode())

    def log_message(self, *_args: Any) -> None:
        """Nothing is logged."""


# what is done to those who got through with TLS -----------------------------------------------------------------------


def good(handler: Handler, came: Came) -> None:
    handler.say(handler.hell.take(came))


def error_before(handler: Handler, _came: Came) -> None:
    handler.say(handler.hell.chosen(500, 501, 502, 504, 599))


def error_after(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    error_before(handler, came)


def busy(handler: Handler, _came: Came) -> None:
    wish = handler.hell.chosen("7", "600", "-5", "soon", "99999999999999999999", "Mon, 10 Mar 2025 12:30:00 GMT", WORDS)
    handler.say(handler.hell.chosen(429, 503), retry_after=wish)


def refused(handler: Handler, _came: Came) -> None:
    handler.say(handler.hell.chosen(400, 401, 403, 404, 413, 422))


def redirect(handler: Handler, _came: Came) -> None:
    handler.say(handler.hell.chosen(301, 302, 303, 307, 308), location=handler.hell.elsewhere)


def effect_dies(handler: Handler, came: Came) -> None:
    handler.say(handler.hell.take(came, how="dying", dying=True))


def swallowed(handler: Handler, came: Came) -> None:
    """Something in front says that all is well."""
    handler.hell.swallow(came)
    handler.say(200)


def late(handler: Handler, came: Came) -> None:
    """A queue in front says that all is well, and hands it in after others."""
    handler.hell.keep_for_later(came)
    handler.say(202)


def copied(handler: Handler, came: Came) -> None:
    handler.hell.keep_for_later(came)
    good(handler, came)


def copied_and_failed(handler: Handler, came: Came) -> None:
    handler.hell.keep_for_later(came)
    error_before(handler, came)


def reset_before(handler: Handler, _came: Came) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def reset_after(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    reset_before(handler, came)


def babble(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    handler.wfile.write(f"\xff\xfe {WORDS}\r\n\r\n".encode())


def endless_body(handler: Handler, came: Came) -> None:
    handler.send_response_only(200 if handler.hell.take(came) == 204 else 500)
    handler.end_headers()
    _for_ever(handler, WORDS.encode() * 1000, pause=0)


def slow_body(handler: Handler, came: Came) -> None:
    handler.send_response_only(handler.hell.take(came))
    handler.end_headers()
    _for_ever(handler, WORDS[:1].encode(), pause=DRIP)


def slow_head(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    handler.wfile.write(b"HTTP/1.1 204 No Content\r\nx-slow: ")
    _for_ever(handler, b"a", pause=DRIP)


def endless_head(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    handler.wfile.write(b"HTTP/1.1 204 No Content\r\n")
    _for_ever(handler, f"x-note: {WORDS}\r\n".encode(), pause=0)


def for_ever_going_on(handler: Handler, came: Came) -> None:
    handler.hell.take(came)
    _for_ever(handler, b"HTTP/1.1 100 Continue\r\n\r\n", pause=DRIP)


def _for_ever(handler: Handler, what: bytes, *, pause: float) -> None:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        handler.wfile.write(what)
        time.sleep(pause)


# what is done to those who come to the door ---------------------------------------------------------------------------


def mute(raw: socket.socket) -> None:
    while raw.recv(65536):
        pass


def in_the_clear(raw: socket.socket) -> None:
    raw.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {len(WORDS)}\r\n\r\n{WORDS}".encode())
    raw.recv(65536)


def hung_up(raw: socket.socket) -> None:
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


AT_THE_DOOR: Mapping[str, Callable[[socket.socket], None]] = {
    "mute": mute,
    "in the clear": in_the_clear,
    "hung up": hung_up,
}
FOREIGN = "another name"

DEEDS: Mapping[str, tuple[int, Callable[[Handler, Came], None]]] = {
    "good": (220, good),
    "error before": (12, error_before),
    "error after": (12, error_after),
    "busy": (10, busy),
    "refused": (6, refused),
    "redirect": (6, redirect),
    "effect dies": (10, effect_dies),
    "swallowed": (4, swallowed),
    "late": (14, late),
    "copied": (14, copied),
    "copied and failed": (10, copied_and_failed),
    "reset before": (10, reset_before),
    "reset after": (10, reset_after),
    "babble": (5, babble),
    "endless body": (5, endless_body),
    "slow body": (5, slow_body),
    "slow head": (2, slow_head),
    "endless head": (4, endless_head),
    "100 for ever": (2, for_ever_going_on),
    "mute": (2, good),
    "in the clear": (5, good),
    "hung up": (5, good),
    FOREIGN: (5, good),
}
"""Everything that is done, and how often."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    hell: Hell

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own."""
        self._count(1)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """From beginning to end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._count(-1)

    def _count(self, one: int) -> None:
        with self.hell.lock:
            self.hell.in_hand["connections"] += one

    def finish_request(self, request: Any, client_address: Any) -> None:
        """What is planned for it."""
        request.settimeout(LONGEST)
        deed = self.hell.next_deed()
        if deed in AT_THE_DOOR:
            with request:
                AT_THE_DOOR[deed](request)
            return
        context = self.hell.foreign if deed == FOREIGN else self.hell.own
        with context.wrap_socket(request, server_side=True) as tls:
            Handler(deed, tls, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders that go away are part of the story."""


@contextmanager
def hell_on_earth(clock: Callable[[], datetime], elsewhere: str, *, seed: int) -> Iterator[Hell]:
    """The receiver, listening."""
    authority = issue("Test authority")
    own, foreign = (_context(issue(name, by=authority)) for name in ("localhost", "other.example"))
    hell = Hell(clock, elsewhere, random.Random(seed), own, foreign, authority.certificate)
    server = _Server(("127.0.0.1", 0), Handler)
    server.hell = Handler.hell = hell
    hell.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hell
    finally:
        with suppress(OSError):
            server.shutdown()
        server.server_close()
        thread.join()


def _context(paper: Paper) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile(mode="w") as file:
        file.write(paper.certificate + paper.key)
        file.flush()
        context.load_cert_chain(file.name)
    return context
