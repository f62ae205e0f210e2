"""The last twelve months: points entries that count, and sanctions that began."""

from dataclasses import dataclass
from datetime import date

from registry.queries.scope import Scope
from registry.queries.statistics import During, points, sanctions

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Trends:
    """One number for each month, the oldest first; `months` are their first days. The last one is not over yet."""

    months: tuple[date, ...]
    entries: tuple[int, ...]
    suspensions: tuple[int, ...]
    terminations: tuple[int, ...]


def trends(seen: Scope, today: date) -> Trends:
    """What happened at the places of the scope until the day, that included; annulled entries left out. Two queries."""
    months = tuple(_back(today, number) for number in range(MONTHS - 1, -1, -1))
    during = During(months[0], today)
    scored = {line.key: line.figures for line in points(seen, during, by="month").lines}
    begun = {line.key: line.figures for line in sanctions(seen, during, by="month").lines}
    keys = [f"{month:%Y-%m}" for month in months]
    return Trends(
        months,
        tuple(scored[key]["entries"] - scored[key]["annulled_entries"] if key in scored else 0 for key in keys),
        tuple(begun[key]["suspensions"] if key in begun else 0 for key in keys),
        tuple(begun[key]["terminations"] if key in begun else 0 for key in keys),
    )


def _back(today: date, months: int) -> date:
    """The first day of the month so many months ago."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
