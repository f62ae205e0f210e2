"""The quick way of the settlement check answers as its twin does: byte for byte, header for header."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections, connection
from psycopg.pq import ExecStatus

from registry.api.quick import Response, forget
from registry.config import check_app
from registry.config.check_app import REST, CheckServer, ask_twin
from registry.config.lines import Busy
from registry.models import ApiKey
from registry.queries.eligibility import Question
from registry.queries.quick_check import STATEMENTS, Row
from registry.queries.sight import full_sight
from tests.api.conftest import NOW
from tests.api.settlement import BATCH, ONE, Settlement
from tests.queries.random_register import build
from tests.queries.test_eligibility_naive import questions
from tests.town import TODAY, score

SIGNALS = (request_started, request_finished)
"""At which Django closes connections; this one holds what the test has not committed."""


@pytest.fixture(autouse=True)
def _connections_stay() -> Iterator[None]:
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)
    yield
    for signal in SIGNALS:
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _small_batches_are_halved_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_app, "WORTH_HALVING", 2)


class SameSession:
    """The line of a test, which sees what the test has not committed."""

    def __init__(self) -> None:
        self.asked = self.wanted = self.halved = 0
        self.trouble: Exception | None = None

    async def ask(self, name: str, parameters: list[bytes]) -> list[Row]:
        if self.trouble:
            raise self.trouble
        self.asked += 1
        with full_sight(), connection.cursor():
            session = connection.connection.pgconn
        result = session.exec_params(STATEMENTS[name].encode(), parameters)
        assert result.status == ExecStatus.TUPLES_OK, result.error_message
        return [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]

    @property
    def free(self) -> int:
        """Every second time that somebody wants to know two lines are free."""
        self.wanted += 1
        return 1 + (self.wanted % 2 == 0)

    async def ask_side_by_side(self, name: str, parts: Sequence[list[bytes]]) -> list[list[Row]]:
        self.halved += 1
        return [await self.ask(name, part) for part in parts]


class InOneThread(CheckServer):
    """Asks its twin where the rows are that nobody committed."""

    async def aside(self, act: Any, *given: Any, **more: Any) -> Any:
        return act(*given, **more)

    async def ordinarily(self, environ: dict[str, Any], body: bytes) -> Response:
        return ask_twin(self._twin, environ, body)


def at_once(answering: Coroutine[Any, Any, Response]) -> Response:
    """What comes of it, where nothing has to be waited for."""
    with pytest.raises(StopIteration) as end:
        answering.send(None)
    response: Response = end.value.value
    return response


@dataclass
class Both:
    """The quick way and its twin, asked the same."""

    settlement: Settlement
    lines: SameSession

    def __post_init__(self) -> None:
        self.twin = get_wsgi_application()
        self.server = InOneThread(self.twin, self.lines)

    def quick(self, environ: dict[str, Any], body: bytes) -> Response:
        """What the server for settlement checks answers."""
        response = at_once(self.server.answer(environ, body))
        return replace(response, headers=sorted(response.headers))

    def ordinary(self, environ: dict[str, Any], body: bytes) -> Response:
        """What Django answers."""
        response = ask_twin(self.twin, environ, body)
        return replace(response, headers=sorted(response.headers))

    def environ(self, body: bytes, **more: Any) -> dict[str, Any]:
        given = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": ONE,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "HTTP_ACCEPT_LANGUAGE": self.settlement.language,
            "HTTP_AUTHORIZATION": f"Bearer {self.settlement.key}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
        }
        return {name: value for name, value in {**given, **more}.items() if value is not ...}

    def ask(
        self, body: bytes | None = None, /, *, environ: dict[str, Any] | None = None, **members: Any
    ) -> tuple[Response, bool]:
        """What both answer, once it was found to be the same; and whether the quick way answered by itself."""
        body = json.dumps(self.settlement.item(**members)).encode() if body is None else body
        asked = self.environ(body, **(environ or {}))
        for _turn in ("the twin is learnt from", "asked quickly"):
            before = self.lines.asked
            quick = self.quick(asked, body)
        assert quick == self.ordinary(asked, body)
        return quick, self.lines.asked > before

    def batch(self, items: bytes | list[Any]) -> tuple[Response, bool]:
        """What both answer to a batch, once it was found to be the same; and whether it was the quick way."""
        body = items if isinstance(items, bytes) else json.dumps({"items": items}).encode()
        asked, before = self.environ(body, PATH_INFO=BATCH), self.lines.asked
        quick = self.quick(asked, body)
        assert quick == self.ordinary(asked, body)
        return quick, self.lines.asked > before and quick.status == 200

    def alone(self) -> Response:
        """What the quick way answers to a good question, whatever the twin would."""
        body = json.dumps(self.settlement.item()).encode()
        return self.quick(self.environ(body), body)


@pytest.fixture
def both(settlement: Settlement) -> Iterator[Both]:
    ApiKey.objects.update(last_used_at=NOW)
    yield Both(settlement, SameSession())
    forget()


def test_a_good_question_is_answered_quickly_once_the_manner_is_known(both: Both) -> None:
    response, quickly = both.ask(name="王伟", emergency=False)
    assert quickly
    assert json.loads(response.content)["payable"]
    assert (response.status, ("Cache-Control", "no-store") in response.headers) == (200, True)


@pytest.mark.parametrize("language", ["en", "zh-CN", "fr", "de-AT;q=0.5, en;q=0.4", ...])
def test_words_come_in_the_language_of_the_asker(both: Both, language: Any) -> None:
    score(both.settlement.town, 9, TODAY)
    assert both.ask(environ={"HTTP_ACCEPT_LANGUAGE": language})[1]


@pytest.mark.parametrize("seed", range(6))
def test_every_answer_of_a_random_register_is_that_of_the_twin(both: Both, seed: int) -> None:
    random = Random(seed)
    register = build(random)
    asked = [_members(question) for question in questions(random, register, 600, past=0)]
    both.ask()
    batch = json.dumps({"items": asked}).encode()
    twin = both.ordinary(both.environ(batch, PATH_INFO=BATCH), batch)
    quickly = both.lines.asked
    bodies = [json.dumps(members).encode() for members in asked]
    answers = [both.quick(both.environ(body), body) for body in bodies]
    assert [json.loads(answer.content) for answer in answers] == json.loads(twin.content)["results"]
    assert both.lines.asked - quickly > 500


@pytest.mark.parametrize("seed", range(20, 24))
def test_every_batch_of_a_random_register_is_that_of_the_twin(both: Both, seed: int) -> None:
    random = Random(seed)
    register = build(random)
    plain = [{**_members(question), "name": None} for question in questions(random, register, 400, past=0)]
    batches = [[_without_nothing(item) for item in plain[at : at + 8]] for at in range(0, len(plain), 8)]
    both.batch(batches[0])
    quickly = both.lines.asked
    for batch in batches:
        both.batch(batch)
    assert both.lines.asked - quickly > 10
    assert both.lines.halved > 5


def test_a_batch_with_anything_unusual_is_answered_by_the_twin_whole(both: Both) -> None:
    good = both.settlement.item()
    assert both.batch([good] * 3)[1] is False
    assert both.batch([good] * 3)[1]
    emergency = {**good, "emergency": True, "emergency_reason": "急救"}
    odd = [
        emergency,
        {**good, "name": "王伟"},
        {**good, "on": "2025-02-30"},
        {**good, "practitioner": "D 1"},
        {},
        1,
        None,
    ]
    for item in odd:
        response, quickly = both.batch([good, item])
        assert (response.status, quickly) == (200, False)
    for body in (b'{"items": []}', b'{"items": [], "items": []}', b"[]", b'{"items": {}}', b"{" * 5000):
        response, quickly = both.batch(body)
        assert quickly is False
    assert both.batch(json.dumps({"items": [good]}).encode("utf-16-le"))[0].status == 400
    twice = json.dumps(good).replace('"on":', '"on": "2024-01-01", "on":')
    assert both.batch(f'{{"items": [{twice}]}}'.encode())[1] is False


def test_the_key_of_a_batch_is_looked_at_every_time(both: Both) -> None:
    for _turn in range(2):
        both.batch([both.settlement.item()])
    ApiKey.objects.update(last_used_at=None)
    assert both.batch([both.settlement.item()])[0].status == 200
    ApiKey.objects.update(revoked_at=NOW)
    assert both.batch([both.settlement.item()])[0].status == 401


@pytest.mark.parametrize("seed", range(10, 12))
def test_every_byte_and_header_is_that_of_the_twin(both: Both, seed: int) -> None:
    random = Random(seed)
    register = build(random)
    for question in questions(random, register, 60, past=0.1):
        members = _members(question)
        if question.emergency:
            members |= {"emergency": True, "emergency_reason": "急救"}
        if question.known_at:
            members["known_at"] = question.known_at.isoformat()
        both.ask(**members)


ODD = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"on"',
    b"\xff",
    b"\xef\xbb\xbf{}",
    '{"practitioner": "D1", "institution": "H1", "on": "2025-03-01"}'.encode("utf-16-le"),
    b"{}",
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-02-30"}',
    b'{"practitioner": "D1", "institution": "H1", "on": 20250301}',
    b'{"practitioner": "D1", "practitioner": "D2", "institution": "H1", "on": "2025-03-01"}',
    b'{"practitioner": "D\\u0000", "institution": "H1", "on": "2025-03-01"}',
    b'{"practitioner": "\\ud800", "institution": "H1", "on": "2025-03-01"}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "nmae": "x"}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "name": " "}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "known_at": "2999-01-01T00:00:00Z"}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "emergency": true}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "emergency_reason": "x"}',
    b'{"practitioner": "D1", "institution": "H1", "on": "2025-03-01", "x": NaN}',
    b" " * 20_000,
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_what_is_wrong_is_refused_by_the_twin(both: Both, body: bytes) -> None:
    response, quickly = both.ask(body)
    assert (response.status // 100, quickly) == (4, False)


MANNERS: list[tuple[dict[str, Any], bool]] = [
    ({"HTTP_HOST": "elsewhere.example"}, False),
    ({"HTTP_ACCEPT": "text/html"}, False),
    ({"HTTP_ACCEPT": "application/json"}, True),
    ({"HTTP_ACCEPT_ENCODING": "gzip, br"}, True),
    ({"HTTP_USER_AGENT": "settlement/2"}, True),
    ({"CONTENT_TYPE": "text/plain"}, False),
    ({"CONTENT_TYPE": "application/json; charset=utf-8"}, True),
    ({"CONTENT_TYPE": "application/json; charset=gb18030"}, False),
    ({"CONTENT_TYPE": ...}, False),
    ({"CONTENT_LENGTH": "7"}, False),
    ({"CONTENT_LENGTH": "999"}, False),
    ({"CONTENT_LENGTH": ...}, False),
    ({"CONTENT_LENGTH": "-1"}, False),
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, False),
    ({"HTTP_CONTENT_ENCODING": "gzip"}, False),
    ({"HTTP_COOKIE": "django_language=en"}, False),
    ({"QUERY_STRING": "a=b"}, False),
    ({"REQUEST_METHOD": "GET"}, False),
    ({"REQUEST_METHOD": "OPTIONS"}, False),
    ({"PATH_INFO": f"{ONE}/"}, False),
    ({"HTTP_AUTHORIZATION": ...}, False),
    ({"HTTP_AUTHORIZATION": "Bearer drk_00000000_" + "0" * 43}, False),
    ({"HTTP_AUTHORIZATION": "Basic dXNlcjpwYXNz"}, False),
    ({"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, True),
    ({"HTTP_X_FORWARDED_PROTO": "https"}, True),
    ({"REMOTE_ADDR": ""}, False),
]


@pytest.mark.parametrize(("environ", "quick"), MANNERS)
def test_whatever_manner_somebody_asks_in_both_answer_the_same(
    both: Both, environ: dict[str, Any], quick: bool
) -> None:
    assert both.ask(environ=environ)[1] == quick


def test_a_manner_is_learnt_for_itself_only(both: Both) -> None:
    both.ask()
    before = both.lines.asked
    assert both.quick(both.environ(b"{}", HTTP_HOST="elsewhere.example"), b"{}").status == 400
    assert both.lines.asked == before


def test_wrong_expired_revoked_and_foreign_keys_are_refused_although_the_manner_is_known(both: Both) -> None:
    both.ask()
    wrong = both.settlement.key[:-1] + "AB"[both.settlement.key[-1] == "A"]
    assert both.ask(environ={"HTTP_AUTHORIZATION": f"Bearer {wrong}"})[0].status == 401
    for change in ({"revoked_at": NOW}, {"revoked_at": None, "expires_at": NOW}):
        ApiKey.objects.update(**change)
        assert both.ask()[0].status == 401


def test_a_key_is_taken_from_its_networks_only(both: Both) -> None:
    ApiKey.objects.update(networks=["198.51.100.0/24"])
    assert both.ask()[0].status == 401
    assert both.ask(environ={"REMOTE_ADDR": "198.51.100.7"})[1]


def test_the_twin_notes_each_minute_that_a_key_is_used(both: Both) -> None:
    both.ask()
    ApiKey.objects.update(last_used_at=NOW - timedelta(minutes=1))
    both.alone()
    assert ApiKey.objects.get().last_used_at == NOW


def test_what_was_decided_is_in_the_next_answer(both: Both) -> None:
    assert json.loads(both.ask()[0].content)["payable"]
    score(both.settlement.town, 9, TODAY)
    response, quickly = both.ask()
    assert (json.loads(response.content)["status"], quickly) == ("suspended", True)


def test_while_the_database_is_away_the_twin_says_so(both: Both) -> None:
    both.ask()
    both.lines.trouble = psycopg.OperationalError("away")
    with mock.patch("registry.api.eligibility.nearest_answers", side_effect=OperationalError):
        response, _quickly = both.ask()
    assert (response.status, ("Retry-After", "5") in response.headers) == (503, True)


def test_who_comes_while_all_lines_are_busy_is_told_when_to_come_again(both: Both) -> None:
    good, _quickly = both.ask()
    both.lines.trouble = Busy()
    with mock.patch("registry.config.check_app.asyncio.sleep") as waited:
        response = both.alone()
    waited.assert_awaited_once_with(REST)
    assert (response.status, dict(response.headers)["Retry-After"]) == (503, "5")
    assert json.loads(response.content)["type"] == "urn:problem-type:demerit-register:unavailable"
    assert {name for name, _value in response.headers} - {"Retry-After"} == {name for name, _value in good.headers}


def _members(question: Question) -> dict[str, Any]:
    members = {
        "practitioner": question.practitioner,
        "institution": question.institution,
        "on": question.on.isoformat(),
        "name": question.name,
    }
    return _without_nothing(members)


def _without_nothing(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
