"""Sealing of what an import keeps: the uploaded file and the words of its rows. Opens only for the job it was
sealed for.
"""

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
    """Seals and opens for one job. The key is derived from the key of identity documents, and is not the same."""

    def __init__(self, job: UUID) -> None:
        self._job = job.bytes
        master = b64decode(settings.REGISTRY_DOCUMENT_KEY)
        self._cipher = AESGCM(hmac.digest(master, b"rosters", hashlib.sha256))

    def seal(self, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, self._job)

    def unseal(self, sealed: bytes) -> bytes:
        """The content again. Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._job)
        except InvalidTag:
            raise SealBroken(str(UUID(bytes=self._job))) from None

    def seal_words(self, words: dict[str, Any]) -> bytes:
        return self.seal(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal_words(self, sealed: bytes) -> dict[str, Any]:
        words: dict[str, Any] = json.loads(self.unseal(sealed))
        return words
