"""Transfers to the police: for whoever reads the documents of the case, and for nobody else.

Neither the person nor a place of work ever comes to them: a criminal investigation is not announced by this register.
"""

from collections.abc import Mapping

from django.db.models import Prefetch, QuerySet

from registry.models import PoliceAnswer, PoliceTransfer, StoredFile
from registry.queries.roles import READERS_OF_CASE_DOCUMENTS
from registry.queries.scope import Scope

Outcome = PoliceAnswer.Outcome

FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "": (Outcome.ACCEPTED, Outcome.NOT_ACCEPTED, Outcome.MISTAKEN),
    Outcome.NOT_ACCEPTED: (Outcome.ACCEPTED, Outcome.MISTAKEN),
    Outcome.ACCEPTED: (Outcome.MISTAKEN,),
    Outcome.MISTAKEN: (),
}
"""What can still come back after what came back last; what was not accepted may be taken up after all."""

STANDING = ("", Outcome.ACCEPTED)
"""A transfer that waits, or was accepted: the same is not transferred once more."""


def transfers_of(seen: Scope) -> QuerySet[PoliceTransfer]:
    """The transfers of cases whose documents somebody with this scope reads, with everything shown of them."""
    return with_answers(_read_by(seen))


def with_answers(rows: QuerySet[PoliceTransfer]) -> QuerySet[PoliceTransfer]:
    """With people, document and answers, but no content of files. Two queries."""
    answers = PoliceAnswer.objects.select_related("document", "recorded_by", "second").defer("document__sealed")
    shown = rows.select_related("case__agency__region", "practitioner", "document", "agency", "recorded_by", "second")
    return shown.defer("document__sealed").prefetch_related(Prefetch("answers", answers.order_by("pk")))


def reads_transferred(seen: Scope, file: StoredFile) -> bool:
    """Whether the file is a document of a transfer in this scope, or of what came back of one."""
    theirs = _read_by(seen)
    answers = PoliceAnswer.objects.filter(document=file, transfer__in=theirs)
    return theirs.filter(document=file).exists() or answers.exists()


def _read_by(seen: Scope) -> QuerySet[PoliceTransfer]:
    reading = seen.held_as(READERS_OF_CASE_DOCUMENTS)
    return PoliceTransfer.objects.filter(reading.in_regions("case__agency__region"), case__in=reading.cases())
