#!/usr/bin/env python3
"""How does somebody stand while the line to the register is down? One file to copy: Python 3.9, and ``cryptography``.

    python3 verify_status_list.py --keys keys.json --list list.jwt --place 1234 --day 2026-11-28
    python3 verify_status_list.py --keys keys.json --list list.jwt --delta 8.jwt --delta 9.jwt --memory seen.json

``keys.json`` is what the register publishes at /verify/keys.json. Fetch it once, over TLS, from the register that you
know. A list is a Token Status List of the IETF, signed; a delta leads from one list to the next and names the root
before and after. Nothing is asked of any network here. README.md beside this file says how to keep a list in a program.

Whatever is refused raises Refused and leaves what is held as it was. The exit code is 0 for an answer (``normal``,
``suspended``, ``terminated``, ``not_reregistered`` or ``unknown``), 1 for a list that is refused, 2 for arguments that
cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import struct
import sys
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TYPE_OF_LIST, TYPE_OF_DELTA = "statuslist+jwt", "statuslist-delta+jwt"
STATUSES = ("normal", "terminated", "suspended", "not_reregistered")
UNKNOWN = "unknown"
"""The list does not know the place: it was given out after the list was made. Ask the register."""

MOST_PLACES = 1 << 28
MOST_BYTES = 64 * 1024 * 1024
CLOCKS_DIFFER = 300
"""Seconds by which the clock of the register may run before one's own."""


class Refused(Exception):
    """The list, the delta or the question is refused; the text says why."""


class StatusList:
    """What a list says of one day. It is never changed: a delta makes another one."""

    __slots__ = ("content", "day", "expires", "known_at", "root", "sequence", "size", "subject")

    def __init__(self, content: bytes, claims: Mapping[str, Any], sequence: int, root: str) -> None:
        if hashlib.sha256(content).hexdigest() != root:
            raise Refused("the root is another one than that of the bytes")
        self.content, self.sequence, self.root = content, sequence, root
        self.subject, self.day, self.known_at = (str(claims[name]) for name in ("sub", "day", "known_at"))
        self.size, self.expires = int(claims["size"]), int(claims["exp"])

    def check(self, place: int, day: object, now: float | None = None) -> str:
        """How whoever has this place stands on the day (a date, or YYYY-MM-DD). `now` in seconds, else by the clock.

        Raises Refused for another day than that of the list, and once the list has expired.
        """
        if day != self.day and str(day) != self.day:
            raise Refused(f"the list is about {self.day}, not about {day}")
        if (time.time() if now is None else now) >= self.expires:
            raise Refused("the list has expired: what was decided since is not in it")
        if place < 0:
            raise Refused(f"{place} is no place")
        if place >= self.size:
            return UNKNOWN
        return STATUSES[self.content[place >> 2] >> ((place & 3) << 1) & 3]

    @property
    def identity(self) -> dict[str, Any]:
        """What makes it this list and no other."""
        return {"sequence": self.sequence, "day": self.day, "known_at": self.known_at, "root": self.root}


def read_list(token: str, keys: Mapping[str, Any], now: float | None = None) -> StatusList:
    """The list, once its signature, form and root hold. Whether it has expired, `check` says. Raises Refused."""
    claims = _claims(token, TYPE_OF_LIST, keys, now)
    try:
        size, carried = _whole(claims["size"]), claims["status_list"]
        if carried["bits"] != 2:
            raise Refused("the list does not have two bits for a place")
        content = _inflated(carried["lst"], _bytes_for(size))
        if size & 3 and content[-1] >> ((size & 3) << 1):
            raise Refused("the list says something of places beyond its end")
        return StatusList(content, claims, _whole(claims["sequence"]), claims["root"])
    except (KeyError, TypeError, ValueError):
        raise Refused("the list is damaged: a member is missing or of another type") from None


def apply_delta(held: StatusList, token: str, keys: Mapping[str, Any], now: float | None = None) -> StatusList:
    """The list that follows on the one held, byte for byte as the register published it. Raises Refused."""
    claims = _claims(token, TYPE_OF_DELTA, keys, now)
    try:
        start, end, size = (_whole(claims[name]) for name in ("from", "to", "size"))
        if claims["sub"] != held.subject:
            raise Refused("the delta belongs to the lists of another register")
        if start != held.sequence or end != start + 1:
            raise Refused(f"the delta leads from list {start} to {end}, and list {held.sequence} is held")
        if claims["root_before"] != held.root:
            raise Refused("the delta starts from another list: the root before is not that of the list held")
        if size < held.size:
            raise Refused("the delta makes the list shorter")
        content = bytearray(held.content) + bytes(_bytes_for(size) - len(held.content))
        _change(content, _changes(claims["changes"], _whole(claims["count"]), size))
        return StatusList(bytes(content), claims, end, claims["root_after"])
    except (KeyError, TypeError, ValueError):
        raise Refused("the delta is damaged: a member is missing or of another type") from None


