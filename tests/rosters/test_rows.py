import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from registry.rosters.columns import find_columns
from registry.rosters.problems import KINDS, Problem
from registry.rosters.rows import Row, RowReader
from tests.rosters.sheets import HEADINGS, HOSPITAL, LI, TODAY, WANG, line, resident_id, wang


def read(cells: list[Any], headings: list[str] = HEADINGS, category: str = "") -> Row:
    columns = find_columns([headings])
    assert columns is not None
    row = RowReader(columns, institution_code=HOSPITAL, today=TODAY, category=category).read(2, cells)
    assert row is not None
    return row


def codes(row: Row) -> list[str]:
    return [problem.code for problem in row.problems]


def test_a_good_line_says_who_wang_fang_is() -> None:
    row = read(wang())
    assert row.problems == []
    assert (row.code, row.name, row.sex, row.category) == ("D430100008001", "王芳", "male", "physician")
    assert row.birth_date == dt.date(1980, 1, 1)
    assert row.contract_until == dt.date(2027, 12, 31)


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("证件号码", float(WANG[:17] + "0"), "rounded_number"),
        ("证件号码", WANG[:16], "resident_id_length"),
        ("证件号码", WANG[:16] + "XX", "resident_id_form"),
        ("证件号码", WANG[:17] + ("1" if WANG[17] != "1" else "2"), "resident_id_check"),
        ("证件号码", resident_id("43010219800231001"), "resident_id_birth_date"),
        ("证件号码", resident_id("43010220991231001"), "resident_id_birth_date"),
        ("医保医师代码", dt.date(2025, 1, 1), "not_text"),
        ("医保医师代码", "待定", "code_characters"),
        ("医保医师代码", "D" * 65, "too_long"),
        ("姓名", "", "missing"),
        ("姓名", dt.date(2025, 1, 1), "not_a_name"),
        ("姓名", True, "not_a_name"),
        ("姓名", "12.5", "not_a_name"),
        ("机构编码", "H43010000002", "other_institution"),
        ("机构编码", "", "missing"),
        ("合同起始日期", "2025-02-30", "not_a_day"),
        ("合同截止日期", "2024-12-31", "contract_order"),
        ("合同起始日期", "1899-12-30", "too_early"),
        ("性别", "壮", "unknown_word"),
        ("证件类型", "图书证", "unknown_word"),
        ("专业技术职务", "师" * 101, "too_long"),
    ],
)
def test_a_wrong_cell_makes_the_row_wrong(heading: str, cell: object, code: str) -> None:
    row = read(wang(**{heading: cell}))
    assert codes(row) == [code]
    assert row.wrong


@pytest.mark.parametrize("heading", ["机构编码", "医保医师代码", "性别"])
def test_a_cell_of_30_000_characters_is_told_by_its_beginning(heading: str) -> None:
    (problem,) = read(wang(**{heading: "王" * 30_000})).problems
    assert "王王王…" in problem.sentence()
    assert len(problem.sentence()) < 300


def test_sex_and_birth_date_that_do_not_fit_the_number_make_a_human_look() -> None:
    row = read([*wang(性别="女"), "1980-01-02"], [*HEADINGS, "出生日期"])
    assert codes(row) == ["birth_date_differs", "sex_differs"]
    assert not row.wrong


def test_without_code_and_document_nobody_knows_who_is_meant() -> None:
    assert codes(read(wang(医保医师代码="", 证件号码="无"))) == ["no_identifier"]


def test_a_document_number_never_appears_in_a_problem() -> None:
    row = read(wang(证件号码=WANG[:16]))
    assert all(WANG[:10] not in problem.sentence() for problem in row.problems)


def test_two_code_columns_serve_one_list_of_physicians_and_nurses() -> None:
    headings = ["姓名", "医保医师代码", "医保护士代码"]
    assert read(["王芳", "D1", ""], headings).category == "physician"
    assert read(["李静", "", "N2"], headings).category == "nurse"
    assert codes(read(["赵敏", "D1", "N2"], headings)) == ["two_codes"]


@pytest.mark.parametrize(
    ("title", "category"),
    [("主管护师", "nurse"), ("副主任药师", "pharmacist"), ("检验技师", "technician"), ("主任医师", "physician")],
)
def test_a_title_tells_the_category_where_nothing_else_does(title: str, category: str) -> None:
    row = read(["王芳", "X1", title], ["姓名", "人员代码", "专业技术职务"])
    assert (row.category, row.implied_category) == ("", category)


def test_a_code_is_never_read_for_its_letters() -> None:
    assert read(["王芳", "N430100000001"], ["姓名", "人员代码"]).implied_category == ""


def test_unknown_columns_are_kept_under_their_names() -> None:
    row = read([*wang(), "返聘", " "], [*HEADINGS, "备注", "工号"])
    assert (row.extra["备注"], row.extra["工号"]) == ("返聘", None)


def test_words_about_a_certificate_without_a_number_are_not_lost() -> None:
    assert read(wang(执业证书编码="")).extra["执业范围"] == "内科专业"


def test_a_passport_is_no_resident_number() -> None:
    row = read(wang(证件类型="护照", 证件号码="E12345678", 性别=""))
    assert (row.problems, row.document_kind, row.birth_date) == ([], "passport", None)


def test_empty_lines_and_repeated_headings_are_no_rows() -> None:
    columns = find_columns([HEADINGS])
    assert columns is not None
    reader = RowReader(columns, institution_code=HOSPITAL, today=TODAY)
    assert reader.read(2, ["", " ", None, "\u3000"]) is None
    assert reader.read(3, list(HEADINGS)) is None


def test_the_same_words_have_the_same_digest_and_others_another() -> None:
    assert read(wang()).digest() == read(wang(姓名=" 王 芳 ")).digest()
    assert read(wang()).digest() != read(line(number=LI)).digest()


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_problem_says_what_is_wrong_and_what_to_do(code: str) -> None:
    sentence = Problem(code, "name", "王芳", "7").sentence()
    assert "{" not in sentence
    assert len(sentence.split()) > 3 or len(sentence) > 8


def test_sentences_follow_each_other_without_a_space_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert "。 " not in Problem("missing", "name").sentence()
