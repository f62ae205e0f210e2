"""An officer's program as a process of its own: it decides what waits, and asks again until it is answered.

    python -m tests.notifications.ordeal.decide PLAN.json ADDRESS ANSWERS.jsonl SEED

Every decision has one Idempotency-Key for all its tries. What was answered is a line of the file.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Lock, local
from typing import Any
from urllib.parse import urlsplit

AT_ONCE = 4
PATIENCE = 30.0  # seconds for one answer
PAUSE = 0.2  # seconds between two tries
LOST = 10
"""Of so many answers one is lost on the way: the program hangs up and asks again."""


class Program:
    """Asks at one address with one key."""

    def __init__(self, address: str, bearer: str) -> None:
        self.where, self.bearer = urlsplit(address), bearer
        self.own = local()

    def decide(self, proposal: str, *, lose: bool) -> dict[str, Any]:
        """How the register answered in the end, and how each other try did; to `lose` is not to wait for the first."""
        tries: Counter[str] = Counter()
        headers = {"idempotency-key": f"decide-{proposal}"}
        if lose:
            self._hang_up(f"/api/v1/proposals/{proposal}/decisions/", headers)
            tries["hung up"] += 1
        while True:
            try:
                status, document, replayed = self._ask(f"/api/v1/proposals/{proposal}/decisions/", headers)
            except (OSError, HTTPException) as error:
                tries[type(error).__name__] += 1
                self.own.connection = None
            else:
                if status < 500:
                    entries = [each["entry"] for each in document.get("items", [])]
                    return {
                        "proposal": proposal,
                        "status": status,
                        "code": document.get("code", ""),
                        "entries": entries,
                        "replayed": replayed,
                        "tries": dict(tries),
                    }
                tries[str(status)] += 1
            time.sleep(PAUSE)

    def _hang_up(self, path: str, headers: Mapping[str, str]) -> None:
        """What is asked is on its way, and its answer goes nowhere."""
        with suppress(OSError, HTTPException), closing(self._connection()) as connection:
            self._send(connection, path, headers)

    def _ask(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any], bool]:
        connection = getattr(self.own, "connection", None) or self._connection()
        self.own.connection = connection
        self._send(connection, path, headers)
        response = connection.getresponse()
        read = response.read()
        document = json.loads(read) if response.status < 500 else {}
        return response.status, document, response.getheader("idempotency-replayed") == "true"

    def _connection(self) -> HTTPConnection:
        assert self.where.hostname
        return HTTPConnection(self.where.hostname, self.where.port, timeout=PATIENCE)

    def _send(self, connection: HTTPConnection, path: str, headers: Mapping[str, str]) -> None:
        known = {"authorization": f"Bearer {self.bearer}", "content-type": "application/json"}
        connection.request("POST", path, body=b"{}", headers={**known, **headers})


def _main() -> None:
    plan, address, into, seed = json.loads(Path(sys.argv[1]).read_text()), *sys.argv[2:5]
    program, lock = Program(address, plan["bearer"]), Lock()
    proposals = list(plan["proposals"])
    random.Random(int(seed)).shuffle(proposals)
    with Path(into).open("w") as answers, ThreadPoolExecutor(AT_ONCE) as pool:

        def decide(number: int, proposal: str) -> None:
            answer = json.dumps(program.decide(proposal, lose=number % LOST == 0))
            with lock:
                answers.write(f"{answer}\n")
                answers.flush()

        list(pool.map(decide, range(len(proposals)), proposals))


if __name__ == "__main__":
    _main()
