"""The lot falls as often as the tickets say. The seeds are fixed, so the figures are the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from itertools import permutations

from appeals.rules.draw import rank, tickets_for
from tests.appeals.stories import NAMES, pool_of, seed

DRAWS = 6_000
ONE_IN_A_THOUSAND = {5: 20.52, 11: 31.26}
"""What chi-square exceeds once in a thousand fair lotteries, by degrees of freedom."""


def orders(*loads: int, middle: int) -> list[tuple[str, ...]]:
    pool = pool_of(*loads)
    return [tuple(lot.expert for lot in rank(seed(each), "case-1", pool, middle)) for each in range(DRAWS)]


def chi_square(seen: Mapping[Hashable, int], shares: Mapping[Hashable, float]) -> float:
    expected = {what: DRAWS * share for what, share in shares.items()}
    assert min(expected.values()) > 5
    return sum((seen[what] - expected[what]) ** 2 / expected[what] for what in expected)


def test_experts_with_the_same_load_are_drawn_first_equally_often() -> None:
    seen: Counter[Hashable] = Counter(order[0] for order in orders(*[4] * 12, middle=4))
    assert chi_square(seen, dict.fromkeys(NAMES, 1 / 12)) < ONE_IN_A_THOUSAND[11]


def test_experts_with_the_same_load_are_drawn_last_equally_often() -> None:
    seen: Counter[Hashable] = Counter(order[-1] for order in orders(*[9] * 12, middle=4))
    assert chi_square(seen, dict.fromkeys(NAMES, 1 / 12)) < ONE_IN_A_THOUSAND[11]


def test_the_chance_to_be_drawn_first_is_the_share_of_the_tickets() -> None:
    loads = dict(zip(NAMES, (2, 3, 3, 4, 4, 5), strict=False))
    tickets = {name: tickets_for(load, 3) for name, load in loads.items()}
    seen: Counter[Hashable] = Counter(order[0] for order in orders(*loads.values(), middle=3))
    shares: dict[Hashable, float] = {name: tickets[name] / sum(tickets.values()) for name in tickets}
    assert chi_square(seen, shares) < ONE_IN_A_THOUSAND[5]


def test_every_order_comes_as_often_as_drawing_one_after_the_other_would_give_it() -> None:
    tickets = {"chen": 8, "fang": 4, "guo": 2}
    shares: dict[Hashable, float] = {}
    for first, second, third in permutations(tickets):
        left = tickets[second] + tickets[third]
        shares[first, second, third] = tickets[first] / 14 * tickets[second] / left
    assert chi_square(Counter(orders(3, 4, 5, middle=3)), shares) < ONE_IN_A_THOUSAND[5]


def test_the_check_notices_a_lottery_that_ignores_the_load() -> None:
    seen: Counter[Hashable] = Counter(order[0] for order in orders(3, 3, 3, 3, 3, 3, middle=3))
    tickets = (16, 8, 8, 4, 4, 2)
    shares: dict[Hashable, float] = {name: each / 42 for name, each in zip(NAMES, tickets, strict=False)}
    assert chi_square(seen, shares) > ONE_IN_A_THOUSAND[5]
