"""Many things that the clock moves, each by itself: one that fails does not hold up the others, and is told."""

import traceback
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import structlog

Thing = TypeVar("Thing")

log = structlog.get_logger(__name__)


class SomeFailed(Exception):
    """`failed` things could not be done; `moved` is what the others came to. Each failure is in the log."""

    def __init__(self, part: str, *, moved: int, failed: int) -> None:
        super().__init__(f"{part}: {failed} failed, {moved} moved")
        self.moved, self.failed = moved, failed


def one_by_one(
    part: str, things: Iterable[Thing], act: Callable[[Thing], int], *, of: Callable[[Thing], Hashable], moved: int = 0
) -> int:
    """Do `act` with each thing and add up what it says to what was `moved` before.

    `of` is whose thing it is, as it may stand in a log.

    After a failure the same person's later things wait for the next time, so that their order is kept. Raises
    SomeFailed once all the others are done.
    """
    failed, waiting = 0, set[Hashable]()
    for thing in things:
        if (whose := of(thing)) in waiting:
            continue
        try:
            moved += act(thing)
        except Exception as error:  # noqa: BLE001 - logged, counted, and told at the end
            tell_failure(part, error, whose=whose)
            failed += 1
            waiting.add(whose)
    if failed:
        raise SomeFailed(part, moved=moved, failed=failed)
    return moved


def tell_failure(part: str, error: Exception, *, whose: Hashable = None) -> None:
    """Log a failure by type and place, never by its message, which may name somebody."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("clock_failed", part=part, whose=whose, exception=type(error).__qualname__, places=places)
