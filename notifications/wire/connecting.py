"""A connection to an endpoint, which goes to an approved address or nowhere.

The name is looked up once and the address that was checked is the one connected to, so that a name that leads elsewhere
a moment later changes nothing. http.client follows no redirect, reads no proxy from the environment, and is enough.
"""

import socket
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPSConnection
from select import POLLIN, poll

from notifications.rules.addresses import Address, Location, Network, is_name, may_connect, plain
from notifications.wire.watching import cut_off_after

lookup = socket.getaddrinfo
"""How a name is looked up: once for each connection."""


class NotApproved(OSError):
    """The name leads to addresses, and none of them may be reached."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How both sides prove who they are, in PEM; empty for the authorities that the machine trusts, and for nothing."""

    issuer: str = ""
    certificate: str = ""
    key: str = ""


class CheckedConnection(HTTPSConnection):
    """TLS to one location, by one of the approved addresses.

    `seconds` are for one exchange, the connecting included, however slowly it drips.
    """

    def __init__(
        self,
        where: Location,
        *,
        approved: Sequence[Network],
        own: Sequence[Network],
        credentials: Credentials,
        seconds: float,
    ) -> None:
        self._context = tls_context(credentials)
        super().__init__(where.host, where.port, timeout=seconds, context=self._context)
        self._approved, self._own, self._seconds = approved, own, seconds
        self.ran_out = False

    def connect(self) -> None:
        """Look the name up, check, connect. Raises NotApproved, OSError, ssl.SSLError."""
        raw = self._reach(self._addresses())
        try:
            self.sock = self._context.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
        except BaseException:
            raw.close()
            raise
        if self.ran_out:
            raise TimeoutError
        self.sock.do_handshake()

    @contextmanager
    def within_time(self) -> Iterator[None]:
        """Whatever goes on inside is cut off when the time is over; `ran_out` then says so."""
        with cut_off_after(self._seconds, self._cut_off):
            yield

    def is_quiet(self) -> bool:
        """Whether it is open, as far as this side knows, and the other side says nothing out of turn."""
        if self.sock is None or self.ran_out or self.sock.pending():
            return False
        asked = poll()  # takes any descriptor, unlike select
        asked.register(self.sock, POLLIN)
        return not asked.poll(0)

    def _addresses(self) -> list[Address]:
        if not is_name(self.host):
            raise NotApproved(self.host)
        found = lookup(self.host, self.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        addresses = dict.fromkeys(plain(str(entry[4][0])) for entry in found)
        if approved := [each for each in addresses if may_connect(each, self._approved, self._own)]:
            return approved
        raise NotApproved(self.host)

    def _reach(self, addresses: Sequence[Address]) -> socket.socket:
        """The first address that answers."""
        *others, last = addresses
        for address in others:
            with suppress(OSError):
                return self._open(address)
        return self._open(last)

    def _open(self, address: Address) -> socket.socket:
        raw = socket.create_connection((str(address), self.port), timeout=self._seconds)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body are two writes
        return raw

    def _cut_off(self) -> None:
        self.ran_out = True
        open_now = self.sock
        if open_now is not None:
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(open_now, socket.SHUT_RDWR)  # not that of TLS, which would go on in the clear


@lru_cache(maxsize=512)
def tls_context(credentials: Credentials) -> ssl.SSLContext:
    """Raises ssl.SSLError or ValueError for what is no certificate or no key of it."""
    context = ssl.create_default_context(cadata=credentials.issuer or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if credentials.certificate:
        with tempfile.NamedTemporaryFile(mode="w") as file:  # OpenSSL takes both from a file only; nobody else reads it
            file.write(f"{credentials.certificate}\n{credentials.key}")
            file.flush()
            context.load_cert_chain(file.name)
    return context