class Lists:
    """What a settlement system holds: the newest list of each day, from yesterday on.

    Shortly before midnight the list of the next day comes, and that of the day is needed a little longer. `memory` is
    a file in which the highest number seen is kept, so that no older list is taken after a restart; one process writes
    it.
    """

    def __init__(self, keys: Mapping[str, Any], memory: str | os.PathLike[str] | None = None) -> None:
        self.keys, self.memory = keys, memory
        self.by_day: dict[str, StatusList] = {}
        self.newest: StatusList | None = None
        self._seen: dict[str, Any] = _remembered(memory)

    def take(self, token: str, deltas: Iterable[str] = (), now: float | None = None) -> StatusList:
        """Hold this list and the deltas that follow on it: all of them, or Refused and nothing."""
        return self._hold(read_list(token, self.keys, now), deltas, now)

    def follow(self, deltas: Iterable[str], now: float | None = None) -> StatusList:
        """Go on from the newest list by the deltas that follow on it: all of them, or Refused and nothing."""
        if self.newest is None:
            raise Refused("no list is held from which a delta could lead on")
        return self._hold(self.newest, deltas, now)

    def check(self, place: int, day: object, now: float | None = None) -> str:
        """How whoever has this place stands on the day. Raises Refused where no list of the day is held."""
        held = self.by_day.get(day) if type(day) is str else self.by_day.get(str(day))
        if held is None:
            raise Refused(f"no list about {day} is held")
        return held.check(place, day, now)

    def _hold(self, last: StatusList, deltas: Iterable[str], now: float | None) -> StatusList:
        for delta in deltas:
            last = apply_delta(last, delta, self.keys, now)
        if (time.time() if now is None else now) >= last.expires:
            raise Refused("the list has expired: what was decided since is not in it")
        self._require_not_older(last)
        if self._seen != last.identity:
            _remember(self.memory, last.identity)
            self._seen = last.identity
        self.by_day = {day: each for day, each in self.by_day.items() if day < last.day}
        self.by_day = {day: self.by_day[day] for day in sorted(self.by_day)[-1:]}
        self.by_day[last.day] = self.newest = last
        return last

    def _require_not_older(self, last: StatusList) -> None:
        highest = self._seen.get("sequence", 0)
        if last.sequence < highest:
            raise Refused(f"list {last.sequence} is older than list {highest}, which was seen already")
        if last.sequence == highest and self._seen != last.identity:
            raise Refused(f"there are two lists with the number {highest}: one of them is forged")


# what is signed -------------------------------------------------------------------------------------------------------


