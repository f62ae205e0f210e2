"""What must be kept of a question that claimed an emergency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from registry.models import ApiKey, EmergencyCheck


@dataclass(frozen=True, slots=True)
class EmergencyClaim:
    """One question with the emergency mark: about which file and institution, for which day, and what was answered."""

    practitioner_id: int
    institution_id: int
    service_on: date
    reason: str
    granted: bool
    known_at: datetime | None


def keep_emergency_claims(*, claims: Iterable[EmergencyClaim], key: ApiKey, now: datetime) -> int:
    """Keep the mark and the reason of every claim, all or nothing, in one statement. Returns how many were kept."""
    rows = [
        EmergencyCheck(
            practitioner_id=claim.practitioner_id,
            institution_id=claim.institution_id,
            service_on=claim.service_on,
            reason=claim.reason,
            granted=claim.granted,
            known_at=claim.known_at,
            key=key,
            asked_at=now,
        )
        for claim in claims
    ]
    return len(EmergencyCheck.objects.bulk_create(rows))
