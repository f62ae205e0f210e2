"""The chain of a file: each fact carries a hash over the one before and over its own meaning.

`hash = sha256(prev_hash || canonical bytes)`. Text that may name people enters as a salted, keyed digest only, so the
chain can be checked by whoever holds the key and tells nothing to anybody else.
"""

import hashlib
import json
from datetime import UTC

from registry.models import Fact, sealing

GENESIS = bytes(32)


def canonical(fact: Fact) -> bytes:
    """The meaning of `fact` as bytes: JSON with sorted keys, days in ISO form, instants in UTC with microseconds."""
    salt = bytes(fact.salt)
    meaning = {
        "chain_no": fact.chain_no,
        "kind": fact.kind,
        "effective_on": fact.effective_on.isoformat(),
        "recorded_at": _instant(fact, "recorded_at"),
        "decided_at": _instant(fact, "decided_at"),
        "origin": fact.origin,
        "origin_id": str(fact.origin_id),
        "origin_seq": fact.origin_seq,
        "legacy": fact.legacy,
        "points": fact.points,
        "counted_on": fact.counted_on.isoformat() if fact.counted_on else None,
        "policy": fact.policy,
        "months": fact.months,
        "days": fact.days,
        "entry": fact.entry_id,
        "agency": fact.agency_id,
        "file": sealing.pseudonym(f"file:{fact.practitioner_id}", salt=salt).hex(),
        "reason": sealing.pseudonym(f"reason:{fact.reason}", salt=salt).hex(),
        "document": sealing.pseudonym(f"document:{fact.document_number}", salt=salt).hex(),
        "actor": sealing.pseudonym(f"actor:{fact.actor_id}", salt=salt).hex(),
        "second": sealing.pseudonym(f"second:{fact.second_id}", salt=salt).hex(),
    }
    return json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()


def link(fact: Fact, *, prev_hash: bytes) -> bytes:
    """The hash of `fact` when it follows a fact whose hash is `prev_hash` (GENESIS for the first)."""
    return hashlib.sha256(prev_hash + canonical(fact)).digest()


def broken_links(facts: list[Fact]) -> list[str]:
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


def _instant(fact: Fact, name: str) -> str:
    instant = getattr(fact, name)
    return str(instant.astimezone(UTC).isoformat(timespec="microseconds"))
