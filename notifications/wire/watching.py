"""Cutting off what takes too long: one thread looks after everything that is going on in a process."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread

_EVERY = 0.05
"""Seconds between two looks: so much later at most something is cut off."""


class _Watch:
    """Who is watched, until when (by the monotonic clock), and what is called then."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._until: dict[object, tuple[float, Callable[[], None]]] = {}
        self._thread: Thread | None = None

    def begin(self, who: object, until: float, cut_off: Callable[[], None]) -> None:
        with self._changed:
            self._until[who] = until, cut_off
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._look, name="watch", daemon=True)
                self._thread.start()
            elif len(self._until) == 1:
                self._changed.notify()

    def end(self, who: object) -> None:
        with self._changed:
            self._until.pop(who, None)

    def _look(self) -> None:
        while True:
            with self._changed:
                while not self._until:
                    self._changed.wait()
                now = time.monotonic()
                late = [who for who, (until, _cut_off) in self._until.items() if until <= now]
                for who in late:
                    _until, cut_off = self._until.pop(who)
                    with suppress(Exception):  # one of them does not leave the others unwatched
                        cut_off()
            time.sleep(_EVERY)


_WATCH = _Watch()
os.register_at_fork(after_in_child=_WATCH.__init__)  # type: ignore[misc]  # a child has no thread of its parent's


@contextmanager
def cut_off_after(seconds: float, cut_off: Callable[[], None]) -> Iterator[None]:
    """Calls `cut_off`, which must not wait for anything, from another thread where what goes on inside takes longer.

    Once this has ended, it is not called any more.
    """
    who = object()
    _WATCH.begin(who, time.monotonic() + seconds, cut_off)
    try:
        yield
    finally:
        _WATCH.end(who)
