"""What a pooler costs: the same questions straight to PostgreSQL, and through PgBouncer in transaction mode.

By turns, then the order is turned round. Between our process and the pooler lies a socket of this machine. What a
pooler saves is not measured: sessions of PostgreSQL, where hundreds of processes want one each.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from registry.config import folders
from registry.models import Practitioner
from registry.queries.eligibility import Question, eligibilities
from tests.benchmarks._many import TODAY, code, fill, place_of
from tests.config.pooler import PROGRAM, another, pooler

PEOPLE = 20_000
ROUNDS = 5
TURNS = 100

Ask = Callable[[], Any]


def run(practitioners: int | None) -> dict[str, Any]:
    """Milliseconds of each question both ways, and their ratio. `practitioners`: people in the register."""
    if PROGRAM is None:
        raise SystemExit("There is no pgbouncer on this machine. Install it: on Debian and Ubuntu pgbouncer.")
    people = practitioners or PEOPLE
    fill(people)
    with folders.temporary("pooler") as folder, pooler(folder, sessions=2) as settings:
        ways = {"direct": connections["default"], "pooled": another(settings)}
        try:
            figures = {name: _compared(ask, ways) for name, ask in _questions(people).items()}
        finally:
            ways["pooled"].close()
            connections["default"] = ways["direct"]
    return {"path": "pooler", "rows": people, "rounds": ROUNDS, "questions": figures, "errors": 0}


def _questions(people: int) -> dict[str, Ask]:
    asked = Question(practitioner=code(7), institution=place_of(7), on=TODAY)
    return {
        "one statement": lambda: Practitioner.objects.filter(code=code(people // 2)).count(),
        "a settlement check by Django": lambda: eligibilities([asked], now=timezone.now()),
        "ten statements in a transaction": _transaction,
    }


@transaction.atomic
def _transaction() -> None:
    for number in range(1, 11):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM registry_practitioner WHERE code = %s", [code(number)])


def _compared(ask: Ask, ways: dict[str, Any]) -> dict[str, Any]:
    rounds: list[dict[str, float]] = []
    for number in range(ROUNDS):
        order = list(ways) if number % 2 else list(reversed(ways))
        rounds.append({name: _timed(ask, ways[name]) for name in order})
    return {
        **{f"{name}_ms": round(statistics.median(each[name] for each in rounds), 3) for name in ways},
        "ratios": [round(each["pooled"] / each["direct"], 2) for each in rounds],
    }


def _timed(ask: Ask, way: Any) -> float:
    connections["default"] = way
    ask()
    began = time.perf_counter()
    for _turn in range(TURNS):
        ask()
    return (time.perf_counter() - began) / TURNS * 1000
