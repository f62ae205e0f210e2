"""What is still to be announced: the rows of the register themselves are the outbox, and an event of theirs the mark
that they were announced.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Model, QuerySet

from notifications.models import Event
from registry.models import ProcedureStep, StandingChange, Task

PROCEDURES = ("objection", "application")
"""The procedures whose steps others are told of, where a step moves its subject on."""
HOLDERS = (Task.Holder.PRACTITIONER, Task.Holder.INSTITUTION, Task.Holder.AGENCY)
"""Whose deadlines are announced. Experts have a desk of their own, and nobody is to know who sits on a panel."""
BATCH = 500
FAR_BEHIND = 10_000
"""So many rows before the newest one announced a quick look begins."""


@dataclass(frozen=True, slots=True)
class Source:
    """One row to be announced: the column of an event that names it, the row, and when it was written."""

    column: str
    row: Model
    at: datetime


def people_waiting(*, everything: bool) -> Iterator[int]:
    """The files of which something is to be announced, in order of id; each once.

    Without `everything` only rows are looked at that are about as new as the newest that was announced. That is quick
    at any size, and finds all but what was written out of order by thousands of rows, and missed deadlines.
    """
    batch = _next_people(0, everything)
    while batch:
        yield from batch
        batch = _next_people(batch[-1], everything) if len(batch) == BATCH else []


def waiting_of(files: Iterable[int]) -> dict[int, list[Source]]:
    """What is to be announced of each of the files, in the order in which it was written. Four queries."""
    found: dict[int, list[Source]] = {file: [] for file in files}
    for column, moment, rows in _outboxes():
        for row in rows.filter(practitioner_id__in=list(found)).order_by("pk"):
            assert row.practitioner_id is not None  # by the filter
            found[row.practitioner_id].append(Source(column, row, getattr(row, moment)))
    for sources in found.values():
        sources.sort(key=lambda each: each.at)  # what has the same instant stays in the order of the columns
    return found


def _outboxes() -> tuple[tuple[str, str, QuerySet[StandingChange] | QuerySet[ProcedureStep] | QuerySet[Task]], ...]:
    """By column of an event: the column with the instant at which a row was written, and the rows that wait."""
    moved_on = ProcedureStep.objects.filter(procedure__in=PROCEDURES).exclude(state_before=F("state_after"))
    owed = Task.objects.filter(holder__in=HOLDERS, due_on__isnull=False)
    return (
        (
            "change",
            "recorded_at",
            StandingChange.objects.filter(event=None).select_related("fact__entry", "fact__agency"),
        ),
        ("step", "recorded_at", moved_on.filter(event=None)),
        ("deadline", "opened_at", owed.filter(event_of_deadline=None)),
        ("missed", "escalated_at", owed.filter(event_of_missing=None, escalated_at__isnull=False)),
    )


def _next_people(after: int, everything: bool) -> list[int]:
    found: set[int] = set()
    for column, _moment, rows in _outboxes():
        if not everything and column == "missed":
            continue
        people = (rows if everything else rows.filter(pk__gt=_edge(column))).filter(practitioner_id__gt=after)
        ids = people.order_by("practitioner_id").values_list("practitioner_id", flat=True)
        found.update(ids.distinct()[:BATCH])
    return sorted(found)[:BATCH]


def _edge(column: str) -> int:
    """Before this number of a row little is left to be announced."""
    newest = Event.objects.aggregate(newest=Max(column))["newest"]
    return int(newest or 0) - FAR_BEHIND
