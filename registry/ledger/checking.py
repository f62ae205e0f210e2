"""Does the register say what the facts say? Recomputed for everyone, and compared row by row."""

from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from registry.ledger.examining import examine
from registry.ledger.guards import guard_faults
from registry.ledger.readings import reading_faults
from registry.ledger.shares import Spread, cut, here
from registry.ledger.whereabouts import whereabouts_faults
from registry.models import PersonalCode, Practitioner, PractitionerName

MOST_IDENTITIES = 1000


class Done(NamedTuple):
    """How far a walk through the register has come."""

    files: int
    facts: int
    of_facts: int


Progress = Callable[[Done], None]


def differences(*, spread: Spread = here, progress: Progress | None = None) -> Generator[str, None, None]:
    """Everything that is not as it must be, one sentence each.

    Guards, codes, names, who is found where, the chains of looks into files, then chains, histories and projection of
    the facts. `spread` says which processes look at the files.
    """
    yield from guard_faults()
    yield from _identity_faults()
    yield from whereabouts_faults()
    yield from reading_faults()
    yield from file_differences(spread=spread, progress=progress)


def file_differences(*, spread: Spread = here, progress: Progress | None = None) -> Iterator[str]:
    """Of `differences` those inside files: chains, histories, projection."""
    shares, of_facts = cut()
    files = facts = 0
    for examined in spread(examine, shares):
        yield from examined.faults
        files, facts = files + examined.files, facts + examined.facts
        if progress:
            progress(Done(files, facts, of_facts))


def _identity_faults() -> Iterator[str]:
    given = PersonalCode.objects.filter(practitioner=OuterRef("pk"), code=OuterRef("code"))
    for person, code in Practitioner.objects.exclude(Exists(given)).values_list("pk", "code")[:MOST_IDENTITIES]:
        yield f"file {person}: it bears the code {code}, which was never given to it"
    borne = PractitionerName.objects.filter(practitioner=OuterRef("pk"), name=OuterRef("name"), superseded_at=None)
    for person in Practitioner.objects.exclude(Exists(borne)).values_list("pk", flat=True)[:MOST_IDENTITIES]:
        yield f"file {person}: its name is not the present one among the names it ever bore"
