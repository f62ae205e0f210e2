"""The whole register checked, rebuilt and asked what would be: facts a second, beside two other ways, by turns.

Ours: `check_register` with everything it looks at, `rebuild_register` with one file in a hundred wrong and with every
file wrong, and `whatif` for a year, each in as many processes as there are cores, as somebody calls them. The standard
pattern, on some of the people: for each person one transaction of Django's ORM that locks the person, reads the facts
as models, checks the chain, folds and compares with the rows kept (check), or deletes and writes these anew (rebuild).
The limit: the same facts by COPY to one process that does nothing but hash their chains.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import StringIO
from itertools import groupby
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from registry.config.database import as_owner
from registry.config.hands import cores, hands
from registry.ledger import chain, projection
from registry.ledger.checking import file_differences
from registry.ledger.reading import facts_of
from registry.ledger.rebuilding import rebuild
from registry.models import Fact, Practitioner, SanctionPeriod, StandingSpan
from tests.benchmarks._facts import fill

PEOPLE, ROUNDS, OF_STANDARD = 60_000, 3, 150
CUTS = 100

_COLUMNS = ", ".join("origin_id::text" if name == "origin_id" else name for name in chain.FactRow._fields)
_TYPES = (
    "int8", "int8", "int4", "text", "date", "timestamptz", "timestamptz", "text", "text", "int8", "bool", "int2",
    "date", "text", "int2", "int2", "int8", "text", "text", "int8", "int8", "int8", "bytea", "bytea", "bytea",
)  # fmt: skip


def run(practitioners: int | None) -> dict[str, Any]:
    """Facts a second of each way. `practitioners`: people with facts."""
    filled = fill(practitioners or PEOPLE)
    rounds: list[dict[str, float]] = []
    waited: list[float] = []
    errors = 0
    for number in range(ROUNDS):
        figures: dict[str, float] = {"limit": _rate(filled.facts, _hash_only)}
        figures["check"], figures["check_cpu"] = _ours(filled.facts, _check)
        _spoil(CUTS)
        figures["rebuild"], _ = _ours(filled.facts, partial(_rebuild, waited))
        _spoil(1)
        figures["rebuild_all"], _ = _ours(filled.facts, partial(_rebuild, waited))
        figures["whatif"], _ = _ours(filled.facts, _what_if)
        some = _some(number)
        figures["standard_check"] = _rate(_facts(some), lambda people=some: _each(people, _standard_check))  # type: ignore[misc]
        figures["standard_rebuild"] = _rate(_facts(some), lambda people=some: _each(people, _standard_rebuild))  # type: ignore[misc]
        errors += len(list(file_differences()))
        rounds.append(figures)
        told = ", ".join(f"{name} {each:,.0f}" for name, each in figures.items())
        print(
            f"round {number + 1}, facts/s: {told}; writers waited {waited[-2]:.2f} and {waited[-1]:.2f} s", flush=True
        )
    return {
        "path": "rebuild",
        "rows": filled.facts,
        "people": filled.people,
        "cores": cores(),
        "rounds": ROUNDS,
        "x_standard": _median(rounds, "check", "standard_check"),
        "x_standard_rebuild": _median(rounds, "rebuild", "standard_rebuild"),
        "x_standard_rebuild_all": _median(rounds, "rebuild_all", "standard_rebuild"),
        "of_limit": _median(rounds, "check", "limit"),
        **{f"{name}_per_second": round(statistics.median(each[name] for each in rounds)) for name in rounds[0]},
        "waited_s_one_in_100": round(statistics.median(waited[::2]), 2),
        "waited_s_all": round(statistics.median(waited[1::2]), 2),
        "load": round(os.getloadavg()[0], 1),
        "errors": errors,
    }


def _median(rounds: list[dict[str, float]], one: str, other: str) -> float:
    return round(statistics.median(each[one] / each[other] for each in rounds), 2)


def _rate(facts: int, do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return facts / (time.perf_counter() - began)


def _ours(facts: int, do: Callable[[], Any]) -> tuple[float, float]:
    """Facts a second, and facts a second of processor time of our processes, PostgreSQL's not among them."""
    before = _processor()
    rate = _rate(facts, do)
    return rate, facts / (_processor() - before)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


# ours -----------------------------------------------------------------------------------------------------------------


def _check() -> None:
    out = StringIO()
    call_command("check_register", stdout=out, stderr=StringIO())
    assert not out.getvalue(), out.getvalue()


def _rebuild(waited: list[float]) -> None:
    locked: list[float] = []
    assert rebuild(hands=partial(hands, cores()), locking=lambda _files: locked.append(time.perf_counter()))
    waited.append(time.perf_counter() - locked[0])


def _what_if() -> None:
    out = StringIO()
    call_command("whatif", policy="cn-2023-draft", year=2025, stdout=out, stderr=StringIO())
    assert "standing otherwise" in out.getvalue()


def _spoil(one_in: int) -> None:
    """The points of everybody's days, or of those of one file in so many, are other than the facts say."""
    people = [f"registry_practitioner WHERE id % {one_in} = 0" if one_in > 1 else "registry_practitioner"]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_standingspan SET points = (points + 1) % 12"
            f" WHERE practitioner_id IN (SELECT id FROM {people[0]})"
        )
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM registry_standingspan")
        connection.close()


# the standard pattern -------------------------------------------------------------------------------------------------


def _some(number: int) -> list[Practitioner]:
    first = 1000 + number * OF_STANDARD
    with_facts = Practitioner.objects.filter(facts__isnull=False, merges_absorbed=None, merges_kept=None)
    return list(with_facts.order_by("pk").distinct()[first : first + OF_STANDARD])


def _facts(people: list[Practitioner]) -> int:
    return Fact.objects.filter(practitioner__in=people).count()


def _each(people: list[Practitioner], do: Callable[[Practitioner], None]) -> None:
    for person in people:
        with transaction.atomic():
            do(Practitioner.objects.select_for_update(no_key=True).get(pk=person.pk))


def _standard_check(person: Practitioner) -> None:
    assert not chain.broken_links(list(Fact.objects.filter(practitioner=person).order_by("chain_no")))
    should = projection.lines(facts_of(person))
    periods = SanctionPeriod.objects.filter(practitioner=person).order_by("starts_on", "kind")
    spans = StandingSpan.objects.filter(practitioner=person).order_by("starts_on")
    assert len(should.periods) == len(periods)
    assert should.spans == [tuple(getattr(row, name) for name in projection.SPAN_COLUMNS) for row in spans]


def _standard_rebuild(person: Practitioner) -> None:
    projection.rewrite(kept=person.pk, members=[person.pk], of_person=facts_of(person))


# the limit ------------------------------------------------------------------------------------------------------------


def _hash_only() -> None:
    for _, rows in groupby(_copied(), key=lambda row: row.practitioner_id):
        before = chain.GENESIS
        for row in rows:
            before = chain.link(row, prev_hash=before)
            assert before == row.hash


def _copied() -> Iterator[chain.FactRow]:
    ordered = f"SELECT {_COLUMNS} FROM registry_fact ORDER BY practitioner_id, chain_no"
    with connection.cursor() as cursor, cursor.copy(f"COPY ({ordered}) TO STDOUT (FORMAT BINARY)") as copy:
        copy.set_types(_TYPES)
        yield from map(chain.FactRow._make, copy.rows())
