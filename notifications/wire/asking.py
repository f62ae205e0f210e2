"""Asking another register over its API, by an approved address only, and reading no more than is bounded."""

import json
import ssl
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from notifications.models.pushes import Problem
from notifications.rules.addresses import Location, Network
from notifications.wire.connecting import CheckedConnection, Credentials
from notifications.wire.sending import problem_of, problem_of_status

SECONDS = 15.0
LONGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer that are read."""


class NotAnswered(Exception):
    """The question came to nothing. `status` where there was an answer."""

    def __init__(self, problem: Problem, status: int | None = None, retry_after: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.status, self.retry_after = problem, status, retry_after


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another register as asking needs it: where it answers, how it proves who it is, and our key there."""

    where: Location
    approved: tuple[Network, ...]
    own: tuple[Network, ...]
    credentials: Credentials
    key: str


def ask(register: Elsewhere, path: str, *, seconds: float = SECONDS) -> Any:
    """The JSON at the path below the register's address. Raises NotAnswered."""
    try:
        connection = CheckedConnection(
            register.where,
            approved=register.approved,
            own=register.own,
            credentials=register.credentials,
            seconds=seconds,
        )
    except (ssl.SSLError, ValueError):
        raise NotAnswered(Problem.CONFIGURED) from None
    headers = {
        "authorization": f"Bearer {register.key}",
        "accept": "application/json",
        "user-agent": "demerit-register",
        "connection": "close",
    }
    try:
        with closing(connection), connection.within_time():
            connection.request("GET", f"{register.where.path.rstrip('/')}{path}", headers=headers)
            with closing(connection.getresponse()) as response:
                content = response.read(LONGEST_ANSWER + 1)
                if connection.ran_out:
                    raise TimeoutError
                _require_good(response.status, response.getheader("retry-after"))
    except (OSError, HTTPException, ValueError) as error:
        raise NotAnswered(Problem.TIMEOUT if connection.ran_out else problem_of(error)) from None
    return _json(content)


def _require_good(status: int, retry_after: str | None) -> None:
    problem = problem_of_status(status)
    if problem is not None or status != 200:
        raise NotAnswered(problem or Problem.BROKEN, status, retry_after)


def _json(content: bytes) -> Any:
    if len(content) > LONGEST_ANSWER:
        raise NotAnswered(Problem.BROKEN)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotAnswered(Problem.BROKEN) from None
