"""Doing a write once: the same request under the same key gets the answer that it got the first time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from registry.models import GivenAnswer
from registry.models.identifiers import uuid7


class KeyReused(Exception):
    """The idempotency key was used before, for another request."""


class ShownOnce(Exception):
    """The request was done before, and its answer was for that one time: it is kept nowhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: the status and the document, with the headers that belong to it.

    Of one that is for `one_time` only that it was given is kept: answers are kept for ever and shown to whoever sends
    the key again, and what stands in such a one is shown to nobody without a record of it.
    """

    status: int
    document: dict[str, Any]
    headers: dict[str, str]
    repeated: bool = False
    one_time: bool = False


def once(*, asker: str, key: str, digest: bytes, now: datetime, do: Callable[[], Answer]) -> Answer:
    """The answer of `do`, kept with what it did in one transaction; at the second call the answer kept.

    Two requests at once under one key wait for each other. Raises KeyReused where the key stands for another request,
    ShownOnce where the answer was for one time; whatever `do` raises undoes everything and leaves the key free.
    """
    with transaction.atomic():
        _wait_for(asker, key)
        kept = GivenAnswer.objects.filter(asker=asker, key=key).first()
        if kept is None:
            return _keep(do(), asker=asker, key=key, digest=digest, now=now)
    if bytes(kept.digest) != digest:
        raise KeyReused(key)
    words = kept.vault.unseal_words(bytes(kept.sealed))
    if words.get("one_time"):
        raise ShownOnce(key)
    return Answer(kept.status, words["document"], words["headers"], repeated=True)


def _wait_for(asker: str, key: str) -> None:
    """Hold a lock of the pair until the end of the transaction."""
    number = int.from_bytes(hashlib.sha256(f"{asker} {key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _keep(answer: Answer, *, asker: str, key: str, digest: bytes, now: datetime) -> Answer:
    row = GivenAnswer(uuid=uuid7(), asker=asker, key=key, digest=digest, status=answer.status, recorded_at=now)
    words = {"one_time": True} if answer.one_time else {"document": answer.document, "headers": answer.headers}
    row.sealed = row.vault.seal_words(words)
    row.save(force_insert=True)
    return answer
