"""Sealing of contents: uploaded files, words of rows, votes, seeds. Opens only for the row it was sealed for."""

import hashlib
import hmac
import json
import os
from base64 import b64decode
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from registry.models.sealing import SealBroken

_NONCE_BYTES = 12


class Vault:
    """Seals and opens for one row. The key is derived from that of identity documents, another one for each purpose."""

    def __init__(self, owner: UUID, purpose: str) -> None:
        self._owner = owner.bytes
        master = b64decode(settings.REGISTRY_DOCUMENT_KEY)
        self._cipher = AESGCM(hmac.digest(master, purpose.encode(), hashlib.sha256))

    def seal(self, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, self._owner)

    def unseal(self, sealed: bytes) -> bytes:
        """The content again. Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._owner)
        except InvalidTag:
            raise SealBroken(str(UUID(bytes=self._owner))) from None

    def seal_words(self, words: dict[str, Any]) -> bytes:
        return self.seal(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal_words(self, sealed: bytes) -> dict[str, Any]:
        words: dict[str, Any] = json.loads(self.unseal(sealed))
        return words
