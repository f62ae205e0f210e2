"""H1: the settlement check over HTTP, beside the standard pattern and beside the bare statement, at 16 and 64 clients.

Three servers of two processes stand at the same database, and the same clients ask them by turns: the register's own
(`registry.config.check_server`), the standard pattern behind gunicorn (`_standard_check`), and the register's with an
application that asks the same statement and does nothing else (`_bare_check`). Any answer but 200 is an error.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from registry.config.bootstrap import HOUSE
from tests.benchmarks._clients import written
from tests.benchmarks._many import TODAY, code, fill, place_of
from tests.benchmarks._serving import key_text, served

PEOPLE = 200_000
ROUNDS = 3
SECONDS = 4
CLIENTS = (16, 64)
ASKED = 5000
"""So many different people are asked about, in turn."""

OURS = ["-m", "registry.config.check_server", "--workers", "2"]
BARE = [*OURS, "--application", "tests.benchmarks._bare_check:application"]
STANDARD = ["-m", "gunicorn", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
SERVERS: Mapping[str, list[str]] = {
    "ours": OURS,
    "bare": BARE,
    "standard": [*STANDARD, "tests.benchmarks._standard_check:application"],
}


def run(practitioners: int | None) -> list[dict[str, Any]]:
    """Figures for each number of clients. `practitioners`: people in the register."""
    people = practitioners or PEOPLE
    fill(people)
    text = key_text()
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        ports = {name: ending.enter_context(served(argv, folder)) for name, argv in SERVERS.items()}
        file = written(requests_about(people, text), folder / "requests")
        return [_measured(ports, clients, file, people) for clients in CLIENTS]


def requests_about(people: int, key: str) -> list[bytes]:
    """Questions about ASKED of so many people, as they go over the wire."""
    chance = random.Random(2026)
    return [_request(chance.randint(1, people), key) for _ in range(ASKED)]


def _request(number: int, key: str) -> bytes:
    asked = {"practitioner": code(number), "institution": place_of(number), "on": TODAY.isoformat()}
    body = json.dumps(asked).encode()
    head = (
        "POST /api/v1/eligibility HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nAccept-Language: zh-CN\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _measured(ports: Mapping[str, int], clients: int, file: Path, people: int) -> dict[str, Any]:
    rounds: list[dict[str, dict[str, float]]] = []
    for number in range(ROUNDS):
        rounds.append({name: asked(port, clients, file) for name, port in ports.items()})
        told = ", ".join(
            f"{name} {each['per_second']:,.0f}/s p50 {each['p50_ms']:.2f} p99 {each['p99_ms']:.2f} ms"
            for name, each in rounds[-1].items()
        )
        print(f"{clients} clients, round {number + 1}: {told}", flush=True)
    errors = sum(int(each["errors"] + each["refused"]) for found in rounds for each in found.values())
    assert errors == 0, f"{errors} answers were not 200"

    def middle(name: str, of: str) -> float:
        return statistics.median(found[name][of] for found in rounds)

    def ratio(other: str) -> float:
        return statistics.median(found["ours"]["per_second"] / found[other]["per_second"] for found in rounds)

    return {
        "path": "eligibility",
        "rows": people,
        "clients": clients,
        "x_standard": round(ratio("standard"), 1),
        "of_limit": round(ratio("bare"), 2),
        "per_second": round(middle("ours", "per_second")),
        "p50_ms": round(middle("ours", "p50_ms"), 2),
        "p99_ms": round(middle("ours", "p99_ms"), 2),
        "standard_p50_ms": round(middle("standard", "p50_ms"), 2),
        "errors": errors,
    }


def asked(port: int, clients: int, file: Path, seconds: int = SECONDS, manner: str = "patient") -> dict[str, float]:
    """What so many clients say of a server that they asked for so long."""
    told = [str(port), str(clients), str(seconds), str(file), manner]
    argv = [sys.executable, "-m", "tests.benchmarks._clients", *told]
    done = subprocess.run(argv, cwd=HOUSE, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
