"""Random pools and cases, dense enough that every reason and every tie of loads comes up."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from appeals.rules.pool import Case, Days, Expert, Stay, Terms
from tests.appeals.stories import DAY

SPECIALTIES = ("surgery", "imaging", "cardiology")
INSTITUTIONS = ("H1", "H2", "P3", "P4")


def random_draw(chance: Random) -> tuple[list[Expert], Case, Terms]:
    """A pool of up to twenty experts, often with enough of them for a panel."""
    pool = [random_expert(chance, f"expert-{number}") for number in range(chance.randint(3, 20))]
    return pool, random_case(chance), Terms(chance.choice((3, 3, 5)), chance.choice((0, 1, 3, 3, 5)))


def random_case(chance: Random) -> Case:
    day = chance.choice((DAY, date(2028, 2, 29), date(2026, 12, 31)))
    people = {f"expert-{chance.randrange(25)}", "person-9"}
    places = frozenset(chance.sample(INSTITUTIONS, chance.randint(1, 2)))
    return Case(f"case-{chance.randrange(99)}", day, chance.choice(SPECIALTIES[:2]), places, frozenset(people))


def random_expert(chance: Random, name: str) -> Expert:
    return Expert(
        id=name,
        specialties=frozenset(chance.sample(SPECIALTIES, chance.randint(1, 3))),
        stays=tuple(random_stay(chance) for _ in range(chance.randrange(3))),
        available=tuple(random_days(chance, 2) for _ in range(1 + chance.randrange(3))),
        load=chance.choice((0, 1, 2, 3, 4, 5, 15)),
        conflicts=frozenset(chance.sample(("case-1", "P4", "person-9"), 1) if chance.random() < 0.1 else ()),
    )


def random_stay(chance: Random) -> Stay:
    return Stay(chance.choice(INSTITUTIONS), random_days(chance, 9))


def random_days(chance: Random, years_long: int) -> Days:
    """Edges lie on the days that decide, and beside them, as often as elsewhere."""
    deciding = chance.choice((DAY, date(2025, 2, 28), date(2023, 3, 10), date(2028, 2, 29), date(2021, 3, 10)))
    first = deciding - timedelta(days=chance.choice((0, 1, -1, 400, chance.randrange(4000))))
    until = first + timedelta(days=chance.choice((1, 2, 400, 1 + chance.randrange(365 * years_long))))
    return Days(first, chance.choice((None, until, deciding + timedelta(days=4000))))


draws = st.integers(0, 2**32).map(lambda number: random_draw(Random(number)))
seeds = st.binary(min_size=32, max_size=32)
