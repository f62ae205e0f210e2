"""What a file of claims says, whichever kind it is, and which files are none. No database."""

import io
import json
import sys
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest

from registry.claims.errors import ClaimsRefused
from registry.claims.reading import open_claims
from registry.claims.rows import Row
from tests.claims.files import CHINESE, as_csv, as_ndjson, as_parquet

NOW = datetime(2026, 12, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {"practitioner": "D430100000001", "institution": "H43010000001", "on": "2026-03-10", "id": "A-1"}
URGENT = {**GOOD, "id": "A-2", "emergency": True, "emergency_reason": "车祸", "name": "王伟"}


def read(content: bytes, *, after: int = 0, keeps: bool = True) -> list[Row]:
    file = open_claims(io.BytesIO(content))
    return list(file.rows(after=after, now=NOW, keeps_emergencies=keeps))


def refused(content: bytes) -> str:
    with pytest.raises(ClaimsRefused) as caught:
        read(content)
    assert str(caught.value)
    return caught.value.code


def wrong(row: Row) -> list[tuple[str, str]]:
    assert row.question is None
    assert all(error.message and error.remedy for error in row.errors)
    return [(error.field, error.code) for error in row.errors]


def test_every_kind_of_file_says_the_same() -> None:
    kinds = [
        as_csv([GOOD, URGENT]),
        as_csv([GOOD, URGENT], encoding="utf-8", delimiter="\t", end="\n"),
        as_csv([GOOD, URGENT], encoding="gb18030", delimiter=";"),
        as_csv([GOOD, URGENT], headings={name: name.replace("_", " ").title() for name in CHINESE}),
        as_ndjson([GOOD, URGENT]),
        as_parquet([GOOD, URGENT], group=1),
    ]
    for rows in map(read, kinds):
        plain, urgent = (row.question for row in rows)
        assert plain
        assert (plain.practitioner, plain.institution, plain.on) == ("D430100000001", "H43010000001", date(2026, 3, 10))
        assert not plain.emergency
        assert urgent
        assert (urgent.emergency, urgent.emergency_reason, urgent.name) == (True, "车祸", "王伟")
        assert [row.own_id for row in rows] == ["A-1", "A-2"]


def test_rows_have_the_numbers_that_a_spreadsheet_or_an_editor_shows() -> None:
    table = as_csv([GOOD, GOOD], end="\n").replace(b"\nD43", b"\n\nD43")
    with_blank = as_csv([GOOD], end="\n") + b"\n,,,,,,\n" + as_csv([GOOD], end="\n").partition(b"\n")[2]
    assert [row.number for row in read(table)] == [2, 3]
    assert [row.number for row in read(with_blank)] == [2, 5]
    assert [row.number for row in read(b"\n" + as_ndjson([GOOD]) + b"\n" + as_ndjson([GOOD]))] == [2, 4]
    assert [row.number for row in read(as_parquet([GOOD] * 9))] == list(range(1, 10))


@pytest.mark.parametrize("make", [as_csv, as_ndjson, as_parquet])
def test_reading_goes_on_behind_any_row(make: Any) -> None:
    content = make([{**GOOD, "id": str(number)} for number in range(20)])
    whole = read(content)
    assert all(read(content, after=after) == whole[after:] for after in (0, 1, 6, 7, 8, 19, 20))


def test_days_are_read_as_spreadsheets_write_them() -> None:
    written = ["2026-03-10", "2026/3/10", "20260310", "2026年3月10日", "2026-03-10 08:30:00", "46091"]
    days = [row.question.on for row in read(as_csv([{**GOOD, "on": day} for day in written])) if row.question]
    assert days == [date(2026, 3, 10)] * len(written)
    typed = as_parquet([{**GOOD, "on": date(2026, 3, 10), "emergency": False}])
    assert [row.question.on for row in read(typed) if row.question] == [date(2026, 3, 10)]


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"on": "10.3.26"}, [("on", "not_a_day")]),
        ({"on": ""}, [("on", "required")]),
        ({"practitioner": "4.30102E+17"}, [("practitioner", "rounded_number")]),
        ({"practitioner": "D" * 65}, [("practitioner", "too_long")]),
        ({"emergency": "vielleicht"}, [("emergency", "wrong_type")]),
        ({"emergency": "是"}, [("emergency_reason", "required")]),
        ({"emergency_reason": "车祸"}, [("emergency_reason", "only_in_emergency")]),
        ({"institution": "", "name": "长" * 101}, [("institution", "required"), ("name", "too_long")]),
        ({"id": "9" * 101}, [("id", "too_long")]),
    ],
)
def test_a_wrong_cell_is_named_and_the_next_row_is_read(changed: dict[str, Any], errors: list[Any]) -> None:
    first, second = read(as_csv([{**GOOD, **changed}, GOOD]))
    assert sorted(wrong(first)) == sorted(errors)
    assert second.question


