"""Office files of today, which are packed folders (ZIP): DOCX, XLSX, PPTX, ODT, ODS, ODP and OFD.

Only the table of contents is read, and of the files inside at most the short ones that say what the folder is. Nothing
is unpacked. It cannot be seen what objects are embedded, where links and templates lead, and whether the parts unpack
to more than they say; whoever reads such a file has to look for itself.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from registry.rules.attachments.kinds import (
    ARCHIVE,
    DAMAGED,
    DOCX,
    ENCRYPTED,
    MACROS,
    ODP,
    ODS,
    ODT,
    OFD,
    PPTX,
    UNPACKS_TOO_LARGE,
    XLSX,
    FileKind,
    NotAccepted,
)

MOST_PARTS = 20_000

_ENTRY = b"PK\x01\x02"
_TYPES = "[Content_Types].xml"
_MANIFEST = "META-INF/manifest.xml"
_USUAL_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MAIN_PARTS = (
    (DOCX, re.compile(r"word/document[0-9]*\.xml")),
    (XLSX, re.compile(r"xl/workbook[0-9]*\.xml")),
    (PPTX, re.compile(r"ppt/presentation[0-9]*\.xml")),
)
_MACRO_PARTS = re.compile(r"(?:.*/)?(?:vbaProject|vbaData|activeX[0-9]*)\.(?:bin|xml)|xl/macrosheets/.*", re.IGNORECASE)
_MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject|macrosheet|activeX|&#|<!", re.IGNORECASE)
_OPEN_DOCUMENT = {kind.media_type.encode(): kind for kind in (ODT, ODS, ODP)}
_OPEN_DOCUMENT_MACROS = re.compile(r"(?:Basic|Scripts)/.+")
_LONGEST_TYPE = 200
_LONGEST_LIST = 4 * 1024 * 1024
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def is_packed(content: bytes) -> bool:
    """It begins as a packed folder that is not empty."""
    return content.startswith(b"PK\x03\x04")


def kind_of(content: bytes, most_unpacked: int) -> FileKind:
    """Which kind of office file it is.

    Raises `NotAccepted`: 'archive' for any other packed folder, 'damaged', 'unpacks_too_large', 'encrypted'.
    """
    with _opened(content) as folder:
        parts = folder.infolist()
        if (unpacked := sum(part.file_size for part in parts)) > most_unpacked:
            raise NotAccepted(UNPACKS_TOO_LARGE, unpacked)
        if any(part.flag_bits & 0x1 for part in parts):
            raise NotAccepted(ENCRYPTED)
        if not {part.compress_type for part in parts} <= _USUAL_PACKING:
            raise NotAccepted(DAMAGED, "packed in a way that no office program packs")
        names = {part.filename for part in parts}
        if len(names) < len(parts):
            raise NotAccepted(DAMAGED, "two parts have the same name")
        return _kind_of(folder, names)


def check(content: bytes, kind: FileKind) -> None:
    """Raises `NotAccepted`: 'macros' or 'encrypted'."""
    with _opened(content) as folder:
        names = folder.namelist()
        if kind in _OPEN_DOCUMENT.values():
            _check_open_document(folder, names)
        elif kind is not OFD:
            _check_macros(folder, names)


def _opened(content: bytes) -> zipfile.ZipFile:
    if (parts := content.count(_ENTRY)) > MOST_PARTS:
        raise NotAccepted(UNPACKS_TOO_LARGE, f"{parts} parts")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGES as error:
        raise NotAccepted(DAMAGED, str(error)) from error


def _kind_of(folder: zipfile.ZipFile, names: set[str]) -> FileKind:
    if _TYPES in names:
        kinds = [kind for kind, main in _MAIN_PARTS if any(map(main.fullmatch, names))]
        if len(kinds) == 1:
            return kinds[0]
    if "mimetype" in names:
        kind = _OPEN_DOCUMENT.get(_beginning(folder, "mimetype", _LONGEST_TYPE).strip())
        if kind is not None:
            return kind
    if "OFD.xml" in names:
        return OFD
    raise NotAccepted(ARCHIVE)


def _check_macros(folder: zipfile.ZipFile, names: list[str]) -> None:
    """By the names that parts usually have, and by the list of types, where a part cannot hide under another name."""
    types = _beginning(folder, _TYPES, _LONGEST_LIST).replace(b"\0", b"")
    found = _MACRO_TYPES.search(types) or next(filter(None, map(_MACRO_PARTS.fullmatch, names)), None)
    if found is not None:
        raise NotAccepted(MACROS)


def _check_open_document(folder: zipfile.ZipFile, names: list[str]) -> None:
    if any(map(_OPEN_DOCUMENT_MACROS.fullmatch, names)):
        raise NotAccepted(MACROS)
    if _MANIFEST in names and b"encryption-data" in _beginning(folder, _MANIFEST, _LONGEST_LIST):
        raise NotAccepted(ENCRYPTED)


def _beginning(folder: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The first bytes of a part. Raises `NotAccepted` where it cannot be read, or where that is not all of it."""
    try:
        with folder.open(name) as part:
            content = part.read(most + 1)
    except _DAMAGES as error:
        raise NotAccepted(DAMAGED, str(error)) from error
    if len(content) > most:
        raise NotAccepted(UNPACKS_TOO_LARGE, name)
    return content
