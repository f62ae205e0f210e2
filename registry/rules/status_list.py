"""The offline list of the settlement check: two bits for each place, and what differs from one list to the next.

The form is the Token Status List of the IETF (JWT): place i has the bits 2·(i mod 4) of byte i div 4, and the list
carries them compressed by zlib. What is ours beside it: the day, the instant of knowledge, the sequence, the number of
places, and the root, which is the SHA-256 of the bytes before compression.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from struct import pack
from typing import Any, NamedTuple

from registry.rules.compute import NORMAL, SUSPENDED, TERMINATED
from registry.rules.statements import base64url, instant

TYPE_OF_LIST = "statuslist+jwt"
TYPE_OF_DELTA = "statuslist-delta+jwt"
BITS, PER_BYTE = 2, 4
TTL = 60
"""Seconds after which a newer list may be there: lists are published once a minute at most."""

VALID, INVALID, SUSPENDED_NOW, NOT_REREGISTERED = range(4)
"""VALID, INVALID, SUSPENDED and APPLICATION_SPECIFIC of the Token Status List."""

_CODES = {(NORMAL, False): VALID, (SUSPENDED, False): SUSPENDED_NOW}
_CODES |= {(TERMINATED, False): INVALID, (TERMINATED, True): NOT_REREGISTERED}
_LEVEL, _MEMORY, _WINDOW = 6, 9, 15
_STRIDE = 4096


class Picture(NamedTuple):
    """What a list says, before it is signed: the statuses of `size` places on a day, as known at an instant."""

    sequence: int
    day: date
    known_at: datetime
    expires_at: datetime
    size: int
    content: bytes

    @property
    def root(self) -> str:
        """The SHA-256 of the content in hexadecimal digits."""
        return root_of(self.content)


def code_of(status: str, *, may_reregister: bool) -> int:
    """The two bits of a standing: terminated is another one once the bar is over."""
    return _CODES[status, may_reregister]


def root_of(content: bytes) -> str:
    """The SHA-256 of the bytes before compression."""
    return hashlib.sha256(content).hexdigest()


def packed(size: int, marks: Iterable[tuple[int, int]]) -> bytes:
    """The bytes of a list of `size` places with these codes at these places, and VALID everywhere else."""
    content = bytearray(-(-size // PER_BYTE))
    for place, code in marks:
        content[place >> 2] |= code << ((place & 3) << 1)
    return bytes(content)


def differences(before: bytes, after: bytes) -> Iterator[tuple[int, int]]:
    """The places whose code differs, in order, with the code that they have now. Lists never become shorter."""
    before += bytes(len(after) - len(before))
    for start in range(0, len(after), _STRIDE):
        old, new = before[start : start + _STRIDE], after[start : start + _STRIDE]
        if old != new:
            for at, (was, becomes) in enumerate(zip(old, new, strict=True), start):
                if was != becomes:
                    yield from _within(at, was, becomes)


def _within(at: int, was: int, becomes: int) -> Iterator[tuple[int, int]]:
    for part in range(PER_BYTE):
        shift = part * BITS
        if (was ^ becomes) >> shift & 3:
            yield at * PER_BYTE + part, becomes >> shift & 3


def compressed(content: bytes) -> str:
    """zlib in base64url. Runs only: on lists of few marks that is smaller than the usual search, and 90 × as quick."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_RLE)
    return base64url(packer.compress(content) + packer.flush())


def inflated(text: str) -> bytes:
    """What `compressed` made it of. For what the register itself signed: it sets no bound."""
    return zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def list_claims(picture: Picture, *, subject: str) -> dict[str, Any]:
    """The payload of a list; `subject` is the address at which it is published."""
    return {
        **_claims(picture, subject),
        "status_list": {"bits": BITS, "lst": compressed(picture.content)},
        "sequence": picture.sequence,
        "root": picture.root,
    }


def delta_claims(picture: Picture, *, before: bytes, subject: str) -> dict[str, Any]:
    """The payload of the delta that leads from the list before, with the content `before`, to this one.

    `changes` holds four bytes for each place, the highest first: the place in 30 bits, its new code in two.
    """
    found = [place << BITS | code for place, code in differences(before, picture.content)]
    return {
        **_claims(picture, subject),
        "from": picture.sequence - 1,
        "to": picture.sequence,
        "root_before": root_of(before),
        "root_after": picture.root,
        "count": len(found),
        "changes": compressed(pack(f">{len(found)}I", *found)),
    }


def content_of(claims: Mapping[str, Any]) -> bytes:
    """The bytes of a list that the register itself signed."""
    return inflated(claims["status_list"]["lst"])


def _claims(picture: Picture, subject: str) -> dict[str, Any]:
    return {
        "sub": subject,
        "iat": int(picture.known_at.timestamp()),
        "exp": int(picture.expires_at.timestamp()),
        "ttl": TTL,
        "day": picture.day.isoformat(),
        "known_at": instant(picture.known_at),
        "size": picture.size,
    }
