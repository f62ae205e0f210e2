"""What we answer to another register that asks about a notice of ours: everything known of the person's history."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from notifications.models import Notice
from notifications.rules.exchange import digest_of_policy
from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.models import Fact, PersonalCode, Practitioner


def account_of(notice: Notice, now: datetime) -> dict[str, Any]:
    """The account behind a notice about a person, as `notifications.rules.exchange` describes it. Six queries.

    It holds the facts of all files of the person, also those that other registers decided, each under the name that
    its register gave it. Provisional codes mean nothing elsewhere, and reasons stay where they were written.
    """
    assert notice.event.practitioner_id is not None  # the caller asked
    person = family_of(notice.event.practitioner_id)
    kept = Practitioner.objects.get(pk=person.kept)
    rows = list(
        Fact.objects.filter(practitioner__in=person.files)
        .select_related("entry", "agency")
        .order_by("decided_at", "origin", "origin_seq")
    )
    return {
        "as_of": now.isoformat(),
        "person": {"id": str(kept.uuid), "codes": _codes(person.files), "name": kept.name},
        "policies": {row.policy: digest_of_policy(policies()[row.policy]) for row in rows if row.policy},
        "facts": [_fact(row) for row in rows],
    }


def _codes(files: Iterable[int]) -> list[str]:
    rows = PersonalCode.objects.filter(practitioner__in=list(files), provisional=False)
    return list(rows.order_by("pk").values_list("code", flat=True))


def _fact(row: Fact) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "origin": row.origin,
        "id": str(row.origin_id),
        "origin_seq": row.origin_seq,
        "decided_at": row.decided_at.isoformat(),
        "effective_on": row.effective_on.isoformat(),
        "legacy": row.legacy,
        "points": row.points,
        "counted_on": row.counted_on.isoformat() if row.counted_on else None,
        "policy": row.policy,
        "months": row.months,
        "days": row.days,
        "entry": {"origin": row.entry.origin, "id": str(row.entry.origin_id)} if row.entry else None,
        "document_number": row.document_number,
        "agency": row.agency.code if row.agency else "",
    }
