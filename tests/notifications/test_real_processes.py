"""The whole register as real processes, any of which is killed at any time: every notice has its effect exactly once.

A PostgreSQL and a Valkey of its own, gunicorn, two Celery workers and beat, the systems of three regions, and an
officer's program that decides over the API. The seed is printed; the long form, with its figures:

    REGISTRY_REAL=10000 python3 manage.py test tests/notifications/test_real_processes.py -n0 -s
"""

import json
import os
import random
import time
from collections import Counter

from registry.config import folders
from registry.config.servers import SPACE_FOR_TESTS
from registry.config.trouble import need_space
from tests.notifications.ordeal.house import House
from tests.notifications.ordeal.receiver import REGIONS
from tests.notifications.ordeal.striking import A_FEW, BY_HUNDRED, sequence, strike

WANTED = int(os.environ.get("REGISTRY_REAL", "0"))
SEED = int(os.environ.get("REGISTRY_REAL_SEED", "0")) or 2027
FEW = 240
DRAINED_WITHIN = 120.0  # seconds after the last fault
STRUCK_UNTIL = 0.9
"""The share of all notices by which the last fault has come."""
LONGEST_PAUSE = 5.0  # seconds; then the next fault comes, though nothing moved


def test_whatever_dies_every_notice_has_its_effect_exactly_once() -> None:
    decisions = -(-(WANTED or FEW) // len(REGIONS))
    owed, chance, began = decisions * len(REGIONS), random.Random(SEED), time.monotonic()
    faults = sequence(BY_HUNDRED if WANTED else A_FEW, chance)
    struck: Counter[str] = Counter()
    print(f"seed {SEED}: {owed} notices, {len(faults)} faults")
    with folders.temporary("test") as folder:
        need_space(folder, SPACE_FOR_TESTS)
        house = House(folder)
        with house.standing(decisions):
            print(f"standing after {time.monotonic() - began:.0f} s")
            officer = house.begin(SEED)
            for number, kind in enumerate(faults):
                due = int(owed * STRUCK_UNTIL * number / len(faults))
                house.wait(lambda due=due: house.effects() >= due, LONGEST_PAUSE)  # type: ignore[misc]
                struck[what := strike(house, kind, chance)] += 1
                print(f"{time.monotonic() - began:.1f} s: {what}, after {house.effects()} effects")
            last, reached = time.monotonic(), house.effects()
            done = house.wait(
                lambda: officer.poll() is not None and house.undelivered() == (0, owed), 2 * DRAINED_WITHIN
            )
            drained = time.monotonic() - last
            print(f"{reached} effects at the last fault; {drained:.1f} s later {house.undelivered()} (open, all)")
            assert done, "not drained"
            house.program("compare", house.plan, house.answers, house.found, *house.inboxes)
            found = json.loads(house.found.read_text())
    print(f"{dict(sorted(struck.items()))}\n{found['figures']}, {time.monotonic() - began:.0f} s in all")
    assert found["faults"] == []
    assert drained <= DRAINED_WITHIN
