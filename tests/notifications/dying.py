"""Where a process may die while it announces and pushes: labelled points, before or after a function of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from itertools import count
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import patch

from notifications.actions import claiming, delivering, fanning_out


class Point(NamedTuple):
    """Just before, or just after, a call of a function."""

    module: ModuleType
    name: str
    when: str

    def __str__(self) -> str:
        return f"{self.when} {self.module.__name__.rpartition('.')[2]}.{self.name}"


_FUNCTIONS: dict[ModuleType, tuple[str, ...]] = {
    fanning_out: ("_announce", "_last_number", "waiting_of", "announcement", "_make", "write_notices", "recall", "owe"),
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
