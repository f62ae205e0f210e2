"""The chain of the looks into a file: who looked is as hard to alter as what stands in the file.

People enter the chain as ids, the reason as a salted, keyed digest only: it may name somebody.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from django.db import connection

from registry.ledger.chain import GENESIS
from registry.models import AccessRecord, sealing

BATCH = 1000


class Last(NamedTuple):
    """The end of a chain: the number, the hash and the instant of its last record."""

    chain_no: int
    hash: bytes
    at: datetime | None


BEGINNING = Last(0, GENESIS, None)


def last_of(files: Iterable[int]) -> dict[int, Last]:
    """The ends of the chains of these files, which nobody else lengthens until the end of the transaction.

    One query. The lock is of its own kind: whoever settles, scores or writes to the file is not held up by it.
    """
    asked = sorted(set(files))
    with connection.cursor() as cursor:
        cursor.execute("SELECT file, last_no, last_hash, last_at FROM registry_last_readings(%s::bigint[])", [asked])
        found = {file: Last(number, bytes(digest), at) for file, number, digest, at in cursor.fetchall()}
    return {file: found.get(file, BEGINNING) for file in asked}


def canonical(record: AccessRecord) -> bytes:
    """The meaning of the record as bytes: JSON with sorted keys, the instant in UTC with microseconds."""
    reason = sealing.pseudonym(f"reason:{record.reason}", salt=bytes(record.salt))
    meaning = {
        "file": record.practitioner_id,
        "chain_no": record.chain_no,
        "user": record.user_id,
        "key": record.key_id,
        "kind": str(record.kind),
        "face": str(record.face),
        "at": record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reason": reason.hex(),
    }
    return json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()


def link(record: AccessRecord) -> bytes:
    """The hash of the record, over the hash before it and its own meaning."""
    return hashlib.sha256(bytes(record.prev_hash) + canonical(record)).digest()


def chained(record: AccessRecord, *, after: Last) -> AccessRecord:
    """The record as the next one of its chain. Its instant never runs behind the one before it."""
    record.chain_no = after.chain_no + 1
    record.at = max(record.at, after.at) if after.at else record.at
    record.prev_hash = after.hash
    record.hash = link(record)
    return record


def reading_faults() -> Iterator[str]:
    """What is wrong with the chains of all files, one sentence each."""
    rows = AccessRecord.objects.order_by("practitioner_id", "chain_no").iterator(chunk_size=BATCH)
    for file, records in groupby(rows, key=lambda record: record.practitioner_id):
        yield from (f"file {file}: {fault}" for fault in _broken_links(records))


def _broken_links(records: Iterable[AccessRecord]) -> Iterator[str]:
    before = GENESIS
    for expected_no, record in enumerate(records, start=1):
        if record.chain_no != expected_no:
            yield f"look {record.pk}: number {record.chain_no} in the file, expected {expected_no}"
        if bytes(record.prev_hash) != before:
            yield f"look {record.pk}: does not follow the look before it"
        if bytes(record.hash) != link(record):
            yield f"look {record.pk}: its content is not what was recorded"
        before = bytes(record.hash)
