"""Does the register say what the facts say? Recomputed for everyone, and compared row by row."""

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from registry.ledger.examining import Examined, examine
from registry.ledger.guards import guard_faults
from registry.ledger.readings import reading_faults
from registry.ledger.shares import Spread, cut, here
from registry.ledger.whereabouts import found_elsewhere, not_found, trigger_faults
from registry.models import PersonalCode, Practitioner, PractitionerName

MOST_BESIDE_FILES = 1000


class Done(NamedTuple):
    """How far a walk through the register has come."""

    files: int
    facts: int
    of_facts: int


Progress = Callable[[Done], None]


def differences(
    *, spread: Spread = here, progress: Progress | None = None, then: Callable[[], None] | None = None
) -> Generator[str, None, None]:
    """Everything that is not as it must be, one sentence each.

    Guards; chains, histories and projection of the facts; then, once all files were looked at (`then` is called),
    codes, names, who is found where, and the chains of looks into files. `spread` says which processes look.
    """
    of_files = file_differences(spread=spread, progress=progress)
    beside_files = spread(_faults, BESIDE_FILES)
    yield from guard_faults()
    yield from trigger_faults()
    yield from of_files
    if then:
        then()
    for faults in beside_files:
        yield from faults


def file_differences(*, spread: Spread = here, progress: Progress | None = None) -> Iterator[str]:
    """Of `differences` those inside files: chains, histories, projection."""
    shares, of_facts = cut()
    return _told(spread(examine, shares), of_facts, progress)


def _told(every: Iterable[Examined], of_facts: int, progress: Progress | None) -> Iterator[str]:
    files = facts = 0
    for examined in every:
        yield from examined.faults
        files, facts = files + examined.files, facts + examined.facts
        if progress:
            progress(Done(files, facts, of_facts))


def code_faults() -> Iterator[str]:
    """Files that bear a code which was never given to them."""
    given = PersonalCode.objects.filter(practitioner=OuterRef("pk"), code=OuterRef("code"))
    for person, code in Practitioner.objects.exclude(Exists(given)).values_list("pk", "code")[:MOST_BESIDE_FILES]:
        yield f"file {person}: it bears the code {code}, which was never given to it"


def name_faults() -> Iterator[str]:
    """Files whose name is not among those the person ever bore, as the present one."""
    borne = PractitionerName.objects.filter(practitioner=OuterRef("pk"), name=OuterRef("name"), superseded_at=None)
    for person in Practitioner.objects.exclude(Exists(borne)).values_list("pk", flat=True)[:MOST_BESIDE_FILES]:
        yield f"file {person}: its name is not the present one among the names it ever bore"


BESIDE_FILES = (found_elsewhere, reading_faults, not_found, name_faults, code_faults)
"""What is looked at for the whole register at once; each by one process, what takes longest first."""


def _faults(found: Callable[[], Iterator[str]]) -> list[str]:
    """The first thousand: they are kept until the files were told of."""
    return list(islice(found(), MOST_BESIDE_FILES))
