"""Many hands: processes that each take shares of the register, and all see it as it was at one instant.

PostgreSQL hands the instant on (`pg_export_snapshot`), so nothing that is recorded meanwhile is seen half. The
processes are forked, so that none has to load the register first; each opens a connection of its own and leaves alone
what it inherited. They see as far as whoever started them, and end with it. For commands only: a process that answers
requests has threads, and those do not fork.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import active_children, get_context
from typing import Any, TypeVar

from django.db import connection, connections, transaction

from registry.config.children import end_with_parent
from registry.ledger.shares import Spread, here
from registry.queries.snapshot import one_moment

T = TypeVar("T")
W = TypeVar("W")

WORTH_STARTING = 2
"""So many shares for each process are worth starting it."""


class HandLost(Exception):
    """A process ended before it had done its share."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def hands(jobs: int) -> Iterator[Spread]:
    """Within, `jobs` processes and this one see the register as it is now, whatever is recorded meanwhile.

    What is to be done must be a function of a module (or a `partial` of one), and what comes of it plain data. Where
    there is little to do, all of it is done in this process. Raises HandLost where a process was killed.
    """
    with one_moment(), ExitStack() as at_the_end:
        yield _Hands(jobs, at_the_end)


class _Hands:
    """The first work decides whether processes are worth starting; whatever else is to be done is done there."""

    def __init__(self, jobs: int, at_the_end: ExitStack) -> None:
        self._jobs, self._at_the_end = jobs, at_the_end
        self._pool: ProcessPoolExecutor | None = None
        self._decided = False

    def __call__(self, do: Callable[[W], T], pieces: Sequence[W], /) -> Iterator[T]:
        """Processes have begun when this returns, if there are any: whoever asked may do something else meanwhile."""
        if not self._decided:
            self._decided = True
            worth = min(self._jobs, len(pieces) // WORTH_STARTING)
            self._pool = _started(worth, self._at_the_end) if worth > 1 else None
        if self._pool is None:
            return here(do, pieces)
        with _lost_is_told():
            return _taken(_submitted(self._pool, partial(_at_the_moment, _snapshot(), do), pieces))


def _started(number: int, at_the_end: ExitStack) -> ProcessPoolExecutor:
    others = active_children()
    pool = ProcessPoolExecutor(number, get_context("fork"), initializer=_begin, initargs=(os.getpid(),))

    def stop() -> None:
        """Whatever they still do: they only read, and nobody waits for it any more."""
        for process in active_children():
            if process not in others:
                process.terminate()
        pool.shutdown(cancel_futures=True)

    at_the_end.callback(stop)
    return pool


def _taken(futures: list[Future[T]]) -> Iterator[T]:
    for place, future in enumerate(futures):
        with _lost_is_told():
            done = future.result()
        yield done
        futures[place] = _TAKEN


@contextmanager
def _lost_is_told() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        raise HandLost(
            "A process that was looking at a share of the register was ended before it was done, by somebody or for"
            " want of memory. Look into the log of the system, and start again; fewer --jobs need less memory."
        ) from None


_TAKEN: Future[Any] = Future()


def _submitted(pool: ProcessPoolExecutor, do: Callable[[W], T], pieces: Sequence[W]) -> list[Future[T]]:
    """Ctrl-C reaches this process only: it tells the others, who would each tell of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(do, piece) for piece in pieces]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


_inherited: list[Any] = []


def _begin(parent: int) -> None:
    """Of a process: the connections of its parent are neither used nor closed, which would be said on the same line.

    The rows of a share are many and hold no circles, so nothing looks for those until the share is done.
    """
    gc.disable()
    gc.freeze()
    end_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    for alias in connections:
        _inherited.append(connections[alias])
        del connections[alias]


_ENDS_WITH_THE_PROCESS = "SET LOCAL client_connection_check_interval = '1s'"
"""PostgreSQL does not go on with a statement whose asker was stopped."""


def _at_the_moment(snapshot: str, do: Callable[[W], T], piece: W) -> T:
    with connection.cursor():
        pass  # as in one_moment
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
            cursor.execute(_ENDS_WITH_THE_PROCESS)
        try:
            return do(piece)
        finally:
            gc.collect()
