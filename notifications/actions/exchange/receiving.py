"""A letter of another register comes in: proved, written down, answered. What is behind it is fetched afterwards."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from hashlib import sha256

import structlog
from django.conf import settings
from django.db import transaction

from notifications.actions.exchange.settling import keep_settlement
from notifications.models import Kind, Letter, Register
from notifications.rules.exchange import LONGEST_LETTER, Arrived, Malformed, arrived
from notifications.rules.procedures import LETTER
from notifications.wire.verifying import NotSigned, verify

log = structlog.get_logger(__name__)


class Taken(Enum):
    """How a letter was received."""

    NEW = "new"
    KNOWN = "known"
    MALFORMED = "malformed"
    TOO_LONG = "too long"
    NOT_SIGNED = "not signed"
    UNKNOWN_REGISTER = "unknown register"


def receive(*, code: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Taken:
    """Keep a letter that came for us, and say how it was received. `headers` are by names in small letters.

    The same letter again is known, and changes nothing. Whoever is not entered here, or does not sign, is told nothing
    more than that.
    """
    if len(body) > LONGEST_LETTER:
        return Taken.TOO_LONG
    register = Register.objects.filter(code=code).exclude(state=Register.State.RETIRED).first()
    if register is None:
        return Taken.UNKNOWN_REGISTER
    try:
        signed_as = verify(headers, body, map(bytes, register.keys), now=int(now.timestamp()))
        letter = arrived(body)
    except NotSigned as wrong:
        log.warning("letter_not_signed", register=code, where=str(wrong))
        return Taken.NOT_SIGNED
    except Malformed as wrong:
        log.warning("letter_malformed", register=code, where=wrong.where)
        return Taken.MALFORMED
    if signed_as != str(letter.id) or letter.source != code or letter.happening not in Kind.values:
        log.warning("letter_malformed", register=code, where="id, source or type")
        return Taken.MALFORMED
    return keep_letter(register, letter, body, now=now, signature=headers["webhook-signature"])


def keep_letter(register: Register, letter: Arrived, body: bytes, *, now: datetime, signature: str = "") -> Taken:
    """Write the letter down, once; a receipt takes effect at once. Without a signature it was asked for by us.

    Another letter under an id that is known is malformed: what was received first stands.
    """
    row = Letter(
        register=register,
        letter_id=letter.id,
        happening=letter.happening,
        subject=letter.subject,
        sequence=letter.sequence,
        occurred_at=letter.time,
        notice=letter.notice,
        body=body,
        digest=sha256(body).hexdigest(),
        pulled=not signature,
        received_at=now,
        next_at=now,
    )
    if not letter.subject:  # a receipt, or a test: nothing is behind it
        row.state, row.next_at, row.settled_at = LETTER.after(row.state, "ignore"), None, now
    with transaction.atomic():
        made = Letter.objects.bulk_create([row], ignore_conflicts=True)[0]
        kept = Letter.objects.get(register=register, letter_id=letter.id)
        if kept.uuid != made.uuid:
            return Taken.KNOWN if kept.digest == row.digest else Taken.MALFORMED
        if letter.settles:
            keep_settlement(kept, letter.settles, signature, now=now)
    return Taken.NEW


def address_of_inbox() -> str:
    """Where other registers push to us: shown to whoever enters this register there."""
    return f"{settings.REGISTRY_ADDRESS}/registers/<code>/letters/"
