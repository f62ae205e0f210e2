"""The law read a second time, for tests only: a calendar on which days are painted.

A sanction is the set of days that it covers. Whatever joins, ends or shortens sanctions puts days into such a set or
takes days out of it, and the day on which something changes is found by walking from day to day and looking. It is
written to be obviously right, not to be quick, and shares nothing with `registry.rules`: even the numbers of the
policies stand here once more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

Json = dict[str, Any]
Day = int  # the ordinal of a day; 1 is 0001-01-01
Entry = tuple[Day, int, str]  # day of effect, seq and id: entries sort in the order of their application

SUSPENDS, TERMINATES, HIGHEST_SCORE = 9, 12, 12
SINGLE_BAR_MONTHS, CUMULATIVE_BAR_MONTHS = 36, 12
BEYOND_EVERYTHING = 4 * 366  # days after the last fact: no suspension, bar or year of points reaches so far


class Policy(NamedTuple):
    """The day on which a suspension starts, and its months by the total of the year."""

    start: str
    cumulative: dict[int, int]
    single: dict[int, int]


_GRID = {9: 2, 10: 4, 11: 6}
_NATIONAL = Policy("same_day", cumulative=_GRID, single=_GRID)
POLICIES: Mapping[str, Policy] = {
    "cn-2025": _NATIONAL,
    "cn-11-2025": _NATIONAL,
    "cn-12-2025": _NATIONAL,
    "cn-21-2025": Policy("same_day", cumulative={9: 1, 10: 2, 11: 3}, single={9: 4, 10: 5, 11: 6}),
    "cn-43-2025": Policy("next_month", cumulative=_GRID, single=_GRID),
    "cn-46-2025": _NATIONAL,
}


@dataclass(frozen=True)
class Sanction:
    """The days that one suspension or termination covers, and the entries it rests on."""

    kind: str
    days: frozenset[Day]
    because: frozenset[Entry]
    bar: frozenset[Day] = frozenset()  # of a termination: the days on which nobody can register again

    @cached_property
    def starts(self) -> Day:
        """First day covered."""
        return min(self.days)

    @cached_property
    def ends(self) -> Day:
        """First day no longer covered."""
        return max(self.days) + 1

    @cached_property
    def barred_until(self) -> Day:
        """First day on which registration is possible again."""
        return max(self.bar, default=self.starts - 1) + 1

    def before(self, day: Day) -> "Sanction":
        """The same sanction without that day and all later ones; its bar stays on record."""
        return replace(self, days=frozenset(covered for covered in self.days if covered < day))


class Reading(NamedTuple):
    """What can be read off one day; a difference in any of it is a change."""

    status: str
    until: Day | None
    points: int
    may_reregister: bool


@dataclass
class Calendar:
    """The painted days of one person, up to the horizon, after the facts lived through so far."""

    horizon: Day
    policies: Mapping[str, Policy]
    sanctions: list[Sanction] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    moves: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # by year; relief is below zero
    totals: dict[int, int] = field(default_factory=dict)

    def read(self, day: Day) -> Reading:
        """What holds on that day when nothing further happens."""
        points = min(HIGHEST_SCORE, self.totals.get(_year(day), 0))
        for sanction in self.sanctions:
            if day in sanction.days and sanction.kind == "suspension":
                return Reading("suspended", sanction.ends, points, may_reregister=False)
            if day in sanction.days:
                return Reading("terminated", sanction.barred_until, points, day >= sanction.barred_until)
        return Reading("normal", None, points, may_reregister=False)

    def live_through(self, facts: Iterable[Json]) -> None:
        """The facts of one day, in the order of their deciding."""
        for fact in facts:
            getattr(self, f"_{fact['kind']}")(fact, _day(fact["effective_on"]))
            self.sanctions = [sanction for sanction in self.sanctions if sanction.days]

    def _points_scored(self, fact: Json, today: Day) -> None:
        total = self._move(_year(_day(fact["counted_on"])), fact["points"])
        entry = (today, fact["seq"], fact["id"])
        if fact["points"] == HIGHEST_SCORE:
            self._terminate(entry, months_later(today, SINGLE_BAR_MONTHS))
        elif total >= TERMINATES:
            self._terminate(entry, months_later(today, CUMULATIVE_BAR_MONTHS))
        elif total >= SUSPENDS and not self._termination_on(today):
            self._suspend(entry, fact, total)

    def _points_relieved(self, fact: Json, today: Day) -> None:
        self._move(_year(today), -fact["points"])

    def _period_shortened(self, fact: Json, today: Day) -> None:
        termination = self._termination_on(today)
        suspensions = self._suspensions()
        if termination and today in termination.bar:
            bar = _without_last(termination.bar, fact["days"], today)
            self._repaint([termination], replace(termination, bar=bar))
        elif suspensions:
            last = max(suspensions, key=lambda suspension: suspension.starts)
            self._repaint([last], replace(last, days=_without_last(last.days, fact["days"], today)))

    def _reregistered(self, fact: Json, today: Day) -> None:
        termination = self._termination_on(today)
        if termination and today not in termination.bar:
            self._repaint([termination], termination.before(today))
        else:
            self.errors.append(fact["id"])

    def _move(self, year: int, points: int) -> int:
        """The total of the year. A sum that never sinks below zero is the largest of the sums of the last 0, 1, 2 …"""
        moves = self.moves[year]
        moves.append(points)
        self.totals[year] = max(sum(moves[first:]) for first in range(len(moves) + 1))
        return self.totals[year]

    def _suspend(self, entry: Entry, fact: Json, total: int) -> None:
        policy = self.policies[fact["policy"]]
        grid = policy.single if fact["points"] >= SUSPENDS else policy.cumulative
        starts = _starts(policy, entry[0])
        ends = months_later(starts, fact.get("months") or grid[total])
        fresh = Sanction("suspension", frozenset(range(starts, ends)), frozenset({entry}))
        joined = [old for old in self._suspensions() if any(day >= starts for day in old.days)]
        together = [fresh, *joined]
        days = range(min(one.starts for one in together), max(one.ends for one in together))
        because = frozenset(reason for one in together for reason in one.because)
        self._repaint(joined, Sanction("suspension", frozenset(days), because))

    def _terminate(self, entry: Entry, barred_until: Day) -> None:
        today = entry[0]
        running = self._termination_on(today)
        if running:
            bar = frozenset(range(running.starts, max(running.barred_until, barred_until)))
            self._repaint([running], replace(running, bar=bar, because=running.because | {entry}))
        else:
            self.sanctions = [sanction.before(today) for sanction in self.sanctions]
            days, bar = frozenset(range(today, self.horizon)), frozenset(range(today, barred_until))
            self.sanctions.append(Sanction("termination", days, frozenset({entry}), bar))

    def _repaint(self, old: list[Sanction], new: Sanction) -> None:
        self.sanctions = [sanction for sanction in self.sanctions if sanction not in old] + [new]

    def _termination_on(self, day: Day) -> Sanction | None:
        return next((one for one in self.sanctions if one.kind == "termination" and day in one.days), None)

    def _suspensions(self) -> list[Sanction]:
        return [sanction for sanction in self.sanctions if sanction.kind == "suspension"]


def replay(line: Json, policies: Mapping[str, Policy] = POLICIES) -> Json:
    """The answer to one valid line of the replay contract, without its steps."""
    on, facts, calendar = _lived(line, policies)
    answer = {"id": line["id"], **_answer(calendar, on), "periods": _periods(calendar)}
    return answer | {"changes_on": _iso(_first_change(calendar, facts, on))}


def periods(line: Json) -> list[Json]:
    """The periods of the answer to a valid line, without the long walk to the next change."""
    return _periods(_lived(line, POLICIES)[2])


def months_later(day: Day, months: int) -> Day:
    """Of the days of the month so many months on, the last one whose number is not above that of the given day."""
    number = date.fromordinal(day).day
    return max(one for one in _month(day, months) if date.fromordinal(one).day <= number)


@lru_cache(maxsize=4096)
def _month(day: Day, months: int) -> range:
    start = date.fromordinal(day)
    count = start.year * 12 + start.month - 1 + months
    first, following = (date(each // 12, each % 12 + 1, 1).toordinal() for each in (count, count + 1))
    return range(first, following)


def _starts(policy: Policy, today: Day) -> Day:
    match policy.start:
        case "next_month":
            return _month(today, 1)[0]
        case "next_day":
            return today + 1
        case _:
            return today


def _without_last(days: frozenset[Day], number: int, today: Day) -> frozenset[Day]:
    """Without the last so many days; what is before today stays."""
    return days - {day for day in sorted(days)[-number:] if day >= today}


def _lived(line: Json, policies: Mapping[str, Policy]) -> tuple[Day, dict[Day, list[Json]], Calendar]:
    """The day asked, the facts by day, and the calendar after the last fact up to that day."""
    on = _day(line["on"])
    facts = _by_day(_corrected(_known(line)))
    calendar = Calendar(max([on, *facts]) + BEYOND_EVERYTHING, policies)
    for day in sorted(day for day in facts if day <= on):
        calendar.live_through(facts[day])
    return on, facts, calendar


def _known(line: Json) -> list[Json]:
    if "known" not in line:
        return list(line["facts"])
    known = datetime.fromisoformat(line["known"])
    return [fact for fact in line["facts"] if datetime.fromisoformat(fact["recorded_at"]) <= known]


def _corrected(facts: list[Json]) -> Iterator[Json]:
    """The facts as if every entry had always been what the known corrections make of it; corrections are gone."""
    annulled = {fact["entry"] for fact in facts if fact["kind"] == "entry_annulled"}
    revisions = [fact for fact in sorted(facts, key=_seq) if fact["kind"] == "entry_revised"]
    latest = {revision["entry"]: revision for revision in revisions}
    for fact in facts:
        revision = latest.get(fact["id"])
        if fact["kind"] in ("entry_annulled", "entry_revised") or fact["id"] in annulled:
            continue
        yield fact | {"points": revision["points"], "months": revision.get("months")} if revision else fact


def _by_day(facts: Iterable[Json]) -> dict[Day, list[Json]]:
    days: dict[Day, list[Json]] = defaultdict(list)
    for fact in sorted(facts, key=_seq):
        days[_day(fact["effective_on"])].append(fact)
    return dict(days)


def _seq(fact: Json) -> int:
    return int(fact["seq"])


def _answer(calendar: Calendar, on: Day) -> Json:
    reading = calendar.read(on)
    return {
        "status": reading.status,
        "until": _iso(reading.until),
        "points": reading.points,
        "points_raw": calendar.totals.get(_year(on), 0),
        "may_reregister": reading.may_reregister,
        "errors": list(calendar.errors),
    }


def _periods(calendar: Calendar) -> list[Json]:
    shown = [_period(sanction, calendar.horizon) for sanction in calendar.sanctions]
    return sorted(shown, key=lambda period: (period["from"], period["kind"]))


def _period(sanction: Sanction, horizon: Day) -> Json:
    period = {
        "kind": sanction.kind,
        "from": _iso(sanction.starts),
        "until": _iso(sanction.ends) if sanction.ends < horizon else None,
        "because": [name for _, _, name in sorted(sanction.because)],
    }
    return period | ({"barred_until": _iso(sanction.barred_until)} if sanction.kind == "termination" else {})


def _first_change(calendar: Calendar, facts: dict[Day, list[Json]], on: Day) -> Day | None:
    """Walks on from day to day, living through the facts already recorded, until a day reads otherwise."""
    today = calendar.read(on)
    pauses = [on + 1, *sorted(day for day in facts if day > on + 1), calendar.horizon]
    for begin, end in pairwise(pauses):
        calendar.live_through(facts.get(begin, []))
        for day in range(begin, end):
            if calendar.read(day) != today:
                return day
    return None


def _year(day: Day) -> int:
    return date.fromordinal(day).year


def _day(iso: str) -> Day:
    return date.fromisoformat(iso).toordinal()


def _iso(day: Day | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
