"""What cannot be asked is refused member by member, with value, reason and remedy. It is never an error of ours."""

import json
from typing import Any

import pytest

from tests.api.settlement import BATCH, ONE, Settlement, errors, problem

LONG = "D" * 65


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"practitioner": ...}, [("practitioner", "required")]),
        ({"practitioner": None}, [("practitioner", "wrong_type")]),
        ({"practitioner": True}, [("practitioner", "wrong_type")]),
        ({"practitioner": 510100000001}, [("practitioner", "wrong_type")]),
        ({"practitioner": ["D510100000001"]}, [("practitioner", "wrong_type")]),
        ({"practitioner": LONG}, [("practitioner", "too_long")]),
        ({"practitioner": "D5101\u0000"}, [("practitioner", "not_text")]),
        ({"practitioner": "D5101\n"}, [("practitioner", "not_text")]),
        ({"practitioner": "D5101\u007f"}, [("practitioner", "not_text")]),
        ({"practitioner": "D5101\u0085"}, [("practitioner", "not_text")]),
        ({"practitioner": "D5101\ud800"}, [("practitioner", "not_text")]),
        ({"institution": ...}, [("institution", "required")]),
        ({"institution": LONG}, [("institution", "too_long")]),
        ({"institution": "H\t1"}, [("institution", "not_text")]),
        ({"institution": {}}, [("institution", "wrong_type")]),
        ({"on": ...}, [("on", "required")]),
        ({"on": 20250310}, [("on", "wrong_type")]),
        ({"on": "2025-02-29"}, [("on", "not_a_day")]),
        ({"on": "2025-13-01"}, [("on", "not_a_day")]),
        ({"on": "20250310"}, [("on", "not_a_day")]),
        ({"on": "2025-W11-1"}, [("on", "not_a_day")]),
        ({"on": "2025-03-10T00:00:00+08:00"}, [("on", "not_a_day")]),
        ({"on": "２０２５-03-10"}, [("on", "not_a_day")]),
        ({"on": "0000-01-01"}, [("on", "not_a_day")]),
        ({"on": ""}, [("on", "not_a_day")]),
        ({"emergency": "true"}, [("emergency", "wrong_type")]),
        ({"emergency": 1}, [("emergency", "wrong_type")]),
        ({"emergency": None}, [("emergency", "wrong_type")]),
        ({"emergency": True}, [("emergency_reason", "required")]),
        ({"emergency": True, "emergency_reason": None}, [("emergency_reason", "required")]),
        ({"emergency": True, "emergency_reason": "  "}, [("emergency_reason", "required")]),
        ({"emergency": True, "emergency_reason": 5}, [("emergency_reason", "wrong_type")]),
        ({"emergency": True, "emergency_reason": "急" * 501}, [("emergency_reason", "too_long")]),
        ({"emergency": False, "emergency_reason": "车祸"}, [("emergency_reason", "only_in_emergency")]),
        ({"emergency_reason": "车祸"}, [("emergency_reason", "only_in_emergency")]),
        ({"name": ""}, [("name", "blank")]),
        ({"name": "　"}, [("name", "blank")]),
        ({"name": 1}, [("name", "wrong_type")]),
        ({"name": "王" * 101}, [("name", "too_long")]),
        ({"name": "王\ud83d"}, [("name", "not_text")]),
        ({"known_at": "2025-04-01"}, [("known_at", "not_an_instant")]),
        ({"known_at": "2025-04-01T09:00:00"}, [("known_at", "not_an_instant")]),
        ({"known_at": "2025-04-01 09:00:00+08:00"}, [("known_at", "not_an_instant")]),
        ({"known_at": "2025-04-01T25:00:00+08:00"}, [("known_at", "not_an_instant")]),
        ({"known_at": "2025-04-01T09:00:00+24:00"}, [("known_at", "not_an_instant")]),
        ({"known_at": "0001-01-01T00:00:00+14:00"}, [("known_at", "not_an_instant")]),
        ({"known_at": 1743469200}, [("known_at", "wrong_type")]),
        ({"known_at": "2026-12-01T10:00:01+08:00"}, [("known_at", "in_the_future")]),
        ({"known_at": "9999-12-31T23:59:59-00:01"}, [("known_at", "not_an_instant")]),
        ({"emergancy": True}, [("emergancy", "unknown_member")]),
        ({"": 1}, [("", "unknown_member")]),
        (
            {"on": "yesterday", "nmae": "王伟", "name": 3},
            [("on", "not_a_day"), ("name", "wrong_type"), ("nmae", "unknown_member")],
        ),
    ],
)
def test_every_wrong_member_is_named(
    settlement: Settlement, members: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert errors(settlement.ask(**members)) == expected


@pytest.mark.parametrize(
    "known_at", ["2026-12-01T10:00:00+08:00", "2025-04-01T09:00:00.1234567Z", "0001-01-01T00:00:00Z"]
)
def test_any_instant_that_has_come_can_be_asked(settlement: Settlement, known_at: str) -> None:
    assert settlement.ask(known_at=known_at).status_code == 200


@pytest.mark.parametrize("code", ["", " ", "D" * 64, "王" * 64, "😀", "null", "D5101\u200b"])
def test_any_other_code_is_unknown_and_not_malformed(settlement: Settlement, code: str) -> None:
    answer = settlement.ask(practitioner=code, institution=code).json()
    assert [reason["code"] for reason in answer["reasons"]] == ["unknown_practitioner", "unknown_institution"]


def test_an_error_shows_the_value_the_reason_and_the_remedy(settlement: Settlement) -> None:
    shown = problem(settlement.ask(on="2025-02-30", emergancy=True), 400, "malformed")
    day, typo = shown["errors"]
    assert (day["value"], day["message"]) == ("2025-02-30", "“2025-02-30” is no day of the calendar.")
    assert "2025-03-10" in day["remedy"]
    assert (typo["value"], typo["remedy"]) == (True, "Did you mean “emergency”?")


def test_a_wrong_value_is_shown_short_and_safely(settlement: Settlement) -> None:
    (error,) = problem(settlement.ask(practitioner="\u0000" + "D" * 10_000), 400, "malformed")["errors"]
    assert error["value"].startswith("\\x00DDD")
    assert len(error["value"]) < 100


def test_a_hundred_thousand_wrong_members_are_not_all_told(settlement: Settlement) -> None:
    crowd = json.dumps({"items": [], **{f"m{number}": 1 for number in range(100_000)}})
    assert len(errors(settlement.post(BATCH, crowd))) == 20


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"{'on': 1}",
        b'{"on": NaN}',
        b'{"on": Infinity}',
        b'{"on": -Infinity}',
        b'{"on": 1e999}',
        b'{"on": 01}',
        b'{"on": ' + b"9" * 5000 + b"}",
        b'{"on": "\x00"}',
        b'{"on": "2025-03-10"} {}',
        b'{"on": "\xff"}',
        "王".encode("gb18030"),
        '{"on": 1}'.encode("utf-16"),
        b"[" * 10_000,
        b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
        b"[" * 900 + b"]" * 900,
        b'"\\ud800"',
        b'{"\\ud800": "\\udfff"}',
        b"\x00",
    ],
)
@pytest.mark.parametrize("address", [ONE, BATCH])
def test_no_body_is_too_strange_for_a_clear_refusal(settlement: Settlement, address: str, body: bytes) -> None:
    response = settlement.post(address, body)
    name = json.loads(response.content)["type"].rpartition(":")[2]
    assert name in {"malformed", "invalid-json"}
    problem(response, 400, name)