def test_what_is_missing_in_a_table_is_called_as_its_heading_calls_it() -> None:
    (row,) = read(as_csv([{**GOOD, "on": ""}]))
    assert "服务日期" in row.errors[0].message


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        (b'{"practitioner": "D1", "institution": "H1"}', [("on", "required")]),
        (json.dumps({**GOOD, "on": None}).encode(), [("on", "wrong_type")]),
        (json.dumps({**GOOD, "emergency": "true"}).encode(), [("emergency", "wrong_type")]),
        (json.dumps({**GOOD, "known_at": "2026-01-01T00:00:00Z"}).encode(), [("known_at", "unknown_member")]),
        (json.dumps({**GOOD, "id": [1]}).encode(), [("id", "wrong_type")]),
        (b'{"on": "x", "on": "2026-03-10", "practitioner": "D", "institution": "H"}', [("on", "repeated_member")]),
        (b"[1, 2]", [("", "wrong_type")]),
        (b'{"practitioner": NaN}', [("", "not_json")]),
        (b"nonsense", [("", "not_json")]),
        (b"[" * 30_000, [("", "not_json")]),
        (b'{"practitioner": "\xff"}', [("", "not_utf8")]),
        (b'{"id": "' + b"9" * 70_000 + b'"}', [("", "too_long")]),
    ],
)
def test_a_wrong_line_is_named_and_the_next_one_is_read(line: bytes, errors: list[Any]) -> None:
    good = json.dumps(GOOD).encode()
    first, second, third = read(good + b"\n" + line + b"\n" + good + b"\n")
    assert wrong(second) == errors
    assert first.question
    assert third.question
    assert third.number == 3


def test_a_quotation_mark_too_many_spoils_its_own_row_only() -> None:
    lines = as_csv([GOOD, GOOD, GOOD], end="\n").decode("utf-8-sig").splitlines()
    lines[2] = lines[2].replace("A-1", '"A-1')
    first, second, third = read("\n".join([*lines, ""]).encode())
    assert wrong(second) == [("", "broken_quotes")]
    assert first.question
    assert third.question


def test_an_identity_number_in_a_wrong_row_is_shown_with_stars() -> None:
    (row,) = read(as_ndjson([{**GOOD, "on": "430102198001011234"}]))
    assert "430102198001011234" not in json.dumps([error.document() for error in row.errors] + [dict(row.given)])


def test_an_emergency_that_nobody_keeps_is_an_error_of_its_row() -> None:
    plain, urgent = read(as_csv([GOOD, URGENT]), keeps=False)
    assert plain.question
    assert wrong(urgent) == [("emergency", "emergency_not_kept")]


def test_columns_that_are_no_part_of_a_question_are_named() -> None:
    headings = {**CHINESE, "amount": "金额", "item": "项目"}
    file = open_claims(io.BytesIO(as_csv([GOOD], headings=headings)))
    assert file.further == ("金额", "项目")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty_file"),
        ("姓名,性别\n王伟,男\n".encode(), "no_heading"),
        ("人员代码,机构编码\nD1,H1\n".encode(), "no_heading"),
        ("人员代码,人员代码,机构编码,服务日期\n".encode(), "heading_twice"),
        (b"PK\x03\x04" + b"x" * 99, "not_claims"),
        (b"%PDF-1.7\n", "not_claims"),
        (b"\x1f\x8b\x08" + b"x" * 99, "not_claims"),
        (b"a,b\n\0\0\n", "not_claims"),
        (b'[{"practitioner": "D1"}]', "not_claims"),
        (as_csv([GOOD], encoding="utf-8") + b"\xff\xff\xff\n", "unknown_encoding"),
        (as_csv([GOOD])[:-20], "truncated"),
        (as_ndjson([GOOD, GOOD])[:-20], "truncated"),
        (as_parquet([GOOD])[:-20], "truncated"),
        (b"PAR1" + b"x" * 99, "truncated"),
        (as_csv([GOOD], end="\n") + b"x" * 300_000, "line_too_long"),
    ],
)
def test_a_file_that_is_none_of_claims_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_without_the_library_parquet_is_refused_with_what_to_install() -> None:
    with patch("importlib.util.find_spec", return_value=None), pytest.raises(ClaimsRefused, match="pyarrow"):
        read(as_parquet([GOOD]))
    assert "pyarrow" in sys.modules


def test_a_column_of_lists_is_none_of_claims() -> None:
    assert refused(as_parquet([{**GOOD, "id": ["1"]}])) == "not_claims"
