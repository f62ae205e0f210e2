"""What is taken as evidence, told by the content alone."""

from __future__ import annotations

import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.attachments import KINDS, REASONS, FileKind, NotAccepted, accepted, kind_of
from tests.rules import sample_files as files
from tests.rules.sample_files import SAMPLES, compound, docx, folder, open_document, pdf

MOST = 1024 * 1024

samples = st.sampled_from(sorted(SAMPLES))


def take(content: bytes) -> FileKind:
    return accepted(content, most_bytes=MOST)


def refusal_of(content: bytes, **limits: int) -> NotAccepted:
    with pytest.raises(NotAccepted) as error:
        accepted(content, **{"most_bytes": MOST, **limits})
    return error.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_type_is_known_by_its_content(kind: FileKind) -> None:
    assert take(SAMPLES[kind.name]) == kind_of(SAMPLES[kind.name]) == kind


def test_types_extensions_and_media_types_belong_together() -> None:
    assert {kind.name for kind in KINDS} == set(SAMPLES)
    for told in ("name", "extension", "media_type"):
        assert len({getattr(kind, told) for kind in KINDS}) == len(KINDS)
    assert all(len(kind.media_type) <= 80 for kind in KINDS)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xef\xbb\xbf\r\n" + pdf(), "pdf"),
        (files.tiff(">"), "tiff"),
        (compound("Book"), "xls"),
        (compound("Workbook", *[f"Stream {at}" for at in range(20)]), "xls"),
        (folder({"word/document2.xml": "<w:document/>", "[Content_Types].xml": files.types()}), "docx"),
        (folder({"[trash]/0000.dat": "", "word/document.xml": "", "[Content_Types].xml": files.types()}), "docx"),
        (docx({"word/embeddings/sheet.xlsx": files.xlsx()}), "docx"),
    ],
)
def test_programs_write_the_same_type_in_several_ways(content: bytes, kind: str) -> None:
    assert take(content).name == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\0\x03\0\0\0", "executable"),
        (b"\x7fELF\x02\x01\x01\0", "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "executable"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "executable"),
        (b"L\0\0\0\x01\x14\x02\0", "executable"),
        (b"@ECHO OFF\r\ndel *", "executable"),
        (b"<!DOCTYPE html><html>", "markup"),
        (b"\xef\xbb\xbf \n<html lang=zh>", "markup"),
        ("<svg onload='x'/>".encode("utf-16"), "markup"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "markup"),
        (b"<script>alert(1)</script>", "markup"),
        ("尊敬的复核人员：".encode(), "plain_text"),
        ("尊敬的复核人员：".encode("gb18030"), "plain_text"),
        (b"a,b\n1,2\n", "plain_text"),
        (b"{\\rtf1 hello}", "plain_text"),
        (folder({"a.txt": "x"}), "archive"),
        (folder({}), "archive"),
        (b"Rar!\x1a\x07\x01\0", "archive"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "archive"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "archive"),
        (folder({"mimetype": "application/epub+zip", "[Content_Types].xml": files.types()}), "archive"),
        (folder({"xl/workbook.bin": b"", "[Content_Types].xml": files.types()}), "archive"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", "unknown_type"),
        (b"GIF89a\x01\0\x01\0", "unknown_type"),
        (compound("__properties_version1.0"), "unknown_type"),
        (compound("PowerPoint Document"), "unknown_type"),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert refusal_of(content).code == code
    assert kind_of(content) is None


def test_a_refusal_says_why_and_what_tells() -> None:
    assert str(refusal_of(b"x" * (MOST + 1))) == f"too_large: the file is larger than is taken ({MOST + 1})"
    assert str(refusal_of(b"")) == "empty: the file holds nothing"


def test_the_largest_file_is_still_taken() -> None:
    content = SAMPLES["pdf"]
    assert accepted(content, most_bytes=len(content)).name == "pdf"
    assert refusal_of(content, most_bytes=len(content) - 1).code == "too_large"


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/vbaProject.bin": b""}),
        docx({"word/VBAPROJECT.BIN": b""}),
        docx({"word/harmless.bin": b""}, "application/vnd.ms-office.vbaProject"),
        docx({}, "application/vnd.ms-word.document.macroEnabled.main+xml"),
        docx({}, "application/vnd.ms-office.&#118;baProject"),
        docx({"word/activeX/activeX1.bin": b""}),
        folder({"xl/workbook.xml": "", "xl/macrosheets/sheet1.xml": "", "[Content_Types].xml": files.types()}),
        folder({"xl/workbook.xml": "", "[Content_Types].xml": files.types("x.macroEnabled").encode("utf-16")}),
        open_document(parts={"Basic/Standard/Module1.xml": "<script:module/>"}),
        open_document(parts={"Scripts/python/macro.py": "import os"}),
        compound("WordDocument", "Macros"),
        compound("Workbook", "_VBA_PROJECT_CUR"),
    ],
)
def test_an_office_file_with_macros_is_refused_whatever_it_calls_them(content: bytes) -> None:
    assert refusal_of(content).code == "macros"
    assert kind_of(content) is not None


