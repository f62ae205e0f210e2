"""How evenly the lottery spreads the work: many cases drawn one after the other, beside pure chance.

An invented pool: every expert has two of six specialties and one of forty institutions, and about one in eight is not
available for a given case. Each case concerns one institution and asks for one specialty. The loads grow from 0 by
every panel drawn. Pure chance is the same cases and the same seeds with equal tickets for all. Nothing is left to the
machine: the same seed gives the same figures everywhere.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from appeals.rules.draw import TooFewExperts, middle_load, rank
from appeals.rules.exclusions import sort_out
from appeals.rules.pool import Case, Days, Expert, Stay, Terms

EXPERTS = 120
SEED = "1"

_SPECIALTIES = 6
_INSTITUTIONS = 40
_ONE_IN_SO_MANY_IS_AWAY = 8
_DAY = date(2026, 3, 10)
_ALWAYS = (Days(_DAY),)
_TERMS = Terms(size=3, years_apart=3)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the panels are spread over the experts; the deviation is that of the whole pool."""

    least: int
    most: int
    mean: float
    deviation: float

    @classmethod
    def of(cls, loads: Sequence[int]) -> Spread:
        """The spread of these loads; there must be one."""
        return cls(min(loads), max(loads), statistics.fmean(loads), statistics.pstdev(loads))

    def __str__(self) -> str:
        return f"{self.least:7}{self.most:7}{self.mean:9.2f}{self.deviation:20.2f}"


def simulate(cases: int, *, experts: int = EXPERTS, seed: str = SEED, weighted: bool = True) -> Spread:
    """Draw so many cases from a pool of so many experts; `weighted` False leaves it to pure chance.

    Raises `TooFewExperts` where the pool is too small for a case.
    """
    loads = [0] * experts
    for number in range(cases):
        pool = [_expert(seed, number, each, load if weighted else 0) for each, load in enumerate(loads)]
        for member in _panel(seed, number, pool):
            loads[member] += 1
    return Spread.of(loads)


def report(cases: int, *, experts: int = EXPERTS, seed: str = SEED) -> Iterator[str]:
    """The figures of both ways, line by line."""
    yield (
        f"{cases:,} cases one after the other, panels of {_TERMS.size}, {experts} experts, seed {seed}. "
        "Panels served by an expert:"
    )
    yield f"{'':16}{'least':>7}{'most':>7}{'mean':>9}{'standard deviation':>20}"
    for way, weighted in (("by the lottery", True), ("by pure chance", False)):
        yield f"{way:16}{simulate(cases, experts=experts, seed=seed, weighted=weighted)}"


def _panel(seed: str, number: int, pool: Sequence[Expert]) -> list[int]:
    case = _case(seed, number)
    eligible, _ = sort_out(pool, case, _TERMS)
    if len(eligible) < _TERMS.size:
        raise TooFewExperts(seats=_TERMS.size, able=len(eligible), because=f"The pool of {len(pool)} is too small.")
    drawn = rank(_hash(seed, "draw", number), case.id, eligible, middle_load(eligible))
    return [int(each.expert) for each in drawn[: _TERMS.size]]


def _case(seed: str, number: int) -> Case:
    place = _chance(_INSTITUTIONS, seed, "place", number)
    specialty = _chance(_SPECIALTIES, seed, "asked", number)
    return Case(f"case-{number}", _DAY, f"s{specialty}", frozenset({f"i{place}"}), frozenset())


def _expert(seed: str, number: int, each: int, load: int) -> Expert:
    first, further = each % _SPECIALTIES, 1 + each // _SPECIALTIES % (_SPECIALTIES - 1)
    specialties = frozenset({f"s{first}", f"s{(first + further) % _SPECIALTIES}"})
    away = _chance(_ONE_IN_SO_MANY_IS_AWAY, seed, "away", number, each) == 0
    stay = Stay(f"i{each % _INSTITUTIONS}", Days(date(2020, 1, 1)))
    return Expert(str(each), specialties, (stay,), () if away else _ALWAYS, load)


def _chance(below: int, *words: object) -> int:
    return int.from_bytes(_hash(*words)) % below


def _hash(*words: object) -> bytes:
    return hashlib.sha256("\n".join(map(str, words)).encode()).digest()
