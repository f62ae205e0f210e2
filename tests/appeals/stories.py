"""A pool of named experts and one case, told in a few words; what a test does not say is as it mostly is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from appeals.rules.draw import Result, commitment_to, draw
from appeals.rules.draw_file import DrawFile
from appeals.rules.exclusions import reasons_against
from appeals.rules.pool import Case, Days, Expert, Stay, Terms

SEED = bytes(range(32))
DAY = date(2026, 3, 10)
ALWAYS = (Days(date(2020, 1, 1)),)
THREE = Terms(size=3, years_apart=3)
CITY_HOSPITAL = "H43010000001"
ELSEWHERE = "H43010000009"
SURGEON = "person-of-dr-lin"
NAMES = ("chen", "fang", "guo", "han", "jia", "liu", "ma", "qin", "song", "tang", "wu", "xu")


def seed(number: int) -> bytes:
    return hashlib.sha256(f"seed {number}".encode()).digest()


def expert(name: str = "chen", **fields: Any) -> Expert:
    usual: dict[str, Any] = {"specialties": {"surgery"}, "stays": (), "available": ALWAYS, "load": 0, "conflicts": ()}
    told = {**usual, **fields}
    sets = {field: frozenset(told[field]) for field in ("specialties", "conflicts")}
    return Expert(id=name, **{**told, **sets})


def stay(from_: str, until: str | None = None, institution: str = CITY_HOSPITAL) -> Stay:
    return Stay(institution, Days(date.fromisoformat(from_), date.fromisoformat(until) if until else None))


def case(**fields: Any) -> Case:
    usual = {"id": "case-1", "day": DAY, "specialty": "surgery"}
    people = {"institutions": frozenset({CITY_HOSPITAL}), "people": frozenset({SURGEON})}
    return Case(**{**usual, **people, **fields})


def pool_of(*loads: int) -> list[Expert]:
    """Experts who can all sit, with these loads."""
    return [expert(name, load=load) for name, load in zip(NAMES, loads, strict=False)]


def reasons(member: Expert, of: Case | None = None, terms: Terms = THREE) -> tuple[str, ...]:
    return reasons_against(member, of or case(), terms)


def drawn(pool: Sequence[Expert], of: Case | None = None, terms: Terms = THREE, by: bytes = SEED) -> Result:
    return draw(commitment=commitment_to(by), seed=by, pool=pool, case=of or case(), terms=terms)


def file_of(pool: Sequence[Expert], of: Case | None = None, terms: Terms = THREE, by: bytes = SEED) -> DrawFile:
    return DrawFile(commitment_to(by), by, tuple(pool), of or case(), terms, drawn(pool, of, terms, by))


def town_pool() -> list[Expert]:
    """Twelve experts of whom seven can sit: every reason and every field is there."""
    away = (Days(date(2026, 4, 1), date(2026, 9, 1)), Days(date(2025, 1, 1), date(2026, 3, 10)))
    return [
        expert("chen", load=2, stays=(stay("2010-01-01", "2023-03-10"), stay("2023-03-10", None, ELSEWHERE))),
        expert("fang", load=1),
        expert("guo", load=2, specialties={"surgery", "imaging"}),
        expert("han", load=4, conflicts={"case-7"}),
        expert("jia", load=3),
        expert("liu", load=9),
        expert("ma"),
        expert("qin", specialties={"imaging"}, available=away),
        expert("song", stays=(stay("2019-01-01"),)),
        expert("tang", stays=(stay("2019-01-01", "2024-01-01"),)),
        expert("wu", conflicts={ELSEWHERE, SURGEON}),
        expert("xu"),
    ]


def town_case() -> Case:
    return case(people=frozenset({SURGEON, "xu"}))
