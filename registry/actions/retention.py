"""Forgetting what the policy keeps no longer: one act for every kind of record that can be forgotten.

The lengths are those of the national policy of the day, for everybody alike. What stands in append-only tables, or in
histories, is kept for ever; nothing here touches it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from registry.claims import jobs as claims
from registry.ledger.days import beginning_of, shanghai_day
from registry.ledger.law import policies
from registry.models import EnrolmentCode, SignInAttempt
from registry.queries.status_lists import lists_before
from registry.rosters import jobs
from registry.rules.retention import first_day_kept

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Forgettable:
    """Records of a kind of the policy: those whose purpose ended before a moment, and how they are forgotten."""

    ended_before: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]


def purge(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Forget what is kept no longer; how many by kind. With `dry_run` only count."""
    today, counts = shanghai_day(now), {}
    law = policies().national(today)
    for kind, records in FORGETTABLE.items():
        first = first_day_kept(law, kind, today=today)
        old = records.ended_before(beginning_of(first)) if first > date.min else None
        counts[kind] = 0 if old is None else old.count() if dry_run else records.forget(old)
    if not dry_run:
        log.info("kept no longer", **counts)
    return counts


def offer_forgettable(kind: str, records: Forgettable) -> None:
    """Let records of an application above the register be forgotten, too, by the name of their kind in the policy."""
    FORGETTABLE[kind] = records


def delete_old(old: QuerySet[Any]) -> int:
    """Delete the rows and what hangs on them; how many of the rows themselves."""
    deleted: int = old.delete()[1].get(old.model._meta.label, 0)
    return deleted


def _codes_ended_before(moment: datetime) -> QuerySet[EnrolmentCode]:
    """A code ended when it was used or a newer one came, else when it ran out. Its history, without digest, stays."""
    ended = EnrolmentCode.objects.alias(over_at=Coalesce("used_at", "ended_at", "expires_at"))
    return ended.filter(over_at__lt=moment)


FORGETTABLE = {
    "rosters": Forgettable(jobs.uploaded_before, jobs.forget),
    "claims": Forgettable(claims.received_before, claims.forget),
    "sign_in_attempts": Forgettable(lambda moment: SignInAttempt.objects.filter(last_at__lt=moment), delete_old),
    "access_codes": Forgettable(_codes_ended_before, delete_old),
    "status_lists": Forgettable(lists_before, delete_old),
}
