"""How far the database lets this moment of work see: the second wall, behind the scope of the queries.

Whatever answers somebody begins blind, and then sees as far as that person's scope goes; PostgreSQL itself hides every
other row about people and cases (``registry/migrations/_walls.py``). What an act has to know beyond that (doubles in
other regions, whom to tell, the pool) it reads with full sight; what the act is about is looked up as the asker.
Commands and workers, which answer nobody, have full sight from their start.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Sight:
    """What is visible: everything, or what lies in some regions, at some institutions or in some files, and what is a
    user's own.
    """

    full: bool = False
    regions: tuple[str, ...] = ()
    """What the codes of the regions begin with."""

    institutions: tuple[int, ...] = ()
    files: tuple[int, ...] = ()
    user: int | None = None


BLIND = Sight()
FULL = Sight(full=True)

_of_the_process = [BLIND]
_of_the_asker: ContextVar[Sight | None] = ContextVar("sight of the asker", default=None)
_full: ContextVar[bool] = ContextVar("full sight", default=False)


def current() -> Sight:
    """The sight of this moment; where nobody asks anything, that of the process."""
    return FULL if _full.get() else _of_the_asker.get() or _of_the_process[0]


def begin_process(sight: Sight) -> None:
    """Say what this process sees where nobody asks. A process begins blind."""
    _of_the_process[0] = sight


@contextmanager
def seeing(sight: Sight) -> Iterator[None]:
    """Within, somebody asks who sees this and no more."""
    with _set(_of_the_asker, sight), as_the_asker():
        yield


def look(sight: Sight) -> None:
    """From here on the asker sees this, until the `seeing` around it ends."""
    _of_the_asker.set(sight)


def full_sight() -> AbstractContextManager[None]:
    """Within, everything is visible: for acts, which have to know more than who acts may see."""
    return _set(_full, True)


def as_the_asker() -> AbstractContextManager[None]:
    """Within, what the asker sees and no more, also in the middle of an act."""
    return _set(_full, False)


def each_with(sight: Sight, rows: Iterable[T]) -> Iterator[T]:
    """The rows, each fetched with this sight, whatever the reader of the rows sees meanwhile."""
    fetching = iter(rows)
    while True:
        with seeing(sight):
            try:
                row = next(fetching)
            except StopIteration:
                return
        yield row


@contextmanager
def _set(variable: ContextVar[V], value: V) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