def test_the_place_where_json_ends_is_told(settlement: Settlement) -> None:
    shown = problem(settlement.post(ONE, '{"on": "2025-03-10",\n "name": }'), 400, "invalid-json")
    assert "line 2, column 10" in shown["detail"]


def test_a_member_given_twice_is_refused_even_if_both_agree(settlement: Settlement) -> None:
    body = json.dumps(settlement.item()).replace('"on":', '"on": "2025-03-10", "on":')
    assert errors(settlement.post(ONE, body)) == [("on", "repeated_member")]


def test_a_byte_order_mark_does_no_harm(settlement: Settlement) -> None:
    assert settlement.post(ONE, b"\xef\xbb\xbf" + json.dumps(settlement.item()).encode()).status_code == 200


def test_a_single_question_has_at_most_sixteen_kibibytes(settlement: Settlement) -> None:
    problem(settlement.post(ONE, b" " * (16 * 1024 + 1)), 413, "too-large")
    assert settlement.post(ONE, json.dumps(settlement.item()).encode().ljust(16 * 1024)).status_code == 200


@pytest.mark.parametrize("length", ["-1", "abc", "", "99999999999999999999"])
def test_a_lying_length_is_no_error_of_ours(settlement: Settlement, length: str) -> None:
    response = settlement.post(ONE, b"{}", **{"Content-Length": length})
    assert response.status_code in {400, 413}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        "x",
    ],
)
def test_only_json_is_read(settlement: Settlement, content_type: str) -> None:
    body = json.dumps(settlement.item())
    problem(settlement.post(ONE, body, content_type=content_type), 415, "unsupported-media-type")


def test_compressed_bodies_are_not_read(settlement: Settlement) -> None:
    response = settlement.post(ONE, json.dumps(settlement.item()), **{"Content-Encoding": "gzip"})
    problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'application/json;charset="UTF-8"'])
def test_utf_8_may_be_said(settlement: Settlement, content_type: str) -> None:
    assert settlement.post(ONE, json.dumps(settlement.item()), content_type=content_type).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/*;q=1"])
def test_only_json_is_answered(settlement: Settlement, accept: str) -> None:
    problem(settlement.post(ONE, "{}", accept=accept), 406, "not-acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, application/json;q=0.1"])
def test_whoever_takes_json_gets_it(settlement: Settlement, accept: str) -> None:
    assert settlement.post(ONE, json.dumps(settlement.item()), accept=accept).status_code == 200


def test_a_body_in_pieces_is_refused_rather_than_taken_for_an_empty_one(settlement: Settlement) -> None:
    response = settlement.post(ONE, b"", **{"Transfer-Encoding": "chunked"})
    problem(response, 411, "length-required")
