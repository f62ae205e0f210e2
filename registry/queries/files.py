"""Who may have a file that somebody handed in: whoever sees the record that it belongs to."""

from collections.abc import Callable

from registry.models import CaseFile, Delivery, StoredFile, Task
from registry.queries.police import reads_transferred
from registry.queries.scope import Scope

Reader = Callable[[Scope, StoredFile], bool]

_READERS: list[Reader] = []


def offer_readers(reads: Reader) -> None:
    """Say of the records of an application above the register whether somebody sees one to which the file belongs."""
    _READERS.append(reads)


def may_read(seen: Scope, file: StoredFile) -> bool:
    """Whether the file belongs to a record that the user may see."""
    return _of_the_register(seen, file) or any(reads(seen, file) for reads in _READERS)


def _of_the_register(seen: Scope, file: StoredFile) -> bool:
    """Documents of a case, and what went to the police or came back, are for its agency; a dated receipt for whoever
    sees its proposal, what came of a task for those who have it. Who sees everything reads all of them."""
    if reads_transferred(seen, file):
        return True
    if seen.sees_everything:
        kinds = (
            CaseFile.objects.filter(file=file),
            Delivery.objects.filter(receipt=file),
            Task.objects.filter(file=file),
        )
        return any(rows.exists() for rows in kinds)
    documents = CaseFile.objects.filter(file=file, case__in=seen.cases()).select_related("case__agency")
    return (
        any(seen.reads_documents_of(document.case) for document in documents)
        or Delivery.objects.filter(receipt=file, proposal__in=seen.proposals()).exists()
        or any(_has(seen, task) for task in Task.objects.filter(file=file).select_related("agency", "institution"))
    )


def _has(seen: Scope, task: Task) -> bool:
    """Whether the task is one of the user's agencies or institutions."""
    of_agency = task.agency is not None and seen.covers_region(task.agency.region_id)
    return of_agency or (task.institution is not None and seen.covers(task.institution))
