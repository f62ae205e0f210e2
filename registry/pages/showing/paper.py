"""A certificate as a file: set by Typst as PDF/A-3 with the signed statement attached, and signed as a whole.

The type is in the package of a font, so that the file looks the same everywhere. A character without a glyph in it is
an error of PDF/A, and never dropped in silence: its number in Unicode is printed in its place, and the attached
statement holds the character itself.
"""

import io
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import qrcode
import typst
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from noto_cjk_sans_otc import FONT_PATH
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

from registry.ledger.days import shanghai_day
from registry.models import StandingCertificate
from registry.models.certificate_keys import certificate_keys
from registry.pages.showing.addresses import verify_url
from registry.queries.certificates import code_of, stated_by, token_of
from registry.queries.explain import day, last_day, points_words, status_words

LONGEST_CODE = 1500
"""Characters up to which the statement is printed as a code: more of them no telephone reads from paper."""

_OFFLINE_BY_CODE = gettext_lazy("The signed statement, for verifying offline with the published keys of the register.")
_OFFLINE_BY_FILE = gettext_lazy("The signed statement is attached to the file; it is too long for a code on paper.")
_NOT_DRAWN = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_MOST_NOT_DRAWN = 100


def file_of_certificate(certificate: StandingCertificate, reached_at: str) -> bytes:
    """The file, made anew from the row and signed now; `reached_at` counts where no address is set.

    Raises NotSigned.
    """
    with translation.override(certificate.language):
        said = _said(certificate, stated_by(certificate), settings.REGISTRY_ADDRESS or reached_at.rstrip("/"))
        pdf = _typeset(said, int(certificate.made_at.timestamp()))
        return _signed(pdf, reason=said["title"])


def _said(certificate: StandingCertificate, stated: Mapping[str, Any], address: str) -> dict[str, Any]:
    url, token = verify_url(certificate, address), token_of(certificate)
    fits = len(token) <= LONGEST_CODE
    chinese = certificate.language == StandingCertificate.Language.CHINESE
    return {
        "lang": "zh" if chinese else "en",
        "region": "cn" if chinese else "gb",
        "title": _("Certificate of standing"),
        "register": _("Payment qualification register %(register)s") % {"register": stated["register"]},
        "number_label": _("Number"),
        "number": stated["number"],
        "status": stated["standing"]["status"],
        "status_words": _("Standing: %(status)s") % {"status": status_words(stated["standing"]["status"])},
        "words": stated["words"],
        "facts": [{"label": label, "lines": lines} for label, lines in _facts(certificate, stated)],
        "unprinted": "",
        "token": token,
        "attachment": _("The signed statement, to be verified without asking anybody"),
        "link_code": _svg(url, ERROR_CORRECT_M),
        "link_alt": _("QR code: the address at which the register says whether this certificate is genuine"),
        "link_words": _("Is it genuine, and does it still hold? Scan the code, or type number and code at"),
        "link_where": address + reverse("verify"),
        "code_label": _("Check code"),
        "code": code_of(certificate),
        "token_code": _svg(token, ERROR_CORRECT_L) if fits else "",
        "token_alt": _("QR code: the signed statement"),
        "token_words": str(_OFFLINE_BY_CODE if fits else _OFFLINE_BY_FILE),
        "footer": _("It states what the register knew at the time given. The register says whether it still holds."),
    }


def _facts(certificate: StandingCertificate, stated: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    person, standing = stated["practitioner"], stated["standing"]
    since, until = (date.fromisoformat(text) if text else None for text in (standing["since"], standing["until"]))
    on = date.fromisoformat(stated["on"])
    facts = [(_("Name"), [person["name"]]), (_("Personal code"), [person["code"]]), (_("About the day"), [day(on)])]
    if since:
        facts.append((_("In this standing since"), [day(since)]))
    if until and standing["status"] == "suspended":
        facts.append((_("Up to and including"), [last_day(until)]))
    if until and standing["status"] == "terminated":
        facts.append((_("No registration before"), [day(until)]))
    places = [f"{row['name']}  {row['institution']}" for row in stated["registrations"]]
    facts.append((_("Registered at"), places or [_("nowhere on that day")]))
    if "points" in stated:
        facts.append((_("Points in %(year)s") % stated["points"], [points_words(stated["points"]["points"])]))
    known = timezone.localtime(certificate.known_at)
    facts.append((_("As the register knew on"), [f"{day(shanghai_day(known))} {known:%H:%M:%S} (UTC+08:00)"]))
    return facts


def _svg(text: str, correction: int) -> str:
    picture = qrcode.make(text, image_factory=SvgPathImage, error_correction=correction, border=0)
    return cast(bytes, picture.to_string()).decode()


# setting --------------------------------------------------------------------------------------------------------------


@cache
def _fonts() -> typst.Fonts:
    folder = str(Path(str(FONT_PATH)).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _typeset(said: dict[str, Any], made_at: int) -> bytes:
    """The pages as PDF/A-3a. A character that the font does not have is printed as its number."""
    source = (settings.BASE_DIR / "templates" / "showing" / "certificate.typ").read_bytes()
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    not_drawn: set[str] = set()
    while True:
        inputs = {"it": json.dumps(_without(said, not_drawn), ensure_ascii=False)}
        try:
            pdf = compiler.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["a-3a"], timestamp=made_at)
        except typst.TypstError as error:
            new = _not_drawn(error) - not_drawn
            if not new or len(not_drawn) > _MOST_NOT_DRAWN:
                raise
            not_drawn |= new
        else:
            return cast(bytes, pdf)


def _not_drawn(error: typst.TypstError) -> set[str]:
    """The characters for which the font has no glyph."""
    found = _NOT_DRAWN.search(error.message)
    return set(_ESCAPED.sub(lambda each: chr(int(each[1], 16)), found[1])) if found else set()


def _without(said: dict[str, Any], not_drawn: set[str]) -> dict[str, Any]:
    if not not_drawn:
        return said
    numbers = {ord(each): f"[U+{ord(each):04X}]" for each in not_drawn}
    facts = [{**fact, "lines": [line.translate(numbers) for line in fact["lines"]]} for fact in said["facts"]]
    words = _("[U+…] stands for a character that this type does not have; the signed statement holds the character.")
    return {**said, "facts": facts, "unprinted": words}


# signing --------------------------------------------------------------------------------------------------------------


def _signed(pdf: bytes, *, reason: str) -> bytes:
    """The file with a certifying signature over every byte: readers show each later change as one."""
    key = certificate_keys()[0]
    certificate, private = key.for_files()
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(certificate),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=cast(Any, SimpleCertificateStore)(),  # it has no types
    )
    about = signers.PdfSignatureMetadata(
        field_name="Register",
        name=key.id,
        reason=reason,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    written = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer)
    return cast(bytes, written.getvalue())
