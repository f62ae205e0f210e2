"""H2: 10,000 settlement checks in one call, beside the standard pattern and beside the bare statement.

By turns: the register's server (`registry.config.check_server`), the standard pattern behind gunicorn (list serializer,
and one query with IN for each table, `_standard_check`), and libpq, which sends the same codes to the same prepared
statement and takes the rows, as psql would.
"""

import json
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.db import connection
from django.utils import timezone

from registry.config.lines import opened
from registry.queries.quick_check import STATEMENTS, Questions, parameters_of_many
from tests.benchmarks._many import TODAY, code, fill, place_of
from tests.benchmarks._serving import key_text, served
from tests.benchmarks.eligibility import OURS, SERVERS

PEOPLE = 200_000
ITEMS = 10_000
ROUNDS = 5
EACH = 3


def run(practitioners: int | None) -> dict[str, Any]:
    """Checks a second of each way. `practitioners`: people in the register."""
    people = practitioners or PEOPLE
    fill(people)
    text = key_text()
    chance = random.Random(2026)
    numbers = [chance.randint(1, people) for _ in range(ITEMS)]
    items = [{"practitioner": code(n), "institution": place_of(n), "on": TODAY.isoformat()} for n in numbers]
    body = json.dumps({"items": items}).encode()
    bare = _Bare(text, items)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        ours, standard = (ending.enter_context(served(argv, folder)) for argv in (OURS, SERVERS["standard"]))
        ways = {
            "ours": lambda: _ask(ours, text, body),
            "standard": lambda: _ask(standard, text, body),
            "bare": bare.ask,
        }
        for way in ways.values():
            way()
        rounds = []
        for number in range(ROUNDS):
            rounds.append({name: _rate(way) for name, way in ways.items()})
            print(
                f"round {number + 1}: " + ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rounds[-1].items()),
                flush=True,
            )
    bare.close()
    return {
        "path": "batch",
        "rows": people,
        "items": ITEMS,
        "rounds": ROUNDS,
        "x_standard": round(statistics.median(each["ours"] / each["standard"] for each in rounds), 1),
        "of_limit": round(statistics.median(each["ours"] / each["bare"] for each in rounds), 2),
        "per_second": round(statistics.median(each["ours"] for each in rounds)),
        "errors": 0,
    }


def _rate(way: Any) -> float:
    began = time.perf_counter()
    for _ in range(EACH):
        way()
    return EACH * ITEMS / (time.perf_counter() - began)


_session = requests.Session()
_session.trust_env = False


def _ask(port: int, key: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept-Language": "zh-CN"}
    answer = _session.post(f"http://127.0.0.1:{port}/api/v1/eligibility/batch", data=body, headers=headers, timeout=120)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.content.count(b'"payable"') == ITEMS


class _Bare:
    def __init__(self, key: str, items: list[dict[str, str]]) -> None:
        names = ("practitioner", "institution", "on")
        questions = Questions(*([each[name] for each in items] for name in names))
        self._session: psycopg.Connection[Any] = opened(STATEMENTS)
        self._parameters = parameters_of_many(key[4:12], questions, timezone.now())

    def ask(self) -> None:
        result = self._session.pgconn.exec_prepared(b"many", self._parameters)
        assert (result.get_value(0, 3) or b"").count(b"\n") == ITEMS - 1

    def close(self) -> None:
        self._session.close()
        connection.close()
