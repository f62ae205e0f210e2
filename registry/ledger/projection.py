"""The projection: periods and spans as the facts produce them, so that lists and checks need no computing.

It is rewritten whole for one person whenever a fact of theirs is added. A file without facts has no rows.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from registry.ledger.law import policies
from registry.ledger.sheaf import Sheaf
from registry.models import SanctionPeriod, StandingSpan
from registry.rules import facts
from registry.rules.spans import life

PERIOD_COLUMNS = ("kind", "starts_on", "ends_on", "barred_until", "because", "single")
SPAN_COLUMNS = ("starts_on", "ends_on", "status", "until", "points", "may_reregister")


class Lines(NamedTuple):
    """The rows of one person, each in order of days, by `PERIOD_COLUMNS` and `SPAN_COLUMNS`."""

    periods: list[tuple[Any, ...]]
    spans: list[tuple[Any, ...]]


def lines(of_person: list[facts.Fact]) -> Lines:
    """What the facts produce, begun or not: every period, and the standing of every day as runs of days.

    The days before the first fact (normal, 0 points) are left out: the first run.
    """
    if not of_person:
        return Lines([], [])
    lived = life(of_person, policies())
    return Lines(
        [(one.kind, one.from_, one.until, one.barred_until, list(one.because), one.single) for one in lived.periods],
        list(lived.spans[1:]),
    )


def periods_of(practitioner_id: int, of_person: Lines) -> list[SanctionPeriod]:
    """The periods as rows."""
    named = (dict(zip(PERIOD_COLUMNS, line, strict=True)) for line in of_person.periods)
    return [SanctionPeriod(practitioner_id=practitioner_id, **line) for line in named]


def spans_of(practitioner_id: int, of_person: Lines) -> list[StandingSpan]:
    """The runs of days as rows."""
    named = (dict(zip(SPAN_COLUMNS, line, strict=True)) for line in of_person.spans)
    return [StandingSpan(practitioner_id=practitioner_id, **line) for line in named]


def rewrite(*, kept: int, members: Iterable[int], of_person: list[facts.Fact]) -> None:
    """Replace the projection of one person; it stands under the kept file, the merged files have none."""
    sheaf = Sheaf()
    bind(sheaf, kept=kept, members=members, of_person=of_person)
    sheaf.write()


def bind(sheaf: Sheaf, *, kept: int, members: Iterable[int], of_person: list[facts.Fact]) -> None:
    """The same into a sheaf that the caller writes."""
    ids, produced = list(members), lines(of_person)
    sheaf.replace(SanctionPeriod, ids, periods_of(kept, produced))
    sheaf.replace(StandingSpan, ids, spans_of(kept, produced))
