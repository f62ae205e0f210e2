"""The own file: whose it is, and what its holder sees of it at a glance."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from registry.ledger.families import kept_file
from registry.models import CorrectionRequest, PointsEntry, Practitioner, Role, Task
from registry.queries.access_log import Reading, reading_of, who_looked
from registry.queries.entries import Present, present_of, with_everything
from registry.queries.file import PractitionerFile, file_of
from registry.queries.scope import Scope

MOST_LOOKS = 30


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a correction, with the last day on which the agency owes its answer, where that is known."""

    row: CorrectionRequest
    due_on: date | None


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The file on a day, its entries as they count by now, what its holder asked, and who looked; newest first."""

    file: PractitionerFile
    entries: tuple[Present, ...]
    requests: tuple[Request, ...]
    looks: tuple[Reading, ...]


def own_practitioner(seen: Scope) -> Practitioner | None:
    """The file that the user holds today, as the one it is kept under; None for whoever holds none."""
    held = (row.practitioner_id for row in seen.assignments if row.role == Role.PRACTITIONER)
    first = next((pk for pk in held if pk is not None), None)
    return None if first is None else kept_file(Practitioner.objects.get(pk=first))


def own_file(practitioner: Practitioner, today: date) -> OwnFile:
    """What the holder sees first."""
    file = file_of(practitioner, today)
    rows = with_everything(PointsEntry.objects.filter(practitioner_id__in=file.members))
    entries = sorted(map(present_of, rows), key=lambda each: each.entry.fact.effective_on, reverse=True)
    looks = tuple(map(reading_of, who_looked(practitioner)[:MOST_LOOKS]))
    return OwnFile(file, tuple(entries), requests_of(file.members), looks)


def requests_of(files: Collection[int]) -> tuple[Request, ...]:
    """What the person asked to be corrected, newest first."""
    rows = list(CorrectionRequest.objects.filter(practitioner_id__in=files).select_related("agency"))
    due = Task.objects.filter(subject__in=[row.uuid for row in rows], kind=Task.Kind.CORRECT)
    days = dict(due.values_list("subject", "due_on"))
    return tuple(Request(row, days.get(row.uuid)) for row in rows)
