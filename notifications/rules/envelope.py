"""A letter to a system: CloudEvents 1.0 in the envelope of Standard Webhooks 1.0. It says that something is there to be
read, and where; what it is stands in the register, where reading it is logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json; charset=utf-8"
MOST_IN_A_BATCH = 100
TYPE_PREFIX = "demerit-register."
TYPE_VERSION = ".v1"
SOURCE_PREFIX = "urn:demerit-register:"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one endpoint is told of one event.

    `id` is the event's and the same at every try. `subject` is the person's opaque identifier and `url` the address of
    their file, which a system reads with its own key as far as it may; both are empty for a test.
    `sequence` numbers the letters about that person to that endpoint, 1…n without a gap. `corrects` are the ids of
    earlier letters that told it wrong. `settles` says what became of a letter that was received: `letter`, its id,
    `digest` of its bytes, and `outcome`.
    """

    id: str
    source: str
    happening: str
    subject: str
    sequence: int
    time: datetime
    notice: str
    url: str
    corrects: tuple[str, ...] = ()
    settles: Mapping[str, str] | None = None


_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def body(letter: Letter) -> bytes:
    """The letter as it is sent and signed: the same bytes at every try."""
    event = {
        "specversion": "1.0",
        "id": letter.id,
        "source": f"{SOURCE_PREFIX}{letter.source}",
        "type": f"{TYPE_PREFIX}{letter.happening}{TYPE_VERSION}",
        **({"subject": letter.subject} if letter.subject else {}),
        "time": letter.time.isoformat(),
        "sequence": str(letter.sequence),
        "datacontenttype": "application/json",
        "data": {
            "notice": letter.notice,
            "url": letter.url,
            "corrects": list(letter.corrects),
            **({"settles": dict(letter.settles)} if letter.settles else {}),
        },
    }
    return _AS_JSON.encode(event).encode()


def batch(letters: Sequence[Letter]) -> bytes:
    """Several letters in one body, for a system that takes them so: a JSON array, in their order."""
    return b"[" + b",".join(body(each) for each in letters) + b"]"


def batch_id(letters: Sequence[Letter]) -> str:
    """The id under which several letters go together: the same for the same letters. Each is known by its own."""
    return f"batch-{sha256(' '.join(each.id for each in letters).encode()).hexdigest()[:32]}"


def signed_content(letter_id: str, timestamp: int, content: bytes) -> bytes:
    """What a signature covers: the id, the second of sending, and the body, with full stops between."""
    return f"{letter_id}.{timestamp}.".encode() + content
