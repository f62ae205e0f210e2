"""A case of many people: a department identified, proposed, told, received and decided by silence.

Like is compared with like, by turns: the acts on many, one transaction for a department, against the single act for
one person after the other, a transaction each. What silence decides is always one person after the other, so there is
no ratio: each is a decision of its own. The queries told are those of the act for each person.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection

from registry.actions.deliveries import notify, record_receipt
from registry.actions.handlings import identify_responsibility
from registry.actions.many import (
    Identified,
    Proposed,
    identify_many,
    notify_many,
    propose_many,
    record_receipts_many,
)
from registry.actions.procedure import for_agency
from registry.actions.proposals import Item
from registry.actions.proposals import propose as propose_one
from registry.actions.silence import decide_by_silence
from registry.models import Case, Practitioner, Proposal, Registration, Responsibility
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, TODAY, at, handle

ROUNDS = 3
DEPARTMENT = 300
ITEMS = (Item(situation="1-01"),)
RECEIPT: dict[str, Any] = {"channel": "by_hand", "received_on": TODAY, "remark": "签收表"}


@dataclass
class Figures:
    """Seconds and queries of one step, of one round after the other."""

    many: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)
    queries_many: int = 0
    queries_single: int = 0


def run(practitioners: int | None) -> dict[str, Any]:
    """Time and queries of each step. `practitioners`: people of one department."""
    size = practitioners or DEPARTMENT
    here = desk()
    steps: dict[str, Figures] = {}
    for number in range(ROUNDS):
        departments = [_department(here, 2 * number + each, size) for each in range(2)]
        cases = [handle(here.town, number=f"罚字{number}-{each}").case for each in range(2)]
        _one_round(here, cases, departments, steps)
        told = ", ".join(f"{name} {each.many[-1]:.1f} s" for name, each in steps.items())
        print(f"round {number + 1}: {told}", flush=True)
    return {
        "path": "case",
        "people": size,
        "rounds": ROUNDS,
        "steps": {name: _shown(each, size) for name, each in steps.items()},
        "errors": 0,
    }


def _one_round(
    here: Desk, cases: Sequence[Case], people: Sequence[list[Practitioner]], steps: dict[str, Figures]
) -> None:
    def step(name: str, many: Callable[[], Any], single: Callable[[], Any]) -> tuple[Any, Any]:
        figures = steps.setdefault(name, Figures())
        with _measured() as ours:
            first = many()
        with _measured() as theirs:
            second = single()
        figures.many.append(ours["seconds"])
        figures.single.append(theirs["seconds"])
        figures.queries_many, figures.queries_single = ours["queries"], theirs["queries"]
        return first, second

    town, acting = here.town, for_agency(here.scorer, here.town.agency)
    answering: tuple[list[Responsibility], list[Responsibility]] = step(
        "identify",
        lambda: identify_many(case=cases[0], rows=_rows(people[0]), by=here.identifier, now=at(TODAY, 9)),
        lambda: [_identified(here, cases[1], person) for person in people[1]],
    )
    proposals: tuple[list[Proposal], list[Proposal]] = step(
        "propose",
        lambda: propose_many(case=cases[0], rows=_proposed(answering[0]), by=here.scorer, now=at(TODAY, 10)),
        lambda: [
            propose_one(responsibility=one, items=ITEMS, by=here.scorer, now=at(TODAY, 10)) for one in answering[1]
        ],
    )
    step(
        "notify",
        lambda: notify_many(
            case=cases[0], proposals=proposals[0], channel="by_hand", by=here.scorer, now=at(TODAY, 11)
        ),
        lambda: [notify(proposal=one, channel="by_hand", by=here.scorer, now=at(TODAY, 11)) for one in proposals[1]],
    )
    step(
        "receive",
        lambda: record_receipts_many(
            case=cases[0], proposals=proposals[0], acting=acting, now=at(TODAY, 12), **RECEIPT
        ),
        lambda: [record_receipt(proposal=one, acting=acting, now=at(TODAY, 12), **RECEIPT) for one in proposals[1]],
    )
    later = at(TODAY + timedelta(days=20))
    figures = steps.setdefault("silence", Figures())
    with _measured() as ours:
        assert decide_by_silence(now=later) == len(people[0]) + len(people[1])
    figures.many.append(ours["seconds"] / 2)
    figures.queries_many = ours["queries"] // 2
    assert town.agency.cases.filter(state="closed").count() == 2 * len(figures.many)


@contextmanager
def _measured() -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {"queries": 0}

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        found["queries"] += 1
        return execute(*arguments)

    begun = time.perf_counter()
    with connection.execute_wrapper(counted):
        yield found
    found["seconds"] = time.perf_counter() - begun


def _shown(figures: Figures, size: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seconds": round(statistics.median(figures.many), 2),
        "queries_each": round(figures.queries_many / size, 1),
    }
    if figures.single:
        ratios = [single / many for many, single in zip(figures.many, figures.single, strict=True)]
        shown |= {
            "seconds_single": round(statistics.median(figures.single), 2),
            "queries_each_single": round(figures.queries_single / size, 1),
            "x_single": round(statistics.median(ratios), 1),
        }
    return shown


def _department(here: Desk, number: int, size: int) -> list[Practitioner]:
    """People who work at the hospital, written at once because only what follows is measured."""
    now = at(LAW_BEGINS)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"D43019{number:02d}{each:05d}", name=f"王{each}", category="physician", recorded_at=now)
        for each in range(size)
    )
    Registration.objects.bulk_create(
        Registration(practitioner=person, institution=here.town.hospital, starts_on=LAW_BEGINS, recorded_at=now)
        for person in people
    )
    return people


def _rows(people: Sequence[Practitioner]) -> list[Identified]:
    return [
        Identified(number=number, practitioner=person, grade="general", grounds="配合", identified_on=TODAY)
        for number, person in enumerate(people, start=1)
    ]


def _identified(here: Desk, case: Case, person: Practitioner) -> Responsibility:
    return identify_responsibility(
        handling=case.handling,
        practitioner=person,
        grade="general",
        grounds="配合",
        identified_on=TODAY,
        by=here.identifier,
        now=at(TODAY, 9),
    )


def _proposed(answering: Sequence[Responsibility]) -> list[Proposed]:
    return [Proposed(number=number, responsibility=one, items=ITEMS) for number, one in enumerate(answering, start=1)]
