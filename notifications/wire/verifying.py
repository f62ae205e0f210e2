"""Checking the signature of a letter that came in: Standard Webhooks 1.0, `v1a` (ed25519), over the bytes that came."""

from base64 import b64decode
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from notifications.rules.envelope import signed_content
from notifications.wire.signing import PUBLIC

TOLERANCE = 300
"""Seconds by which the clocks of the two sides may differ, and by which a letter may be late."""
KEY_BYTES = 32
MOST_SIGNATURES = 8


class NotSigned(ValueError):
    """The letter does not prove that it comes from there, now."""


def verify(headers: Mapping[str, str], body: bytes, keys: Iterable[bytes], *, now: int) -> str:
    """The id under which it was signed. Raises NotSigned. `now` is in seconds since 1970.

    Any of the signatures may fit any of the keys, so that either side can replace a key in its own time.
    """
    letter_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not letter_id or not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise NotSigned("headers")
    if abs(now - int(sent_at)) > TOLERANCE:
        raise NotSigned("timestamp")
    signed = signed_content(letter_id, int(sent_at), body)
    known = [Ed25519PublicKey.from_public_bytes(key) for key in keys]
    given = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    if not any(_fits(key, each, signed) for each in given for key in known):
        raise NotSigned("signature")
    return letter_id


def public_key(text: str) -> bytes:
    """The 32 bytes of a public key as it is written (`whpk_…`). Raises ValueError."""
    if not text.startswith(PUBLIC):
        raise ValueError(text)
    try:
        found = b64decode(text[len(PUBLIC) :], validate=True)
    except ValueError:
        raise ValueError(text) from None
    if len(found) != KEY_BYTES:
        raise ValueError(text)
    return found


def _fits(key: Ed25519PublicKey, given: str, signed: bytes) -> bool:
    version, _, text = given.partition(",")
    if version != "v1a":
        return False
    try:
        key.verify(b64decode(text, validate=True), signed)
    except (InvalidSignature, ValueError):  # what is no base64, or not even ASCII
        return False
    return True
