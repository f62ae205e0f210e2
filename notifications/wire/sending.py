"""One try to bring a letter to an endpoint. Of the answer nothing is read but its status, and how long to wait."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, Network
from notifications.rules.envelope import MEDIA_TYPE
from notifications.wire.connecting import CheckedConnection, Credentials, NotApproved
from notifications.wire.signing import signature_headers

SECONDS = 15.0
"""From the connection to the end of the answer's head."""

_LONGEST_REST = 4096
"""Bytes of an answer's body that are read, and thrown away, for the sake of the connection."""

ABOUT_THE_ENDPOINT = frozenset(set(Problem) - {Problem.REFUSED, Problem.GONE})
"""Problems that the next letter would meet as well."""

_PROBLEMS: Mapping[int, Problem] = {410: Problem.GONE, 429: Problem.BUSY, 503: Problem.BUSY}
_BY_HUNDRED: Mapping[int, Problem | None] = {
    2: None,
    3: Problem.REDIRECT,
    4: Problem.REFUSED,
    5: Problem.ERROR,
}


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint as sending needs it: where it is, how both sides prove themselves, and the keys that sign."""

    where: Location
    approved: tuple[Network, ...]
    own: tuple[Network, ...]
    credentials: Credentials
    private_keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try ended: without a problem it was accepted. `retry_after` is what the receiver wrote there."""

    problem: Problem | None
    status: int | None = None
    retry_after: str | None = None


class Line:
    """The way to an endpoint: a connection that stays open from letter to letter. For one thread at a time."""

    def __init__(self, target: Target, *, seconds: float = SECONDS) -> None:
        self.target = target
        self._seconds = seconds
        self._kept: CheckedConnection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def connection(self) -> tuple[CheckedConnection, bool]:
        """One to use, and whether it was used before. Raises ssl.SSLError, ValueError for what cannot be used."""
        kept, self._kept = self._kept, None
        if kept is not None and kept.is_quiet():
            return kept, True
        if kept is not None:
            kept.close()
        return self.new_connection(), False

    def new_connection(self) -> CheckedConnection:
        """Another one. Raises ssl.SSLError, ValueError."""
        to = self.target
        return CheckedConnection(
            to.where, approved=to.approved, own=to.own, credentials=to.credentials, seconds=self._seconds
        )

    def keep(self, connection: CheckedConnection) -> None:
        """The next letter may go by this one."""
        self._kept = connection


def send(letter_id: str, content: bytes, line: Line, *, timestamp: int, media_type: str = MEDIA_TYPE) -> Answer:
    """Post the letter, signed for the second `timestamp`. Every failure of the other side is an answer, no error.

    A connection that was used before may have ended unseen; then the letter goes by another one, in the same try.
    """
    headers = {
        **signature_headers(letter_id, timestamp, content, line.target.private_keys),
        "content-type": media_type,
        "user-agent": "demerit-register",
    }
    try:
        connection, used = line.connection()
        if used:
            with suppress(_Ended):
                return _posted(connection, content, headers, line, used=True)
            connection = line.new_connection()
    except (ssl.SSLError, ValueError):
        return Answer(Problem.CONFIGURED)
    return _posted(connection, content, headers, line, used=False)


class _Ended(Exception):
    """The connection had ended before."""


def _posted(
    connection: CheckedConnection, content: bytes, headers: Mapping[str, str], line: Line, *, used: bool
) -> Answer:
    """How it ended. Raises _Ended where that says nothing but that a used connection is over."""
    stays = False
    try:
        with connection.within_time():
            connection.request("POST", line.target.where.path, body=content, headers=headers)
            with closing(connection.getresponse()) as response:
                if connection.ran_out:  # what was cut off looks like the end of the head
                    raise TimeoutError
                stays = _read_to_its_end(response)
                return Answer(problem_of_status(response.status), response.status, response.getheader("retry-after"))
    except (OSError, HTTPException, ValueError) as error:
        if used and not connection.ran_out and isinstance(error, ConnectionError | ssl.SSLEOFError):
            raise _Ended from None
        return Answer(Problem.TIMEOUT if connection.ran_out else problem_of(error))
    finally:
        if stays and not connection.ran_out:
            line.keep(connection)
        else:
            connection.close()


def _read_to_its_end(response: HTTPResponse) -> bool:
    """Whether the answer is over and its connection free again. More than a little is not waited for."""
    if response.status < 200 or response.will_close or response.length is None or response.length > _LONGEST_REST:
        return False  # after an answer that is none yet, the one that comes would be taken for the next letter's
    with suppress(OSError, HTTPException):
        return len(response.read()) <= _LONGEST_REST
    return False


def problem_of_status(status: int) -> Problem | None:
    """What a status means for the question; nothing for 2xx."""
    return _PROBLEMS[status] if status in _PROBLEMS else _BY_HUNDRED.get(status // 100, Problem.BROKEN)


_BY_ERROR: Sequence[tuple[type[Exception], Problem]] = (
    (NotApproved, Problem.ADDRESS),
    (socket.gaierror, Problem.NAME),
    (UnicodeError, Problem.NAME),
    (TimeoutError, Problem.TIMEOUT),
    (ssl.SSLEOFError, Problem.BROKEN),
    (ssl.SSLError, Problem.TLS),
    (ConnectionRefusedError, Problem.UNREACHABLE),
    (ConnectionError, Problem.BROKEN),
    (OSError, Problem.UNREACHABLE),
)


def problem_of(error: Exception) -> Problem:
    """What went wrong on the way."""
    return next((problem for kind, problem in _BY_ERROR if isinstance(error, kind)), Problem.BROKEN)