def encrypted_entry() -> bytes:
    """A packed document whose parts are encrypted one by one: a flag in both headers says so."""
    content = bytearray(docx())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    return bytes(content)


WORD_LOCKED = b"\xec\xa5\xc1\0" + bytes(6) + b"\0\x01" + bytes(5000)
SHEET_LOCKED = struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HH", 0x86, 0) + struct.pack("<HH", 0x2F, 54)
SHEET_OPEN = struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HH", 0x42, 2) + bytes(5000)


@pytest.mark.parametrize(
    "content",
    [
        encrypted_entry(),
        compound("EncryptedPackage", "EncryptionInfo"),
        compound(streams={"WordDocument": WORD_LOCKED}),
        compound(streams={"1Table": bytes(700), "Workbook": SHEET_LOCKED + bytes(5000)}),
        open_document(parts={"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
    ],
)
def test_what_nobody_could_open_is_refused(content: bytes) -> None:
    assert refusal_of(content).code == "encrypted"


def test_old_files_without_a_password_are_taken() -> None:
    assert take(compound(streams={"WordDocument": b"\xec\xa5\xc1\0" + bytes(5000)})).name == "doc"
    assert take(compound(streams={"Workbook": SHEET_OPEN})).name == "xls"


@pytest.mark.parametrize(
    "action",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<</S/J#61v#61Script/JS 7 0 R>>",
        b"<< /Names << /JavaScript 3 0 R >> >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<</S/#4Caunch>>",
        b"<< /S /Rendition /JS 4 0 R >>",
        b"<< /Subtype /RichMedia >>",
    ],
)
def test_a_pdf_that_acts_by_itself_is_refused_even_from_an_object_stream(action: bytes) -> None:
    written = b"4 0 obj " + action + b" endobj"
    assert refusal_of(pdf(written)).code == "active"
    assert refusal_of(pdf(files.object_stream(action))).code == "active"
    assert kind_of(pdf(written)) is not None


@pytest.mark.parametrize(
    "objects",
    [
        b"1 0 obj << /OpenAction [3 0 R /Fit] /AA << >> /URI (http://example.cn) >> endobj",
        b"1 0 obj << /LaunchPad true /JavaScripts 1 >> endobj",
        files.object_stream(b"1 0 << /Type /Catalog >>"),
        b"5 0 obj << /Type /ObjStm >> stream\nnot compressed\nendstream",
        b"5 0 obj << /Type /ObjStm >> stream\n" + zlib.compress(b"1 0 << >>" * 99)[:20],
    ],
)
def test_a_pdf_that_only_opens_and_links_is_taken(objects: bytes) -> None:
    assert take(pdf(objects)).name == "pdf"


def test_a_pdf_is_looked_into_up_to_a_bound() -> None:
    megabytes = files.object_stream(bytes(MOST)) + b"\n"
    hidden = files.object_stream(b"<< /S /JavaScript >>")
    assert refusal_of(pdf(60 * megabytes + hidden)).code == "active"
    assert take(pdf(64 * megabytes + hidden)).name == "pdf"


@pytest.mark.parametrize(
    "content",
    [
        SAMPLES["pdf"][:-7],
        SAMPLES["png"][:-6],
        SAMPLES["jpeg"][:-2],
        SAMPLES["webp"][:-1],
        b"II*\0\xff\0\0\0\0\0",
        SAMPLES["docx"][:-30],
        SAMPLES["doc"][:300],
        compound("WordDocument")[:30] + b"\x07\0" + compound("WordDocument")[32:],
        compound("WordDocument")[:48] + b"\xfe\xff\xff\xff" + compound("WordDocument")[52:],
        b"\xff\xd8\xff\xe1\x00\x0cExif",
        b"\xff\xd8" + b"\xff\xe1\0\x02" * 10_001,
    ],
)
def test_a_file_that_was_cut_off_is_refused_as_damaged(content: bytes) -> None:
    assert refusal_of(content).code == "damaged"
    assert kind_of(content) is None


def test_a_large_old_file_lists_its_sectors_in_further_sectors() -> None:
    content = bytearray(compound(*[f"Stream {at}" for at in range(9)], "WordDocument"))
    struct.pack_into("<I", content, 68, (len(content) - 512) // 512)
    struct.pack_into("<I", content, 76, files.FREE)
    assert kind_of(bytes(content)) is None
    content += struct.pack("<128I", 0, *[files.FREE] * 126, files.END)
    assert take(bytes(content)).name == "doc"


def test_a_table_of_contents_that_goes_in_circles_is_damaged() -> None:
    content = bytearray(compound("WordDocument", *[f"Stream {at}" for at in range(9)]))
    struct.pack_into("<I", content, 512 + 4 * 2, 1)
    assert refusal_of(bytes(content)).code == "damaged"


def test_what_would_unpack_to_too_much_is_refused_unopened() -> None:
    bomb = docx({"word/media/image.bmp": bytes(3 * MOST)})
    assert len(bomb) < 10_000
    assert refusal_of(bomb, most_unpacked=2 * MOST).code == "unpacks_too_large"
    assert take(bomb).name == "docx"
    assert refusal_of(b"PK\x03\x04" + b"PK\x01\x02" * 20_001).code == "unpacks_too_large"


def test_the_parts_that_are_read_have_a_bound_whatever_they_say_of_themselves() -> None:
    lying = bytearray(open_document(parts={"META-INF/manifest.xml": bytes(5 * MOST)}))
    assert refusal_of(bytes(lying)).code == "unpacks_too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused_because_readers_take_different_ones() -> None:
    content = docx({"word/documenX.xml": "", "word/documenY.xml": ""})
    content = content.replace(b"documenX", b"document").replace(b"documenY", b"document")
    assert refusal_of(content).code == "damaged"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_no_office_program_uses_is_refused(method: int) -> None:
    content = folder({"[Content_Types].xml": files.types(), "word/document.xml": ""}, method)
    assert refusal_of(content).code == "damaged"


def test_no_reason_is_without_a_meaning() -> None:
    assert all(code.islower() and meaning for code, meaning in REASONS.items())


@given(st.binary(max_size=2000), st.one_of(st.just(b""), samples.map(lambda name: SAMPLES[name][:8])))
def test_arbitrary_bytes_are_taken_or_refused_and_nothing_else(content: bytes, begin: bytes) -> None:
    _taken_or_refused(begin + content)


@settings(max_examples=400)
@given(samples, st.data())
def test_a_damaged_file_is_taken_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from([0, 1, 0x2F, 0x50, 0x7F, 0x80, 0xFE, 0xFF]))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(1, len(content))))
    _taken_or_refused(bytes(content[:end]))


@given(samples, st.binary(max_size=50))
def test_what_comes_behind_a_file_does_not_make_it_another(name: str, behind: bytes) -> None:
    assert kind_of(SAMPLES[name] + behind) in (kind_of(SAMPLES[name]), None)


def _taken_or_refused(content: bytes) -> None:
    """Anything else that is raised fails the test."""
    try:
        kind = accepted(content, most_bytes=MOST, most_unpacked=MOST)
    except NotAccepted:
        kind_of(content)
    else:
        assert kind_of(content) == kind
        assert kind in KINDS
