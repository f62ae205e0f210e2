"""H3: recording a decision, by eight officers at once, against the standard pattern and against pgbench.

Ours is the act itself, `decide_held`: rules, chain, projection, histories, steps, tasks, the closing of the case and
the change of standing that letters are pulled from. The standard pattern decides such proposals of other people
(`_standard_decision`). The limit is pgbench, sending the statements of the act with the values of the act
(`_replaying`). All three take turns; every decision is of a person of its own, with a case of its own.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connection

from registry.actions.decisions import decide_held
from registry.models import Proposal, User
from tests.benchmarks import _standard_decision
from tests.benchmarks._replaying import rate, sent_by
from tests.benchmarks._waiting import waiting
from tests.casework import Desk, desk
from tests.town import TODAY, at

WORKERS, ROUNDS, DECISIONS, WARM = 8, 3, 1200, 5
NOW = at(TODAY, 15)
PATIENCE = 120.0
"""A worker that fails before it is warm must not keep the others waiting for ever (seconds)."""

Deciding = Callable[[Proposal, User], None]


def run(practitioners: int | None) -> dict[str, Any]:
    """Decisions a second of all three. `practitioners`: decisions of one round of ours."""
    each = (practitioners or DECISIONS) // WORKERS
    here = desk()
    rounds: list[tuple[float, ...]] = []
    for number in range(ROUNDS):
        first = 100_000 * (number + 1)
        ours = _rate(here, waiting(here, (each + WARM) * WORKERS, first), _ours)
        standard = _rate(here, waiting(here, (each // 3 + WARM) * WORKERS, first + 50_000), _standard)
        limit = _limit(here, waiting(here, each * WORKERS, first + 70_000))
        rounds.append((ours, standard, limit))
        print(
            f"round {number + 1}: ours {ours:,.0f}/s; standard {standard:,.0f}/s; pgbench {limit:,.0f}/s; "
            f"{ours / standard:.2f} × standard, {ours / limit:.3f} of the limit",
            flush=True,
        )
    return {
        "path": "decisions",
        "rows": each * WORKERS,
        "clients": WORKERS,
        "rounds": ROUNDS,
        "x_standard": round(statistics.median(ours / standard for ours, standard, _limit in rounds), 2),
        "of_limit": round(statistics.median(ours / limit for ours, _standard, limit in rounds), 3),
        "per_second": round(statistics.median(ours for ours, _standard, _limit in rounds)),
        "standard_per_second": round(statistics.median(standard for _ours, standard, _limit in rounds)),
        "errors": Proposal.objects.filter(state="held").count(),
    }


def _ours(proposal: Proposal, by: User) -> None:
    decide_held(proposal=proposal, by=by, now=NOW)


def _standard(proposal: Proposal, by: User) -> None:
    _standard_decision.decide(proposal.pk, by=by, now=NOW, today=TODAY)


def _limit(here: Desk, proposals: list[int]) -> float:
    found = list(Proposal.objects.filter(pk__in=proposals).order_by("pk"))
    for proposal in found[:WARM]:  # what a session asks only at first is none of the act
        sent_by([partial(_ours, proposal, here.reviewer)])
    recorded = sent_by(partial(_ours, proposal, here.reviewer) for proposal in found)
    return rate(recorded, WORKERS)


def _rate(here: Desk, proposals: list[int], decide: Deciding) -> float:
    """Decisions a second by all workers together, from the moment that all of them are warm."""
    connection.close()
    context = get_context("fork")
    ready = context.Barrier(WORKERS + 1, timeout=PATIENCE)
    workers = [
        context.Process(target=_work, args=(proposals[number::WORKERS], here.reviewer, decide, ready))
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    begun = time.perf_counter()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - begun
    assert all(worker.exitcode == 0 for worker in workers), "a worker failed"
    return (len(proposals) - WARM * WORKERS) / seconds


def _work(ids: list[int], by: User, decide: Deciding, ready: Any) -> None:
    proposals = list(Proposal.objects.filter(pk__in=ids))
    for proposal in proposals[:WARM]:
        decide(proposal, by)
    ready.wait()
    for proposal in proposals[WARM:]:
        decide(proposal, by)
    connection.close()
