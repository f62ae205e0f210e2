"""Telling 31 provinces: how quickly letters go out, and how long after a decision the last one has them.

By turns, to the same receivers: the engine, in two processes as two workers would run it, with one letter in a request
and in batches, and the standard pattern, one Celery task for each notice with `requests.post`, four processes of it.
The engine sends all letters, the standard pattern every eighth: its tasks cost the same however many there are.

Then decisions are made at a steady rate, by two processes as two workers of the web would make them, while one process
announces and one pushes, in batches. A decision is the act that weighs an entry and writes it; what comes long before
it, the handling and who answers for it, is there already. The time from each commit to each receiver's 2xx is taken.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.actions.delivering import LINGER, push_due
from notifications.actions.fanning_out import fan_out
from notifications.models import Endpoint, Event, Push
from registry.config.bootstrap import HOUSE
from registry.models import Practitioner, Region, Responsibility
from tests.actions.measuring import hire
from tests.benchmarks import _standard
from tests.entries import record_points
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, issue
from tests.town import BANDS, LAW_BEGINS, TODAY, Town, at, blame, build, handle

REGIONS, ROUNDS, DECISIONS = 31, 3, 240
RATES = (10, 20, 50)
SECONDS = 10
SENDERS, TASKS, DECIDERS = 2, 4, 2
PART = 8
"""One of so many letters is sent by the standard pattern."""
PATIENCE = 120.0


def run(practitioners: int | None) -> dict[str, Any]:
    """Letters a second of both, and percentiles by rate. `practitioners`: decisions whose letters are sent by turns."""
    decisions = practitioners or DECISIONS
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        receiver, log = ending.enter_context(_receiver(folder))
        town = build()
        _provinces(town, receiver)
        for responsibility in _answering(town, hire(town, decisions, first=1000)):
            _decide(town, responsibility)
        fan_out(clock=timezone.now)
        figures = _throughput(ending, folder)
        Endpoint.objects.update(takes_batches=True)
        figures["latency"] = [_latency(town, rate, log) for rate in RATES]
    return {"path": "notices", "regions": REGIONS, "rounds": ROUNDS, **figures}


def _answering(town: Town, people: list[Practitioner]) -> list[Responsibility]:
    """Each answers for a handling of their own."""
    return [blame(town, handle(town, number=f"罚字{person.code}"), who=person) for person in people]


def _decide(town: Town, responsibility: Responsibility) -> None:
    """Nine points: a suspension, of which every province is told."""
    record_points(
        responsibility=responsibility,
        situation=BANDS[3],
        points=9,
        departure_reason="按情节认定",
        by=town.officer,
        now=at(TODAY, 12),
    )


# letters a second -----------------------------------------------------------------------------------------------------


def _throughput(ending: ExitStack, folder: Path) -> dict[str, Any]:
    ending.enter_context(_celery(folder))
    rates: dict[str, list[float]] = {"ours": [], "batches": [], "standard": []}
    letters = list(Push.objects.order_by("pk").values_list("pk", flat=True))
    for number in range(ROUNDS):
        rates["ours"].append(_timed(_ours, letters))
        Endpoint.objects.update(takes_batches=True)
        rates["batches"].append(_timed(_ours, letters))
        Endpoint.objects.update(takes_batches=False)
        rates["standard"].append(_timed(_tasks, letters[::PART]))
        print(f"round {number + 1}: " + ", ".join(f"{name} {each[-1]:.0f}/s" for name, each in rates.items()))
    ratios = {
        name: [ours / standard for ours, standard in zip(rates[name], rates["standard"], strict=True)]
        for name in ("ours", "batches")
    }
    return {
        "letters": len(letters),
        **{name: round(statistics.median(each)) for name, each in rates.items()},
        **{f"{name}_x_standard": round(statistics.median(each), 1) for name, each in ratios.items()},
        **{f"{name}_rounds": [round(each, 1) for each in found] for name, found in ratios.items()},
    }


def _timed(send: Callable[[list[int]], None], letters: list[int]) -> float:
    """Letters a second, of these owed anew."""
    owed = Push.objects.filter(pk__in=letters)
    owed.update(state="waiting", next_at=timezone.now(), lease_until=None, delivered_at=None)
    begun = time.perf_counter()
    send(letters)
    while Push.objects.filter(next_at__isnull=False).exists():
        assert time.perf_counter() - begun < PATIENCE, "not everything was delivered"
        time.sleep(0.02)
    return len(letters) / (time.perf_counter() - begun)


def _ours(_letters: list[int]) -> None:
    with _processes(SENDERS, _push_once):
        """They end by themselves."""


def _push_once(_process: int) -> None:
    while Push.objects.filter(next_at__isnull=False).exists():
        push_due(clock=timezone.now)


def _tasks(letters: list[int]) -> None:
    for pk in letters:
        _standard.deliver.delay(pk)


@contextmanager
def _celery(folder: Path) -> Iterator[None]:
    environ = {
        **os.environ,
        _standard.DATABASE: str(connection.settings_dict["NAME"]),
        _standard.ISSUER: str(folder / "issuer.pem"),
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.benchmarks._standard", "worker", "-Q", "standard"]
    with subprocess.Popen(
        [*command, "-c", str(TASKS), "-l", "error"], cwd=HOUSE, env=environ, stdout=subprocess.DEVNULL
    ) as worker:
        try:
            yield
        finally:
            worker.terminate()


# from the decision to the last receiver -------------------------------------------------------------------------------


def _latency(town: Town, rate: int, log: Path) -> dict[str, Any]:
    """Decisions at a steady rate for a while, and how long after its commit each letter of theirs was taken."""
    people = hire(town, rate * SECONDS, first=10_000 + 1_000 * rate)
    answering = _answering(town, people)
    before, commits = log.stat().st_size, log.with_name(f"commits-{rate}")
    decide = partial(_decide_steadily, town, answering, rate, commits)
    with _processes(1, _announce_for_ever, end=True), _processes(1, _push_for_ever, end=True):
        begun = time.perf_counter()
        with _processes(DECIDERS, decide):
            """They end with the last decision."""
        made_in = time.perf_counter() - begun
        _until_delivered(people)
    lines = [line.split() for line in commits.read_text().splitlines()]
    committed = {int(person): float(instant) for person, instant in lines}
    changes = Event.objects.filter(practitioner__in=people, change__isnull=False)
    decided = {str(uuid): committed[person] for uuid, person in changes.values_list("uuid", "practitioner")}
    with log.open() as file:
        file.seek(before)
        arrived = [line.split() for line in file]
    waits = sorted(float(instant) - decided[uuid] for uuid, instant in arrived if uuid in decided)
    found = {"asked": rate, "made": round(len(people) / made_in, 1), "letters": len(waits)}
    found |= {f"p{part}": round(waits[len(waits) * part // 100], 2) for part in (50, 99)}
    print(f"decisions a second: {found}", flush=True)
    return found


def _decide_steadily(town: Town, answering: list[Responsibility], rate: int, commits: Path, process: int) -> None:
    """Every so manieth of the decisions, each at its time or as soon after it as can be; when they were committed."""
    begun = time.perf_counter()
    with commits.open("a", buffering=1) as file:
        for number in range(process, len(answering), DECIDERS):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            _decide(town, answering[number])
            file.write(f"{answering[number].practitioner_id} {time.time():.6f}\n")


def _announce_for_ever(_process: int) -> None:
    while True:
        if not fan_out(clock=timezone.now, everything=False):
            time.sleep(0.05)


def _push_for_ever(_process: int) -> None:
    while True:
        push_due(clock=timezone.now, linger=LINGER)


def _until_delivered(people: list[Practitioner]) -> None:
    begun = time.perf_counter()
    owed = Push.objects.filter(practitioner__in=people)
    while (
        Event.objects.filter(practitioner__in=people, change__isnull=False).count() < len(people)
        or owed.exclude(state="delivered").exists()
    ):
        assert time.perf_counter() - begun < PATIENCE, "not everything was delivered"
        time.sleep(0.1)


# what it takes --------------------------------------------------------------------------------------------------------


@contextmanager
def _processes(many: int, work: Callable[[int], None], *, end: bool = False) -> Iterator[None]:
    """So many processes at work meanwhile, each told its number; `end` stops those that would go on for ever."""
    connection.close()
    children = [get_context("fork").Process(target=work, args=(number,)) for number in range(many)]
    for child in children:
        child.start()
    try:
        yield
    finally:
        for child in children:
            if end:
                child.terminate()
            child.join()


@contextmanager
def _receiver(folder: Path) -> Iterator[tuple[Receiver, Path]]:
    """A process that takes letters, as endpoints need it, and its log."""
    authority = issue("Test authority")
    own = issue("localhost", by=authority)
    (folder / "issuer.pem").write_text(authority.certificate)
    (folder / "own.pem").write_text(own.certificate + own.key)
    command = [sys.executable, "-m", "tests.benchmarks._receiving", str(folder / "own.pem"), str(folder / "log")]
    with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Receiver(int(process.stdout.readline()), authority.certificate), folder / "log"
        finally:
            process.terminate()


def _provinces(town: Town, receiver: Receiver) -> None:
    """31 of them, each with a system that receives."""
    for number in range(REGIONS):
        code = f"{11 + number}0000" if f"{11 + number}0000" != town.region.code[:2] + "0000" else "990000"
        region, _made = Region.objects.get_or_create(code=code, defaults={"name_zh": f"省{code}"})
        endpoint_at(receiver, region, at(LAW_BEGINS), url=f"https://localhost:{receiver.port}/{code}")
