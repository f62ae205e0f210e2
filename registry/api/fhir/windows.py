"""`_lastUpdated`: an instant or a day with a prefix, as a range of instants."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from registry.ledger.days import SHANGHAI

Row = TypeVar("Row", bound=Model)

_FORM = re.compile(
    r"(?P<prefix>gt|ge|lt|le|eq)?(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<clock>[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.(?P<part>[0-9]{1,6}))?)?)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)


@dataclass(frozen=True, slots=True)
class Window:
    """The instants [from_, until); an edge that is None is open."""

    from_: datetime | None
    until: datetime | None

    def holds(self, instant: datetime | None) -> bool:
        """Whether the instant lies within."""
        if instant is None:
            return False
        return (self.from_ is None or self.from_ <= instant) and (self.until is None or instant < self.until)


def window_of(text: str) -> Window:
    """The range that the text means. Raises ValueError for another prefix, and for what is no date.

    A date without a time is a day (month, year) in Shanghai.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    parts = found.groupdict()
    low, high = _covered(parts)
    match parts["prefix"]:
        case "gt":
            return Window(high, None)
        case "ge":
            return Window(low, None)
        case "lt":
            return Window(None, low)
        case "le":
            return Window(None, high)
        case _:
            return Window(low, high)


def within(rows: QuerySet[Row], windows: Iterable[Window], column: str = "touched") -> QuerySet[Row]:
    """The rows whose instant lies in every window."""
    for window in windows:
        if window.from_:
            rows = rows.filter(**{f"{column}__gte": window.from_})
        if window.until:
            rows = rows.filter(**{f"{column}__lt": window.until})
    return rows


def _covered(parts: Mapping[str, str | None]) -> tuple[datetime, datetime]:
    """The first instant meant, and the first one after: as exact as it was written."""
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    if parts["clock"]:
        low = datetime.fromisoformat(_written(parts))
        return low, low + _step(parts)
    low = datetime(year, month, day, tzinfo=SHANGHAI)
    if parts["day"]:
        return low, low + timedelta(days=1)
    if parts["month"]:
        return low, low.replace(year=year + month // 12, month=month % 12 + 1)
    return low, low.replace(year=year + 1)


def _written(parts: Mapping[str, str | None]) -> str:
    return f"{parts['year']}-{parts['month']}-{parts['day']}T{parts['clock']}{parts['zone']}"


def _step(parts: Mapping[str, str | None]) -> timedelta:
    if part := parts["part"]:
        return timedelta(microseconds=10 ** (6 - len(part)))
    return timedelta(seconds=1) if str(parts["clock"]).count(":") > 1 else timedelta(minutes=1)
