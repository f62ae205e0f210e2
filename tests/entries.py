"""Single entries for the stories: points recorded, an entry annulled or revised, by what the decisions themselves use.

The register has no such acts by themselves: there, points come from decided proposals only, and corrections from
decided objections and judgments.
"""

from datetime import datetime

from django.db import transaction

from registry.actions.corrections import Correction, Difference, correct_entries, preview_corrections
from registry.actions.points import Scoring, weigh, write_entry
from registry.actions.two_people import require_second
from registry.ledger.writing import lock
from registry.models import Fact, PointsEntry, Responsibility, User


def record_points(
    *,
    responsibility: Responsibility,
    situation: str,
    points: int | None = None,
    months: int | None = None,
    departure_reason: str = "",
    act: str = "",
    by: User | None,
    second: User | None = None,
    now: datetime,
) -> PointsEntry:
    """Points for one situation, weighed and written as a decision does."""
    scoring = Scoring(
        responsibility=responsibility,
        situation=situation,
        points=points,
        months=months,
        departure_reason=departure_reason,
        act=act,
    )
    with transaction.atomic():
        person = lock(responsibility.practitioner)
        preview = weigh(scoring, person, now)
        signed = require_second(by=by, second=second) if preview.terminates else None
        return write_entry(scoring, preview, person, by=by, second=signed, now=now)


def annul_entry(*, entry: Fact, reason: str, by: User | None, second: User | None, now: datetime) -> Fact:
    """The entry never existed."""
    return correct_entries(corrections=[Correction(entry, None)], reason=reason, by=by, second=second, now=now)[0]


def revise_entry(
    *, entry: Fact, points: int, months: int | None = None, reason: str, by: User | None, now: datetime
) -> Fact:
    """The entry always had these points."""
    correction = Correction(entry, points, months)
    return correct_entries(corrections=[correction], reason=reason, by=by, second=None, now=now)[0]


def preview_correction(entry: Fact, points: int | None, months: int | None = None, *, now: datetime) -> Difference:
    """What annulling (`points` None) or revising the entry would do."""
    correction = Correction(entry, points, months)
    return preview_corrections(practitioner=entry.practitioner, corrections=[correction], now=now)
