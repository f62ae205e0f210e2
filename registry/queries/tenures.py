"""Registrations as the register knew them, version by version: corrections, and the days of beginning and end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from registry.ledger.days import beginning_of, shanghai_day
from registry.models import Registration

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tenure:
    """The `number`-th state of a registration, from the instant `at` on. `ends_on` is the first day not counted."""

    number: int
    at: datetime
    starts_on: date
    ends_on: date | None
    department: str
    committed_on: date | None

    @property
    def holds(self) -> bool:
        """Whether the registration covered the day on which this state began."""
        day = shanghai_day(self.at)
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def tenures_of(registrations: Iterable[Registration], now: datetime) -> dict[UUID, list[Tenure]]:
    """The states of each registration, by its record: two queries, however many."""
    records = dict(
        Registration.objects.filter(record__in=[row.record for row in registrations]).values_list("pk", "record")
    )
    written: dict[UUID, list[Any]] = {row.record: [] for row in registrations}
    for row in Registration.history.filter(id__in=records).order_by("history_date", "history_id"):
        written[records[row.id]].append(row)
    present = {row.record: row for row in registrations}
    return {record: list(_states(rows, present[record], now)) for record, rows in written.items()}


def _states(rows: list[Any], present: Registration, now: datetime) -> Iterator[Tenure]:
    learnt = sorted({row.history_date for row in rows}) or [present.recorded_at]
    number = 0
    for at, after in zip(learnt, [*learnt[1:], max(now, learnt[-1]) + _MOMENT], strict=True):
        known = _known(rows, at) or present
        for begins in _instants(known, at, after):
            number += 1
            yield Tenure(number, begins, known.starts_on, known.ends_on, known.department, known.committed_on)


def _known(rows: list[Any], at: datetime) -> Any:
    latest = {row.id: row for row in rows if row.history_date <= at}
    present = [row for row in latest.values() if row.superseded_at is None]
    return max(present, key=lambda row: row.id, default=None)


def _instants(known: Any, at: datetime, after: datetime) -> list[datetime]:
    edges = {beginning_of(day) for day in (known.starts_on, known.ends_on) if day}
    return [at, *sorted(edge for edge in edges if at < edge < after)]
