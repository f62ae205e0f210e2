"""Tiny files of every type, as programs write them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from openpyxl import Workbook

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xlsx() -> bytes:
    """Written by openpyxl."""
    file = io.BytesIO()
    book = Workbook()
    book.create_sheet("名单")["A1"] = "王伟"
    book.save(file)
    return file.getvalue()


def folder(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A packed folder."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return file.getvalue()


def types(*content_types: str) -> str:
    """What a package of Office says of its parts."""
    told = "".join(f'<Override PartName="/part{at}" ContentType="{each}"/>' for at, each in enumerate(content_types))
    return f'<?xml version="1.0" encoding="UTF-8"?><Types>{told}</Types>'


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(parts: Mapping[str, bytes | str] | None = None, *content_types: str) -> bytes:
    """With further parts and their types."""
    whole = {"_rels/.rels": "<Relationships/>", "word/document.xml": "<w:document/>", **(parts or {})}
    return folder({"[Content_Types].xml": types(WORD, *content_types), **whole})


def pptx() -> bytes:
    return folder({"ppt/presentation.xml": "<p:presentation/>", "[Content_Types].xml": types()})


def open_document(kind: str = "text", parts: Mapping[str, bytes | str] | None = None) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    whole = {"META-INF/manifest.xml": "<manifest:manifest/>", "content.xml": "<office:document-content/>"}
    return folder({"mimetype": mimetype, **whole, **(parts or {})})


def ofd() -> bytes:
    return folder({"OFD.xml": '<ofd:OFD Version="1.0" DocType="OFD"/>', "Doc_0/Document.xml": "<ofd:Document/>"})


def compound(*names: str, streams: Mapping[str, bytes] | None = None) -> bytes:
    """A folder of streams ([MS-CFB]) with these in its outermost folder, each as the right neighbour of the last."""
    held = {**dict.fromkeys(names, b""), **(streams or {})}
    entries = [_entry("Root Entry", kind=5, child=1 if held else FREE)]
    sectors: list[bytes] = []
    table = [TABLE]
    first_of_streams = 1 + -(-(len(held) + 1) // 4)
    for at, (name, content) in enumerate(held.items(), start=1):
        right = at + 1 if at < len(held) else FREE
        start = first_of_streams + len(sectors) if content else END
        entries.append(_entry(name, kind=2, right=right, start=start, size=len(content)))
        sectors += [content[place : place + SECTOR].ljust(SECTOR, b"\0") for place in range(0, len(content), SECTOR)]
    entries += [_entry("", kind=0)] * (-len(entries) % 4)
    directory = b"".join(entries)
    for length in (len(directory) // SECTOR, *(-(-len(content) // SECTOR) for content in held.values())):
        table += [*(len(table) + place + 1 for place in range(length - 1)), END] if length else []
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + struct.pack("<128I", *table, *[FREE] * (128 - len(table))) + directory + b"".join(sectors)


def _entry(name: str, *, kind: int, child: int = FREE, right: int = FREE, start: int = END, size: int = 0) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    line = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, FREE, right, child)
    return line + bytes(36) + struct.pack("<III", start, size, 0)


def pdf(objects: bytes = b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj") -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + objects + b"\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    told = b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    return told + b"\nstream\r\n" + packed + b"\nendstream endobj"


def png() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """With a preview inside, as telephones put it."""
    preview = b"\xff\xe1\x00\x0cExif\0\0\xff\xd9\0\0"
    return b"\xff\xd8" + preview + b"\xff\xff\xdb\x00\x04\0\0\xff\xda\x00\x08\x01\x01\0\0?\0\x00\xff\xd9"


def webp() -> bytes:
    body = b"WEBPVP8 " + struct.pack("<I", 4) + b"\0\0\0\0"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(order: str = "<") -> bytes:
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IHI", 8, 0, 0)


SAMPLES: Mapping[str, bytes] = {
    "pdf": pdf(),
    "ofd": ofd(),
    "jpeg": jpeg(),
    "png": png(),
    "webp": webp(),
    "tiff": tiff(),
    "docx": docx(),
    "xlsx": xlsx(),
    "pptx": pptx(),
    "odt": open_document(),
    "ods": open_document("spreadsheet"),
    "odp": open_document("presentation"),
    "doc": compound("WordDocument", "1Table", "\x05SummaryInformation"),
    "xls": compound("\x05SummaryInformation", "Workbook"),
}
"""A good file of every type."""
