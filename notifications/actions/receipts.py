"""Acts of whoever was told: reading a notice, acknowledging it, and saying what an authority then did of its own."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.models import FollowUp, Notice, Receipt
from registry.actions.errors import Refused
from registry.actions.requirements import optional_number, require_choice, required
from registry.ledger.days import shanghai_day
from registry.models import ApiKey, User
from registry.queries.explain import day
from registry.queries.recipients import RecipientKind

LONGEST_WORDS = 2000
FOLLOWING_UP = (RecipientKind.HEALTH_AUTHORITY, RecipientKind.DRUG_AUTHORITY)
"""Recipients that have a procedure of their own after a notice."""


def mark_read(*, notice: Notice, by: User | None, now: datetime, key: ApiKey | None = None) -> None:
    """Keep that the recipient has read it. Only the first time counts."""
    _keep(notice, Receipt.Kind.READ, by, key, now)


def acknowledge(*, notice: Notice, by: User, now: datetime, key: ApiKey | None = None) -> Receipt:
    """Keep that the recipient knows of it; whoever acknowledges has read it. Only the first time counts."""
    _keep(notice, Receipt.Kind.READ, by, key, now)
    _keep(notice, Receipt.Kind.ACKNOWLEDGED, by, key, now)
    return Receipt.objects.select_related("by").get(notice=notice, kind=Receipt.Kind.ACKNOWLEDGED)


def report_outcome(
    *,
    notice: Notice,
    outcome: str,
    decided_on: date,
    document_number: str = "",
    words: str = "",
    by: User,
    now: datetime,
    key: ApiKey | None = None,
) -> FollowUp:
    """Keep what a health or drug authority did after the notice; it acknowledges the notice as well.

    Raises Refused for other recipients, for a day that lies before the notice or ahead, and for a measure without its
    document number.
    """
    if notice.recipient not in FOLLOWING_UP:
        raise Refused(
            "no_follow_up_here", _("Only health and drug authorities report what they did after a notice to them.")
        )
    require_choice("outcome", outcome, FollowUp.Outcome.values)
    if not shanghai_day(notice.made_at) <= decided_on <= shanghai_day(now):
        raise Refused(
            "outcome_day_refused",
            _("The outcome cannot be of %(day)s: choose a day from the notice until today.") % {"day": day(decided_on)},
            field="decided_on",
            value=decided_on,
        )
    if outcome == FollowUp.Outcome.MEASURE:
        required(document_number, field="document_number")
    said = {"outcome": outcome, "decided_on": decided_on, "document_number": optional_number(document_number)}
    with transaction.atomic():
        acknowledge(notice=notice, by=by, now=now, key=key)
        return FollowUp.objects.create(notice=notice, **said, words=words.strip(), by=by, key=key, at=now)


def _keep(notice: Notice, kind: Receipt.Kind, by: User | None, key: ApiKey | None, now: datetime) -> None:
    said = Receipt(notice=notice, kind=kind, by=by, key=key, at=now)
    Receipt.objects.bulk_create([said], ignore_conflicts=True)
