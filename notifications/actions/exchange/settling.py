"""Signed receipts: telling the other register what became of its letter, and keeping what it tells of ours."""

from datetime import datetime
from hashlib import sha256

import structlog

from notifications.actions.announced import owe, write_notices
from notifications.actions.fanning_out import RECEIVING
from notifications.models import Because, Endpoint, Event, Kind, Letter, Push
from notifications.models import Settlement as Kept
from notifications.queries.addressees import addressed_to
from notifications.queries.letters import letter_of
from notifications.rules.envelope import body
from notifications.rules.exchange import Settlement

log = structlog.get_logger(__name__)


def tell_settled(letter: Letter, *, now: datetime) -> None:
    """Owe the other register a receipt, signed as everything that is pushed there; where it has no endpoint, none."""
    endpoints = list(Endpoint.objects.filter(region=letter.register.region, state__in=RECEIVING).order_by("pk"))
    if not endpoints:
        return
    event = Event.objects.create(
        kind=Kind.SETTLED, sequence=0, letter=letter, outcome=letter.state, occurred_at=now, made_at=now
    )
    (notice,) = write_notices([(event, addressed_to(endpoints[0], Because.WROTE))], now)
    owe([(endpoint, notice) for endpoint in endpoints], now)


def keep_settlement(row: Letter, given: Settlement, signature: str, *, now: datetime) -> None:
    """Keep what became of a letter of ours. One that we never pushed there is only logged."""
    pushes = Push.objects.filter(notice__event__uuid=given.letter, endpoint__region=row.register.region)
    push = pushes.select_related("notice__event__practitioner").order_by("pk").first()
    if push is None or given.outcome not in Letter.State.values:
        log.warning("receipt_for_nothing", register=row.register.code, letter=str(given.letter))
        return
    Kept.objects.create(
        push=push,
        letter=row,
        outcome=given.outcome,
        matches=sha256(body(letter_of(push))).hexdigest() == given.digest,
        signature=signature,
        at=now,
    )
