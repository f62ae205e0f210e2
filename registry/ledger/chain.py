"""The chain of a file: each fact carries a hash over the one before and over its own meaning.

`hash = sha256(prev_hash || canonical bytes)`. Text that may name people enters as a salted, keyed digest only, so the
chain can be checked by whoever holds the key and tells nothing to anybody else.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring_ascii as _text
from typing import NamedTuple
from uuid import UUID

from registry.models import Fact, sealing

GENESIS = bytes(32)


class FactRow(NamedTuple):
    """A fact as it stands in its table, column by column, where a model for each would be too slow."""

    id: int
    practitioner_id: int
    chain_no: int
    kind: str
    effective_on: date
    recorded_at: datetime
    decided_at: datetime
    origin: str
    origin_id: UUID | str
    origin_seq: int
    legacy: bool
    points: int | None
    counted_on: date | None
    policy: str
    months: int | None
    days: int | None
    entry_id: int | None
    reason: str
    document_number: str
    agency_id: int | None
    actor_id: int | None
    second_id: int | None
    salt: bytes
    prev_hash: bytes
    hash: bytes


def canonical(fact: Fact | FactRow) -> bytes:
    """The meaning of `fact` as bytes: JSON with sorted keys, days in ISO form, instants in UTC with microseconds.

    It is put together by hand, which a check of millions of facts pays for; a test compares it with a JSON library.
    """
    file, reason, document, actor, second = sealing.pseudonyms(
        (
            f"file:{fact.practitioner_id}",
            f"reason:{fact.reason}",
            f"document:{fact.document_number}",
            f"actor:{fact.actor_id}",
            f"second:{fact.second_id}",
        ),
        salt=bytes(fact.salt),
    )
    recorded_at = _instant(fact.recorded_at)
    decided_at = recorded_at if fact.decided_at == fact.recorded_at else _instant(fact.decided_at)
    return (
        f'{{"actor":"{actor.hex()}","agency":{_number(fact.agency_id)},"chain_no":{fact.chain_no},'
        f'"counted_on":{_day(fact.counted_on)},"days":{_number(fact.days)},"decided_at":"{decided_at}",'
        f'"document":"{document.hex()}","effective_on":{_day(fact.effective_on)},"entry":{_number(fact.entry_id)},'
        f'"file":"{file.hex()}","kind":{_text(fact.kind)},"legacy":{"true" if fact.legacy else "false"},'
        f'"months":{_number(fact.months)},"origin":{_text(fact.origin)},"origin_id":"{fact.origin_id}",'
        f'"origin_seq":{fact.origin_seq},"points":{_number(fact.points)},"policy":{_text(fact.policy)},'
        f'"reason":"{reason.hex()}","recorded_at":"{recorded_at}","second":"{second.hex()}"}}'
    ).encode()


def link(fact: Fact | FactRow, *, prev_hash: bytes) -> bytes:
    """The hash of `fact` when it follows a fact whose hash is `prev_hash` (GENESIS for the first)."""
    return hashlib.sha256(prev_hash + canonical(fact)).digest()


def broken_links(facts: Sequence[Fact | FactRow]) -> list[str]:
    """What is wrong with the chain of one file, given all its facts in order of `chain_no`; empty if it holds."""
    wrong = []
    prev_hash = GENESIS
    for expected_no, fact in enumerate(facts, start=1):
        if fact.chain_no != expected_no:
            wrong.append(f"fact {fact.origin_id}: number {fact.chain_no} in the file, expected {expected_no}")
        if bytes(fact.prev_hash) != prev_hash:
            wrong.append(f"fact {fact.origin_id}: does not follow the fact before it")
        if bytes(fact.hash) != link(fact, prev_hash=bytes(fact.prev_hash)):
            wrong.append(f"fact {fact.origin_id}: its content is not what was recorded")
        prev_hash = bytes(fact.hash)
    return wrong


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _day(day: date | None) -> str:
    return f'"{day.isoformat()}"' if day else "null"


def _number(number: int | None) -> str:
    return "null" if number is None else str(number)
