"""Connections to PostgreSQL for prepared statements that are asked over and over, straight through libpq.

A process has a few of them, in one event loop, made when first needed and kept. Whoever asks while all are busy waits
in a queue that is short in number and in time: an answer that comes too late is worth less than the word to ask again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from registry.config.database import ACTING, POOLED, parameters
from registry.queries.quick_check import Row

T = TypeVar("T")

_SLOWEST = 5  # seconds, for what takes less than one thousandth of one
_SESSION = f"""
    SET ROLE {ACTING}; SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan;
    SET statement_timeout = '{_SLOWEST}s'
"""
_NOW = b"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot()"
_AS_OF = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '{instant}'"
_OF_DJANGO = {"cursor_factory", "context", "prepare_threshold"}


Asking = tuple[str, list[bytes]]
"""The name of a statement, and with what it is asked."""


class Busy(Exception):
    """All lines were in use for as long as one may wait."""


class Line:
    """One connection on which the statements are prepared; used for one question at a time."""

    def __init__(self, statements: Mapping[str, str], alias: str) -> None:
        self._statements, self._alias = statements, alias
        self._session: psycopg.Connection[Any] | None = None
        self._fd = -1
        self._waiting: asyncio.Future[PGresult] | None = None
        self._last: PGresult | None = None

    async def ask(self, *questions: Asking) -> list[list[Row]]:
        """The rows of each statement in turn, all by one session. Where the connection was lost it is made anew, once,
        and all are asked again: nothing is written, so nothing is done twice.

        Raises psycopg.OperationalError where the database is away or does not answer the statement.
        """
        if self._session is not None:
            try:
                return [await self._asked(self._session, *each) for each in questions]
            except psycopg.OperationalError:
                self.close()
        session = await self._connected()
        try:
            return [await self._asked(session, *each) for each in questions]
        except psycopg.OperationalError:
            self.close()
            raise

    async def begin(self, instant: str | None = None) -> str:
        """See the register from now on as it is now, or as the line sees it that told `instant`; and tell that.

        Until `end`. Where the connection was lost before, it is made anew, once. Raises psycopg.OperationalError.
        """
        if self._session is not None:
            try:
                return await self._begun(self._session, instant)
            except psycopg.OperationalError:
                self.close()
        return await self._begun(await self._connected(), instant)

    async def ask_then(self, question: Asking) -> list[Row]:
        """The rows of the statement at that instant. Raises psycopg.OperationalError, also for a lost connection."""
        if self._session is None:
            raise psycopg.OperationalError("the connection was lost")
        return await self._asked(self._session, *question)

    async def end(self) -> None:
        """See the register as it is, whenever it is asked. Raises psycopg.OperationalError."""
        if self._session is not None:
            await self._answered(self._session, self._session.pgconn.send_query, b"COMMIT")

    def close(self) -> None:
        """Give the connection back to PostgreSQL."""
        if self._session is None:
            return
        session, self._session = self._session, None
        asyncio.get_running_loop().remove_reader(self._fd)
        session.close()

    async def _begun(self, session: psycopg.Connection[Any], instant: str | None) -> str:
        if instant is None:
            [[told]] = await self._answered(session, session.pgconn.send_query, _NOW)
            return (told or b"").decode()
        await self._answered(session, session.pgconn.send_query, _AS_OF.format(instant=instant).encode())
        return instant

    async def _connected(self) -> psycopg.Connection[Any]:
        loop = asyncio.get_running_loop()
        self._session = await loop.run_in_executor(None, opened, self._statements, self._alias)
        self._fd = self._session.pgconn.socket
        loop.add_reader(self._fd, self._read, self._session)
        return self._session

    async def _asked(self, session: psycopg.Connection[Any], name: str, parameters: list[bytes]) -> list[Row]:
        return await self._answered(session, session.pgconn.send_query_prepared, name.encode(), parameters)

    async def _answered(self, session: psycopg.Connection[Any], send: Callable[..., None], *what: Any) -> list[Row]:
        """The rows of the last statement of what is sent."""
        self._waiting, self._last = asyncio.get_running_loop().create_future(), None
        send(*what)
        try:
            async with asyncio.timeout(_SLOWEST + 1):  # PostgreSQL itself gives up before
                while session.pgconn.flush():
                    await _writable(self._fd)
                result = await self._waiting
        except TimeoutError:
            raise psycopg.OperationalError("nothing came back") from None
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.OperationalError("the statement was not answered")
        columns = range(result.nfields)
        return [[result.get_value(row, column) for column in columns] for row in range(result.ntuples)]

    def _read(self, session: psycopg.Connection[Any]) -> None:
        """Called by the loop when PostgreSQL has sent something."""
        waiting = self._waiting
        try:
            session.pgconn.consume_input()
            while not session.pgconn.is_busy():
                if (result := session.pgconn.get_result()) is None:
                    break
                self._last = result
            else:
                return  # more is to come
        except psycopg.OperationalError as error:
            self.close()
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)
            return
        if waiting is not None and not waiting.done() and self._last is not None:
            waiting.set_result(self._last)


def _tell(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


async def _writable(number: int) -> None:
    """Return when something can be sent again: what is asked may be longer than what the kernel takes at once."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_writer(number, _tell, ready)
    try:
        await ready
    finally:
        loop.remove_writer(number)


