import io
import zipfile

import pytest

from registry.rosters import workbooks
from registry.rosters.errors import RosterRefused
from registry.rosters.reading import read_sheet
from tests.rosters.sheets import HEADINGS, as_csv, li, wang, with_sheet_xml, xlsx


def names(content: bytes) -> list[object]:
    sheet = read_sheet(content)
    at = next(column.index for column in sheet.columns.columns if column.field == "name")
    return [line[at] for _number, line in sheet.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_that_hospitals_use(encoding: str) -> None:
    assert names(as_csv(wang(), li(), encoding=encoding)) == ["王芳", "李静"]


def test_csv_with_semicolons_is_read() -> None:
    assert names("姓名;人员代码\n王芳;D1\n".encode()) == ["王芳"]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    sheet = read_sheet(xlsx(wang(), li(), above=[["花名册"], []]))
    assert [number for number, _line in sheet.lines] == [4, 5]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 ...", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not_a_spreadsheet"),
        (b"<html><table>", "not_a_spreadsheet"),
        (b"ab\0cd", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 broken", "damaged"),
        ("药品,价格\n阿司匹林,3\n".encode(), "no_heading"),
        (b"\xff\xff\xff\xff,\xff", "unknown_encoding"),
        (xlsx(wang())[:3000], "damaged"),
    ],
)
def test_what_is_no_staff_list_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(RosterRefused) as refused:
        read_sheet(content)
    assert refused.value.code == code


def test_a_packed_folder_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("readme.txt", "hello")
    with pytest.raises(RosterRefused) as refused:
        read_sheet(packed.getvalue())
    assert refused.value.code == "not_a_workbook"


def test_a_file_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 2000)
    with pytest.raises(RosterRefused) as refused:
        read_sheet(xlsx(wang()))
    assert refused.value.code == "unpacks_too_large"


def test_a_file_that_lies_about_its_size_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = xlsx(*[wang()] * 50)
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 20_000)
    monkeypatch.setattr(workbooks, "_check_contents", lambda packed: None)
    with pytest.raises(RosterRefused) as refused:
        read_sheet(bomb)
    assert refused.value.code == "unpacks_too_large"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A%d" s="1"/>',
        b'<c r="A%d" t="str"><f>""</f><v></v></c>',
        b'<c r="A%d" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>',
    ],
)
def test_empty_rows_to_the_end_of_the_sheet_cost_nothing(cell: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 10_000)
    rows = b"".join(b'<row r="%d">' % row + cell % row + b"</row>" for row in range(1_040_000, 1_048_577))
    content = with_sheet_xml(xlsx(wang(), li()), b"</sheetData>", rows + b"</sheetData>")
    assert names(content) == ["王芳", "李静"]


def test_a_note_in_the_last_row_of_all_is_refused_before_memory_is_reserved() -> None:
    far = b'<row r="1048576"><c r="P1048576" t="inlineStr"><is><t>end</t></is></c></row></sheetData>'
    with pytest.raises(RosterRefused) as refused:
        read_sheet(with_sheet_xml(xlsx(wang()), b"</sheetData>", far))
    assert refused.value.code == "too_large"


def test_two_lists_in_one_workbook_are_refused_by_name() -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    for name in ("医师", "护士"):
        workbook.create_sheet(name).append(HEADINGS)
    packed = io.BytesIO()
    workbook.save(packed)
    with pytest.raises(RosterRefused, match="医师, 护士") as refused:
        read_sheet(packed.getvalue())
    assert refused.value.code == "several_lists"
