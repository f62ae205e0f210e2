"""A system that receives over real TLS on this machine: it checks every signature and keeps what it accepted once."""

import json
import ssl
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.notifications.signed import verified

PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Paper:
    """A certificate and its key, in PEM."""

    certificate: str
    key: str


@dataclass(frozen=True)
class Letter:
    """One request as it came in."""

    id: str
    body: bytes
    headers: dict[str, str]

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What came in, in order; `effects` are the ids that were acted on, each once. `answer` decides how it goes on."""

    port: int
    issuer: str
    answer: Callable[["Handler", Letter], None] = lambda handler, _letter: handler.say(204)
    public: list[bytes] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    effects: list[Letter] = field(default_factory=list)
    forged: int = 0
    keeps: bool = False
    """Whether it keeps connections open after an answer."""
    connections: int = 0
    most_at_once: int = 0
    going_on: int = 0
    lock: Any = field(default_factory=Lock)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://localhost:{self.port}/inbox"

    def seen(self) -> Counter[str]:
        """How often each id came in."""
        return Counter(letter.id for letter in self.letters)

    def take(self, letter: Letter) -> None:
        """Act on the letter, unless its id is known."""
        with self.lock:
            self.letters.append(letter)
            if not any(verified(letter.headers, letter.body, key) for key in self.public):
                self.forged += 1
            elif letter.id not in {each.id for each in self.effects}:
                self.effects.append(letter)


class Handler(BaseHTTPRequestHandler):
    """Takes a letter in and answers as the receiver wants."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        with self.receiver.lock:
            self.receiver.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if len(body) < int(self.headers["content-length"]):
            self.close_connection = True  # whoever wrote it died over it
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        letter = Letter(headers.get("webhook-id", ""), body, headers)
        with self.receiver.lock:
            self.receiver.going_on += 1
            self.receiver.most_at_once = max(self.receiver.most_at_once, self.receiver.going_on)
        try:
            self.receiver.take(letter)
            self.receiver.answer(self, letter)
        finally:
            with self.receiver.lock:
                self.receiver.going_on -= 1

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """An answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = not self.receiver.keeps

    def drip(self) -> None:
        """An answer that never ends, one byte at a time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while not self.receiver.ended.wait(0.05):
            self.wfile.write(b"a")
            self.wfile.flush()

    def log_message(self, *_args: Any) -> None:
        """Nothing is logged."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders that go away are part of the story."""


@contextmanager
def receiving(*, name: str = "localhost", asks: Paper | None = None) -> Iterator[Receiver]:
    """A receiver whose certificate is for `name`; it `asks` for a certificate of ours where an issuer is given."""
    authority = issue("Test authority")
    own = issue(name, by=authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(mode="w") as file:
        file.write(own.certificate + own.key)
        file.flush()
        context.load_cert_chain(file.name)
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=asks.certificate)
    handler = type("OwnHandler", (Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver = Receiver(server.server_address[1], authority.certificate)
    handler.receiver = receiver  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def issue(name: str, *, by: Paper | None = None) -> Paper:
    """A certificate for a name: an authority's own, or one that it issues."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = x509.load_pem_x509_certificate(by.certificate.encode()).subject if by else subject
    signer = serialization.load_pem_private_key(by.key.encode(), None) if by else key
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Paper(certificate.public_bytes(PEM).decode(), private.decode())
