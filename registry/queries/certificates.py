"""Certificates of standing: what one states, and what has become of it since."""

import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import Fact, Practitioner, Registration, StandingCertificate, paper_codes
from registry.models.certificate_keys import certificate_keys
from registry.queries.file import PractitionerFile, file_of
from registry.rules.statements import instant, token

SCHEME = "standing-certificate/1"
"""Which members a statement has, and what they mean."""

_PURPOSE = b"codes of certificates of standing"
_TOLD_OF_A_DAY = ("standing", "registrations", "points")
"""What a correction can make wrong. Whoever is called otherwise since has a true certificate of the old name."""


class NotSigned(Exception):
    """The row of this number is not what was signed, or its key is missing among those of the settings."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A genuine certificate: what it states, since when the register says otherwise of that very day, and whether the
    standing of today is another one.
    """

    certificate: StandingCertificate
    stated: Mapping[str, Any]
    withdrawn_on: date | None
    changed_since: bool

    @property
    def words(self) -> str:
        """The sentence on the paper, in the language of the paper."""
        return str(self.stated["words"])


def own_certificates(files: Collection[int]) -> QuerySet[StandingCertificate]:
    """Those about the person with these files, the newest first."""
    return StandingCertificate.objects.filter(practitioner_id__in=files).order_by("-pk")


def statement(
    file: PractitionerFile, *, number: str, language: str, with_points: bool, made_at: datetime
) -> dict[str, Any]:
    """What a certificate states: exactly what the file says for its day, as known when it was read."""
    assert file.known is not None
    with translation.override(language):
        words = file.headline
    stated = {
        "scheme": SCHEME,
        "number": number,
        "register": settings.REGISTRY_REGISTER_ID,
        "language": language,
        "practitioner": {"code": file.practitioner.code, "name": file.practitioner.name},
        "on": file.on.isoformat(),
        "known_at": instant(file.known),
        "made_at": instant(made_at),
        "words": words,
    }
    return {**stated, **_of_the_day(file, with_points=with_points)}


def _of_the_day(file: PractitionerFile, *, with_points: bool) -> dict[str, Any]:
    since, until = file.since, file.until
    told: dict[str, Any] = {
        "standing": {
            "status": file.standing.status,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        },
        "registrations": [
            {"institution": row.institution.code, "name": row.institution.name, "since": row.starts_on.isoformat()}
            for row in sorted(file.current_registrations, key=lambda row: (row.institution.code, row.starts_on))
        ],
    }
    if with_points:
        told["points"] = {"year": file.on.year, "points": file.standing.points}
    return told


def code_of(certificate: StandingCertificate) -> str:
    """The code on the paper: only who holds the paper has it."""
    return paper_codes.grouped(paper_codes.proof(certificate.uuid.bytes, purpose=_PURPOSE))


def token_of(certificate: StandingCertificate) -> str:
    """The signed statement in one word, for whoever verifies without asking anybody."""
    signature = bytes(certificate.signature)
    return token(certificate.content, key_id=certificate.key_id, signature=signature)


def certificate_with(number: str, code: str) -> StandingCertificate | None:
    """The certificate with that number and code; None where nobody was ever given both."""
    found = StandingCertificate.objects.filter(number=number.strip().upper()).first()
    expected = paper_codes.proof(found.uuid.bytes, purpose=_PURPOSE) if found else ""
    right = hmac.compare_digest(paper_codes.typed(code, paper_codes.LONG).encode(), expected.encode())
    return found if found and right else None


def stated_by(certificate: StandingCertificate) -> dict[str, Any]:
    """What the row states. Raises NotSigned for a row that is not what was signed by a key that the register has."""
    keys = (key for key in certificate_keys() if key.id == certificate.key_id)
    if not any(key.holds(certificate.content, bytes(certificate.signature)) for key in keys):
        raise NotSigned(certificate.number)
    found: dict[str, Any] = json.loads(certificate.content)
    return found


def checked(certificate: StandingCertificate, *, now: datetime) -> Checked:
    """What has become of the certificate up to `now`. Raises NotSigned."""
    person, stated = certificate.practitioner, stated_by(certificate)
    told = {name: stated[name] for name in _TOLD_OF_A_DAY if name in stated}
    present = file_of(person, shanghai_day(now), now)
    return Checked(
        certificate=certificate,
        stated=stated,
        withdrawn_on=_withdrawn_on(certificate, told, now),
        changed_since=_of_the_day(present, with_points=False)["standing"] != stated["standing"],
    )


def _withdrawn_on(certificate: StandingCertificate, told: Mapping[str, Any], now: datetime) -> date | None:
    """The day on which the register learnt that what it said of that day was wrong, where it is so now."""
    if _told(certificate, now, "points" in told) == told:
        return None
    for moment in _moments(certificate.practitioner, certificate.known_at, now):
        if _told(certificate, moment, "points" in told) != told:
            return shanghai_day(moment)
    return shanghai_day(now)


def _told(certificate: StandingCertificate, known: datetime, with_points: bool) -> dict[str, Any]:
    return _of_the_day(file_of(certificate.practitioner, certificate.on_day, known), with_points=with_points)


def _moments(person: Practitioner, after: datetime, until: datetime) -> list[datetime]:
    """When something was learnt of the person's standing and places."""
    files = family_of(person.pk).files
    facts = Fact.objects.filter(practitioner_id__in=files).values_list("recorded_at", flat=True)
    places = Registration.objects.filter(practitioner_id__in=files).values_list("recorded_at", "superseded_at")
    moments = {moment for moment in chain(facts, *places) if moment is not None}
    return sorted(moment for moment in moments if after < moment <= until)
