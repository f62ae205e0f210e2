"""Whole lists, read a thousand rows at a time in the order of their numbers, however long they are.

Each row has its number first: whoever was cut off goes on after the last one that arrived.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from registry.models import Fact, Practitioner, Registration, StandingChange, StandingSpan, Task, User
from registry.queries.scope import Scope
from registry.queries.standings import covering
from registry.queries.worklist import open_tasks

BATCH = 1_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """A list: the names of its columns, its rows, and how one is told. Values are plain: texts, numbers, days."""

    columns: tuple[str, ...]
    rows: QuerySet[Any]
    told: Callable[[Any], tuple[Any, ...]]

    def after(self, number: int) -> Iterator[Row]:
        """Every row whose number is higher. Nothing is held open between two batches."""
        while batch := list(self.rows.filter(pk__gt=number).order_by("pk")[:BATCH]):
            for row in batch:
                yield dict(zip(self.columns, self.told(row), strict=True))
            number = batch[-1].pk


def practitioners(seen: Scope, on: date) -> Export:
    """Everybody in the scope with the standing of the day, and where they are registered on it."""
    here = Registration.objects.filter(covering(on), superseded_at=None).select_related("institution")
    rows = seen.practitioners().prefetch_related(
        Prefetch("spans", StandingSpan.objects.filter(covering(on)), to_attr="spans_then"),
        Prefetch("registrations", here.order_by("starts_on", "pk"), to_attr="registrations_then"),
    )
    columns = ("number", "id", "code", "name", "category", "institutions", "on", "status", "until", "points")

    def told(person: Any) -> tuple[Any, ...]:
        span = person.spans_then[0] if person.spans_then else None
        places = dict.fromkeys(row.institution.code for row in person.registrations_then)
        known = (person.pk, str(person.uuid), person.code, person.name, person.category, " ".join(places), on)
        return (*known, span.status, span.until, span.points) if span else (*known, "normal", None, 0)

    return Export(columns, rows, told)


def facts(seen: Scope, *, since: date | None = None) -> Export:
    """The facts of everybody in the scope, those that count from a day on."""
    rows = Fact.objects.select_related("practitioner", "entry", "agency").defer("salt", "hash", "prev_hash")
    rows = rows if seen.sees_everything else rows.filter(seen.about("practitioner"))
    columns = (
        *("number", "id", "practitioner", "code", "kind", "effective_on", "recorded_at", "decided_at", "points"),
        *("counted_on", "policy", "months", "days", "entry", "agency", "document_number", "reason"),
    )
    return Export(columns, rows.filter(effective_on__gte=since) if since else rows, _of_fact)


def _of_fact(row: Fact) -> tuple[Any, ...]:
    return (
        *(row.pk, str(row.origin_id), str(row.practitioner.uuid), row.practitioner.code, row.kind),
        *(row.effective_on, row.recorded_at, row.decided_at, row.points, row.counted_on, row.policy),
        *(row.months, row.days, str(row.entry.origin_id) if row.entry else None),
        *(row.agency.code if row.agency else None, row.document_number, row.reason),
    )


def changes(seen: Scope, *, since: date | None = None) -> Export:
    """The changes of standing of everybody in the scope, from a day on."""
    rows = StandingChange.objects.select_related("practitioner")
    rows = rows if seen.sees_everything else rows.filter(seen.about("practitioner"))
    told = ("cause", "on_day", "recorded_at", "status_before", "status_after", "until_before", "until_after",
            "points_before", "points_after")  # fmt: skip
    columns = ("number", "practitioner", "code", *told)

    def of_change(row: StandingChange) -> tuple[Any, ...]:
        person: Practitioner = row.practitioner
        return (row.pk, str(person.uuid), person.code, *(getattr(row, name) for name in told))

    return Export(columns, rows.filter(on_day__gte=since) if since else rows, of_change)


def tasks(seen: Scope, user: User, today: date) -> Export:
    """The open tasks of the user. Experts judge without names, so their tasks name nobody."""
    rows = open_tasks(seen, user).select_related("agency", "institution", "practitioner", "case")
    columns = ("number", "id", "kind", "holder", "agency", "institution", "practitioner", "code", "case", "starts_on",
               "due_on", "missing_year", "overdue", "escalated_at")  # fmt: skip

    def told(row: Task) -> tuple[Any, ...]:
        named = row.holder != Task.Holder.EXPERT
        person, case = (row.practitioner, row.case) if named else (None, None)
        return (
            *(row.pk, str(row.uuid), row.kind, row.holder, row.agency.code if row.agency else None),
            *(row.institution.code if row.institution else None, str(person.uuid) if person else None),
            *(person.code if person else None, case.number if case else None, row.starts_on, row.due_on),
            *(row.missing_year, row.due_on is not None and row.due_on < today, row.escalated_at),
        )

    return Export(columns, rows, told)
