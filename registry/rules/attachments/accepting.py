"""What a file is, and whether it is taken."""

from __future__ import annotations

import re

from registry.rules.attachments import compound, packed, pdf
from registry.rules.attachments.kinds import (
    ARCHIVE,
    DAMAGED,
    EMPTY,
    EXECUTABLE,
    JPEG,
    MARKUP,
    PDF,
    PLAIN_TEXT,
    PNG,
    TIFF,
    TOO_LARGE,
    UNKNOWN_TYPE,
    WEBP,
    FileKind,
    NotAccepted,
)

MOST_UNPACKED = 500 * 1024 * 1024
"""The bytes that a packed file may say it unpacks to; nothing is unpacked here."""

_PNG_END = b"IEND\xaeB`\x82"
_EXECUTABLE = re.compile(
    rb"MZ|\x7fELF|#!|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\0asm|dex\n|L\0\0\0\x01\x14\x02\0"
    rb"|(?i:@echo off|<\?php)"
)
_MARKUP = re.compile(rb"<(?:!--|[!?]?[a-z][\w:-]*[\s/>?])", re.IGNORECASE)
_ARCHIVE = re.compile(rb"PK\x05\x06|PK\x07\x08|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ\0|MSCF\0")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 4096
_MOST_SEGMENTS = 10_000


def kind_of(content: bytes) -> FileKind | None:
    """What the content is, safe or not; None where it is nothing that is taken. Never raises."""
    try:
        return _kind_of(content, MOST_UNPACKED)
    except NotAccepted:
        return None


def accepted(content: bytes, *, most_bytes: int, most_unpacked: int = MOST_UNPACKED) -> FileKind:
    """What the content is, having found nothing against it. Raises `NotAccepted` with the reason."""
    if not content:
        raise NotAccepted(EMPTY)
    if len(content) > most_bytes:
        raise NotAccepted(TOO_LARGE, len(content))
    kind = _kind_of(content, most_unpacked)
    if kind is None:
        raise _refusal_of(content)
    if packed.is_packed(content):
        packed.check(content, kind)
    elif compound.is_compound(content):
        compound.check(content)
    elif kind is PDF:
        pdf.check(content)
    return kind


def _kind_of(content: bytes, most_unpacked: int) -> FileKind | None:
    if packed.is_packed(content):
        return packed.kind_of(content, most_unpacked)
    if compound.is_compound(content):
        return compound.kind_of(content)
    return _of_one_piece(content)


def _of_one_piece(content: bytes) -> FileKind | None:
    """Told by how it begins, and that it has an end; what lies between is not read."""
    for kind, begins, ends in (
        (PDF, pdf.begins(content), pdf.ends(content)),
        (JPEG, content.startswith(b"\xff\xd8\xff"), _has_a_whole_picture(content)),
        (PNG, content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"), _PNG_END in content),
        (TIFF, content.startswith((b"II*\0", b"MM\0*")), _has_a_directory(content)),
        (WEBP, content.startswith(b"RIFF") and content[8:12] == b"WEBP", _is_as_long_as_it_says(content)),
    ):
        if begins:
            if not ends:
                raise NotAccepted(DAMAGED, kind.name)
            return kind
    return None


def _has_a_whole_picture(jpeg: bytes) -> bool:
    """The end comes after the beginning of the picture itself; the small one for previews before it does not count."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        marker, length = jpeg[at : at + 2], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == b"\xff\xda":
            return b"\xff\xd9" in jpeg[at:]
        if not marker.startswith(b"\xff"):
            return False
        at += 1 if marker == b"\xff\xff" else 2 + length
    return False


def _has_a_directory(tiff: bytes) -> bool:
    at = int.from_bytes(tiff[4:8], "little" if tiff.startswith(b"II") else "big")
    return 8 <= at < len(tiff) - 2


def _is_as_long_as_it_says(webp: bytes) -> bool:
    return int.from_bytes(webp[4:8], "little") + 8 <= len(webp)


def _refusal_of(content: bytes) -> NotAccepted:
    """Why content of no known type is refused, so that the person knows what to do instead."""
    text = _text_of(content)
    begin = content[:_LOOKED_AT] if text is None else text.lstrip()
    for code, pattern in ((EXECUTABLE, _EXECUTABLE), (ARCHIVE, _ARCHIVE), (MARKUP, _MARKUP)):
        if pattern.match(begin):
            return NotAccepted(code)
    return NotAccepted(UNKNOWN_TYPE if text is None else PLAIN_TEXT)


def _text_of(content: bytes) -> bytes | None:
    """The beginning of a text, in UTF-8 where it says its encoding; None where it is no text."""
    begin = content[:_LOOKED_AT]
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            return begin[len(mark) :].decode(encoding, "replace").encode("utf-8", "replace")
    return None if _CONTROLS.search(begin) else begin
