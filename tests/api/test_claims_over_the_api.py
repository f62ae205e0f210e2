"""Files of claims over the API: handed in, followed, taken away or cancelled, by the system whose they are alone."""

import json
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client, override_settings

from registry import tasks
from registry.actions.keys import issue_key, rotate_key
from registry.api.claims import ClaimsChecks
from registry.models import ApiKey, ClaimsCheck, ClaimsPiece, EmergencyCheck
from tests.api.conftest import NOW
from tests.api.settlement import Settlement, errors, problem
from tests.claims.files import as_csv, as_ndjson, as_parquet, told
from tests.town import TODAY, score

CHECKS = "/api/v1/claims-checks/"
CSV, NDJSON, PARQUET = "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"


class Claims:
    """A settlement system that hands files in."""

    def __init__(self, settlement: Settlement, key: str | None = None) -> None:
        self.settlement, self.key, self.sent = settlement, key or settlement.key, 0

    def hand_in(self, content: bytes, media_type: str = CSV, *, once: str = "", **asked: str) -> Any:
        self.sent += 1
        headers = {"idempotency-key": once or f"file-{self.sent:04d}"}
        return self.ask("post", f"{CHECKS}?{urlencode(asked)}", content, media_type, headers=headers)

    def ask(self, method: str, address: str, *body: Any, headers: Mapping[str, str] | None = None) -> Any:
        said = {"authorization": f"Bearer {self.key}", "accept-language": "en", **(headers or {})}
        return getattr(Client(raise_request_exception=False), method)(address, *body, headers=said)

    def get(self, address: str) -> Any:
        return self.ask("get", address)

    def cancel(self, id_: str) -> Any:
        headers = {"idempotency-key": f"cancel-{id_}"}
        return self.ask("post", f"{CHECKS}{id_}/cancellations/", "{}", "application/json", headers=headers)

    def rows(self, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**self.settlement.item(), **change} for change in changes]

    def result(self, id_: str) -> bytes:
        answer = self.get(f"{CHECKS}{id_}/result/")
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)


@pytest.fixture
def claims(settlement: Settlement) -> Claims:
    score(settlement.town, 9, TODAY)
    return Claims(settlement)


def work() -> None:
    tasks.work_claims_checks.apply(throw=True)


@pytest.mark.parametrize(("make", "media_type"), [(as_csv, CSV), (as_ndjson, NDJSON), (as_parquet, PARQUET)])
def test_a_file_is_handed_in_checked_and_its_result_taken_away(claims: Claims, make: Any, media_type: str) -> None:
    nurse = claims.settlement.town.nurse.code
    handed = claims.hand_in(make(claims.rows({"id": "a"}, {"practitioner": nurse}, {"on": "?"})), media_type)
    assert handed.status_code == 202, handed.content
    waiting = handed.json()
    assert (waiting["state"]["code"], waiting["working"], waiting["known_at"]) == ("waiting", True, None)
    work()
    shown = claims.get(handed["Location"])
    done = shown.json()
    assert (done["state"]["code"], done["working"], done["percent"], done["rows"]) == ("done", False, 100, 3)
    assert (done["counts"]["payable"], done["counts"]["not_payable"], done["counts"]["malformed"]) == (1, 1, 1)
    assert done["reasons"] == {"suspended": 1}
    assert done["known_at"] == "2026-12-01T10:00:00+08:00"
    result = claims.get(f"{handed['Location']}result/")
    assert result["Content-Type"].startswith(CSV if media_type == CSV else NDJSON)
    assert [line["outcome"] for line in told(b"".join(result.streaming_content))] == ["not_payable", "malformed"]
    assert claims.get(CHECKS).json()["items"] == [done]
    known = {"if-none-match": shown["ETag"]}
    assert claims.ask("get", handed["Location"], headers=known).status_code == 304


def test_a_line_of_the_result_is_what_the_single_question_answers(claims: Claims) -> None:
    rows = claims.rows({}, {"institution": "H9"}, {"emergency": True, "emergency_reason": "车祸"}, {"name": "李四"})
    id_ = claims.hand_in(as_ndjson(rows), NDJSON, every_row="true").json()["id"]
    work()
    lines = [json.loads(line) for line in claims.result(id_).splitlines()]
    for row, line in zip(rows, lines, strict=True):
        single = claims.settlement.ask(**row).json()
        assert {name: line[name] for name in single if name != "known_at"} == {
            name: value for name, value in single.items() if name != "known_at"
        }
    columns = ("practitioner", "institution", "service_on", "reason", "granted", "known_at", "key", "asked_at")
    kept = EmergencyCheck.objects.order_by("pk").values(*columns)
    assert kept[0] == kept[1]


def test_the_words_are_in_the_language_asked_for(claims: Claims) -> None:
    ids = [claims.hand_in(as_csv(claims.rows({})), language=each).json()["id"] for each in ("zh-hans", "en")]
    work()
    chinese, english = (claims.result(id_).decode() for id_ in ids)
    assert "行号" in chinese
    assert "暂停" in chinese
    assert "suspended up to and including" in english


