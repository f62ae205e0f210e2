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
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from django.db import connection, connections, transaction

from registry.config.children import end_with_parent
from registry.ledger.shares import Share, Spread, here
from registry.queries.snapshot import one_moment

T = TypeVar("T")

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

    What is to be done must be a function of a module (or a `partial` of one), and what comes of it plain data. Few
    shares are done in this process. Raises HandLost where a process was killed.
    """
    with one_moment():
        yield partial(_spread, jobs)


def _spread(jobs: int, do: Callable[[Share], T], shares: Sequence[Share], /) -> Iterator[T]:
    if jobs < 2 or len(shares) < WORTH_STARTING * jobs:
        return here(do, shares)
    return _by_processes(jobs, do, shares)


def _by_processes(jobs: int, do: Callable[[Share], T], shares: Sequence[Share]) -> Iterator[T]:
    pool = ProcessPoolExecutor(jobs, get_context("fork"), initializer=_begin, initargs=(os.getpid(),))
    try:
        futures = _submitted(pool, partial(_at_the_moment, _snapshot(), do), shares)
        for place, future in enumerate(futures):
            yield future.result()
            futures[place] = _TAKEN
    except BrokenProcessPool:
        raise HandLost(
            "A process that was looking at a share of the register was ended before it was done, by somebody or for"
            " want of memory. Look into the log of the system, and start again; fewer --jobs need less memory."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_TAKEN: Future[Any] = Future()


def _submitted(pool: ProcessPoolExecutor, do: Callable[[Share], T], shares: Sequence[Share]) -> list[Future[T]]:
    """Ctrl-C reaches this process only: it tells the others, who would each tell of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(do, share) for share in shares]
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


def _at_the_moment(snapshot: str, do: Callable[[Share], T], share: Share) -> T:
    with connection.cursor():
        pass  # as in one_moment
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        try:
            return do(share)
        finally:
            gc.collect()
