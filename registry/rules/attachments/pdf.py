"""PDF files: whether one is whole, and whether it runs scripts or starts programs.

The names of such actions are looked for in the file as it lies there and in its compressed object streams. It cannot
be seen what is in streams compressed in other ways or far too long, in encrypted object streams, in forms of the XFA
kind, or in files attached to the PDF. A password for opening cannot be told from one for printing, so both are taken.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import chain

from registry.rules.attachments.kinds import ACTIVE, NotAccepted

_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?[\0\t\n\f\r ]{0,1024}%PDF-[0-9]")
_END = b"%%EOF"
_STREAM = b"stream"
_BEGIN_OF_DATA = re.compile(rb"stream\r?\n")
_LONGEST_DESCRIPTION = 400
_FIRST_STEP = 1024
_MOST_INFLATED = 64 * 1024 * 1024


def _name(word: str) -> bytes:
    """The name as a pattern: each letter may be written as # and two hexadecimal digits."""
    letters = "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in word)
    return f"/{letters}(?![A-Za-z0-9#])".encode()


_ACTIONS = re.compile(b"|".join(map(_name, ("JavaScript", "Launch", "Rendition", "RichMedia"))))
_OBJECT_STREAM = re.compile(_name("ObjStm"))


def begins(content: bytes) -> bool:
    """It begins as a PDF does; a byte-order mark and empty lines before it do no harm."""
    return _BEGIN.match(content) is not None


def ends(content: bytes) -> bool:
    """The mark of the end is there, so that it was not cut off."""
    return _END in content


def check(content: bytes) -> None:
    """Raises `NotAccepted` 'active' where an action is found."""
    for text in chain([content], _object_streams(content)):
        if found := _ACTIONS.search(text):
            raise NotAccepted(ACTIVE, found[0].decode("latin-1"))


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What the object streams hold, one after the other, up to a bound for all of them together."""
    whole, left = memoryview(content), _MOST_INFLATED
    for name in _OBJECT_STREAM.finditer(content):
        if left <= 0:
            return
        at = content.find(_STREAM, name.end(), name.end() + _LONGEST_DESCRIPTION)
        if at >= 0 and (begin := _BEGIN_OF_DATA.match(content, at)):
            inflated, used = _inflated(whole[begin.end() :], left)
            left -= max(len(inflated), used)
            yield inflated


def _inflated(data: memoryview, most: int) -> tuple[bytes, int]:
    """What comes out, and how many bytes were put in; a damaged stream gives what comes out before the damage."""
    inflating, pieces, used, step = zlib.decompressobj(), b"", 0, _FIRST_STEP
    try:
        while used < len(data) and len(pieces) < most and not inflating.eof:
            used, step, put_in = used + step, step * 2, data[used : used + step]
            pieces += inflating.decompress(put_in, most - len(pieces))
    except zlib.error:
        pass
    return pieces, used
