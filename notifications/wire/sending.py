"""One try to bring a letter to an endpoint. Of the answer nothing is read but its status, and how long to wait."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, Network
from notifications.rules.envelope import MEDIA_TYPE
from notifications.wire.connecting import CheckedConnection, Credentials, NotApproved
from notifications.wire.signing import signature_headers

SECONDS = 15.0
"""From the connection to the end of the answer's head."""

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


def send(letter_id: str, content: bytes, target: Target, *, timestamp: int, seconds: float = SECONDS) -> Answer:
    """Post the letter, signed for the second `timestamp`. Every failure of the other side is an answer, no error."""
    headers = {
        **signature_headers(letter_id, timestamp, content, target.private_keys),
        "content-type": MEDIA_TYPE,
        "user-agent": "demerit-register",
        "connection": "close",
    }
    try:
        connection = CheckedConnection(
            target.where, approved=target.approved, own=target.own, credentials=target.credentials, seconds=seconds
        )
    except (ssl.SSLError, ValueError):
        return Answer(Problem.CONFIGURED)
    try:
        with connection.within_time():
            connection.request("POST", target.where.path, body=content, headers=headers)
            with closing(connection.getresponse()) as response:
                if connection.ran_out:  # what was cut off looks like the end of the head
                    raise TimeoutError
                return Answer(problem_of_status(response.status), response.status, response.getheader("retry-after"))
    except (OSError, HTTPException, ValueError) as error:
        return Answer(Problem.TIMEOUT if connection.ran_out else problem_of(error))


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
