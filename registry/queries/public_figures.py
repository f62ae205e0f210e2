"""Figures that everybody may read: points and sanctions by province, without whatever tells of few people.

A count below `publication.public.fewest` of the policy is not shown, nor any figure of a province with so few people.
Where the sum would give away what is not shown, the next smallest figures are not shown either, until at least two
are hidden that come to that many together. Figures end with the last whole month: what changed from one day to the
next would tell of somebody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from registry.ledger.law import policies
from registry.queries.scope import EVERYTHING
from registry.queries.sight import full_sight
from registry.queries.statistics import PROVINCE, During, names_of, points, sanctions

FIGURES = ("people", "entries", "points", "suspensions", "terminations")
ADDED_UP = FIGURES[1:]
"""What may be added up over provinces: somebody with points in two provinces is one person in each."""

_TELLS_OF = {
    "people": ("people", "entries"),
    "entries": ("people", "entries"),
    "points": ("people", "entries"),
    "suspensions": ("suspensions", "sanctioned"),
    "terminations": ("terminations", "sanctioned"),
}
"""Which counts have to be large enough for a figure to be shown; `sanctioned` are people."""

Row = dict[str, int]
Shown = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Province:
    """A province with its figures; None is a figure that is not shown."""

    code: str
    name: str
    figures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a year up to and including `until`. `fewest` is the smallest count that is shown."""

    year: int
    from_: date
    until: date
    fewest: int
    provinces: tuple[Province, ...]
    total: Mapping[str, int | None]
    hidden: bool


def years(today: date) -> list[int]:
    """The years of which there are figures, the newest first."""
    first = policies().national(today).first_day.year
    return list(range(_last_day(today).year, first - 1, -1))


def public_figures(year: int, *, today: date) -> Figures:
    """The figures of one of those years."""
    from_, until = date(year, 1, 1), min(date(year, 12, 31), _last_day(today))
    fewest: int = policies().national(today).get("publication.public.fewest")
    with full_sight():
        rows = _rows(During(from_, until))
        names = names_of(PROVINCE, rows)
    shown = suppressed(rows, fewest)
    provinces = [Province(code, names.get(code, code), shown[code]) for code in sorted(rows)]
    total = {name: _total(rows, shown, name, fewest) for name in ADDED_UP}
    hidden = any(None in each.values() for each in (*shown.values(), total))
    return Figures(year, from_, until, fewest, tuple(provinces), total, hidden)


def suppressed(rows: Mapping[str, Row], fewest: int) -> dict[str, Shown]:
    """The rows without what may not be shown."""
    hidden = {name: {code for code, row in rows.items() if _is_few(row, name, fewest)} for name in FIGURES}
    for name in ADDED_UP:
        hidden[name] |= _besides(rows, name, hidden[name], fewest)
    return {code: {name: None if code in hidden[name] else row[name] for name in FIGURES} for code, row in rows.items()}


def _is_few(row: Row, name: str, fewest: int) -> bool:
    return row[name] > 0 and any(row[count] < fewest for count in _TELLS_OF[name])


def _besides(rows: Mapping[str, Row], name: str, hidden: Iterable[str], fewest: int) -> set[str]:
    """Which others are hidden so that the total does not give away the few."""
    chosen = set(hidden)
    if not chosen:
        return chosen
    others = sorted((row[name], code) for code, row in rows.items() if code not in chosen and row[name] > 0)
    for _value, code in others:
        if len(chosen) > 1 and sum(rows[each][name] for each in chosen) >= fewest:
            break
        chosen.add(code)
    return chosen


def _total(rows: Mapping[str, Row], shown: Mapping[str, Shown], name: str, fewest: int) -> int | None:
    """The sum, unless it gives away what is hidden in it."""
    hidden = [row[name] for code, row in rows.items() if shown[code][name] is None]
    return None if hidden and (len(hidden) < 2 or sum(hidden) < fewest) else sum(row[name] for row in rows.values())


def _rows(during: During) -> dict[str, Row]:
    scored = {line.key: line.figures for line in points(EVERYTHING, during, by=PROVINCE).lines}
    sanctioned = {line.key: line.figures for line in sanctions(EVERYTHING, during, by=PROVINCE).lines}
    return {
        code: {
            "people": scored.get(code, {}).get("people", 0),
            "sanctioned": sanctioned.get(code, {}).get("people", 0),
            "entries": _counting(scored.get(code, {})),
            "points": scored.get(code, {}).get("points", 0),
            "suspensions": sanctioned.get(code, {}).get("suspensions", 0),
            "terminations": sanctioned.get(code, {}).get("terminations", 0),
        }
        for code in {*scored, *sanctioned} - {""}
    }


def _counting(figures: Mapping[str, int]) -> int:
    return figures.get("entries", 0) - figures.get("annulled_entries", 0)


def _last_day(today: date) -> date:
    """The last day of the last whole month."""
    return today.replace(day=1) - timedelta(days=1)
