"""More settlement checks than can be answered: who is let in waits no longer for it, and the others are told so.

By turns, as many clients ask the register's server as it answers with ease, and many more than it can answer in time,
each again as soon as it was answered. Whoever is refused gets 503 with `Retry-After`, and comes back then, or, of
impatient clients, at once; anything else is an error.
"""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from registry.config.check_app import PATIENCE
from tests.benchmarks._clients import written
from tests.benchmarks._many import fill
from tests.benchmarks._serving import key_text, served
from tests.benchmarks.eligibility import OURS, asked, requests_about

PEOPLE = 20_000
ROUNDS = 3
EASY = 64
CROWDS = ((EASY, "patient"), (1000, "patient"), (3000, "patient"), (1000, "impatient"), (3000, "impatient"))
SECONDS = 6  # longer than whoever was refused stays away


def run(practitioners: int | None) -> dict[str, Any]:
    """Answers and refusals a second, and how long answers took. `practitioners`: people in the register."""
    people = practitioners or PEOPLE
    fill(people)
    rounds: dict[tuple[int, str], list[dict[str, float]]] = {crowd: [] for crowd in CROWDS}
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        port = ending.enter_context(served(OURS, folder))
        file = written(requests_about(people, key_text()), folder / "requests")
        for number in range(ROUNDS):
            for (clients, manner), found in rounds.items():
                found.append(asked(port, clients, file, SECONDS, manner))
                print(f"round {number + 1}, {clients} {manner} clients: {found[-1]}", flush=True)
    errors = sum(int(each["errors"]) for found in rounds.values() for each in found)
    assert errors == 0, f"{errors} answers were neither 200 nor 503 with Retry-After"
    return {
        "path": "overload",
        "rows": people,
        "patience_s": PATIENCE,
        "clients": {f"{clients} {manner}": _middle(found) for (clients, manner), found in rounds.items()},
        "errors": errors,
    }


def _middle(found: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(each[name] for each in found), 1) for name in found[0]}
