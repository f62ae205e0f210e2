"""The text of a system's key: `drk_`, eight characters by which it is found, `_`, and a secret of 43 characters.

The register keeps the eight characters and a digest of the whole. The secret has 256 bits from chance, so a plain
SHA-256 of it cannot be guessed and needs no slow hash.
"""

import hashlib
import re
import secrets
import string

_PREFIX_CHARACTERS = string.ascii_lowercase + string.digits
_PREFIX_LENGTH = 8
_SECRET_BYTES = 32
_SHAPE = re.compile(r"drk_([a-z0-9]{8})_[A-Za-z0-9_-]{43}", re.ASCII)


def new_key() -> tuple[str, str]:
    """The prefix and the text of a key that nobody has yet. The text is shown once and kept nowhere."""
    prefix = "".join(secrets.choice(_PREFIX_CHARACTERS) for _ in range(_PREFIX_LENGTH))
    return prefix, f"drk_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def prefix_of(key_text: str) -> str | None:
    """The characters by which the key is found; None for a text that is no key."""
    shape = _SHAPE.fullmatch(key_text)
    return shape[1] if shape else None


def digest_of(key_text: str) -> bytes:
    """What is kept of a key: 32 bytes that do not lead back to it."""
    return hashlib.sha256(key_text.encode()).digest()
