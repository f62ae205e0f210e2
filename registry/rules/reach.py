"""What a correction reaches: two histories of one person compared on every day of the calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from registry.rules.compute import NORMAL, Standing, standing
from registry.rules.facts import Fact
from registry.rules.periods import TERMINATION, Period
from registry.rules.policy import Policies
from registry.rules.spans import Span, spans


@dataclass(frozen=True, slots=True)
class Window:
    """Days [from_, until) that one history blocks and the other does not; `status` is what blocks them.

    `until` is None where no end is known: a termination ends only when the person is registered again.
    """

    from_: date
    until: date | None
    status: str


@dataclass(frozen=True, slots=True)
class TotalChange:
    """The points of a calendar year, not capped, after all facts of either history."""

    year: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """A period that is another one afterwards, or one that is gone (`after` None) or new (`before` None)."""

    before: Period | None
    after: Period | None

    @property
    def kind(self) -> str:
        """A suspension or a termination."""
        return next(period.kind for period in (self.before, self.after) if period)

    @property
    def changes_bar(self) -> bool:
        """The bar of a termination ends on another day, is gone, or is new."""
        ends = [period.barred_until if period else None for period in (self.before, self.after)]
        return self.kind == TERMINATION and ends[0] != ends[1]

    @property
    def changes_days(self) -> bool:
        """The days of the period or its bar differ, not only the entries behind it."""
        return _days(self.before) != _days(self.after)


@dataclass(frozen=True, slots=True)
class Reach:
    """How the standing differs over the whole calendar.

    `unblocked` are the days that were blocked and should not have been, `newly_blocked` the reverse. The windows of
    each are in order, share no day, and two that touch differ in their status.
    """

    unblocked: tuple[Window, ...]
    newly_blocked: tuple[Window, ...]
    totals: tuple[TotalChange, ...]
    periods: tuple[PeriodChange, ...]

    @property
    def bars(self) -> tuple[PeriodChange, ...]:
        """The terminations whose bar differs."""
        return tuple(change for change in self.periods if change.changes_bar)

    @property
    def is_empty(self) -> bool:
        """Nothing differs on any day."""
        return not (self.unblocked or self.newly_blocked or self.totals or self.periods)


def reach(before: Sequence[Fact], after: Sequence[Fact], policies: Policies) -> Reach:
    """What differs between two histories of one person, such as without and with an annulment."""
    runs = list(_runs(spans(before, policies), spans(after, policies)))
    was, becomes = (standing(facts, date.max, policies) for facts in (before, after))
    return Reach(
        unblocked=_windows(Window(run.from_, run.until, run.before) for run in runs if run.after == NORMAL),
        newly_blocked=_windows(Window(run.from_, run.until, run.after) for run in runs if run.before == NORMAL),
        totals=tuple(_totals(was, becomes)),
        periods=_period_changes(was.periods, becomes.periods),
    )


class _Run(NamedTuple):
    from_: date
    until: date | None
    before: str
    after: str


def _runs(before: Sequence[Span], after: Sequence[Span]) -> Iterator[_Run]:
    """The calendar cut where either life has an edge; between two edges neither standing changes."""
    edges = sorted({span.from_ for life in (before, after) for span in life})
    for from_, until in zip(edges, [*edges[1:], None], strict=True):
        yield _Run(from_, until, _status_on(before, from_), _status_on(after, from_))


def _status_on(life: Sequence[Span], day: date) -> str:
    return life[bisect_right(life, day, key=lambda span: span.from_) - 1].status


def _windows(pieces: Iterable[Window]) -> tuple[Window, ...]:
    """The pieces that block, those that follow each other with the same status put together."""
    found: list[Window] = []
    for piece in pieces:
        if piece.status == NORMAL:
            continue
        if found and (found[-1].until, found[-1].status) == (piece.from_, piece.status):
            found[-1] = replace(found[-1], until=piece.until)
        else:
            found.append(piece)
    return tuple(found)


def _totals(was: Standing, becomes: Standing) -> Iterator[TotalChange]:
    before, after = ({step.year: step.total for step in each.steps} for each in (was, becomes))
    for year in sorted(before.keys() | after.keys()):
        if before.get(year, 0) != after.get(year, 0):
            yield TotalChange(year, before.get(year, 0), after.get(year, 0))


def _period_changes(before: Sequence[Period], after: Sequence[Period]) -> tuple[PeriodChange, ...]:
    gone = [period for period in before if period not in after]
    new = [period for period in after if period not in before]
    changes = []
    for period in gone:
        successor = next((other for other in new if _is_successor(period, other)), None)
        if successor:
            new.remove(successor)
        changes.append(PeriodChange(period, successor))
    changes += [PeriodChange(None, period) for period in new]
    return tuple(sorted(changes, key=_first_day))


def _is_successor(period: Period, other: Period) -> bool:
    """Of the same kind, and begun on the same day or by one of the same entries."""
    related = period.from_ == other.from_ or not set(period.because).isdisjoint(other.because)
    return period.kind == other.kind and related


def _first_day(change: PeriodChange) -> tuple[date, str]:
    return min(period.from_ for period in (change.before, change.after) if period), change.kind


def _days(period: Period | None) -> tuple[date, date | None, date | None] | None:
    return None if period is None else (period.from_, period.until, period.barred_until)
