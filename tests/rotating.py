"""Keys at the stages of a rotation, and rows that older keys sealed."""

import hashlib
import hmac
import os
from base64 import b64encode
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

OLD, NEW = settings.REGISTRY_DOCUMENT_KEYS[1], hashlib.sha256(b"the next key").digest()
OLD_INDEX, NEW_INDEX = settings.REGISTRY_INDEX_KEYS[1], hashlib.sha256(b"the next key of the index").digest()
OLD_ONLY, ADDING, ROTATING, NEW_ONLY = {1: OLD}, {1: OLD, 2: NEW}, {2: NEW, 1: OLD}, {2: NEW}
_OF_INDEX = {OLD: OLD_INDEX, NEW: NEW_INDEX}


def use(changed: Any, keys: dict[int, bytes]) -> None:
    """From now on these are the keys, and those of the index beside them."""
    changed.REGISTRY_DOCUMENT_KEYS = keys
    changed.REGISTRY_INDEX_KEYS = {number: _OF_INDEX[key] for number, key in keys.items()}


def variables(keys: dict[int, bytes]) -> dict[str, str]:
    """The same for a process of its own."""
    told = {number: (key, _OF_INDEX[key]) for number, key in keys.items()}
    document, index = (
        ",".join(f"{number}:{b64encode(pair[which]).decode()}" for number, pair in told.items()) for which in (0, 1)
    )
    return {"REGISTRY_DOCUMENT_KEY": document, "REGISTRY_INDEX_KEY": index}


def without_number(key: bytes, owner: UUID, purpose: str, content: bytes) -> bytes:
    """A seal as the register made them while there was one key: the nonce first."""
    nonce = os.urandom(12)
    derived = hmac.digest(key, purpose.encode(), hashlib.sha256)
    return nonce + AESGCM(derived).encrypt(nonce, content, owner.bytes)
