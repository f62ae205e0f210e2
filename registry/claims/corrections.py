"""Which corrections lie behind a past service that becomes payable, where they can be named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from registry.ledger.families import Persons
from registry.models import Fact, FactKind

CORRECTING = (
    FactKind.ENTRY_ANNULLED,
    FactKind.ENTRY_REVISED,
    FactKind.PERIOD_SHORTENED,
    FactKind.REREGISTERED,
)


@dataclass(frozen=True, slots=True)
class Behind:
    """A fact learnt meanwhile that changes days: its kind, its id (the same in every register), when it was learnt."""

    kind: str
    fact: str
    recorded_at: datetime


def corrections_behind(
    files: Iterable[int | None], *, since: datetime, until: datetime
) -> dict[int, tuple[Behind, ...]]:
    """The correcting facts that the register learnt after `since` and up to `until`, by the file asked about.

    Files of theirs that are or were merged are looked at, too. A person whose days changed for another reason, such as
    a registration recorded late, has none: the reasons of the row then say what no longer stands against payment.
    """
    asked = sorted(file for file in set(files) if file is not None)
    if not asked:
        return {}
    persons = Persons(asked, past=True)
    families = {file: persons.ever_linked(file) for file in asked}
    facts = Fact.objects.filter(
        practitioner__in={each for family in families.values() for each in family},
        kind__in=CORRECTING,
        recorded_at__gt=since,
        recorded_at__lte=until,
    )
    rows = list(facts.order_by("pk").values_list("practitioner_id", "kind", "origin_id", "recorded_at"))
    return {
        file: tuple(Behind(kind, str(fact), at) for owner, kind, fact, at in rows if owner in family)
        for file, family in families.items()
        if any(owner in family for owner, *_rest in rows)
    }
