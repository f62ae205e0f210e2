#!/usr/bin/env python3
"""Is this certificate of standing genuine? One file to copy. Python 3.9 or newer, and the package ``cryptography``.

    python3 verify_certificate.py CERTIFICATE.pdf --key keys.json
    python3 verify_certificate.py --statement TEXT_OF_THE_SECOND_CODE --key keys.json

``keys.json`` is what the register publishes at /verify/keys.json. Fetch it once, over TLS, from the register that you
know; a file that comes with a certificate proves nothing. Nothing is asked of any network here. What this cannot know:
whether the standing changed since, or the register corrected what it said. The register's page /verify/ says that.

Two signatures are looked at: that of the statement (a JWS, RFC 7515, by Ed25519), and that of the whole file (a PDF
signature by ECDSA P-256), which must cover every byte of it. The exit code is 0 for genuine, 1 for not genuine, 2 for
keys that cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TYPE = "standing-certificate+jws"
MOST_BYTES = 20 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SHA256 = bytes.fromhex("0609608648016503040201")
_ECDSA_WITH_SHA256 = bytes.fromhex("06082a8648ce3d040302")
"""Identifiers as they are written in DER."""

Keys = Mapping[str, Mapping[str, Any]]


class NotGenuine(Exception):
    """The certificate is not what this register issued; the text says what does not hold."""


class Key(NamedTuple):
    """The public halves of one key: for statements, and for whole files, whose certificate has the digest `seal`."""

    statements: Ed25519PublicKey
    files: ec.EllipticCurvePublicKey
    seal: str
    first: float
    last: float


def verify_pdf(content: bytes, keys: Mapping[str, Any]) -> dict[str, Any]:
    """What the certificate in this file states. Raises NotGenuine."""
    found = set(_tokens(content[:MOST_BYTES]))
    if len(found) != 1:
        raise NotGenuine(f"the file holds {len(found)} statements of a register; a certificate holds exactly one")
    stated = verify_statement(found.pop(), keys)
    _verify_whole(content, [_key(each) for each in keys["keys"]])
    return stated


def verify_statement(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """What the statement says, given what stands in the second code or in the attachment. Raises NotGenuine."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise NotGenuine("the statement does not have three parts")
    header, payload, signature = map(_decoded, parts)
    head = _json(header)
    if head.get("alg") != "EdDSA" or head.get("typ") != TYPE:
        raise NotGenuine("this is not the statement of a certificate of standing")
    key = _key_named(head.get("kid"), keys)
    try:
        key.statements.verify(signature, f"{parts[0]}.{parts[1]}".encode())
    except InvalidSignature:
        raise NotGenuine("the signature does not belong to this statement") from None
    stated = _json(payload)
    if not key.first <= _instant(stated.get("made_at")) < key.last:
        raise NotGenuine("the key was not in use when the certificate says that it was made")
    return stated


