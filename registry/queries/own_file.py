"""The own file: whose it is, what its holder asked to be corrected, and who looked."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from registry.ledger.families import family_of
from registry.ledger.reading import History, facts_of_files
from registry.models import CorrectionRequest, Practitioner, Role, Task, User
from registry.queries.access_log import Reading, reading_of, who_looked
from registry.queries.scope import Scope, scope_of

MOST_LOOKS = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a correction, with the last day on which the agency owes its answer, where that is known."""

    row: CorrectionRequest
    due_on: date | None


def own_practitioner(seen: Scope) -> Practitioner | None:
    """The file that the user holds today, as the one it is kept under; None for whoever holds none."""
    held = (row.practitioner_id for row in seen.assignments if row.role == Role.PRACTITIONER)
    first = next((pk for pk in held if pk is not None), None)
    if first is None:
        return None
    person = family_of(first)
    kept = Practitioner.objects.get(pk=person.kept)
    once(kept, "files", lambda: person.files)
    return kept


def files_of(holder: Practitioner) -> Collection[int]:
    """The ids of all files of the holder of the own file."""
    return once(holder, "files", lambda: family_of(holder.pk).files)


def history_of_holder(holder: Practitioner) -> History:
    """Files and facts of the holder of the own file."""
    return once(holder, "history", lambda: _history(holder.pk, frozenset(files_of(holder))))


def _history(kept: int, files: frozenset[int]) -> History:
    return History(kept, files, facts_of_files(files))


def once(holder: Practitioner, what: str, ask: Callable[[], T]) -> T:
    """What `ask` finds for this holder, asked once however many parts of one page show it."""
    known: dict[str, T] = vars(holder).setdefault("asked_once", {})
    if what not in known:
        known[what] = ask()
    return known[what]


def holds(user: User, files: Collection[int], today: date) -> bool:
    """Whether one of these files is the user's own on the day. One query."""
    return not {row.practitioner_id for row in scope_of(user, today).assignments}.isdisjoint(files)


def looks_into(holder: Practitioner) -> tuple[Reading, ...]:
    """The last looks into the file, the newest first."""
    return tuple(map(reading_of, who_looked(holder)[:MOST_LOOKS]))


def requests_of(files: Collection[int]) -> tuple[Request, ...]:
    """What the person asked to be corrected, newest first."""
    rows = list(CorrectionRequest.objects.filter(practitioner_id__in=files).select_related("agency"))
    due = Task.objects.filter(subject__in=[row.uuid for row in rows], kind=Task.Kind.CORRECT)
    days = dict(due.values_list("subject", "due_on"))
    return tuple(Request(row, days.get(row.uuid)) for row in rows)
