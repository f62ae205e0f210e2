"""What stands on a notice that leaves the register on paper or by mail: its number, and the code that proves it."""

import base64
import hmac
from typing import cast

import qrcode
from django.conf import settings
from django.urls import reverse
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

from notifications.models import Notice
from registry.ledger.days import shanghai_day
from registry.models import paper_codes

_LONGEST_NUMBER = 18
"""Digits of the greatest number that a row can have, and one less."""


def number_of(notice: Notice) -> str:
    """The number by which people name the notice: the register, the year in which it was made, and which one it is."""
    year = shanghai_day(notice.made_at).year
    return f"{settings.REGISTRY_REGISTER_ID.upper()}-{year}-{notice.pk:07d}"


def code_of(notice: Notice) -> str:
    """The code on the paper: which notice it is, and what only this register can have put beside it."""
    return f"{notice.pk}-{paper_codes.grouped(_proof(notice))}"


def check_url(notice: Notice, reached_at: str) -> str:
    """Where whoever holds the paper finds out whether it is genuine; `reached_at` counts where no address is set."""
    address = settings.REGISTRY_ADDRESS or reached_at.rstrip("/")
    return f"{address}{reverse('verify_notice', args=[code_of(notice)])}"


def picture_of(url: str) -> str:
    """The QR code of an address, itself as an address, which the content policy of pages lets pass."""
    image = qrcode.make(url, image_factory=SvgPathImage, error_correction=ERROR_CORRECT_M, border=0)
    return f"data:image/svg+xml;base64,{base64.b64encode(cast(bytes, image.to_string())).decode()}"


def notice_of(code: str) -> Notice | None:
    """The notice with that code; None where nobody was ever given it."""
    number, _dash, proof = code.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return None
    notice = Notice.objects.filter(pk=int(number)).first()
    given = "".join(each for each in proof.upper() if each.isascii() and each.isalnum())
    return notice if notice and hmac.compare_digest(given, _proof(notice)) else None


def _proof(notice: Notice) -> str:
    return paper_codes.proof(notice.uuid.bytes, purpose=b"codes of printed notices")
