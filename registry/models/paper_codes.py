"""Codes on paper: twelve characters in three groups, none of which is read as another."""

import secrets
import unicodedata

from django.utils.crypto import salted_hmac

from registry.models.people import Practitioner

CHARACTERS = "34679ACDEFGHJKMNPQRTVWXY"
"""Without 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, U."""

LENGTH, GROUP = 12, 4


def new_code() -> str:
    """A code that nobody has yet, in groups; it is printed once and kept nowhere."""
    code = "".join(secrets.choice(CHARACTERS) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def typed(text: str) -> str:
    """The code that somebody typed, as it is compared: capitals, no dashes nor spaces, full-width forms made plain."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())[: LENGTH + 1]


def digest_of(code: str, practitioner: Practitioner | None) -> bytes:
    """32 bytes that do not lead back to the code, and are others for the file of somebody else."""
    whose = practitioner.uuid if practitioner else ""
    return salted_hmac("registry.code_of_access", f"{whose}:{typed(code)}", algorithm="sha256").digest()