def opened(statements: Mapping[str, str], alias: str = "default") -> psycopg.Connection[Any]:
    """A connection that may only read, as who acts, on which the statements are prepared; `alias` is Django's."""
    session = psycopg.connect(**_log_in(connections[alias]), autocommit=True)
    session.execute(_SESSION)
    for name, statement in statements.items():
        if session.pgconn.prepare(name.encode(), statement.encode()).status != ExecStatus.COMMAND_OK:
            session.close()
            raise psycopg.OperationalError(f"the statement {name} was not prepared")
    return session


def _log_in(there: BaseDatabaseWrapper) -> dict[str, Any]:
    """Past a pooler, where there is one: what is prepared and set here is the session's."""
    if there.settings_dict["ENGINE"] == POOLED:
        return dict(parameters(there.settings_dict, "DIRECT"))
    return {name: value for name, value in there.get_connection_params().items() if name not in _OF_DJANGO}


class Lines:
    """A few lines of one process, and who waits for them."""

    def __init__(
        self, statements: Mapping[str, str], *, number: int, queue: int, patience: float, alias: str = "default"
    ) -> None:
        """`number` connections at most to the database that Django calls so; `queue` questions wait for one at most,
        none longer than `patience` seconds.
        """
        self._free = [Line(statements, alias) for _ in range(number)]
        self._queue: deque[asyncio.Future[Line]] = deque()
        self._longest, self._patience = queue, patience

    async def ask(self, name: str, parameters: list[bytes]) -> list[Row]:
        """The rows of that statement. Raises Busy, or psycopg.OperationalError where the database is away."""
        return (await self.ask_in_turn((name, parameters)))[0]

    async def ask_in_turn(self, *questions: Asking) -> list[list[Row]]:
        """The rows of each statement, asked one after the other of one session. Raises the same."""
        line = self._free.pop() if self._free else await self._next()
        try:
            return await line.ask(*questions)
        finally:
            self._hand_on(line)

    @property
    def free(self) -> int:
        """How many lines nobody uses at this moment."""
        return len(self._free)

    async def ask_side_by_side(self, name: str, parts: Sequence[list[bytes]]) -> list[list[Row]]:
        """The rows of that statement for each of the parts, at one time and as the register is at one instant.

        Nobody waits for several lines: raises Busy where fewer are `free` than there are parts. Raises
        psycopg.OperationalError where the database is away, or a connection was lost between: what one half saw
        no other connection can see.
        """
        if self.free < len(parts):
            raise Busy
        lines = [self._free.pop() for _ in parts]
        try:
            first, *others = lines
            instant = await first.begin()
            await _all(line.begin(instant) for line in others)
            found = await _all(line.ask_then((name, part)) for line, part in zip(lines, parts, strict=True))
            await _all(line.end() for line in lines)
        except BaseException:  # also where whoever asked has gone: no line goes on seeing that instant
            for line in lines:
                line.close()
            raise
        finally:
            for line in lines:
                self._hand_on(line)
        return found

    def close(self) -> None:
        """Give all connections back that are not in use."""
        for line in self._free:
            line.close()

    async def _next(self) -> Line:
        if len(self._queue) >= self._longest:
            raise Busy
        place: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout(self._patience):
                return await place
        except BaseException as end:  # also where whoever asked has gone: a line that was given by then goes on
            if place.done() and not place.cancelled():
                self._hand_on(place.result())
            if isinstance(end, TimeoutError):
                raise Busy from None
            raise
        finally:
            with suppress(ValueError):
                self._queue.remove(place)

    def _hand_on(self, line: Line) -> None:
        """To whoever waits longest, past those who have gone."""
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(line)
                return
        self._free.append(line)


async def _all(asked: Iterable[Awaitable[T]]) -> list[T]:
    """What comes of all, once the last has ended. Raises what the first that failed raised."""
    ended = await asyncio.gather(*asked, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return ended  # type: ignore[return-value]  # none of them is an exception
