"""Lists and deltas as a register would sign them, written by hand: no line of the register's own code is in here."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NOW = 1_795_838_400
"""28 November 2026, noon in Shanghai, in seconds."""

DAY = "2026-11-28"
KEY, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
CODES = {"normal": 0, "terminated": 1, "suspended": 2, "not_reregistered": 3}


def keys(**more: Any) -> dict[str, Any]:
    """The published keys of the register cn."""
    return {"register": "cn", "keys": [{"kid": "cn-1", "x": b64(KEY.public_key().public_bytes_raw()), **more}]}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def packed(statuses: list[str]) -> bytes:
    """By counting in bits, one after the other."""
    bits = "".join(f"{CODES[status]:02b}"[::-1] for status in statuses)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


def root(statuses: list[str]) -> str:
    return hashlib.sha256(packed(statuses)).hexdigest()


def deflated(content: bytes) -> str:
    return b64(zlib.compress(content, 9))


def signed(claims: dict[str, Any], kind: str, *, by: Ed25519PrivateKey = KEY, **head: Any) -> str:
    """The token of these claims."""
    header = {"alg": "EdDSA", "kid": "cn-1", "typ": kind, **head}
    said = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return f"{said}.{b64(by.sign(said.encode()))}"


def _claims(size: int, more: dict[str, Any]) -> dict[str, Any]:
    times = {"iat": NOW, "exp": NOW + 86400, "ttl": 60, "known_at": "2026-11-28T04:00:00.000000Z"}
    return {"sub": "/api/v1/status-list", **times, "day": DAY, "size": size, **more}


def a_list(statuses: list[str], sequence: int = 7, **more: Any) -> str:
    """A list; `more` are claims that are to be others, or ... for none."""
    content = packed(statuses)
    own = {"status_list": {"bits": 2, "lst": deflated(content)}, "sequence": sequence, "root": root(statuses)}
    return signed(_without(_claims(len(statuses), own | more)), "statuslist+jwt")


def a_delta(before: list[str], after: list[str], start: int = 7, **more: Any) -> str:
    """The delta that leads from one to the other."""
    longer = before + ["normal"] * (len(after) - len(before))
    changes = [(place, CODES[new]) for place, (old, new) in enumerate(zip(longer, after, strict=True)) if old != new]
    own = {"from": start, "to": start + 1, "root_before": root(before), "root_after": root(after)}
    return signed(_without(_claims(len(after), own | changed(*changes) | more)), "statuslist-delta+jwt")


def changed(*changes: tuple[int, int]) -> dict[str, Any]:
    """The claims that name these places with their new codes."""
    found = b"".join(struct.pack(">I", place * 4 + code) for place, code in changes)
    return {"count": len(changes), "changes": deflated(found)}


def _without(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not ...}
