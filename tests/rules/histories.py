"""Random histories for the law, made to be nasty, and the same for every run of the same seed.

Days are drawn from a few nasty ones (month ends, leap days, turns of the year), from days already in the history, and
from the days on which its sanctions begin and end, so that facts meet where the law has its edges.
"""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any

from tests.rules import oracle

Json = dict[str, Any]

KINDS = {
    "points_scored": 46,
    "entry_revised": 12,
    "entry_annulled": 8,
    "points_relieved": 10,
    "period_shortened": 12,
    "reregistered": 12,
}
SCORES = {  # in all but the first flavour most facts fall on the edges of the sanctions so far
    "anything": (1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10, 11, 12),
    "terminations": (1, 4, 6, 9, 9, 11, 12, 12),
    "suspensions": (1, 1, 1, 1, 1, 8, 9, 9),
}
NASTY_DAYS = ((1, 1), (1, 29), (1, 30), (1, 31), (2, 28), (3, 1), (5, 31), (8, 31), (9, 30), (12, 28), (12, 31))
ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45)))


def random_lines(seed: str, count: int) -> Iterator[Json]:
    """So many valid lines of the replay contract; each depends on the seed and its own number only."""
    for number in range(count):
        yield _Writer(random.Random(f"{seed}/{number}")).line(f"{seed}/{number}")


@dataclass
class _Writer:
    """Writes one history, keeping the days at which it would be nasty to go on."""

    rng: random.Random
    facts: list[Json] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    flavour: str = "anything"

    def line(self, name: str) -> Json:
        self.days = self._first_days()
        self.flavour = self.rng.choices(list(SCORES), (4, 3, 3))[0]
        self.policies = self.rng.sample(sorted(oracle.POLICIES), self.rng.choice((1, 1, 2, 3)))
        for seq in range(1, self.rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 10, 14)) + 1):
            self._append(seq)
        line = {"id": name, "facts": self.facts, "on": self._asked_on().isoformat()}
        if self.rng.random() < 0.3:
            line["known"] = self._known_at()
        if self.rng.random() < 0.3:
            self.rng.shuffle(self.facts)
        return line

    def _first_days(self) -> list[date]:
        year = self.rng.choice((2025, 2026, 2027, 2027, 2028, 2028, 2031, 2096, 2099))
        nasty = [date(year, month, day) for month, day in self.rng.sample(NASTY_DAYS, 2)]
        leap_days = [date(year, 2, 29)] * 2 if year % 4 == 0 else []
        anywhere = [date(year, 1, 1) + timedelta(self.rng.randrange(700)) for _ in range(self.rng.choice((0, 1, 3)))]
        return (nasty + leap_days + anywhere)[-self.rng.choice((1, 2, 4, 8)) :]

    def _append(self, seq: int) -> None:
        entries = [fact["id"] for fact in self.facts if fact["kind"] == "points_scored"]
        kind = self._kind(entries)
        effective = self._day_for(kind)
        fact = {"id": f"f{seq}", "seq": seq, "kind": kind, "effective_on": effective.isoformat()}
        fact |= {"recorded_at": self._recorded_at(effective)} | self._details(kind, effective, entries)
        self.facts.append(fact)
        self.days.append(effective)
        if len(self.days) > 1 and self.rng.random() < 0.1:
            self.days.remove(self.rng.choice(self.days))

    def _kind(self, entries: list[str]) -> str:
        weights = dict(KINDS) if entries else {"points_scored": 90, "period_shortened": 4, "reregistered": 6}
        if self.flavour == "terminations" and any(
            period.get("barred_until") and not period["until"] for period in self._periods()
        ):
            weights |= {"reregistered": 90}
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _details(self, kind: str, effective: date, entries: list[str]) -> Json:
        match kind:
            case "points_scored":
                scored = {
                    "counted_on": self._counted_on(effective).isoformat(),
                    "policy": self.rng.choice(self.policies),
                }
                return scored | self._points()
            case "entry_annulled":
                return {"entry": self.rng.choice(entries)}
            case "entry_revised":
                return {"entry": self.rng.choice([entries[-1], *entries])} | self._points()
            case "points_relieved":
                return {"points": self.rng.choice((1, 1, 1, 2, 3, 12, 40))}
            case "period_shortened":
                return {"days": self.rng.choice((1, 2, 7, 15, 28, 30, 31, 59, 61, 100, 180, 366, 2000))}
            case _:
                return {}

    def _points(self) -> Json:
        points = self.rng.choice(SCORES[self.flavour])
        return {"points": points} | ({"months": self.rng.randint(1, 6)} if self.rng.random() < 0.25 else {})

    def _day_for(self, kind: str) -> date:
        at_edges = {"reregistered": 0.75, "period_shortened": 0.4, "points_relieved": 0.1}.get(kind, 0.2)
        edges = self._edges() if self.rng.random() < (at_edges if self.flavour == "anything" else 0.7) else []
        if edges:
            return self._near(self.rng.choice([*edges, max(edges)]))
        return self._near(self.rng.choice(self.days), (0, 0, 0, 0, 1, 1, -1, 2, 5, 10, 28, 31, 92, 366))

    def _near(self, day: date, offsets: tuple[int, ...] = (0, 0, 0, -1, 1)) -> date:
        return day + timedelta(self.rng.choice(offsets))

    def _edges(self, on: date | None = None) -> list[date]:
        """The days on which the sanctions of the history so far begin and end."""
        names = ("from", "until", "barred_until", "barred_until")
        return [date.fromisoformat(period[name]) for period in self._periods(on) for name in names if period.get(name)]

    def _periods(self, on: date | None = None) -> list[Json]:
        """The sanctions of the history so far as they stand on a day, or in the end."""
        effective = [fact["effective_on"] for fact in self.facts]
        return (
            oracle.periods({"facts": self.facts, "on": on.isoformat() if on else max(effective)}) if effective else []
        )

    def _counted_on(self, effective: date) -> date:
        turn = date(effective.year, 1, 1) - timedelta(self.rng.choice((0, 1, 4)))
        long_ago = effective - timedelta(self.rng.choice((1, 9, 30, 365, 366, 800)))
        return self.rng.choice((effective, effective, effective, turn, long_ago))

    def _recorded_at(self, effective: date) -> str:
        late = timedelta(days=self.rng.choice((0, 0, 0, 0, 1, -20, 45, 400)))
        hour = timedelta(
            seconds=self.rng.choice((0, 1, 28_800, 57_600, 86_399)), microseconds=self.rng.choice((0, 0, 1))
        )
        day = self.rng.choice((effective, effective, effective, self.rng.choice(self.days)))
        instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + late + hour
        return self._written(instant)

    def _written(self, instant: datetime) -> str:
        written = instant.astimezone(self.rng.choice(ZONES)).isoformat()
        return written.replace("+00:00", "Z") if self.rng.random() < 0.5 else written

    def _known_at(self) -> str:
        instant = datetime.fromisoformat(self.rng.choice(self.facts)["recorded_at"])
        offsets = (timedelta(), timedelta(), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(days=30))
        return self._written(instant + self.rng.choice(offsets))

    def _asked_on(self) -> date:
        effective = [date.fromisoformat(fact["effective_on"]) for fact in self.facts]
        edges = self._edges() + self._edges(self.rng.choice(effective))
        turns = [date(day.year, month, number) for day in effective for month, number in ((1, 1), (12, 31))]
        pools = [pool for pool in (effective, edges, edges, [max(effective)], turns) if pool]
        return self._near(self.rng.choice(self.rng.choice(pools)), (0, 0, 0, -1, -1, 1, 1, 20, -40, 400))


