"""How far a walk through the register has come, how quickly, and how long it will take."""

from argparse import ArgumentParser
from collections.abc import Callable
from time import monotonic

from registry.config.hands import cores
from registry.ledger.checking import Done
from registry.management.numbers import number_of

SECONDS = 2.0
"""Between two lines."""
MOST_JOBS = 64
"""Processes: each holds a connection of the database, of which PostgreSQL gives a hundred unless told otherwise."""


class Pace:
    """Tells, at most every two seconds and at the end, in one line."""

    def __init__(self, tell: Callable[[str], object], what: str) -> None:
        self._tell, self._what = tell, what
        self._begun = self._told = monotonic()

    def __call__(self, done: Done) -> None:
        """So far it has come."""
        now = monotonic()
        over = done.facts >= done.of_facts
        if over or now - self._told >= SECONDS:
            self._told = now
            self._tell(self._line(done, now - self._begun, over))

    def _line(self, done: Done, seconds: float, over: bool) -> str:
        rate = done.facts / max(seconds, 0.001)
        come = f"{done.facts} of {done.of_facts} facts in {done.files} files {self._what}, {rate:,.0f} facts a second"
        left = (done.of_facts - done.facts) / max(rate, 1)
        return f"{come}, {seconds:.1f} s" if over else f"{come}, {left:.0f} s left"


def add_jobs(parser: ArgumentParser) -> None:
    """The argument that says in how many processes."""
    parser.add_argument(
        "--jobs",
        type=number_of("processes", least=1, most=MOST_JOBS, why="Each holds a connection of the database."),
        default=min(cores(), MOST_JOBS),
        metavar="N",
        help="how many processes compute; a small register is done in this one alone (default: one for each core, here"
        " %(default)s)",
    )
