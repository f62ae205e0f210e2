"""The line of time of a file: facts, ends of periods, and what applications above know, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from registry.models import FactKind
from registry.pages.own_file.extensions import Happening
from registry.queries.entries import Present
from registry.queries.explain import most_shown
from registry.queries.file import SANCTIONS, Event, PractitionerFile
from registry.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Moment:
    """One point on the line: a fact with its entry, the end of a period, or a happening; `later` is still to come."""

    on: date
    event: Event | None = None
    entry: Present | None = None
    ended: Period | None = None
    happening: Happening | None = None
    later: bool = False

    @property
    def kind(self) -> str:
        """How it is marked: what blocked, what brought points, anything else."""
        if self.event and not self.event.annulled:
            if self.event.step and self.event.step.caused in SANCTIONS:
                return "sanction"
            if self.event.fact.kind == FactKind.POINTS_SCORED:
                return "points"
        return "other"


class Line(NamedTuple):
    """The moments that are shown, the newest first, and how many earlier ones are not."""

    moments: list[Moment]
    left_out: int


def line_of(file: PractitionerFile, happenings: Iterable[Happening], *, whole: bool = True) -> Line:
    """Everything in one line; of a long file only the newest unless it is the `whole`. Of one day, what was decided
    later stands first, and ends stand before new beginnings.
    """
    today = file.on
    others = [*_ends(file.standing.periods, today), *_happenings(happenings, today)]
    most = most_shown(len(file.past), whole=whole)
    found = sorted([*_facts(file, whole), *others], key=lambda each: each.on, reverse=True)[:most]
    return Line(found, len(file.past) + len(others) - len(found))


def _facts(file: PractitionerFile, whole: bool) -> Iterator[Moment]:
    for event in file.newest(whole=whole):
        yield Moment(event.fact.effective_on, event=event, entry=_entry(event), later=event.later)


def _entry(event: Event) -> Present | None:
    """What stands behind points, where this register has it."""
    if event.fact.kind != FactKind.POINTS_SCORED or not hasattr(event.fact, "points_entry"):
        return None
    return Present(event.fact.points_entry, event.annulled, event.revised)


def _ends(periods: Iterable[Period], today: date) -> Iterator[Moment]:
    """The last day of a suspension, and the day a bar ends; not of a suspension that a termination cut short."""
    cut = {period.from_ for period in periods if period.kind == "termination"}
    for period in periods:
        if period.barred_until and not period.until:
            yield Moment(period.barred_until, ended=period, later=period.barred_until > today)
        elif period.until and not period.barred_until and period.until not in cut:
            last = period.until - timedelta(days=1)
            yield Moment(last, ended=period, later=last >= today)


def _happenings(happenings: Iterable[Happening], today: date) -> Iterator[Moment]:
    return (Moment(each.on, happening=each, later=each.on > today) for each in happenings)