@dataclass(frozen=True)
class InvalidLine:
    """A line that is no valid history, the field and the value to be named, and what is wrong in words."""

    line: Json
    field: str
    value: object
    why: str


_ABSENT = object()
_NO_TEXT: tuple[object, ...] = (_ABSENT, None, 7, True, ["f1"], {})
_NO_DAY: tuple[object, ...] = (
    _ABSENT,
    None,
    20270301,
    True,
    "",
    "soon",
    "2027-02-29",
    "2027-13-01",
    "2027-3-1",
    "01.03.2027",
    [],
)
_NO_NUMBER: tuple[object, ...] = (_ABSENT, None, "3", 3.0, True, [3], {})
_NO_FACTS: tuple[object, ...] = (_ABSENT, None, {}, "none", 3, [3], ["scored"], [None])
_NO_INSTANT: tuple[object, ...] = (
    _ABSENT,
    None,
    1_800_000_000,
    True,
    "",
    "yesterday",
    "2027-02-29T00:00:00Z",
    "2027-03-01T25:00:00Z",
)

WRONG_VALUES: dict[str, dict[str, tuple[object, ...]]] = {
    "points_scored": {
        "id": _NO_TEXT,
        "seq": (*_NO_NUMBER, 0, -1, 99),
        "kind": (*_NO_TEXT, "", "points", "Points_scored", "stayed_for_ever"),
        "effective_on": _NO_DAY,
        "recorded_at": _NO_INSTANT,
        "points": (*_NO_NUMBER, 0, -1, 13),
        "counted_on": (*_NO_DAY, "2099-12-31"),
        "policy": (*_NO_TEXT, "", "cn-99-2025", "CN-2025", "cn-2023-draft"),
        "months": ("3", 3.0, True, 0, -1, 7),
    },
    "entry_annulled": {"entry": (*_NO_TEXT, "", "nobody", "annulment", "relief")},
    "entry_revised": {
        "entry": (*_NO_TEXT, "", "nobody", "revision", "annulment"),
        "points": (*_NO_NUMBER, 0, 13),
        "months": ("3", 3.0, True, 0, 7),
    },
    "points_relieved": {"points": (*_NO_NUMBER, 0, -1)},
    "period_shortened": {"days": (*_NO_NUMBER, 0, -1)},
}