def _claims(token: str, kind: str, keys: Mapping[str, Any], now: float | None) -> dict[str, Any]:
    """What the token states, once its signature holds and it is of the kind."""
    if len(token) > MOST_BYTES:
        raise Refused(f"it has more than {MOST_BYTES} characters")
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise Refused("it does not have three parts")
    head = _json(_decoded(parts[0]))
    if head != {"alg": "EdDSA", "kid": head.get("kid"), "typ": kind}:
        raise Refused(f"it is no {kind}")
    jwk = _key_named(head["kid"], keys)
    try:
        key = Ed25519PublicKey.from_public_bytes(_decoded(jwk["x"]))
        key.verify(_decoded(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii"))
    except (InvalidSignature, UnicodeEncodeError):
        raise Refused("the signature does not belong to it") from None
    claims = _json(_decoded(parts[1]))
    _require_time(claims, jwk, time.time() if now is None else now)
    return claims


def _require_time(claims: Mapping[str, Any], jwk: Mapping[str, Any], now: float) -> None:
    made = claims.get("iat")
    if type(made) is not int or type(claims.get("exp")) is not int:
        raise Refused("it does not say when it was made and until when it holds")
    if made > now + CLOCKS_DIFFER:
        raise Refused("it was made in the future: one of the clocks is wrong")
    if not jwk.get("nbf", made) <= made < jwk.get("exp", made + 1):
        raise Refused("the key was not in use when it was made")


def _key_named(kid: object, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [each for each in keys["keys"] if each["kid"] == kid]
    if len(found) != 1:
        raise Refused(f"the register publishes no key {kid!r}: it is another register's, or the keys are too old")
    return found[0]


def _decoded(part: str) -> bytes:
    """The bytes of base64url, of which each text has exactly one spelling."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(found).rstrip(b"=") == part.encode("ascii"):
            return found
    except (binascii.Error, ValueError):
        pass
    raise Refused("it is damaged: a part is not base64url")


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("it is damaged: a part is not a JSON object")
    return found


# what a list is made of -----------------------------------------------------------------------------------------------


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _bytes_for(size: int) -> int:
    if size > MOST_PLACES:
        raise Refused(f"it has more than {MOST_PLACES} places")
    return (size + 3) // 4


def _inflated(text: str, length: int) -> bytes:
    """Exactly so many bytes; of more than that none is unpacked."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(_decoded(text), length + 1)
    except zlib.error:
        raise Refused("it is damaged: it cannot be unpacked") from None
    if len(content) != length or not unpacker.eof or unpacker.unused_data:
        raise Refused("it does not have as many bytes as its size says")
    return content


def _changes(text: str, count: int, size: int) -> Sequence[int]:
    """The places and their new codes, one place after the other."""
    if count > size:
        raise Refused("the delta changes more places than there are")
    found = struct.unpack(f">{count}I", _inflated(text, 4 * count))
    last = -1
    for each in found:
        if each >> 2 <= last:
            raise Refused("the delta names a place twice, or not in order")
        last = each >> 2
    if last >= size:
        raise Refused("the delta names a place that the list does not have")
    return found


def _change(content: bytearray, changes: Iterable[int]) -> None:
    for each in changes:
        at, shift = each >> 4, (each >> 2 & 3) << 1
        if content[at] >> shift & 3 == each & 3:
            raise Refused("the delta names a place that it does not change")
        content[at] = content[at] & ~(3 << shift) | (each & 3) << shift


# the memory -----------------------------------------------------------------------------------------------------------


def _remembered(path: str | os.PathLike[str] | None) -> dict[str, Any]:
    """What was seen last; nothing where the file is not there yet. Raises Refused for one that cannot be read."""
    if path is None or not Path(path).exists():
        return {}
    try:
        seen = json.loads(Path(path).read_text("utf-8"))
        _whole(seen["sequence"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(f"{path} does not say which list was seen last") from None
    return dict(seen)


def _remember(path: str | os.PathLike[str] | None, seen: Mapping[str, Any]) -> None:
    if path is not None:
        beside = Path(f"{os.fspath(path)}.new")
        beside.write_text(json.dumps(seen), "utf-8")
        beside.replace(path)


# from a shell ---------------------------------------------------------------------------------------------------------


def read_keys(path: Path) -> dict[str, Any]:
    """The published keys. Raises ValueError for a file that is none."""
    keys = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise ValueError("it is no list of keys")
    for each in keys["keys"]:
        Ed25519PublicKey.from_public_bytes(_decoded(each["x"]))
    return keys


def run(asked: argparse.Namespace) -> tuple[int, str]:
    """The exit code, and what to say."""
    try:
        keys = read_keys(asked.keys)
        token, deltas = asked.list.read_text("ascii"), [each.read_text("ascii") for each in asked.delta]
    except (OSError, ValueError, KeyError, TypeError, Refused) as error:
        return 2, f"The keys, the list or a delta cannot be read: {error}"
    try:
        lists = Lists(keys, asked.memory)
        held = lists.take(token, deltas, asked.now)
        if asked.place is None:
            return 0, json.dumps({**held.identity, "size": held.size, "expires": held.expires}, sort_keys=True)
        return 0, lists.check(asked.place, asked.day or held.day, asked.now)
    except Refused as error:
        return 1, f"REFUSED: {error}."


def main() -> int:
    """Answer what the arguments ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", required=True, type=Path, metavar="KEYS.json", help="the keys of the register")
    parser.add_argument("--list", required=True, type=Path, metavar="LIST.jwt")
    parser.add_argument("--delta", action="append", default=[], type=Path, metavar="DELTA.jwt", help="in their order")
    parser.add_argument("--memory", type=Path, metavar="SEEN.json", help="where the highest number seen is kept")
    parser.add_argument("--place", type=int, metavar="N", help="whose standing; without it the list is described")
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="the day of service; the list must be about it")
    parser.add_argument("--now", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.place is not None and asked.day is None:
        parser.error("--place needs --day: the day of service")
    code, text = run(asked)
    print(text, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
