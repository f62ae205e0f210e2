"""Signatures of Standard Webhooks 1.0 in their asymmetric form, `v1a`: ed25519, one pair of keys for one endpoint."""

from base64 import b64encode
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.rules.envelope import signed_content

PUBLIC = "whpk_"
"""How a public key begins, as Standard Webhooks write it."""


def new_pair() -> tuple[bytes, bytes]:
    """A new pair of keys: the public and the private one, 32 bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.public_key().public_bytes_raw(), private.private_bytes_raw()


def public_text(public: bytes) -> str:
    """The public key as receivers enter it."""
    return f"{PUBLIC}{b64encode(public).decode()}"


def signature_headers(letter_id: str, timestamp: int, content: bytes, private_keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers: id, second of sending, and one signature by each key, so that any of them will do."""
    signed = signed_content(letter_id, timestamp, content)
    signatures = (Ed25519PrivateKey.from_private_bytes(each).sign(signed) for each in private_keys)
    return {
        "webhook-id": letter_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1a,{b64encode(each).decode()}" for each in signatures),
    }