def _decoded(part: str) -> bytes:
    """The bytes of base64url, of which each text has exactly one spelling."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != part:
        raise NotGenuine("the statement is damaged: it is not base64url")
    return found


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotGenuine("the statement is damaged: it is not JSON")
    return found


def _instant(text: Any) -> float:
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        raise NotGenuine("the statement does not say when it was made") from None


# keys -----------------------------------------------------------------------------------------------------------------


def _key_named(kid: Any, keys: Mapping[str, Any]) -> Key:
    found = [each for each in keys["keys"] if each["kid"] == kid]
    if len(found) != 1:
        raise NotGenuine(f"the register publishes no key {kid!r}: it is another register's, or the keys are too old")
    return _key(found[0])


def _key(jwk: Mapping[str, Any]) -> Key:
    of_files = jwk["pdf"]
    x, y = (int.from_bytes(_plain(of_files[name]), "big") for name in ("x", "y"))
    return Key(
        Ed25519PublicKey.from_public_bytes(_plain(jwk["x"])),
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key(),
        str(of_files["sha256"]),
        float(jwk.get("nbf", "-inf")),
        float(jwk.get("exp", "inf")),
    )


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# the file -------------------------------------------------------------------------------------------------------------


def _tokens(content: bytes) -> Iterator[str]:
    for stream in _STREAM.finditer(content):
        for plain in (stream[1], _inflated(stream[1])):
            if _TOKEN.fullmatch(plain.strip()):
                yield plain.strip().decode()


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_BYTES)
    except zlib.error:
        return b""


def _verify_whole(content: bytes, keys: list[Key]) -> None:
    """One signature covers every byte but its own."""
    ranges = _RANGE.findall(content)
    if len(ranges) != 1:
        raise NotGenuine(f"the file holds {len(ranges)} signatures; a certificate holds exactly one")
    start, first, second, rest = map(int, ranges[0])
    whole = start == 0 and first < second and second + rest == len(content)
    if not whole or content[first : first + 1] != b"<" or content[second - 1 : second] != b">":
        raise NotGenuine("the file was changed: its signature does not cover all of it")
    try:
        text = content[first + 1 : second - 1].decode("ascii")
        cms = bytes.fromhex(text)
        certificate, attributes, digest, signed = _signer(cms)
        if cms.hex() != text.lower() or text not in (text.lower(), text.upper()):
            raise ValueError("another spelling of the same bytes")
    except (ValueError, IndexError, StopIteration):
        raise NotGenuine("the signature of the file is damaged") from None
    if hashlib.sha256(content[:first] + content[second:]).digest() != digest:
        raise NotGenuine("the file was changed after it was signed")
    seal = hashlib.sha256(certificate).hexdigest()
    if not any(key.seal == seal and _signed_by(key, signed, attributes) for key in keys):
        raise NotGenuine("the file was not signed by this register")


def _signed_by(key: Key, signature: bytes, attributes: bytes) -> bool:
    try:
        key.files.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


# CMS (RFC 5652), as far as one signature by one signer needs it -------------------------------------------------------


class _Element(NamedTuple):
    tag: int
    body: bytes
    whole: bytes


def _elements(der: bytes) -> Iterator[_Element]:
    at = 0
    while at < len(der):
        start, tag, length = at, der[at], der[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
        if at + length > len(der):
            raise ValueError("an element ends after its end")
        yield _Element(tag, der[at : at + length], der[start : at + length])
        at += length


def _signer(cms: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """The certificate of who signed, the attributes as they are signed, the digest in them, and the signature."""
    signature_element = next(_elements(cms))
    if cms[len(signature_element.whole) :].strip(b"\0"):
        raise ValueError("something else than zeros fills the place up")
    signed_data = next(_elements(list(_elements(signature_element.body))[1].body))
    (certificates,) = (each for each in _elements(signed_data.body) if each.tag == 0xA0)
    (certificate,) = _elements(certificates.body)
    signer_infos = [each for each in _elements(signed_data.body) if each.tag == 0x31][-1]
    (signer,) = _elements(signer_infos.body)
    fields = list(_elements(signer.body))
    (attributes,) = (each for each in fields if each.tag == 0xA0)
    digests = [each for each in _attributes(attributes.body) if _name(each[0]) == _MESSAGE_DIGEST]
    (digest,) = _elements(digests[0][1].body)
    signature = [each for each in fields if each.tag == 0x04][-1]
    if signature_element.whole != _written(certificate, attributes, signature):
        raise ValueError("not as this register writes it")
    return certificate.whole, b"\x31" + attributes.whole[1:], digest.body, signature.body


def _written(certificate: _Element, attributes: _Element, signature: _Element) -> bytes:
    """The whole of a signature as the register writes it around its three parts, so that no byte of it is free."""
    stated = list(_elements(next(_elements(certificate.body)).body))
    serial, issuer = stated[1].whole, stated[3].whole
    sha256, version = _der(0x30, _SHA256, b"\x05\0"), _der(0x02, b"\1")
    who = _der(0x30, issuer, serial)
    signer = _der(0x30, version, who, sha256, attributes.whole, _der(0x30, _ECDSA_WITH_SHA256), signature.whole)
    content = _der(0x30, _DATA)
    signed = _der(0x30, version, _der(0x31, sha256), content, _der(0xA0, certificate.whole), _der(0x31, signer))
    return _der(0x30, _SIGNED_DATA, _der(0xA0, signed))


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _attributes(body: bytes) -> Iterator[list[_Element]]:
    for attribute in _elements(body):
        yield list(_elements(attribute.body))


def _name(element: _Element) -> str:
    """An object identifier as text."""
    if element.tag != 0x06:
        raise ValueError("no identifier")
    numbers, number = [], 0
    for byte in element.body:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


# from a shell ---------------------------------------------------------------------------------------------------------


def read_keys(path: Path) -> dict[str, Any]:
    """The published keys. Raises ValueError for a file that is none."""
    keys = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise ValueError("it is no list of keys")
    for each in keys["keys"]:
        _key(each)
    return keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked for."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE.pdf", help="the certificate as a file")
    what.add_argument("--statement", metavar="TEXT", help="what stands in the second code on the paper")
    parser.add_argument("--key", required=True, type=Path, metavar="keys.json", help="the keys of the register")


def run(file: Path | None, statement: str | None, key: Path) -> tuple[int, str]:
    """The exit code, and what to say."""
    try:
        keys = read_keys(key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return 2, f"{key} cannot be read as the keys of a register: {error}"
    try:
        stated = verify_pdf(file.read_bytes(), keys) if file else verify_statement(statement or "", keys)
    except OSError as error:
        return 2, f"{file} cannot be read: {error}"
    except NotGenuine as error:
        return 1, f"NOT GENUINE: {error}."
    shown = json.dumps(stated, ensure_ascii=False, indent=2, sort_keys=True)
    return 0, f"Genuine. The register said:\n{shown}\nCompare this with the paper. Whether it still holds: /verify/"


def main() -> int:
    """Verify what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    code, text = run(**vars(parser.parse_args()))
    print(text, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
