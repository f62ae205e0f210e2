"""Files that people hand in: looked at, sealed, and given back only as they came.

What a file is follows from its content, never from its name. Whether it carries malware is not looked for here: that
belongs before the register, where files come in, and on the machine on which somebody opens them. The register itself
never opens, converts or executes a file.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.models import StoredFile, User
from registry.models.identifiers import uuid7
from registry.queries.sight import full_sight
from registry.rules.attachments import FileKind, NotAccepted, accepted, safe_name

_MEGABYTE = 1024 * 1024

REFUSALS: Mapping[str, str | Promise] = {
    "empty": _("“%(name)s” is empty. Choose the file again."),
    "too_large": _("“%(name)s” is larger than %(most)s MB. Split it, or scan it at a lower resolution."),
    "unpacks_too_large": _("“%(name)s” unpacks to far more than is taken. Save it as a PDF and hand that in."),
    "executable": _("“%(name)s” is a program or a script. Hand in a PDF, a picture or an office file."),
    "markup": _("“%(name)s” is a web page or a drawing that can hold scripts. Save it as a PDF and hand that in."),
    "plain_text": _("“%(name)s” is plain text. Save it as a PDF and hand that in."),
    "archive": _("“%(name)s” is a packed folder. Unpack it and hand in the files one by one."),
    "encrypted": _("“%(name)s” is protected by a password, so nobody could read it. Remove the password."),
    "macros": _("“%(name)s” holds macros. Save it without macros or as a PDF."),
    "active": _("“%(name)s” is a PDF that runs scripts or starts programs. Print it into a new PDF."),
    "damaged": _("“%(name)s” is damaged or cut off. Save or scan it again."),
    "unknown_type": _("“%(name)s” is of no type that is taken. Hand in a PDF, a picture or an office file."),
}
"""Why a file is not taken, in words, by the codes of registry.rules.attachments."""


class FileBroken(Exception):
    """A file does not hold what was handed in any more."""


def keep_file(*, name: str, content: bytes, by: User | None, now: datetime) -> StoredFile:
    """Seal a file as it was handed in. Raises Refused for an empty or too large one, and for a type not accepted.

    `REGISTRY_FILE_MB` is the size up to which files are taken. Its type is that of the content; its name is kept
    without what could mislead.
    """
    kind = check_file(name=name, content=content)
    file = StoredFile(
        uuid=uuid7(),
        name=safe_name(name, kind.extension),
        media_type=kind.media_type,
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        handed_in_at=now,
        handed_in_by=by,
    )
    file.sealed = file.vault.seal(content)
    with full_sight():
        file.save(force_insert=True)
    return file


def read_file(file: StoredFile) -> bytes:
    """The content as it was handed in. Raises SealBroken or FileBroken where it was tampered with."""
    content = file.vault.unseal(bytes(file.sealed))
    if hashlib.sha256(content).digest() != bytes(file.digest):
        raise FileBroken(str(file.uuid))
    return content


def check_file(*, name: str, content: bytes) -> FileKind:
    """What the content is. Raises Refused, as `keep_file` does, with the name, the reason and the limit."""
    try:
        return accepted(content, most_bytes=settings.REGISTRY_FILE_MB * _MEGABYTE)
    except NotAccepted as refusal:
        told = {"name": safe_name(name, "").rstrip("."), "most": settings.REGISTRY_FILE_MB}
        raise Refused(f"file_{refusal.code}", REFUSALS[refusal.code] % told, field="file", value=name) from None
