"""What an XLSX file may do to this process, looked at before a reader believes it.

A workbook is a packed folder of XML. A few kilobytes of it may unpack to gigabytes, and one cell with a space in the
last row makes a reader reserve memory for a million rows. So the sheets are first run through once, a piece at a
time: how much they unpack to, and which rows hold anything; rows that hold nothing are left out where they would
matter.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.rosters.errors import RosterRefused

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_CELLS = 6_000_000  # a reader takes about 35 bytes for each, empty or not
LONGEST_ROW = 4 * 1024 * 1024
_PIECE = 1024 * 1024
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_STRINGS = "xl/sharedstrings.xml"
_ROW = re.compile(rb"<((?:[\w.-]+:)?)row(?=[\s>/])[^>]*?(?:/>|>.*?</\1row>)", re.DOTALL)
_ROW_START = re.compile(rb"<(?:[\w.-]+:)?row[\s>/]")
_FILLED = re.compile(rb"<(?:[\w.-]+:)?v>(?!</)|<(?:[\w.-]+:)?t(?: [^>]*)?>\s*[^\s<]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c [^>]*?\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_SHARED = re.compile(rb"<(?:[\w.-]+:)?c [^>]*?\bt=\"s\"[^>]*><(?:[\w.-]+:)?v>([0-9]+)<")
_STRING_ITEM = re.compile(rb"<((?:[\w.-]+:)?)si(?:/>|>(.*?)</\1si>)", re.DOTALL)
_STRING_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?: [^>]*)?>\s*[^\s<]")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def made_safe(content: bytes) -> bytes:
    """The workbook, or the same without its empty rows, such that reading it needs bounded memory.

    Raises RosterRefused: 'encrypted', 'old_excel', 'damaged', 'not_a_workbook', 'unpacks_too_large', 'too_large'.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_contents(packed)
            if all(_cells_of(packed, sheet) <= MOST_CELLS for sheet in _sheets(packed)):
                return content
            return _without_empty_rows(packed)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RosterRefused(
            "damaged",
            _(
                "The workbook cannot be unpacked ({reason}). Open it in the spreadsheet program and save it again."
            ).format(reason=error),
        ) from error


def refuse_ole(content: bytes) -> None:
    """Raises RosterRefused for a workbook with a password and for one of Excel 97 to 2003, which look alike from
    outside.
    """
    if not content.startswith(_OLE):
        return
    if _ENCRYPTED in content:
        raise RosterRefused(
            "encrypted", _("The workbook is protected by a password. Save it without the password and upload it again.")
        )
    raise RosterRefused(
        "old_excel", _("The file is of an old format (.xls). Save it as .xlsx or as CSV and upload it again.")
    )


def _check_contents(packed: zipfile.ZipFile) -> None:
    names = [entry.filename.lower() for entry in packed.infolist()]
    if any(entry.flag_bits & 0x1 for entry in packed.infolist()):
        raise RosterRefused(
            "encrypted", _("The workbook is protected by a password. Save it without the password and upload it again.")
        )
    if "xl/workbook.xml" not in names:
        raise RosterRefused(
            "not_a_workbook", _("The file is a packed folder but no Excel workbook. Save the list as .xlsx or as CSV.")
        )
    if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
        raise _unpacks_too_large()


def _unpacks_too_large() -> RosterRefused:
    return RosterRefused(
        "unpacks_too_large",
        _("The workbook unpacks to more than {most} MB. Copy the staff list alone into a new workbook.").format(
            most=MOST_UNPACKED // 1024**2
        ),
    )


def _sheets(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in packed.infolist() if _SHEET.fullmatch(entry.filename)]


def _cells_of(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> int:
    """How many cells a reader would reserve: rows times columns between the outermost cells that hold anything."""
    last_row = last_column = count = 0
    for row in _rows(packed, sheet):
        if (filled := _last_filled(row)) is None:
            continue
        count += 1
        if (at := _place(row, filled)) is not None:
            last_row, last_column = max(last_row, at[0]), max(last_column, at[1])
        else:
            last_column = max(last_column, row.count(b"<c"))
    return max(last_row, count) * last_column


def _last_filled(row: bytes) -> int | None:
    """Where in the row its last cell with a value begins; None for a row without any."""
    end = max(
        row.rfind(b"<v>"), row.rfind(b":v>"), row.rfind(b"<t>"), row.rfind(b":t>"), row.rfind(b"<t "), row.rfind(b":t ")
    )
    return None if end < 0 else end


def _place(row: bytes, end: int) -> tuple[int, int] | None:
    """Row and column of the last cell that begins before `end`, from 1; None where the file leaves addresses out."""
    start = max(row.rfind(b"<c ", 0, end), row.rfind(b":c ", 0, end))
    match = _CELL.search(row, row.rfind(b"<", 0, start + 1)) if start >= 0 else None
    if match is None:
        return None
    column = 0
    for character in match[1]:
        column = column * 26 + character - 64
    return int(match[2]), column


def _rows(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> Iterator[bytes]:
    """The row elements of a sheet, one after the other, without ever holding the sheet."""
    for piece, is_row in _pieces(packed, sheet):
        if is_row:
            yield piece


def _pieces(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> Iterator[tuple[bytes, bool]]:
    """The sheet cut into rows and what stands between them, in order."""
    rest, unpacked = b"", 0
    with packed.open(sheet) as stream:
        while piece := stream.read(_PIECE):
            unpacked += len(piece)
            if unpacked > MOST_UNPACKED:
                raise _unpacks_too_large()
            rest += piece
            end = 0
            for match in _ROW.finditer(rest):
                if match.start() > end:
                    yield rest[end : match.start()], False
                yield match[0], True
                end = match.end()
            rest = rest[end:]
            if len(rest) > LONGEST_ROW and _ROW_START.search(rest):
                raise _too_large()
            if len(rest) > LONGEST_ROW:
                yield rest[:-100], False
                rest = rest[-100:]
    yield rest, False


def _too_large() -> RosterRefused:
    return RosterRefused(
        "too_large",
        _(
            "The sheet reaches too far: something stands far below or far to the right of the list. Copy the list "
            "alone into a new workbook."
        ),
    )


def _without_empty_rows(packed: zipfile.ZipFile) -> bytes:
    blank = _blank_strings(packed)
    slim = io.BytesIO()
    with zipfile.ZipFile(slim, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept:
        for entry in packed.infolist():
            if entry not in _sheets(packed):
                kept.writestr(entry.filename, packed.read(entry))
                continue
            with kept.open(entry.filename, "w", force_zip64=True) as sheet:
                for piece, is_row in _pieces(packed, entry):
                    if not is_row or _holds_something(piece, blank):
                        sheet.write(piece)
    with zipfile.ZipFile(slim) as written:
        if any(_cells_of(written, sheet) > MOST_CELLS for sheet in _sheets(written)):
            raise _too_large()
    return slim.getvalue()


def _holds_something(row: bytes, blank: frozenset[bytes]) -> bool:
    if _FILLED.search(row) is None:
        return False
    shared = _SHARED.findall(row)
    others = len(_FILLED.findall(row)) - len(shared)
    return others > 0 or any(index not in blank for index in shared)


def _blank_strings(packed: zipfile.ZipFile) -> frozenset[bytes]:
    """The numbers of those shared strings that are nothing but spaces."""
    entry = next((entry for entry in packed.infolist() if entry.filename.lower() == _STRINGS), None)
    if entry is None:
        return frozenset()
    items = _STRING_ITEM.finditer(packed.read(entry))
    return frozenset(
        str(number).encode() for number, item in enumerate(items) if not _STRING_TEXT.search(item[2] or b"")
    )
