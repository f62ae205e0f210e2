"""Sealing of contents: uploaded files, words of rows, votes, seeds. Opens only for the row it was sealed for."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from registry.models.sealing import SealBroken

_NONCE_BYTES = 12
MARK = b"sealed\x00"
"""What a seal begins with, before the number of its key. Older ones begin with their nonce, which is chance."""
_HEAD = len(MARK) + 1


class Vault:
    """Seals and opens for one row. The keys are derived from those of documents, others for each purpose."""

    def __init__(self, owner: UUID, purpose: str) -> None:
        self._owner = owner.bytes
        self._ciphers = {
            number: AESGCM(hmac.digest(key, purpose.encode(), hashlib.sha256))
            for number, key in settings.REGISTRY_DOCUMENT_KEYS.items()
        }

    def seal(self, content: bytes) -> bytes:
        """The content under the first key: mark, number of the key, nonce, ciphertext."""
        number, cipher = next(iter(self._ciphers.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return MARK + bytes([number]) + nonce + cipher.encrypt(nonce, content, self._owner)

    def unseal(self, sealed: bytes) -> bytes:
        """The content again. Raises SealBroken."""
        for cipher, nonce_and_rest in self._ways_to_open(sealed):
            try:
                return cipher.decrypt(nonce_and_rest[:_NONCE_BYTES], nonce_and_rest[_NONCE_BYTES:], self._owner)
            except InvalidTag:
                continue
        raise SealBroken(str(UUID(bytes=self._owner)))

    def _ways_to_open(self, sealed: bytes) -> Iterator[tuple[AESGCM, bytes]]:
        """By its number; then, as one without a number, by every key: only the right one opens anything."""
        if sealed.startswith(MARK) and (cipher := self._ciphers.get(int.from_bytes(sealed[len(MARK) : _HEAD]))):
            yield cipher, sealed[_HEAD:]
        for each in self._ciphers.values():
            yield each, sealed

    def renewed(self, sealed: bytes) -> bytes:
        """The same content under the first key. Raises SealBroken."""
        return self.seal(self.unseal(sealed))

    def seal_words(self, words: dict[str, Any]) -> bytes:
        return self.seal(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal_words(self, sealed: bytes) -> dict[str, Any]:
        words: dict[str, Any] = json.loads(self.unseal(sealed))
        return words
