"""Everything that can be done to a letter on its way by changing one thing: a bit, a byte, or a header."""

import base64
import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Tampered(NamedTuple):
    """A letter to which something was done."""

    how: str
    headers: Mapping[str, str]
    body: bytes


def tampered(headers: Mapping[str, str], body: bytes, other: Mapping[str, str], seed: int) -> Iterator[Tampered]:
    """First every single bit, then headers taken away, moved and taken from the `other` letter, then bytes for ever."""
    for changed in _bits(body):
        yield Tampered("a bit of the body", headers, changed)
    for name in NAMES[:2]:
        for bits in _bits(headers[name].encode()):
            yield Tampered(f"a bit of {name}", {**headers, name: bits.decode("latin-1")}, body)
    for signatures in _bits_of_signatures(headers["webhook-signature"]):
        yield Tampered("a bit of a signature", {**headers, "webhook-signature": signatures}, body)
    for how, found in _headers(headers, other):
        yield Tampered(how, found, body)
    chance = random.Random(seed)
    while True:
        yield Tampered("bytes of the body", headers, _bytes(body, chance))


def _bits(text: bytes) -> Iterator[bytes]:
    for place in range(8 * len(text)):
        changed = bytearray(text)
        changed[place // 8] ^= 1 << place % 8
        yield bytes(changed)


def _bits_of_signatures(signatures: str) -> Iterator[str]:
    """The same bit in each of them, so that none is left whole."""
    kinds, raws = zip(*((kind, base64.b64decode(text)) for kind, text in _parts(signatures)), strict=True)
    for changed in zip(*map(_bits, raws), strict=False):
        yield " ".join(f"{kind},{base64.b64encode(each).decode()}" for kind, each in zip(kinds, changed, strict=True))


def _headers(headers: Mapping[str, str], other: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for name in NAMES:
        yield f"without {name}", {each: value for each, value in headers.items() if each != name}
        yield f"an empty {name}", {**headers, name: ""}
        yield f"{name} of another letter", {**headers, name: other[name]}
        for further in NAMES:
            if further != name:
                yield f"{name} in {further}", {**headers, further: headers[name]}
    signatures = _parts(headers["webhook-signature"])
    for kind in ("", "v1b", "V1A", "v2", "v1a ", "v1aa", "v"):
        yield (
            f"the kind {kind!r}",
            {**headers, "webhook-signature": " ".join(f"{kind},{text}" for _, text in signatures)},
        )
    for bare in (" ".join(text for _, text in signatures), "v1a,", ",", "v1a,AAAA", "v1,AAAA"):
        yield "no signature", {**headers, "webhook-signature": bare}
    yield (
        "signatures that changed their kinds",
        {
            **headers,
            "webhook-signature": " ".join(
                f"{kind},{text}" for (kind, _), (_, text) in zip(signatures, reversed(signatures), strict=True)
            ),
        },
    )


def _parts(signatures: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, _, text in (each.partition(",") for each in signatures.split(" "))]


def _bytes(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body))
    before, byte, after = body[:place], body[place : place + 1], body[place + 1 :]
    found = chance.choice(
        (
            before + chance.randbytes(1) + after,
            before + after,
            before + byte + byte + after,
            before + chance.randbytes(1) + byte + after,
            before + after[:1] + byte + after[1:],
            before,
            byte + after,
            body + chance.randbytes(1),
            before + b" " + byte + after,
            after + byte + before,
        )
    )
    return found if found != body else body + b" "
