import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rosters.cells import NotReadable, as_code, as_day, as_last_day, as_text, harmless, tidy


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  王 芳\u3000", "王芳"),
        ("买买提 · 艾力", "买买提 · 艾力"),
        ("Ｄ４３０１００", "D430100"),
        ("John\u00a0  Smith", "John Smith"),
        ("\ufeff内科\u200b专业", "内科专业"),
        ('="0012"', "0012"),
        (12.0, "12"),
        (12.5, "12.5"),
        (None, ""),
    ],
)
def test_a_cell_says_the_same_however_it_was_typed(cell: object, text: str) -> None:
    assert as_text(cell) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", [430102198001010014.0, 430102198001010014, "4.30102E+17", "4.30102198001010e17", 1e15])
def test_an_identifier_that_excel_rounded_is_refused(cell: object) -> None:
    with pytest.raises(NotReadable, match="rounded_number"):
        as_code(cell)  # type: ignore[arg-type]


def test_a_short_code_that_excel_made_a_number_is_read() -> None:
    assert as_code(110430100000001.0) == "110430100000001"


@pytest.mark.parametrize("cell", [dt.date(2025, 3, 1), 12.5, True])
def test_a_date_or_a_fraction_is_no_identifier(cell: object) -> None:
    with pytest.raises(NotReadable, match="not_text"):
        as_code(cell)  # type: ignore[arg-type]


def test_the_apostrophe_that_forces_text_is_no_part_of_a_code() -> None:
    assert as_code("'430102 19800101001x") == "43010219800101001X"


@pytest.mark.parametrize(
    "cell",
    [
        "2025/3/1",
        "2025-03-01",
        "2025.3.1",
        "2025年3月1日",
        "２０２５年３月１日",
        "20250301",
        20250301.0,
        45717.0,
        "45717",
        "2025-03-01 00:00:00",
        dt.date(2025, 3, 1),
        dt.datetime(2025, 3, 1, 8, 30),  # noqa: DTZ001 - as a spreadsheet gives it
    ],
)
def test_the_first_of_march_is_read_in_every_form(cell: object) -> None:
    assert as_day(cell) == dt.date(2025, 3, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    ["2025-02-30", "3/1/25", "25-3-1", "2025年3月", "2025", 2025.0, "soon", "2025-03/01", True, "²", "①", "9" * 5000],
)
def test_what_is_no_certain_day_is_refused(cell: object) -> None:
    with pytest.raises(NotReadable, match="not_a_day"):
        as_day(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["长期", "无固定期限", "9999-12-31", "", "/", None])
def test_a_contract_without_an_end_has_no_last_day(cell: object) -> None:
    assert as_last_day(cell) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["=cmd()", "+86", "-5", "@sum", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1"])
def test_no_spreadsheet_takes_exported_text_for_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text


@given(st.text())
def test_making_harmless_and_reading_again_changes_nothing(text: str) -> None:
    assert tidy(harmless(tidy(text))) == tidy(text)
