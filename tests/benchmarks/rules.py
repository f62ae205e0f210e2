"""The law: histories a second, by one process.

By turns, people: ours, all histories lived through once into every span and period of a life, their facts in memory;
and the standard pattern, one query of Django's ORM for each person whose facts are then folded for one day. And lines
of the replay contract, made by chance and nasty: ours, and the law as it was written a second time for the tests
(`tests.rules.oracle`), which is made to be obviously right and paints days on a calendar.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from registry.ledger.law import policies
from registry.ledger.reading import facts_by_practitioner, standing_of
from registry.models import Practitioner
from registry.rules.compute import standing
from registry.rules.history import parse_question
from registry.rules.spans import life
from tests.benchmarks._facts import fill
from tests.rules import oracle
from tests.rules.histories import random_lines

PEOPLE, ROUNDS = 4000, 5
OF_STANDARD, LINES, OF_ORACLE = 300, 400, 40
DAY = date(2026, 6, 1)


def run(practitioners: int | None) -> dict[str, Any]:
    """Histories a second of each way. `practitioners`: people with facts."""
    filled, law = fill(practitioners or PEOPLE), policies()
    people = list(Practitioner.objects.order_by("pk"))
    histories = list(facts_by_practitioner([person.pk for person in people]).values())
    lines = list(random_lines("bench", LINES))
    questions = [parse_question(line, law.for_entries) for line in lines]
    some, few = people[:OF_STANDARD], lines[:OF_ORACLE]
    ways: dict[str, tuple[int, Callable[[], Any]]] = {
        "ours": (len(histories), lambda: [life(each, law) for each in histories]),
        "standard": (len(some), lambda: [standing_of(person, DAY) for person in some]),
        "ours on lines": (len(lines), lambda: [standing(q.facts, q.on, law, known=q.known) for q in questions]),
        "oracle on lines": (len(few), lambda: [oracle.replay(line) for line in few]),
    }
    rounds = []
    for number in range(ROUNDS):
        rounds.append({name: count / _seconds(do) for name, (count, do) in ways.items()})
        told = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rounds[-1].items())
        print(f"round {number + 1}: {told}", flush=True)
    return {
        "path": "rules",
        "rows": filled.facts,
        "histories": len(histories),
        "rounds": ROUNDS,
        "x_standard": round(statistics.median(each["ours"] / each["standard"] for each in rounds), 1),
        "x_oracle": round(statistics.median(each["ours on lines"] / each["oracle on lines"] for each in rounds), 1),
        "per_second": round(statistics.median(each["ours"] for each in rounds)),
        "facts_per_second": round(statistics.median(each["ours"] for each in rounds) * filled.facts / len(histories)),
        "errors": 0,
    }


def _seconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
