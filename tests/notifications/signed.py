"""Verifying a letter as a receiver does, by the text of Standard Webhooks and not by our own code."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verified(headers: Mapping[str, str], body: bytes, public: bytes) -> bool:
    """Whether one of the signatures is that of the key over id, timestamp and the raw body."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return any(_verifies(each, signed, public) for each in headers["webhook-signature"].split(" "))


def _verifies(signature: str, signed: bytes, public: bytes) -> bool:
    version, _, text = signature.partition(",")
    if version != "v1a":
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(text, validate=True), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
