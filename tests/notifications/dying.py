"""Where a process may die: labelled points, before or after a function of ours; and processes that do.

``REGISTRY_DEATHS`` is how many die in each of the three stories of `test_killed.py`, `test_receiver_killed.py` and
`test_writer_killed.py`.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from itertools import count, cycle, islice
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import patch

from django.db import connection

from notifications.actions import claiming, delivering, fanning_out

DEATHS = int(os.environ.get("REGISTRY_DEATHS", "0")) or 340


class Point(NamedTuple):
    """Just before, or just after, a call of a function."""

    module: ModuleType
    name: str
    when: str

    def __str__(self) -> str:
        return f"{self.when} {self.module.__name__.rpartition('.')[2]}.{self.name}"


_FUNCTIONS: dict[ModuleType, tuple[str, ...]] = {
    fanning_out: (
        "_announce",
        "_last_numbers",
        "waiting_of",
        "announcement",
        "_make",
        "write_notices",
        "recall",
        "owe",
    ),
    delivering: ("hand_up", "claim_due", "letters_of", "target_of", "send", "report_all"),
    claiming: ("_claim", "_still_mine", "_deliver", "_note_endpoints"),
}


def points_of(functions: Mapping[ModuleType, tuple[str, ...]]) -> tuple[Point, ...]:
    """Before and after each of the functions."""
    return tuple(
        Point(module, name, when)
        for module, names in functions.items()
        for name in names
        for when in ("before", "after")
    )


POINTS: tuple[Point, ...] = points_of(_FUNCTIONS)


@contextmanager
def dying_at(point: Point | None, die: Callable[[], None], *, call: int = 1) -> Iterator[None]:
    """Inside, `die` is called at the point, at the call with this number."""
    if point is None:
        yield
        return
    original, calls = getattr(point.module, point.name), count(1)

    @wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        its_turn = next(calls) == call
        if its_turn and point.when == "before":
            die()
        answer = original(*args, **kwargs)
        if its_turn and point.when == "after":
            die()
        return answer

    with patch.object(point.module, point.name, watched):
        yield


def at_random(among: tuple[Point, ...], many: int = DEATHS) -> list[Point]:
    """So many points, each as often as the others, in any order that is the same in every run."""
    found = list(islice(cycle(among), many))
    random.Random(7).shuffle(found)
    return found


def in_a_process(life: Callable[[], None]) -> int:
    """Let a child live; the signal that it died of, 0 where it came to its end."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            life()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the child must not go on as a second test run
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def kill_yourself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
