"""The whole register as real processes, any of which is killed at any time: every notice has its effect exactly once.

A PostgreSQL and a Valkey of its own, gunicorn, two Celery workers and beat, the systems of three regions, and an
officer's program that decides over the API and loses some answers. Once in every run in a small form, in which what a
worker had in hand is due again after seconds; the long form, with its figures:

    REGISTRY_REAL=10000 python3 manage.py test tests/notifications/test_real_processes.py -n0 -s

`REGISTRY_REAL_SEED` chooses who dies, and in which order; when, follows from how much has been done.
"""

import json
import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry.config import folders
from registry.config.servers import SPACE_FOR_TESTS
from registry.config.trouble import need_space
from tests.notifications.ordeal.house import House
from tests.notifications.ordeal.receiver import REGIONS
from tests.notifications.ordeal.striking import A_FEW, MANY, sequence, strike

WANTED = int(os.environ.get("REGISTRY_REAL", "0"))
SEED = int(os.environ.get("REGISTRY_REAL_SEED", "2066"))
"""With this one every kind of death is in the small form."""
FEW = 240
SHORT_LEASES = ("--include", "tests.notifications.ordeal.short_leases")
DRAINED_WITHIN = 120.0  # seconds after the last fault
STRUCK_UNTIL = 0.9
"""The share of all effects by which the last fault is due."""
LONGEST_PAUSE = 75.0 if WANTED else 2.0
"""Seconds after which the next fault comes though little was done: longer than a lease."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended: what is wrong, after how many seconds nothing was owed any more, and what was counted."""

    wrong: list[str]
    drained: float
    figures: dict[str, Any]


def lived(folder: Path, decisions: int) -> Ending:
    """What became of so many decisions while everything died."""
    chance, owed, began = random.Random(SEED), decisions * len(REGIONS), time.monotonic()
    faults, struck = sequence(MANY if WANTED else A_FEW, chance), Counter[str]()
    house = House(folder, more=() if WANTED else SHORT_LEASES)
    with house.standing(decisions):
        _say(began, f"seed {SEED}, {owed} notices, {len(faults)} faults")
        officer = house.begin(SEED)
        for number, kind in enumerate(faults):
            _until(house, int(owed * STRUCK_UNTIL * number / len(faults)))
            what = strike(house, kind, chance)
            struck[what] += 1
            _say(began, f"{what}, after {house.effects()} effects")
        last, reached = time.monotonic(), house.effects()
        house.wait(lambda: officer.poll() is not None and house.undelivered() == (0, owed), 2 * DRAINED_WITHIN)
        drained = time.monotonic() - last
        house.keep_up()
        house.program("compare", house.plan, house.answers, house.found, *house.inboxes)
        found = json.loads(house.found.read_text())
        _say(began, f"{reached} effects before the last fault, all was quiet {drained:.1f} s after it: {dict(struck)}")
        _say(began, str(found["figures"]))
        for each in found["faults"]:
            _say(began, each)
        return Ending(found["faults"], drained, found["figures"])


def _until(house: House, effects: int) -> None:
    house.wait(lambda: house.effects() >= effects, LONGEST_PAUSE)


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)


@pytest.mark.slow
def test_whatever_dies_every_notice_has_its_effect_exactly_once() -> None:
    with folders.temporary("test") as folder:
        need_space(folder, SPACE_FOR_TESTS)
        ending = lived(folder, -(-(WANTED or FEW) // len(REGIONS)))
    assert ending.wrong == []
    assert ending.drained <= DRAINED_WITHIN
    assert ending.figures["replayed"] > 0  # answers were lost, and what was asked was done once all the same
