"""What a file is, before anything of it is checked: kind, encoding, digest. Memory does not grow with it."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from registry.claims.errors import ClaimsRefused

CSV, NDJSON, PARQUET = "csv", "ndjson", "parquet"
PIECE = 1024 * 1024
_OTHERS = (
    (b"PK\x03\x04", "ZIP, XLSX"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"<html", "HTML"),
    (b"<!doctype", "HTML"),
    (b"<?xml", "XML"),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """A file that may be one of claims. `lines` is how many it has about, 0 where its kind has none."""

    kind: str
    encoding: str
    digest: bytes
    size: int
    lines: int
    ends_with_a_line: bool = True


def survey(file: IO[bytes]) -> Survey:
    """Read the file once, from its beginning, which it is left at.

    Raises ClaimsRefused: 'empty_file', 'not_claims', 'unknown_encoding'.
    """
    file.seek(0)
    start = file.read(4096)
    if not start.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise ClaimsRefused("empty_file", _("The file is empty. Send the claims as CSV, NDJSON or Parquet."))
    kind = _kind(start)
    file.seek(0)
    seen = _Pass()
    for piece in _pieces(file):
        seen.take(piece)
    file.seek(0)
    encoding = "" if kind == PARQUET else _encoding(file, seen, kind)
    file.seek(0)
    lines = 0 if kind == PARQUET else seen.lines
    return Survey(kind, encoding, seen.digest.digest(), seen.size, lines, seen.last in (b"\r", b"\n"))


def digest_of(file: IO[bytes]) -> bytes:
    """SHA-256 of the file, which is left at its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    file.seek(0)
    return digest.digest()


class _Pass:
    """What one reading of all bytes tells."""

    def __init__(self) -> None:
        self.digest, self.size, self.lines = hashlib.sha256(), 0, 0
        self.null, self.last = False, b""

    def take(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.size += len(piece)
        self.lines += piece.count(b"\n")
        self.null = self.null or b"\0" in piece
        self.last = piece[-1:]


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _kind(start: bytes) -> str:
    if start.startswith(b"PAR1"):
        return PARQUET
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, name in _OTHERS:
        if bare[: len(mark)].lower() == mark.lower():
            raise _not_claims(name)
    if bare.startswith(b"["):
        raise ClaimsRefused(
            "not_claims",
            _("The file is one JSON list. Write NDJSON: one object on each line, without brackets and commas between."),
        )
    return NDJSON if bare.startswith(b"{") else CSV


def _not_claims(name: str) -> ClaimsRefused:
    return ClaimsRefused(
        "not_claims",
        _("The file is none of claims but %(kind)s. Send CSV, NDJSON or Parquet, not packed.") % {"kind": name},
        value=name,
    )


def _encoding(file: IO[bytes], seen: _Pass, kind: str) -> str:
    """NDJSON is UTF-8, and a line that is not is wrong by itself; a table is of one encoding as a whole."""
    if seen.null:
        raise _not_claims(_("binary data"))
    if kind == NDJSON:
        return "utf-8"
    places = {encoding: _first_unreadable(file, encoding) for encoding in ("utf-8-sig", "gb18030")}
    for encoding, place in places.items():
        if place is None:
            return encoding
    raise ClaimsRefused(
        "unknown_encoding",
        _(
            "The characters of the CSV file are neither UTF-8 (up to line %(first)s) nor GB 18030 (up to line"
            " %(second)s). Save it as “CSV UTF-8”."
        )
        % {"first": places["utf-8-sig"], "second": places["gb18030"]},
    )


def _first_unreadable(file: IO[bytes], encoding: str) -> int | None:
    """The line whose bytes are not of the encoding; None where all are."""
    file.seek(0)
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    try:
        for piece in _pieces(file):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return line + piece.count(b"\n", 0, error.start)
            line += piece.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    finally:
        file.seek(0)
    return None
