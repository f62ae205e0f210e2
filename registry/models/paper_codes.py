"""Codes on paper: twelve characters in three groups, or twenty in four, none of which is read as another."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from functools import cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from registry.models.people import Practitioner

CHARACTERS = "34679ACDEFGHJKMNPQRTVWXY"
"""Without 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, U."""

LENGTH, GROUP = 12, 4
LONG, LONG_GROUP = 20, 5
"""Twenty characters of twenty-four are more than 91 bits: nobody guesses one."""


def new_code() -> str:
    """A code that nobody has yet, in groups; it is printed once and kept nowhere."""
    return grouped("".join(secrets.choice(CHARACTERS) for _ in range(LENGTH)), GROUP)


def new_long_code() -> str:
    """A code that nobody can guess, in groups; it is shown once and kept nowhere."""
    return grouped("".join(secrets.choice(CHARACTERS) for _ in range(LONG)), LONG_GROUP)


def grouped(code: str, size: int = LONG_GROUP) -> str:
    """The code with a dash after so many characters."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def proof(about: bytes, *, purpose: bytes) -> str:
    """Twenty characters that only this register can have put beside something: the same ones for the same thing.

    Their key is derived from the one that never changes: a paper is checked for as long as the register stands.
    """
    number = int.from_bytes(hmac.digest(_key(settings.REGISTRY_CHAIN_KEY, purpose), about, hashlib.sha256))
    characters = []
    for _ in range(LONG):
        number, which = divmod(number, len(CHARACTERS))
        characters.append(CHARACTERS[which])
    return "".join(characters)


@cache
def _key(chain_key: str, purpose: bytes) -> bytes:
    return hmac.digest(base64.b64decode(chain_key), purpose, hashlib.sha256)


def typed(text: str, most: int = LENGTH) -> str:
    """The code that somebody typed, as it is compared: capitals, no dashes nor spaces, full-width forms made plain."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())[: most + 1]


def digest_of(code: str, practitioner: Practitioner | None) -> bytes:
    """32 bytes that do not lead back to the code, and are others for the file of somebody else."""
    whose = practitioner.uuid if practitioner else ""
    return salted_hmac("registry.code_of_access", f"{whose}:{typed(code)}", algorithm="sha256").digest()
