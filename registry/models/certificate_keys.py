"""The keys under which certificates are signed: one number, one secret, two pairs that come from it.

Ed25519 signs the statement. PDF readers do not know that everywhere yet, so ECDSA P-256 signs the file; its pair is
derived from the same secret, so that there is one thing to keep and one thing to change.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID
from django.conf import settings

from registry.rules.statements import TYPE, base64url, signing_input

_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_COORDINATE = 32
_FIRST, _NEVER = datetime(2025, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class Days(NamedTuple):
    """From which day a key is in use, and the first day on which it is not; None where nobody said."""

    first: date | None
    end: date | None


class CertificateKey:
    """One of the keys, by its number."""

    def __init__(self, number: int, secret: bytes, register: str, days: Days) -> None:
        self.number, self.register, self.days = number, register, days
        self._statements = Ed25519PrivateKey.from_private_bytes(secret)
        derived = HKDF(hashes.SHA256(), 48, None, b"files of certificates").derive(secret)
        number_of_files = int.from_bytes(derived) % (_ORDER_OF_P256 - 1) + 1
        self._files = ec.derive_private_key(number_of_files, ec.SECP256R1())

    @property
    def id(self) -> str:
        """What the key is called in statements and among the published keys."""
        return f"{self.register}-{self.number}"

    def sign(self, content: str, *, kind: str = TYPE) -> bytes:
        """The 64 bytes of the signature under a statement, or under whatever else `kind` names."""
        return self._statements.sign(signing_input(content, key_id=self.id, kind=kind))

    def holds(self, content: str, signature: bytes) -> bool:
        """Whether the signature is under this statement and by this key."""
        try:
            self._statements.public_key().verify(signature, signing_input(content, key_id=self.id))
        except InvalidSignature:
            return False
        return True

    @cached_property
    def certificate(self) -> x509.Certificate:
        """What PDF readers show of who signed a file: the register itself, vouched for by nobody else."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Payment qualification register {self.id}")])
        made = x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=self._files.public_key(),
            serial_number=self.number,
            not_valid_before=_beginning(self.days.first) or _FIRST,
            not_valid_after=_beginning(self.days.end) or _NEVER,
        ).add_extension(_FOR_SIGNING, critical=True)
        return made.sign(self._files, hashes.SHA256(), ecdsa_deterministic=True)

    def for_files(self) -> tuple[bytes, bytes]:
        """Certificate and private key for signing files, in DER."""
        plain = serialization.NoEncryption()
        private = self._files.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
        return self.certificate.public_bytes(serialization.Encoding.DER), private

    def published(self) -> dict[str, Any]:
        """The public halves as a JSON Web Key (RFC 8037), with the days in which the key is in use (seconds)."""
        numbers = self._files.public_key().public_numbers()
        x, y = (base64url(each.to_bytes(_COORDINATE)) for each in (numbers.x, numbers.y))
        first, end = map(_beginning, self.days)
        days = {name: int(moment.timestamp()) for name, moment in (("nbf", first), ("exp", end)) if moment}
        return {
            "kid": self.id,
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "x": base64url(self._statements.public_key().public_bytes_raw()),
            **days,
            "pdf": {"kty": "EC", "crv": "P-256", "x": x, "y": y, "sha256": self.certificate.fingerprint(_SHA).hex()},
        }


_SHA = hashes.SHA256()
_FOR_SIGNING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def certificate_keys() -> list[CertificateKey]:
    """All of them; the first one signs."""
    keys: Mapping[int, bytes] = settings.REGISTRY_CERTIFICATE_KEYS
    days: Mapping[int, tuple[date | None, date | None]] = settings.REGISTRY_CERTIFICATE_DAYS
    register = settings.REGISTRY_REGISTER_ID
    return [_key(number, secret, register, Days(*days.get(number, (None, None)))) for number, secret in keys.items()]


def published_keys() -> dict[str, Any]:
    """What anybody may know of them."""
    return {"register": settings.REGISTRY_REGISTER_ID, "keys": [key.published() for key in certificate_keys()]}


@cache
def _key(number: int, secret: bytes, register: str, days: Days) -> CertificateKey:
    return CertificateKey(number, secret, register, days)


def _beginning(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
