"""The types that are taken, and the reasons for which a file is not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file: `name` is stable and for machines, `extension` has no dot."""

    name: str
    extension: str
    media_type: str


PDF = FileKind("pdf", "pdf", "application/pdf")
OFD = FileKind("ofd", "ofd", "application/ofd")
"""Open fixed-layout document (GB/T 33190): what electronic invoices and official papers come as."""

JPEG = FileKind("jpeg", "jpg", "image/jpeg")
PNG = FileKind("png", "png", "image/png")
WEBP = FileKind("webp", "webp", "image/webp")
TIFF = FileKind("tiff", "tif", "image/tiff")

_OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = FileKind("docx", "docx", f"{_OOXML}.wordprocessingml.document")
XLSX = FileKind("xlsx", "xlsx", f"{_OOXML}.spreadsheetml.sheet")
PPTX = FileKind("pptx", "pptx", f"{_OOXML}.presentationml.presentation")

ODT = FileKind("odt", "odt", "application/vnd.oasis.opendocument.text")
ODS = FileKind("ods", "ods", "application/vnd.oasis.opendocument.spreadsheet")
ODP = FileKind("odp", "odp", "application/vnd.oasis.opendocument.presentation")

DOC = FileKind("doc", "doc", "application/msword")
XLS = FileKind("xls", "xls", "application/vnd.ms-excel")

KINDS = (PDF, OFD, JPEG, PNG, WEBP, TIFF, DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS)
"""Every type that is taken."""

EMPTY = "empty"
TOO_LARGE = "too_large"
UNPACKS_TOO_LARGE = "unpacks_too_large"
EXECUTABLE = "executable"
MARKUP = "markup"
PLAIN_TEXT = "plain_text"
ARCHIVE = "archive"
ENCRYPTED = "encrypted"
MACROS = "macros"
ACTIVE = "active"
DAMAGED = "damaged"
UNKNOWN_TYPE = "unknown_type"

REASONS = {
    EMPTY: "the file holds nothing",
    TOO_LARGE: "the file is larger than is taken",
    UNPACKS_TOO_LARGE: "the file is packed and says that it unpacks to more than is taken",
    EXECUTABLE: "the content is a program or a script",
    MARKUP: "the content is a web page, an SVG picture or other markup, which can hold scripts",
    PLAIN_TEXT: "the content is plain text, which cannot be told from a script",
    ARCHIVE: "the content is a packed folder and no office file that is taken",
    ENCRYPTED: "the file is protected by a password, so nobody could read it",
    MACROS: "the office file holds macros",
    ACTIVE: "the PDF runs scripts or starts programs",
    DAMAGED: "the file begins as its type does and is damaged or cut off",
    UNKNOWN_TYPE: "the content is of no type that is taken",
}
"""The codes of refusals, and what each means."""


class NotAccepted(ValueError):
    """A file that is not taken: `code` is one of `REASONS`, `value` what tells (bytes, or what was found)."""

    def __init__(self, code: str, value: object = None) -> None:
        told = "" if value is None else f" ({value})"
        super().__init__(f"{code}: {REASONS[code]}{told}")
        self.code = code
        self.value = value
