"""Clients that ask over connections which stay open, each again as soon as it was answered; one process for all.

    python -m tests.benchmarks._clients PORT CLIENTS SECONDS REQUESTS MANNER

Whoever is refused with `Retry-After` comes back when it is told to, where the manner is `patient`; at once, where it is
`impatient`.

REQUESTS is a file of requests as they go over the wire, each after its length on a line. The last line told is JSON.
"""

import json
import selectors
import socket
import statistics
import sys
import time
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import cycle
from pathlib import Path

WARM = 1.0  # seconds that are not counted


@dataclass
class Tally:
    """What was answered, in seconds from asking to the last byte; and how often one was told to come again later."""

    times: list[float] = field(default_factory=list)
    refused: int = 0
    errors: int = 0

    def count(self, answer: bytes, took: float) -> None:
        status = answer[9:12]
        if status == b"200":
            self.times.append(took)
        elif status == b"503" and b"\r\nretry-after:" in answer.lower():
            self.refused += 1
        else:
            self.errors += 1

    def told(self, seconds: float) -> dict[str, float]:
        cuts = statistics.quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        return {
            "per_second": len(self.times) / seconds,
            "p50_ms": cuts[49] * 1000,
            "p99_ms": cuts[98] * 1000,
            "refused": self.refused,
            "errors": self.errors,
        }


def requests_of(file: Path) -> list[bytes]:
    """The requests in the file."""
    content, found = file.read_bytes(), []
    while content:
        length, _, rest = content.partition(b"\n")
        found.append(rest[: int(length)])
        content = rest[int(length) :]
    return found


def written(requests: list[bytes], file: Path) -> Path:
    """A file of these requests."""
    file.write_bytes(b"".join(b"%d\n%b" % (len(each), each) for each in requests))
    return file


def whole(answer: bytes) -> bool:
    """Whether the answer has come to its end."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    lowered = head.lower()
    place = lowered.find(b"content-length:")
    return len(body) >= int(lowered[place + 15 :].partition(b"\r\n")[0])


def told_to_wait(answer: bytes) -> float:
    """The seconds of `Retry-After`; 0 for an answer without."""
    _before, named, rest = answer.lower().partition(b"\r\nretry-after:")
    return float(rest.partition(b"\r\n")[0]) if named else 0.0


def run(port: int, clients: int, seconds: float, requests: list[bytes], *, patient: bool) -> dict[str, float]:
    """Ask for so long; what is asked comes in turn."""
    tally, turn, waiting = Tally(), cycle(requests), selectors.EpollSelector()
    asked: dict[socket.socket, float] = {}
    got: dict[socket.socket, bytes] = {}
    again: list[tuple[float, int, socket.socket]] = []
    for _ in range(clients):
        each = socket.create_connection(("127.0.0.1", port))
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(each, selectors.EVENT_READ)
        got[each], asked[each] = b"", time.perf_counter()
        each.sendall(next(turn))
    begin = time.perf_counter() + WARM
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for key, _events in waiting.select(0.02):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            answer = got[one] + one.recv(262144)
            if not whole(answer):
                got[one] = answer
                continue
            now = time.perf_counter()
            if now > begin:
                tally.count(answer, now - asked[one])
            got[one] = b""
            heappush(again, (now + (told_to_wait(answer) if patient else 0), one.fileno(), one))
        while again and again[0][0] <= time.perf_counter():
            _when, _number, one = heappop(again)
            asked[one] = time.perf_counter()
            one.sendall(next(turn))
    return tally.told(seconds)


if __name__ == "__main__":
    port, clients, seconds, file, manner = sys.argv[1:]
    print(
        json.dumps(
            run(int(port), int(clients), float(seconds), requests_of(Path(file)), patient=manner == "patient"),
        )
    )
