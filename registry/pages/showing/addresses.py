"""Where a certificate is checked."""

from django.urls import reverse

from registry.models import StandingCertificate
from registry.queries.certificates import code_of


def verify_url(certificate: StandingCertificate, address: str) -> str:
    """Where whoever holds the paper finds out whether it is genuine."""
    return address + reverse("verify_certificate", args=[certificate.number, code_of(certificate)])
