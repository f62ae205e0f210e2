"""Certificates in tests: made by their holder, read as a reader of PDF does, verified as an employer does."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
from django.test import Client

from registry import kit
from registry.actions.certificates import make_certificate
from registry.ledger.days import SHANGHAI
from registry.models import Assignment, Practitioner, Role, StandingCertificate, User
from registry.models.certificate_keys import published_keys
from registry.pages.showing.paper import file_of_certificate
from registry.queries.certificates import code_of
from tests.town import LAW_BEGINS, TODAY, Town, at

HERE = "https://register.example"
VERIFIER = Path(str(kit.__file__)).parent / "verify_certificate.py"

__all__ = ["HERE", "SHANGHAI", "VERIFIER"]


def account(person: Practitioner, name: str) -> User:
    """The account of a person."""
    user, _ = User.objects.get_or_create(username=name)
    Assignment.objects.get_or_create(
        user=user, role=Role.PRACTITIONER, practitioner=person, defaults={"starts_on": LAW_BEGINS}
    )
    return user


def browser(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def certified(
    town: Town, on: date = TODAY, *, made: date | None = None, language: str = "en", points: bool = False
) -> StandingCertificate:
    """A certificate of the surgeon."""
    return make_certificate(
        practitioner=town.surgeon,
        on=on,
        language=language,
        with_points=points,
        by=account(town.surgeon, "wangwei"),
        now=at(made or on, 20),
    )


def paper(certificate: StandingCertificate) -> bytes:
    """The file."""
    return file_of_certificate(certificate, HERE)


def text_of(pdf: bytes) -> str:
    """What a reader of PDF shows, all pages."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage() for page in document]
        text = "\n".join(each.get_text_range() for each in pages)
        for each in pages:
            each.close()
        return text
    finally:
        document.close()


def link(certificate: StandingCertificate) -> str:
    """What the QR code leads to."""
    return f"/verify/{certificate.number}/{code_of(certificate)}/"


def verified(folder: Path, pdf: bytes, keys: dict[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
    """What the single file says: another process, isolated, without Django and without this project."""
    (folder / "certificate.pdf").write_bytes(pdf)
    (folder / "keys.json").write_text(json.dumps(keys or published_keys()))
    (folder / "verify_certificate.py").write_bytes(VERIFIER.read_bytes())
    command = [sys.executable, "-I", "verify_certificate.py", "certificate.pdf", "--key", "keys.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
