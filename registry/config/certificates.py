"""Certificates for registers that talk to each other on one machine: an authority of their own, one for localhost."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registry.config import folders

PEM = serialization.Encoding.PEM
LIFE = timedelta(days=825)
NAME = "localhost"


@dataclass(frozen=True, slots=True)
class Papers:
    """Files in PEM: the authority that others trust, and the certificate of a server with its key."""

    authority: Path
    certificate: Path
    key: Path


def papers(folder: Path) -> Papers:
    """Those in the folder, made where there are none. The authority's own key is thrown away: it issues once."""
    found = Papers(folder / "authority.pem", folder / "localhost.pem", folder / "localhost.key")
    if not found.certificate.exists():
        _make(found)
    return found


def _make(wanted: Papers) -> None:
    folders.private(wanted.authority.parent)
    key_of_authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed("Registers of this machine", key_of_authority, by=None, signer=key_of_authority)
    certificate = _signed(NAME, key, by=authority, signer=key_of_authority)
    wanted.key.touch(mode=0o600)
    plain = serialization.NoEncryption()
    wanted.key.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    wanted.authority.write_bytes(authority.public_bytes(PEM))
    wanted.certificate.write_bytes(certificate.public_bytes(PEM))


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    by: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(signer, hashes.SHA256())
