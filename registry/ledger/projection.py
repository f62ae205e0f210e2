"""The projection: periods and spans as the facts produce them, so that lists and checks need no computing.

It is rewritten whole for one person whenever a fact of theirs is added. A file without facts has no rows.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from registry.ledger.law import policies
from registry.ledger.sheaf import Sheaf
from registry.models import SanctionPeriod, StandingSpan
from registry.rules import compute, facts, spans


def periods_of(practitioner_id: int, of_person: list[facts.Fact]) -> list[SanctionPeriod]:
    """All periods that the facts produce, begun or not."""
    if not of_person:
        return []
    last_day = max(fact.effective_on for fact in of_person)
    return [
        SanctionPeriod(
            practitioner_id=practitioner_id,
            kind=period.kind,
            starts_on=period.from_,
            ends_on=period.until,
            barred_until=period.barred_until,
            because=[UUID(entry) for entry in period.because],
            single=period.single,
        )
        for period in compute.standing(of_person, last_day, policies()).periods
    ]


def spans_of(practitioner_id: int, of_person: list[facts.Fact]) -> list[StandingSpan]:
    """The standing of every day, as runs of days; the days before the first fact (normal, 0 points) are left out."""
    return [
        StandingSpan(
            practitioner_id=practitioner_id,
            starts_on=span.from_,
            ends_on=span.to,
            status=span.status,
            until=span.until,
            points=span.points,
            may_reregister=span.may_reregister,
        )
        for span in spans.spans(of_person, policies())
        if span.from_ != date.min
    ]


def rewrite(*, kept: int, members: Iterable[int], of_person: list[facts.Fact]) -> None:
    """Replace the projection of one person; it stands under the kept file, the merged files have none."""
    sheaf = Sheaf()
    bind(sheaf, kept=kept, members=members, of_person=of_person)
    sheaf.write()


def bind(sheaf: Sheaf, *, kept: int, members: Iterable[int], of_person: list[facts.Fact]) -> None:
    """The same into a sheaf that the caller writes."""
    ids = list(members)
    sheaf.replace(SanctionPeriod, ids, periods_of(kept, of_person))
    sheaf.replace(StandingSpan, ids, spans_of(kept, of_person))
