import time

import pytest

from registry.rosters.columns import find_columns, letter
from registry.rosters.errors import RosterRefused
from tests.rosters.sheets import HEADINGS


def test_the_headings_that_agencies_hand_out_are_all_known() -> None:
    found = find_columns([HEADINGS])
    assert found is not None
    assert found.further == ()


def test_headings_in_english_and_in_any_order() -> None:
    headings = [
        *("title", "level", "scope", "category", "institution of practice", "practising certificate", "contract to"),
        *("contract from", "status", "document number", "document type", "sex", "name", "personal code"),
        *("institution name", "institution code"),
    ]
    found = find_columns([headings])
    assert found is not None
    assert found.further == ()
    assert found.columns[13].field == "code"


def test_a_title_above_and_merged_headings_are_seen_through() -> None:
    rows = [
        ["长沙市第一医院人员花名册", "", "", "", ""],
        ["医保医师代码", "姓名", "执业信息", "", "备注"],
        ["", "", "执业类别", "执业范围", ""],
        ["D430100008001", "王芳", "临床", "内科专业", ""],
    ]
    found = find_columns(rows)
    assert found is not None
    assert found.row == 2
    assert [column.field for column in found.columns] == ["code", "name", "practice_category", "practice_scope", None]
    assert found.further == ("备注",)


def test_remarks_and_marks_of_obligation_do_not_hide_a_heading() -> None:
    found = find_columns([["*人员代码（必填）", "姓 名", "证件号码\n"]])
    assert found is not None
    assert found.given == {"code", "name", "document_number"}


def test_the_heading_of_the_code_tells_the_category() -> None:
    found = find_columns([["姓名", "医保护士代码", "医保医师代码"]])
    assert found is not None
    assert [column.category for column in found.columns] == [None, "nurse", "physician"]


def test_a_heading_twice_is_refused_with_both_columns() -> None:
    with pytest.raises(RosterRefused, match="A") as refused:
        find_columns([["姓名", "人员代码", "人员姓名"]])
    assert refused.value.code == "heading_twice"


def test_two_unknown_columns_of_one_name_are_both_kept() -> None:
    found = find_columns([["姓名", "人员代码", "备注", "备注", ""]])
    assert found is not None
    assert found.further == ("备注", "备注 (2)", "[E]")


def test_a_sheet_without_people_has_no_heading_row() -> None:
    assert find_columns([["药品", "价格"], ["阿司匹林", "3"]]) is None


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letter(0), letter(25), letter(26), letter(701), letter(702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_stray_cell_in_the_last_column_of_the_sheet_is_refused_at_once() -> None:
    rows = [[*HEADINGS, *[""] * 16_368], *[["x"] * 16 + [""] * 16_368] * 8]
    begun = time.process_time()
    with pytest.raises(RosterRefused) as refused:
        find_columns(rows)
    assert refused.value.code == "too_many_columns"
    assert time.process_time() - begun < 5
