"""A panel is drawn by lot, again and again the same one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from appeals.rules.draw import TooFewExperts, commitment_to, draw, middle_load, seated, ticket_number, tickets_for
from appeals.rules.pool import InvalidDraw, Terms
from tests.appeals.stories import SEED, THREE, case, drawn, expert, file_of, pool_of, seed, stay, town_case, town_pool


def test_the_panel_of_the_town_is_the_same_on_every_machine() -> None:
    result = drawn(town_pool(), town_case())
    assert result.panel == ("chen", "han", "ma")
    assert result.reserves == ("fang", "guo", "jia", "liu")
    assert result.middle_load == 2
    assert result.pool_digest == "e61e6a1042d1eaad634af1279e2f827dde9b6bbc04d2b45a331a5bfc738f3820"
    assert result.case_digest == "d1a5f352f078dad8051dcb3b0266f2b14c71cdfbe3e13092d0f69bd1f85cce63"


def test_the_order_of_the_pool_does_not_matter() -> None:
    pool = town_pool()
    assert drawn(pool[::-1], town_case()) == drawn([*pool[5:], *pool[:5]], town_case()) == drawn(pool, town_case())


def test_another_seed_or_another_case_draws_another_panel() -> None:
    pool = pool_of(*[0] * 12)
    panels = {drawn(pool, by=seed(number)).panel for number in range(20)}
    assert len(panels) > 15
    assert len({drawn(pool, case(id=f"case-{number}")).panel for number in range(20)}) > 15


@pytest.mark.parametrize(("committed", "used"), [(1, 2), (2, 1)])
def test_the_seed_must_be_the_one_committed_to(committed: int, used: int) -> None:
    commitment = commitment_to(seed(committed))
    with pytest.raises(InvalidDraw, match="is not the SHA-256 of the seed") as error:
        draw(commitment=commitment, seed=seed(used), pool=pool_of(0, 0, 0), case=case(), terms=THREE)
    assert (error.value.field, error.value.value) == ("commitment", commitment)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_of_another_length_is_refused_and_not_repeated(length: int) -> None:
    with pytest.raises(InvalidDraw, match=f"seed = '{length} bytes': must be 32 bytes"):
        commitment_to(b"s" * length)


def test_a_draw_from_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidDraw, match="must be one of: 3, 5"):
        drawn(pool_of(0, 0, 0), terms=Terms(size=4, years_apart=3))


def test_the_commitment_is_the_sha256_of_the_seed() -> None:
    assert commitment_to(b"\0" * 32) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"


def test_the_number_of_a_ticket_is_the_hmac_of_the_text() -> None:
    message = b"panel-draw-1\ncase-1\nchen\n12"
    assert ticket_number(SEED, "case-1", "chen", 12) == hmac.new(SEED, message, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("load", "tickets"), [(0, 64), (7, 64), (8, 32), (9, 16), (10, 8), (11, 4), (12, 2), (13, 1), (14, 1), (99, 1)]
)
def test_one_panel_more_halves_the_tickets_from_sixty_four_to_one(load: int, tickets: int) -> None:
    assert tickets_for(load, 10) == tickets


@pytest.mark.parametrize(
    ("loads", "middle"), [((4,), 4), ((9, 1), 1), ((9, 1, 5), 5), ((7, 0, 3, 5), 3), ((0, 0, 0, 50), 0)]
)
def test_the_middle_load_is_the_lower_one_of_two(loads: tuple[int, ...], middle: int) -> None:
    assert middle_load(pool_of(*loads)) == middle


def test_the_load_of_those_who_cannot_sit_does_not_count() -> None:
    busy = [expert(name, load=50, specialties={"imaging"}) for name in ("qin", "song", "tang", "wu")]
    assert drawn([*pool_of(0, 1, 2), *busy]).middle_load == 1


def test_an_experts_lowest_ticket_is_the_one_that_counts() -> None:
    for lot in drawn(town_pool(), town_case()).drawn:
        numbers = [ticket_number(SEED, "case-1", lot.expert, each) for each in range(1, lot.tickets + 1)]
        assert lot.number == min(numbers) == numbers[lot.ticket - 1]


def test_as_many_experts_as_seats_leave_no_reserves() -> None:
    result = drawn(pool_of(0, 0, 0))
    assert (sorted(result.panel), result.reserves) == (["chen", "fang", "guo"], ())


def test_a_panel_of_five_begins_with_the_panel_of_three() -> None:
    three, five = (drawn(pool_of(*[1] * 9), terms=Terms(size, 3)) for size in (3, 5))
    assert five.panel[:3] == three.panel
    assert (*five.panel, *five.reserves) == (*three.panel, *three.reserves)


def test_too_few_experts_are_refused_with_what_is_missing_and_why() -> None:
    pool = [
        expert("chen"),
        expert("fang", available=(), specialties={"imaging"}),
        expert("guo", stays=(stay("2020-01-01"),)),
    ]
    with pytest.raises(TooFewExperts) as error:
        drawn(pool, terms=Terms(size=5, years_apart=3))
    assert error.value.missing == 4
    assert str(error.value) == (
        "The panel has 5 seats and 1 of the experts can sit: 4 missing. "
        "Excluded are 2 (other_specialty 1, same_institution_now 1, unavailable 1)."
    )


def test_a_pool_that_is_too_small_says_so() -> None:
    with pytest.raises(TooFewExperts, match=r"2 of the experts can sit: 1 missing\. Nobody is excluded"):
        drawn(pool_of(0, 0))
    with pytest.raises(TooFewExperts, match="3 of the experts can sit: 2 missing"):
        drawn(pool_of(0, 0, 0), terms=Terms(size=5, years_apart=3))
    with pytest.raises(TooFewExperts, match="0 of the experts can sit: 3 missing"):
        drawn([])


def test_the_silent_expert_is_replaced_by_the_next_reserve() -> None:
    result = drawn(town_pool(), town_case())
    assert seated(result, without=()) == ("chen", "han", "ma")
    assert seated(result, without={"han"}) == ("chen", "ma", "fang")
    assert seated(result, without={"han", "chen"}) == ("ma", "fang", "guo")


def test_two_experts_fall_silent_one_after_the_other_and_the_reserve_too() -> None:
    result = drawn(town_pool(), town_case())
    assert seated(result, without={"chen", "fang", "ma"}) == ("han", "guo", "jia")


def test_when_the_reserves_are_used_up_nobody_is_made_up() -> None:
    result = drawn(pool_of(0, 0, 0, 0))
    assert seated(result, without={result.panel[0]}) == (*result.panel[1:], *result.reserves)
    gone = set(result.panel[:2])
    with pytest.raises(TooFewExperts, match=r"3 seats and 2 of the experts can sit: 1 missing\. The reserves are used"):
        seated(result, without=gone)


def everything_a_draw_is_made_of() -> list[Any]:
    file = file_of(town_pool(), town_case())
    stayed = file.pool[0].stays[0]
    return [file, file.case, file.terms, file.pool[0], stayed, stayed.days, file.result, *file.result.drawn[:1]]


@pytest.mark.parametrize("thing", everything_a_draw_is_made_of(), ids=lambda thing: type(thing).__name__)
def test_nothing_can_be_changed_or_added(thing: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, next(iter(type(thing).__dataclass_fields__)), None)
    assert not hasattr(thing, "__dict__")
