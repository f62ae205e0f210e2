"""The same history under another policy."""

import pytest

from registry.rules.compute import standing
from registry.rules.facts import InvalidHistory, check_history
from registry.rules.whatif import recompute
from tests.rules.stories import DRAFT, HUNAN, LIAONING, NATIONAL, POLICIES, File


def under(file: File, policy: str) -> File:
    other = File()
    other.facts = list(recompute(file.facts, POLICIES, policy))
    return other


def test_nobody_is_suspended_for_nine_points_under_the_draft() -> None:
    chen = File()
    chen.scored(9, "2025-03-10")
    assert chen.on("2025-03-10").status == "suspended"
    assert under(chen, DRAFT).on("2025-03-10").status == "normal"


def test_hunan_would_have_waited_for_the_next_month() -> None:
    wang = File()
    wang.scored(9, "2025-03-10")
    assert under(wang, HUNAN).on("2025-03-10").periods == ["suspension 2025-04-01 2025-06-01 e1"]


def test_chosen_months_fall_back_to_the_default_of_the_other_policy() -> None:
    li = File()
    entry = li.scored(9, "2025-03-10", months=1)
    assert under(li, LIAONING).on("2025-03-10").until == "2025-07-10"
    li.revised(entry, 10, "2025-03-11", months=3)
    assert under(li, LIAONING).on("2025-03-10").until == "2025-08-10"


def test_under_its_own_policy_a_history_stays_as_it_is() -> None:
    zhao = File()
    entry = zhao.scored(9, "2025-03-10", months=1)
    zhao.revised(entry, 10, "2025-03-11", months=3)
    zhao.relieved(1, "2025-03-12")
    assert recompute(zhao.facts, POLICIES, NATIONAL) == tuple(zhao.facts)


def test_the_history_itself_is_left_alone() -> None:
    sun = File()
    sun.scored(9, "2025-03-10")
    recompute(sun.facts, POLICIES, DRAFT)
    assert standing(sun.facts, sun.facts[0].effective_on, POLICIES).status == "suspended"


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(KeyError, match="cn-1949"):
        recompute([], POLICIES, "cn-1949")


def test_a_history_under_the_draft_is_no_history_of_the_register() -> None:
    zhou = File(DRAFT)
    zhou.scored(9, "2025-03-10")
    check_history(zhou.facts)
    with pytest.raises(InvalidHistory, match="no policy with this id takes entries") as error:
        check_history(zhou.facts, POLICIES.for_entries)
    assert (error.value.field, error.value.value) == ("facts[0].policy", DRAFT)
