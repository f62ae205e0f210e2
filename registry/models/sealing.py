"""Sealing of identity document numbers: readable by few, findable by exact number, useless in a stolen copy.

A number is stored twice: sealed (AES-256-GCM, bound to the person it belongs to, so that a sealed number copied to
another row does not open) and as a keyed blind index, by which exactly this number can be looked up.
"""

import base64
import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_KEY_NUMBER = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """The sealed number does not open: wrong key, altered bytes, or bytes copied from another person's row."""


def normalised(number: str) -> str:
    """The number as it is compared: full-width letters and digits made plain, no spaces, capital letters."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def seal(number: str, *, bound_to: str) -> bytes:
    """Encrypt `number` so that it opens only together with `bound_to`, the owner's UUID."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(settings.REGISTRY_DOCUMENT_KEY)).encrypt(nonce, normalised(number).encode(), bound_to.encode())
    return _KEY_NUMBER + nonce + sealed


def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The number again. Raises SealBroken."""
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        number = AESGCM(_key(settings.REGISTRY_DOCUMENT_KEY)).decrypt(nonce, ciphertext, bound_to.encode())
    except InvalidTag:
        raise SealBroken(bound_to) from None
    return number.decode()


def blind_index(number: str) -> bytes:
    """32 bytes that are the same for the same number and tell nothing about it without the key."""
    return hmac.digest(_key(settings.REGISTRY_INDEX_KEY), normalised(number).encode(), hashlib.sha256)


def pseudonym(text: str, *, salt: bytes) -> bytes:
    """What stands for personal text in the ledger's chain: a salted, keyed digest of 32 bytes."""
    return hmac.digest(_key(settings.REGISTRY_CHAIN_KEY), salt + text.encode(), hashlib.sha256)


def masked(number: str) -> str:
    """The number as screens show it: the first three and the last two characters."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def _key(encoded: str) -> bytes:
    return base64.b64decode(encoded)
