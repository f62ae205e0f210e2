"""What is killed: a process by its kind, with SIGKILL, or all that the broker holds."""

import os
import random
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.notifications.ordeal.house import House

MANY: Mapping[str, int] = {
    "flush": 20,
    "worker": 8,
    "web": 10,
    "beat": 4,
    "postgres": 6,
    "valkey": 6,
    "receiver": 4,
}
BUSY_WITHIN = 5.0  # seconds
A_FEW: Mapping[str, int] = {"flush": 2, "worker": 3, "web": 4, "beat": 1, "postgres": 3, "valkey": 2}


def sequence(counts: Mapping[str, int], chance: random.Random) -> list[str]:
    """The faults, in the order of chance; receivers die in the first half.

    One that was away is left alone for up to five minutes by rule, which says nothing about what became of ours.
    """
    kinds = [kind for kind, count in counts.items() for _ in range(count) if kind != "receiver"]
    chance.shuffle(kinds)
    for _ in range(counts.get("receiver", 0)):
        kinds.insert(chance.randrange(len(kinds) // 2), "receiver")
    return kinds


def strike(house: House, kind: str, chance: random.Random) -> str:
    """One of the kind; what exactly."""
    return _BY_KIND[kind](house, chance)


def _post(prefix: str) -> Callable[[House, random.Random], str]:
    def kill(house: House, chance: random.Random) -> str:
        post = house.posts[chance.choice([name for name in house.posts if name.startswith(prefix)])]
        return f"{post.name} {_kill_one_of(post.process.pid, chance)}"

    return kill


def _worker(house: House, chance: random.Random) -> str:
    """A worker, a child of one, or all of them; while letters are on their way, if any will be."""
    before, workers = house.effects(), [post for name, post in house.posts.items() if name.startswith("worker")]
    one, how = chance.choice(workers), chance.choice(["all", "itself", "child"])
    picked = chance.random()
    house.wait(lambda: house.effects() > before, BUSY_WITHIN)
    if how == "child" and (children := _children(one.process.pid)):
        _kill(children[int(picked * len(children))])
        return "worker child"
    for each in workers if how == "all" else [one]:
        _kill(each.process.pid)
    return f"worker {how}"


def _kill_one_of(pid: int, chance: random.Random) -> str:
    """The process itself, or a child of it."""
    children, own = _children(pid), chance.random() < 0.5
    picked = chance.random()
    whom = pid if own or not children else children[int(picked * len(children))]
    _kill(whom)
    return "itself" if whom == pid else "child"


def _postgres(house: House, chance: random.Random) -> str:
    assert house.postgres.process
    how = chance.choice(["killed", "immediate", "backend"])
    pid, picked = house.postgres.process.pid, chance.random()
    if how == "backend" and (children := _children(pid)):
        _kill(children[int(picked * len(children))])
    else:
        _kill(pid, signal.SIGQUIT if how == "immediate" else signal.SIGKILL)
    return f"postgres {how}"


def _valkey(house: House, _chance: random.Random) -> str:
    assert house.valkey.process
    _kill(house.valkey.process.pid)
    return "valkey"


def _flush(house: House, _chance: random.Random) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(house.valkey.socket))
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(16).startswith(b"+OK")
    return "flush"


_BY_KIND: Mapping[str, Callable[[House, random.Random], str]] = {
    "worker": _worker,
    "web": _post("web"),
    "beat": _post("beat"),
    "receiver": _post("receiver"),
    "postgres": _postgres,
    "valkey": _valkey,
    "flush": _flush,
}


def _kill(pid: int, by: signal.Signals = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):  # it was about to end
        os.kill(pid, by)


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
