"""What holds for every draw, whatever the pool."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appeals.rules.draw import Result, TooFewExperts, commitment_to, seated
from appeals.rules.draw_file import DrawFile, parse, write
from appeals.rules.exclusions import REASONS, reasons_against
from appeals.rules.pool import Case, Expert, Terms
from appeals.rules.verify import Published, confirm
from tests.appeals import by_the_text
from tests.appeals.random_draws import draws, random_draw, seeds
from tests.appeals.stories import drawn, file_of, seed

Drawable = tuple[list[Expert], Case, Terms]

MANY = 2_000
unhurried = settings(deadline=None)


def drawn_or_none(from_: Drawable, by: bytes) -> Result | None:
    try:
        return drawn(*from_, by=by)
    except TooFewExperts:
        return None


def result_of(from_: Drawable, by: bytes) -> Result:
    result = drawn_or_none(from_, by)
    assume(result is not None)
    assert result is not None
    return result


def order(result: Result) -> list[str]:
    return [lot.expert for lot in result.drawn]


def test_thousands_of_draws_are_what_the_text_says() -> None:
    chance, panels, reasons = Random(2026), 0, set()
    for number in range(MANY):
        from_, by = random_draw(chance), seed(number)
        result = drawn_or_none(from_, by)
        told = json.loads(write(DrawFile(commitment_to(by), by, tuple(from_[0]), *from_[1:], result or EMPTY)))
        assert by_the_text.result_of(told) == (told["result"] if result else None)
        panels += result is not None
        reasons |= {reason for each in (result or EMPTY).excluded for reason in each.reasons}
    assert MANY // 3 < panels < MANY
    assert reasons == set(REASONS)


EMPTY = Result("", "", 0, (), (), (), ())


@unhurried
@given(draws, seeds)
def test_nobody_with_a_reason_against_them_is_drawn_and_nobody_is_lost(from_: Drawable, by: bytes) -> None:
    pool, case, terms = from_
    result = result_of(from_, by)
    fit = {expert.id for expert in pool if not reasons_against(expert, case, terms)}
    assert sorted(fit) == sorted(order(result))
    assert sorted(fit | {each.expert for each in result.excluded}) == sorted(expert.id for expert in pool)
    assert not fit & {each.expert for each in result.excluded}


@unhurried
@given(draws, seeds)
def test_a_panel_has_its_seats_and_the_reserves_follow(from_: Drawable, by: bytes) -> None:
    result = result_of(from_, by)
    assert len(result.panel) == from_[2].size
    assert [*result.panel, *result.reserves] == order(result)
    numbers = [lot.number for lot in result.drawn]
    assert numbers == sorted(set(numbers))


@unhurried
@given(draws, seeds, st.randoms(use_true_random=False))
def test_no_order_of_anything_matters(from_: Drawable, by: bytes, chance: Random) -> None:
    pool, case, terms = from_
    shuffled = [
        replace(each, stays=each.stays[::-1], available=each.available[::-1])
        for each in chance.sample(pool, k=len(pool))
    ]
    assert drawn_or_none((shuffled, case, terms), by) == drawn_or_none(from_, by)


@unhurried
@given(draws, seeds, st.data())
def test_taking_anybody_out_leaves_the_order_of_the_others_while_the_middle_load_stays(
    from_: Drawable, by: bytes, data: st.DataObject
) -> None:
    pool, case, terms = from_
    whole = result_of(from_, by)
    out = data.draw(st.sampled_from(pool))
    rest = result_of(([each for each in pool if each != out], case, terms), by)
    assume(rest.middle_load == whole.middle_load)
    assert order(rest) == [name for name in order(whole) if name != out.id]
    assert set(rest.drawn) <= set(whole.drawn)
    if out.id not in whole.panel:
        assert rest.panel == whole.panel


@unhurried
@given(draws, seeds, st.data())
def test_taking_out_somebody_who_cannot_sit_changes_the_digest_of_the_pool_only(
    from_: Drawable, by: bytes, data: st.DataObject
) -> None:
    pool, case, terms = from_
    whole = result_of(from_, by)
    assume(whole.excluded)
    out = data.draw(st.sampled_from(whole.excluded))
    rest = result_of(([each for each in pool if each.id != out.expert], case, terms), by)
    assert rest.pool_digest != whole.pool_digest
    excluded = tuple(each for each in whole.excluded if each != out)
    assert rest == replace(whole, pool_digest=rest.pool_digest, excluded=excluded)


def test_taking_out_a_reserve_can_change_the_panel_when_it_moves_the_middle_load() -> None:
    chance, changed = Random(1), 0
    for number in range(300):
        pool, case, terms = random_draw(chance)
        whole = drawn_or_none((pool, case, terms), seed(number))
        for out in whole.reserves if whole else ():
            rest = drawn([each for each in pool if each.id != out], case, terms, seed(number))
            assert whole is not None
            assert rest.panel == whole.panel or rest.middle_load != whole.middle_load
            changed += rest.panel != whole.panel
    assert changed


@unhurried
@given(draws, seeds, st.data(), st.integers(1, 9))
def test_having_served_more_never_brings_anybody_forward(
    from_: Drawable, by: bytes, data: st.DataObject, more: int
) -> None:
    pool, case, terms = from_
    before = result_of(from_, by)
    name = data.draw(st.sampled_from(order(before)))
    busier = [replace(each, load=each.load + more) if each.id == name else each for each in pool]
    after = result_of((busier, case, terms), by)
    assume(after.middle_load == before.middle_load)
    assert order(after).index(name) >= order(before).index(name)
    assert [each for each in order(after) if each != name] == [each for each in order(before) if each != name]


@unhurried
@given(draws, seeds, st.data())
def test_replacing_one_after_the_other_is_replacing_all_at_once(
    from_: Drawable, by: bytes, data: st.DataObject
) -> None:
    result = result_of(from_, by)
    gone = data.draw(st.lists(st.sampled_from(order(result)), unique=True, max_size=len(result.reserves)))
    panel, out = list(result.panel), set[str]()
    for name in gone:
        out.add(name)
        now = seated(result, without=out)
        stayed = [each for each in panel if each != name]
        assert list(now[: len(stayed)]) == stayed
        panel = list(now)
    assert not set(panel) & out
    assert len(panel) == len(result.panel)


@unhurried
@given(draws, seeds)
def test_every_draw_that_is_written_is_read_and_verified(from_: Drawable, by: bytes) -> None:
    result_of(from_, by)
    file = file_of(*from_, by=by)
    again = parse(write(file).encode())
    assert write(again) == write(file)
    assert again.result == file.result
    told = Published(file.commitment, file.result.pool_digest, file.result.case_digest)
    assert list(confirm(again, told))
