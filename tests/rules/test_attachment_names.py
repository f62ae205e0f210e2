"""The name of a file stays the person's own and misleads nobody."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.attachments import KINDS, safe_name
from registry.rules.attachments.names import LONGEST

extensions = st.sampled_from(sorted(kind.extension for kind in KINDS))
awkward = st.text(
    st.one_of(st.characters(), st.sampled_from('./\\ :*?"<>|\u202e\u200b\0\n王伟aepdfxcon')), max_size=200
)


@pytest.mark.parametrize(
    ("given_name", "extension", "name"),
    [
        ("手术记录.pdf", "pdf", "手术记录.pdf"),
        ("SCAN.PDF", "pdf", "SCAN.pdf"),
        ("照片.jpeg", "jpg", "照片.jpg"),
        ("报告.docx", "pdf", "报告.pdf"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf"),
        ("2025.3.10情况说明", "pdf", "2025.3.10情况说明.pdf"),
        ("说明v2.1", "docx", "说明v2.1.docx"),
        ("Dr.Wang.doc", "doc", "Dr.Wang.doc"),
        ("C:\\Users\\王伟\\桌面\\证据.png", "png", "证据.png"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("照片\u202efdp.exe", "pdf", "照片fdp.pdf"),
        ("a\u200bb\x00c\r\nd\u2028e.pdf", "pdf", "abc d e.pdf"),
        ('问题?"<1>|:*.pdf', "pdf", "问题___1____.pdf"),
        ("  .隐藏. .pdf", "pdf", "隐藏.pdf"),
        ("", "pdf", "file.pdf"),
        ("...", "pdf", "file.pdf"),
        ("桌面/", "pdf", "file.pdf"),
        ("NUL", "pdf", "_NUL.pdf"),
        ("con.txt", "pdf", "_con.pdf"),
        ("console.txt", "pdf", "console.pdf"),
        ("e\u0301.png", "png", "é.png"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_harmless(given_name: str, extension: str, name: str) -> None:
    assert safe_name(given_name, extension) == name


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    name = safe_name("很长的名字" * 60 + ".pdf", "pdf")
    assert len(name) == LONGEST
    assert name.endswith("字很.pdf")


@given(awkward, extensions)
def test_whatever_a_file_is_called_its_safe_name_is_safe(name: str, extension: str) -> None:
    safe = safe_name(name, extension)
    assert len(extension) + 1 < len(safe) <= LONGEST
    assert safe.endswith(f".{extension}")
    assert not set(safe) & set('/\\:*?"<>|')
    assert {unicodedata.category(character) for character in safe}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert not safe.startswith((".", " "))
    safe.encode()


@given(awkward, extensions)
def test_a_safe_name_is_safe_already(name: str, extension: str) -> None:
    assert safe_name(safe_name(name, extension), extension) == safe_name(name, extension)


@given(st.text("王李张伟娜芳手术记录证据", min_size=1, max_size=100), extensions)
def test_chinese_names_stay_as_they_are(name: str, extension: str) -> None:
    assert safe_name(f"{name}.{extension}", extension) == f"{name}.{extension}"
