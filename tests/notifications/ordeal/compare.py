"""Whether the register says at the end what the answers and the receivers say. A process of its own:

python -m tests.notifications.ordeal.compare PLAN.json ANSWERS.jsonl FOUND.json INBOX INBOX INBOX
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import django

django.setup()

from notifications.models import Attempt, Push  # noqa: E402 - Django first
from registry.ledger.checking import differences  # noqa: E402
from registry.models import Fact, Proposal, ProposedEntry  # noqa: E402
from registry.queries import sight  # noqa: E402
from tests.notifications.effects import faults  # noqa: E402
from tests.notifications.ordeal import receiver  # noqa: E402

SETTLED = 60.0
"""Seconds within which it may come right: clocks go on opening tasks, and these are told a moment later."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter as a receiver acted on it."""

    event: dict[str, Any]


def of_decisions(proposals: Sequence[str], answers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is not as it was answered, or not there once."""
    if refused := [each for each in answers if each["status"] != 200]:
        yield f"{len(refused)} decisions were refused: {refused[0]['status']} {refused[0]['code']}"
    if sorted(each["proposal"] for each in answers) != sorted(proposals):
        yield f"{len(proposals)} decisions wanted, {len(answers)} answered"
    written = dict(ProposedEntry.objects.values_list("proposal__uuid", "entry__fact__origin_id"))
    if lost := [each for each in answers if [str(written.get(UUID(each["proposal"])))] != each["entries"]]:
        yield f"{len(lost)} decisions are not in the register as they were answered"
    if (facts := Fact.objects.count()) != len(proposals):
        yield f"{facts} facts of {len(proposals)} decisions"
    if others := Proposal.objects.filter(uuid__in=proposals).exclude(state="decided").count():
        yield f"{others} proposals are not decided"


def of_effects(inboxes: Mapping[str, str], owed: int) -> Iterator[str]:
    """What did not have its effect once, in order, at each of the regions."""
    if (pushes := Push.objects.count()) != owed:
        yield f"{pushes} pushes where {owed} are owed"
    yield from faults({code: _acted(inbox) for code, inbox in inboxes.items()})


def _acted(inbox: str) -> list[Taken]:
    return [
        Taken({"id": letter, "subject": subject, "sequence": str(number)})
        for letter, subject, number in receiver.effects(inbox)
    ]


def _wrong(proposals: Sequence[str], given: Sequence[Mapping[str, Any]], inboxes: Mapping[str, str]) -> list[str]:
    return [
        *of_decisions(proposals, given),
        *of_effects(inboxes, len(proposals) * len(inboxes)),
        *differences(),
    ]


def _main() -> None:
    plan, answers, into, *inboxes = map(Path, sys.argv[1:])
    proposals = json.loads(plan.read_text())["proposals"]
    given = [json.loads(line) for line in answers.read_text().splitlines()]
    asked = (proposals, given, dict(zip(receiver.REGIONS, map(str, inboxes), strict=True)))
    until, found = time.monotonic() + SETTLED, _wrong(*asked)
    at_first = found
    while found and time.monotonic() < until:
        time.sleep(2)
        found = _wrong(*asked)
    figures = {
        "pushes": Push.objects.count(),
        "tries": Attempt.objects.count(),
        "failed": Attempt.objects.exclude(problem="").count(),
        "arrivals": sum(receiver.arrivals(str(each)) for each in inboxes),
        "replayed": sum(each["replayed"] for each in given),
        "tries of the officer": dict(sum((Counter(each["tries"]) for each in given), Counter())),
        "at first": at_first,
    }
    into.write_text(json.dumps({"faults": found, "figures": figures}))


if __name__ == "__main__":
    sight.begin_process(sight.FULL)
    _main()