def invalid_lines() -> Iterator[InvalidLine]:
    """Lines with exactly one thing wrong each."""
    yield from _wrong_frames()
    yield _broken("seq", 1, "a number twice", lambda line: line["facts"][1].update(seq=1))
    yield _broken("id", "scored", "two facts with one id", lambda line: line["facts"][4].update(id="scored"))
    for kind, fields in WRONG_VALUES.items():
        for name, values in fields.items():
            for value in values:
                yield _wrong_fact(kind, name, value)


def _wrong_frames() -> Iterator[InvalidLine]:
    wrong = {"on": _NO_DAY, "known": _NO_INSTANT[2:], "facts": _NO_FACTS, "id": (_ABSENT,)}
    for name, values in wrong.items():
        for value in values:
            named = value[0] if isinstance(value, list) and value else value
            yield _broken(name, named, _why(name, value), partial(_put, name=name, value=value))


def _wrong_fact(kind: str, name: str, value: object) -> InvalidLine:
    def spoil(line: Json) -> None:
        _put(next(fact for fact in line["facts"] if fact["kind"] == kind), name, value)

    return _broken(name, value, f"{kind} with {_why(name, value)}", spoil)


def _why(name: str, value: object) -> str:
    return f"no {name}" if value is _ABSENT else f"{name} {value!r}"


def _put(target: Json, name: str, value: object) -> None:
    if value is _ABSENT:
        del target[name]
    else:
        target[name] = value


def _broken(name: str, value: object, why: str, spoil: Callable[[Json], None]) -> InvalidLine:
    line = valid_line()
    spoil(line)
    return InvalidLine(line, name, None if value is _ABSENT else value, why)


def valid_line() -> Json:
    """A line with every kind of fact, for spoiling; as it is, it is a valid history."""
    facts: list[Json] = [
        {
            "id": "scored",
            "kind": "points_scored",
            "points": 9,
            "counted_on": "2027-03-01",
            "policy": "cn-2025",
            "months": 2,
        },
        {"id": "revision", "kind": "entry_revised", "entry": "scored", "points": 3, "months": 1},
        {"id": "annulment", "kind": "entry_annulled", "entry": "scored"},
        {"id": "relief", "kind": "points_relieved", "points": 1},
        {"id": "shortening", "kind": "period_shortened", "days": 10},
        {"id": "return", "kind": "reregistered"},
    ]
    when = {"effective_on": "2027-03-02", "recorded_at": "2027-03-02T09:00:00+08:00"}
    numbered = [fact | when | {"seq": seq} for seq, fact in enumerate(facts, start=1)]
    return {"id": "spoilt", "facts": numbered, "on": "2027-04-01", "known": "2027-04-01T00:00:00+08:00"}


def shrunken(line: Json, differs: Callable[[Json], bool]) -> Json:
    """The shortest line near the given one that still differs."""
    for smaller in _smaller(line):
        if differs(smaller):
            return shrunken(smaller, differs)
    return line


def _smaller(line: Json) -> Iterator[Json]:
    for fact in line["facts"]:
        yield _without_fact(line, fact["id"])
    if "known" in line:
        yield {name: value for name, value in line.items() if name != "known"}
    for number, fact in enumerate(line["facts"]):
        for plainer in _plainer(fact):
            copy = deepcopy(line)
            copy["facts"][number] = plainer
            yield copy


def _without_fact(line: Json, name: str) -> Json:
    kept = [deepcopy(fact) for fact in line["facts"] if fact["id"] != name and fact.get("entry") != name]
    for seq, fact in enumerate(sorted(kept, key=lambda fact: int(fact["seq"])), start=1):
        fact["seq"] = seq
    return line | {"facts": kept}


def _plainer(fact: Json) -> Iterator[Json]:
    if "months" in fact:
        yield {name: value for name, value in fact.items() if name != "months"}
    if fact.get("policy", "cn-2025") != "cn-2025":
        yield fact | {"policy": "cn-2025"}
    if fact.get("counted_on", fact["effective_on"]) != fact["effective_on"]:
        yield fact | {"counted_on": fact["effective_on"]}
