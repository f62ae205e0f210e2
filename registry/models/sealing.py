"""Sealing of identity document numbers: readable by few, findable by exact number, useless in a stolen copy.

A number is stored twice: sealed (AES-256-GCM, bound to the person it belongs to, so that a sealed number copied to
another row does not open) and as a keyed blind index, by which exactly this number can be looked up.

There may be several keys at once, each with a number, while one takes the place of another: the first one seals, all
of them open and find.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
_SHA256_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_BARE = 1
"""The number of the key whose blind index stands alone, as all did while there was one key."""


class SealBroken(Exception):
    """The sealed number does not open: key unknown, altered bytes, or bytes copied from another person's row."""


def normalised(number: str) -> str:
    """The number as it is compared: full-width letters and digits made plain, no spaces, capital letters."""
    plain = number if number.isascii() else unicodedata.normalize("NFKC", number)
    return "".join(plain.split()).upper()


def seal(number: str, *, bound_to: str) -> bytes:
    """Encrypt `number` so that it opens only together with `bound_to`, the owner's UUID."""
    key_number, key = next(iter(settings.REGISTRY_DOCUMENT_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([key_number]) + nonce + _cipher(key).encrypt(nonce, normalised(number).encode(), bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The number again. Raises SealBroken."""
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        key = settings.REGISTRY_DOCUMENT_KEYS[int.from_bytes(sealed[:1])]
        return _cipher(key).decrypt(nonce, ciphertext, bound_to.encode()).decode()
    except (KeyError, InvalidTag):
        raise SealBroken(bound_to) from None


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Made once for each key: to prepare one takes longer than to seal a number."""
    return AESGCM(key)


def blind_index(number: str) -> bytes:
    """What is the same for the same number and tells nothing about it without the key: under the first key."""
    return blind_indexes(number)[0]


def blind_indexes(number: str) -> list[bytes]:
    """By what the number can be found: its index under each key, the first key first."""
    return [_index(number, *each) for each in settings.REGISTRY_INDEX_KEYS.items()]


def _index(number: str, key_number: int, key: bytes) -> bytes:
    digest = hmac.digest(key, normalised(number).encode(), hashlib.sha256)
    return digest if key_number == _BARE else bytes([key_number]) + digest


def pseudonym(text: str, *, salt: bytes) -> bytes:
    """What stands for personal text in the ledger's chain: a salted, keyed digest of 32 bytes.

    It is HMAC-SHA-256 (RFC 2104) of salt and text. Its key never changes: the hashes of the chain were made with it.
    """
    return pseudonyms((text,), salt=salt)[0]


def pseudonyms(texts: Iterable[str], *, salt: bytes) -> list[bytes]:
    """The pseudonym of each of the texts with one salt."""
    inner, outer = _halves(settings.REGISTRY_CHAIN_KEY)
    salted = inner.copy()
    salted.update(salt)
    finished = []
    for text in texts:
        within, around = salted.copy(), outer.copy()
        within.update(text.encode())
        around.update(within.digest())
        finished.append(around.digest())
    return finished


@lru_cache(maxsize=4)
def _halves(key: str) -> tuple[Any, Any]:
    """The two hashes of an HMAC with the key already in them: a check of the chain starts millions of them."""
    padded = base64.b64decode(key).ljust(_SHA256_BLOCK, b"\0")
    return hashlib.sha256(padded.translate(_INNER)), hashlib.sha256(padded.translate(_OUTER))


def masked(number: str) -> str:
    """The number as screens show it: the first three and the last two characters."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
