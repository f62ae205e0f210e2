"""Office files of yesterday (DOC, XLS), which are folders of streams in one file ([MS-CFB]), read without a reader.

The folder's own table of contents tells what it is, whether it holds macros, and whether it is a newer file under a
password. It cannot be seen what objects are embedded, and macros of Excel 4, which lie among the sheets. Presentations
of that age are not taken: theirs lie where only a reader finds them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from registry.rules.attachments.kinds import DAMAGED, DOC, ENCRYPTED, MACROS, XLS, FileKind, NotAccepted

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA
_NOTHING = 0xFFFFFFFF
_IN_HEADER = 109
_MOST_ENTRIES = 20_000
_MACROS = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"})
_PASSWORD = frozenset({"EncryptedPackage", "EncryptionInfo", "DRMEncryptedTransform"})
_KINDS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS))
_SHORTEST_OWN_STREAM = 4096
_WORD_IS_ENCRYPTED = 0x0100
_BOF = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_WRITE_PROTECTED = 0x0086
_FILE_PASSWORD = 0x002F


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the table of contents; `neighbours` stand in the same folder, `child` begins the one it is."""

    name: str
    neighbours: tuple[int, int]
    child: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class _Folder:
    content: bytes
    sector: int
    entries: tuple[_Entry, ...]

    def outermost(self) -> dict[str, _Entry]:
        """What lies in the outermost folder, by name."""
        found, waiting, seen = {}, [self.entries[0].child], set()
        while waiting:
            place = waiting.pop()
            if place < len(self.entries) and place not in seen:
                seen.add(place)
                entry = self.entries[place]
                found[entry.name] = entry
                waiting.extend(entry.neighbours)
        return found

    def beginning(self, entry: _Entry) -> bytes:
        """The first sector of a stream; nothing for a short one, which lies elsewhere."""
        if entry.size < _SHORTEST_OWN_STREAM:
            return b""
        return _sector(self.content, self.sector, entry.start)


def is_compound(content: bytes) -> bool:
    """It begins as such a folder of streams."""
    return content.startswith(_MAGIC)


def kind_of(content: bytes) -> FileKind | None:
    """Which kind of office file it is; None for anything else that is kept so: messages, installers, drawings.

    Raises `NotAccepted`: 'damaged', and 'encrypted' for a newer office file under a password.
    """
    outermost = _read(content).outermost()
    if _PASSWORD & outermost.keys():
        raise NotAccepted(ENCRYPTED)
    return next((kind for name, kind in _KINDS if name in outermost), None)


def check(content: bytes) -> None:
    """Raises `NotAccepted`: 'macros' or 'encrypted'."""
    folder = _read(content)
    if _MACROS & {entry.name for entry in folder.entries}:
        raise NotAccepted(MACROS)
    outermost = folder.outermost()
    for name, kind in _KINDS:
        if name in outermost:
            beginning = folder.beginning(outermost[name])
            if _word_is_locked(beginning) if kind is DOC else _workbook_is_locked(beginning):
                raise NotAccepted(ENCRYPTED)


def _word_is_locked(stream: bytes) -> bool:
    return len(stream) >= 12 and bool(int.from_bytes(stream[10:12], "little") & _WORD_IS_ENCRYPTED)


def _workbook_is_locked(stream: bytes) -> bool:
    """The record of a password comes right after the first one, or after the one of write protection."""
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        if record == _FILE_PASSWORD:
            return True
        if record not in _BOF | {_WRITE_PROTECTED}:
            return False
        at += 4 + length
    return False


def _read(content: bytes) -> _Folder:
    try:
        (shift,) = struct.unpack_from("<H", content, 30)
        (first,) = struct.unpack_from("<I", content, 48)
        if shift not in (9, 12):
            raise NotAccepted(DAMAGED, f"sectors of 2^{shift} bytes")
        sector = 1 << shift
        entries = tuple(_entries(content, sector, first))
    except struct.error as error:
        raise NotAccepted(DAMAGED, str(error)) from error
    if not entries:
        raise NotAccepted(DAMAGED, "no table of contents")
    return _Folder(content, sector, entries)


def _entries(content: bytes, sector: int, first: int) -> Iterator[_Entry]:
    table = _allocation(content, sector)
    seen: set[int] = set()
    while first < _LAST_SECTOR:
        if first in seen or len(seen) * sector > _MOST_ENTRIES * _ENTRY:
            raise NotAccepted(DAMAGED, "the table of contents has no end")
        seen.add(first)
        lines = _sector(content, sector, first)
        for at in range(0, len(lines) - _ENTRY + 1, _ENTRY):
            yield _entry(lines[at : at + _ENTRY])
        first = table[first] if first < len(table) else _NOTHING


def _entry(line: bytes) -> _Entry:
    length, _, _, left, right, child = struct.unpack_from("<HBBIII", line, 64)
    start, size = struct.unpack_from("<II", line, 116)
    name = line[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, (left, right), child, start, size)


def _allocation(content: bytes, sector: int) -> list[int]:
    """Which sector follows which, for no more sectors than the file has."""
    table: list[int] = []
    for place in _places_of_the_table(content, sector):
        if place < _LAST_SECTOR and len(table) * sector < len(content):
            table += _numbers(_sector(content, sector, place))
    return table


def _places_of_the_table(content: bytes, sector: int) -> Iterator[int]:
    """The sectors that the table of sectors lies in: 109 in the header, and a chain of lists of further ones."""
    yield from struct.unpack_from(f"<{_IN_HEADER}I", content, 76)
    (more,) = struct.unpack_from("<I", content, 68)
    seen: set[int] = set()
    while more < _LAST_SECTOR and more not in seen:
        seen.add(more)
        numbers = _numbers(_sector(content, sector, more))
        yield from numbers[:-1]
        more = numbers[-1] if numbers else _NOTHING


def _numbers(block: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])


def _sector(content: bytes, sector: int, number: int) -> bytes:
    """The sector of this number; shorter or empty where the file ends before."""
    at = max(_HEADER, sector) + number * sector
    return content[at : at + sector]
