"""The settlement check as granian calls it (RSGI): the quick way in one event loop, its twin in a few threads."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache, partial
from io import BytesIO
from typing import Any, ParamSpec, Protocol, TypeVar

import psycopg
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
django = get_wsgi_application()

from registry.api.quick import Asked, QuickCheck, Response, answer, unavailable  # noqa: E402 - Django first
from registry.config.leaving import leaving  # noqa: E402
from registry.config.lines import Busy, Lines  # noqa: E402
from registry.config.replica_lines import STATEMENTS_OF_REPLICA, ReplicaLines  # noqa: E402
from registry.queries.nearest import CHECKS  # noqa: E402
from registry.queries.quick_check import STATEMENTS, Questions, Row, as_one  # noqa: E402

LINES, QUEUE, PATIENCE = 4, 4096, 0.25
"""Connections for the quick way; questions that may wait for one, and for how many seconds."""

REST = 1.0
"""For so many seconds whoever is refused waits for the word, so that a client which comes back at once, whatever it is
told, does so once a second."""

WORTH_HALVING = 1000
"""Questions in a call, from which on PostgreSQL answers each half by a process of its own, at one instant."""

THREADS = 4
"""In which the twin answers; each keeps a connection."""

MOST_BYTES = 8 * 1024 * 1024
ADDRESSES = ("/api/v1/eligibility", "/api/v1/eligibility/batch", "/healthz", "/readyz")

LONG = 16 * 1024  # bytes of a body, from which on reading it takes milliseconds

P = ParamSpec("P")
T = TypeVar("T")
Environ = dict[str, Any]
Twin = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Scope(Protocol):
    """A request as granian describes it."""

    scheme: str
    method: str
    path: str
    query_string: str
    client: str
    server: str
    http_version: str
    headers: Any


class Protocolled(Protocol):
    """How its body is read and how it is answered."""

    async def __call__(self) -> bytes: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class Asks(Protocol):
    """Who asks a statement by its name."""

    async def ask(self, name: str, parameters: list[bytes]) -> list[Row]: ...
    async def ask_side_by_side(self, name: str, parts: Sequence[list[bytes]]) -> list[list[Row]]: ...

    @property
    def free(self) -> int: ...


class CheckServer:
    """The application of one process."""

    def __init__(self, twin: Twin, lines: Asks, replica: ReplicaLines | None = None) -> None:
        """`twin` is Django's application. `lines` raise Busy, or OperationalError while the database is away."""
        self._twin, self._lines, self._replica = twin, lines, replica
        self._quick = QuickCheck()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="twin")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="batches")

    async def __rsgi__(self, scope: Scope, protocol: Protocolled) -> None:
        """Answer one request."""
        if scope.path not in ADDRESSES:
            protocol.response_bytes(
                404, [("Content-Type", "text/plain")], b"only the settlement check is answered here\n"
            )
            return
        environ = environ_of(scope)
        length = environ.get("CONTENT_LENGTH", "")
        body = await protocol() if length.isdecimal() and int(length) <= MOST_BYTES else b""
        response = await self.answer(environ, body)
        headers = [*response.headers, ("Connection", "close")] if leaving() else response.headers
        protocol.response_bytes(response.status, headers, response.content)

    async def answer(self, environ: Environ, body: bytes) -> Response:
        """The answer to a request of which `environ` tells all but the body."""
        now = timezone.now()
        if len(body) < LONG:
            asked = self._quick.asked(environ, body, now)
        else:
            asked = await self.aside(self._quick.asked, environ, body, now)
        if asked is not None:
            try:
                asked, rows = await self._found(asked)
                response = answer(asked, rows) if len(body) < LONG else await self.aside(answer, asked, rows)
            except Busy:
                if not leaving():
                    await asyncio.sleep(REST)
                return unavailable(asked)
            except psycopg.OperationalError:
                response = None  # the twin says so, and writes it to the log
            if response is not None:
                return response
        response = await self.ordinarily(environ, body)
        self._quick.learn(environ, response)
        return response

    async def _found(self, asked: Asked) -> tuple[Asked, list[Row]]:
        """By the replica, if there is one that knows enough, else by the primary."""
        if self._replica is not None and (nearest := await self._replica.ask(asked)) is not None:
            return nearest
        if self._lines.free > 1 and isinstance(asked.question, Questions) and len(asked.question.days) >= WORTH_HALVING:
            with suppress(psycopg.OperationalError):  # one line finds a lost connection again, or says that it cannot
                return asked, as_one(await self._lines.ask_side_by_side(asked.statement, asked.halves))
        return asked, await self._lines.ask(asked.statement, asked.parameters)

    async def aside(self, act: Callable[P, T], *given: P.args, **more: P.kwargs) -> T:
        """What comes of what takes milliseconds; in a thread, so that nobody else waits for it."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, partial(act, *given, **more))

    async def ordinarily(self, environ: Environ, body: bytes) -> Response:
        """The answer of the twin."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask_twin, self._twin, environ, body)


def environ_of(scope: Scope) -> Environ:
    """The request as WSGI describes it. A header with an underscore in its name is nobody's, and could be taken for one
    that a proxy sets; it is left out.
    """
    address, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": address,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name in scope.headers:
        if "_" not in name:
            values = scope.headers.get_all(name)
            environ[_named(name)] = values[0] if len(values) == 1 else ",".join(values)
    return environ


@lru_cache(maxsize=1000)
def _named(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"


def ask_twin(twin: Twin, environ: Environ, body: bytes) -> Response:
    """What Django answers."""
    told: list[Any] = []
    request = {
        **environ,
        "wsgi.version": (1, 0),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    chunks = twin(request, lambda *given: told.extend(given))
    try:
        content = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    headers = [(name, value) for name, value in told[1] if name != "Content-Length"]
    return Response(int(told[0].partition(" ")[0]), headers, content)


def check_server() -> CheckServer:
    """As the settings say: with a replica, where there is one."""
    lines = partial(Lines, number=LINES, queue=QUEUE, patience=PATIENCE)
    primary, replica = lines(STATEMENTS), None
    if CHECKS in connections.databases:
        replica = ReplicaLines(primary, lines(STATEMENTS_OF_REPLICA, alias=CHECKS))
    return CheckServer(django, primary, replica)


application = check_server()
