"""What the register signs: canonical JSON, and the compact form in which it is signed and carried (RFC 7515)."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TYPE = "standing-certificate+jws"
"""Says what was signed, so that no other signature of the register is taken for one under a certificate."""


def canonical(content: Mapping[str, Any]) -> str:
    """JSON of which there is one spelling only: members in order, no spaces, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def instant(moment: datetime) -> str:
    """An instant as statements write it: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def signing_input(content: str, *, key_id: str, kind: str = TYPE) -> bytes:
    """What is signed: header and content, each in base64url. `kind` says what it is, and is signed with it."""
    header = canonical({"alg": "EdDSA", "kid": key_id, "typ": kind})
    return f"{base64url(header.encode())}.{base64url(content.encode())}".encode()


def token(content: str, *, key_id: str, signature: bytes, kind: str = TYPE) -> str:
    """The statement with its signature in one word."""
    return f"{signing_input(content, key_id=key_id, kind=kind).decode()}.{base64url(signature)}"


def base64url(content: bytes) -> str:
    """Bytes as they stand in statements and keys: without what fills them up."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