def test_restitution_compares_two_moments(claims: Claims) -> None:
    before = "2025-01-31T00:00:00+08:00"
    id_ = claims.hand_in(as_ndjson(claims.rows({})), NDJSON, restitution_since=before).json()["id"]
    work()
    (line,) = [json.loads(line) for line in claims.result(id_).splitlines()]
    assert (line["outcome"], line["before"]["payable"], line["payable"]) == ("no_longer_payable", True, False)


def test_the_same_file_under_the_same_key_is_one_check(claims: Claims) -> None:
    content = as_csv(claims.rows({}))
    first, second = (claims.hand_in(content, once="november-1") for _ in range(2))
    assert (second.status_code, second.json()) == (202, first.json())
    assert second["Idempotency-Replayed"] == "true"
    assert ClaimsCheck.objects.count() == 1
    problem(claims.hand_in(content + b"\r\n", once="november-1"), 422, "idempotency-key-reused")
    problem(claims.hand_in(content, once="november-1", every_row="true"), 422, "idempotency-key-reused")
    assert ClaimsCheck.objects.count() == 1
    assert ClaimsPiece.objects.count() == 1


def test_another_system_sees_nothing_of_it(claims: Claims) -> None:
    handed = claims.hand_in(as_csv(claims.rows({})))
    work()
    ends = NOW + timedelta(days=9)
    _key, text = issue_key(name="别的", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=None, now=NOW)
    other, address = Claims(claims.settlement, text), handed["Location"]
    for answer in (other.get(address), other.get(f"{address}result/"), other.cancel(handed.json()["id"])):
        problem(answer, 404, "not-found")
    assert other.get(CHECKS).json()["items"] == []


def test_the_key_that_takes_over_sees_what_the_older_one_handed_in(claims: Claims) -> None:
    handed = claims.hand_in(as_csv(claims.rows({})), once="november-1")
    ends, old = NOW + timedelta(days=99), ApiKey.objects.get(scope=ApiKey.Scope.SETTLEMENT)
    _key, text = rotate_key(key=old, expires_at=ends, overlap=timedelta(days=1), by=None, now=NOW)
    newer = Claims(claims.settlement, text)
    assert newer.get(handed["Location"]).json() == handed.json()
    again = newer.hand_in(as_csv(claims.rows({})), once="november-1")
    assert again["Idempotency-Replayed"] == "true"


def test_a_check_is_cancelled_once_and_has_no_result(claims: Claims) -> None:
    id_ = claims.hand_in(as_csv(claims.rows({}))).json()["id"]
    problem(claims.get(f"{CHECKS}{id_}/result/"), 409, "refused")
    assert claims.cancel(id_).json()["state"]["code"] == "cancelled"
    assert claims.cancel(id_).json()["state"]["code"] == "cancelled"
    work()
    assert problem(claims.get(f"{CHECKS}{id_}/result/"), 409, "refused")["code"] == "not_done"


def test_a_file_that_is_none_is_told_with_the_check(claims: Claims) -> None:
    handed = claims.hand_in("姓名\n王伟\n".encode())
    work()
    shown = claims.get(handed["Location"]).json()
    assert (shown["state"]["code"], shown["problem"]) == ("refused", "no_heading")
    assert "人员代码" in shown["problem_text"]


def test_what_is_wrong_with_the_request_is_said_before_anything_is_kept(claims: Claims) -> None:
    content = as_csv(claims.rows({}))
    problem(claims.ask("post", CHECKS, content, CSV), 400, "idempotency-key-missing")
    problem(claims.hand_in(b""), 400, "malformed")
    problem(claims.hand_in(content, "application/pdf"), 415, "unsupported-media-type")
    assert errors(claims.hand_in(content, colour="red")) == [("colour", "unknown_member")]
    assert errors(claims.hand_in(content, known_at="2027-01-01T00:00:00Z")) == [("known_at", "in_the_future")]
    late = {"known_at": "2026-01-01T00:00:00Z", "restitution_since": "2026-02-01T00:00:00Z"}
    assert errors(claims.hand_in(content, **late)) == [("restitution_since", "in_the_future")]
    assert not ClaimsCheck.objects.exists()


def test_a_file_that_is_too_large_or_comes_in_part_is_not_kept(claims: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    content = as_csv(claims.rows({}))
    headers = {"authorization": f"Bearer {claims.key}", "idempotency-key": "in-part-1"}
    cut_off: dict[str, Any] = {"wsgi.input": BytesIO(content[:-9]), "CONTENT_LENGTH": len(content)}
    problem(Client().post(CHECKS, content, CSV, headers=headers, **cut_off), 400, "invalid-json")
    monkeypatch.setattr(ClaimsChecks, "max_body_bytes", len(content) - 1)
    problem(claims.hand_in(content), 413, "too-large")
    assert not ClaimsCheck.objects.exists()


@override_settings(REGISTRY_REQUESTS_PER_MINUTE=2)
def test_a_system_is_asked_to_wait_as_everybody_is(claims: Claims) -> None:
    answers = [claims.get(CHECKS).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
