"""What a panel's votes come to, and what several points of dispute come to together."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.rules.verdict import (
    ANNULLED,
    KINDS,
    REDUCED,
    UPHELD,
    InvalidVerdict,
    Outcome,
    Vote,
    check,
    combined,
    majority,
    outcome_of,
    said,
)
from registry.rules.policy import load_policies

EXPERTS = ("chen", "fang", "guo", "han", "jia")

proposals = st.integers(1, 12)


def votes(proposed: int, *left: int | None) -> list[Vote]:
    """A vote for each number of points left; None is a seat that has not voted."""
    said = [None if points is None else outcome_of(points, proposed) for points in left]
    return [Vote(expert, each) for expert, each in zip(EXPERTS, said, strict=False)]


@st.composite
def panels(draw: st.DrawFn) -> tuple[int, list[int]]:
    proposed, size = draw(proposals), draw(st.sampled_from([3, 5]))
    return proposed, draw(st.lists(st.integers(0, proposed), min_size=size, max_size=size))


def refusal_of(proposed: int, of: list[Vote], **rule: str) -> InvalidVerdict:
    with pytest.raises(InvalidVerdict) as error:
        majority(of, proposed, **rule)
    return error.value


@pytest.mark.parametrize(
    ("points", "outcome"), [(6, Outcome(UPHELD, 6)), (5, Outcome(REDUCED, 5)), (1, Outcome(REDUCED, 1))]
)
def test_the_points_that_are_left_tell_the_outcome(points: int, outcome: Outcome) -> None:
    assert outcome_of(points, 6) == outcome
    assert outcome_of(0, 6) == Outcome(ANNULLED, 0)


def test_only_a_reduction_says_to_how_many() -> None:
    assert said(UPHELD, 6) == Outcome(UPHELD, 6)
    assert said(REDUCED, 6, reduced_to=2) == Outcome(REDUCED, 2)
    assert said(ANNULLED, 6) == Outcome(ANNULLED, 0)


@pytest.mark.parametrize(
    ("kind", "reduced_to", "field"),
    [
        (REDUCED, None, "reduced_to"),
        (UPHELD, 6, "reduced_to"),
        (ANNULLED, 0, "reduced_to"),
        (REDUCED, 6, "points"),
        (REDUCED, 0, "points"),
        ("raised", None, "kind"),
    ],
)
def test_what_cannot_be_said_is_refused(kind: str, reduced_to: int | None, field: str) -> None:
    with pytest.raises(InvalidVerdict) as error:
        said(kind, 6, reduced_to=reduced_to)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("left", "outcome"),
    [
        ((6, 6, 0), Outcome(UPHELD, 6)),
        ((0, 6, 0), Outcome(ANNULLED, 0)),
        ((4, 4, 6), Outcome(REDUCED, 4)),
        ((6, 4, 0), Outcome(REDUCED, 4)),
        ((0, 2, 4), Outcome(REDUCED, 2)),
        ((6, 5, 1), Outcome(REDUCED, 5)),
        ((0, 0, 3, 6, 6), Outcome(REDUCED, 3)),
        ((1, 2, 3, 4, 5), Outcome(REDUCED, 3)),
        ((6, 6, 6, 0, 0), Outcome(UPHELD, 6)),
    ],
)
def test_the_vote_in_the_middle_decides(left: tuple[int, ...], outcome: Outcome) -> None:
    assert majority(votes(6, *left), 6).outcome == outcome


def test_dissent_is_kept_with_who_said_it() -> None:
    verdict = majority(votes(6, 6, 4, 0), 6)
    assert [(vote.expert, vote.outcome) for vote in verdict.dissent] == [
        ("chen", Outcome(UPHELD, 6)),
        ("guo", Outcome(ANNULLED, 0)),
    ]
    assert majority(votes(6, 4, 4, 4), 6).dissent == ()


def test_one_proposed_point_cannot_be_reduced_only_annulled() -> None:
    assert majority(votes(1, 1, 0, 0), 1).outcome == Outcome(ANNULLED, 0)
    with pytest.raises(InvalidVerdict, match="cannot be what is left of 1 when reduced"):
        check(Outcome(REDUCED, 1), 1)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_panel_of_another_size_decides_nothing(count: int) -> None:
    error = refusal_of(6, votes(6, *[6] * count))
    assert (error.field, error.value, error.reason) == ("votes", count, "a panel has one of: 3, 5 seats")


def test_nothing_is_decided_before_the_last_vote_is_in() -> None:
    error = refusal_of(6, votes(6, 0, 0, None))
    assert (error.field, error.value, error.reason) == ("expert", "guo", "has not voted")


def test_nobody_votes_twice() -> None:
    error = refusal_of(6, [*votes(6, 0, 0), Vote("chen", Outcome(ANNULLED, 0))])
    assert (error.field, error.value, error.reason) == ("expert", "chen", "has two seats")


@pytest.mark.parametrize(
    "wrong",
    [
        Outcome(UPHELD, 5),
        Outcome(REDUCED, 6),
        Outcome(REDUCED, 0),
        Outcome(ANNULLED, 1),
        Outcome(UPHELD, 7),
        Outcome(REDUCED, -1),
        Outcome("raised", 6),
    ],
    ids=str,
)
def test_a_vote_that_cannot_be_cast_is_refused(wrong: Outcome) -> None:
    assert refusal_of(6, [*votes(6, 6, 6), Vote("guo", wrong)]).field in ("kind", "points")
    with pytest.raises(InvalidVerdict):
        combined([Outcome(UPHELD, 6), wrong], 6)


@pytest.mark.parametrize("proposed", [0, 13, -1])
def test_only_points_of_the_law_can_be_in_dispute(proposed: int) -> None:
    with pytest.raises(InvalidVerdict, match="must be 1 to 12 points"):
        outcome_of(0, proposed)


def test_the_way_to_decide_is_that_of_the_policy() -> None:
    three = votes(6, 6, 4, 0)
    for policy in load_policies().values():
        assert majority(three, 6, rule=policy.get("panel.outcome")).outcome == Outcome(REDUCED, 4)
    assert refusal_of(6, three, rule="mean").reason == "must be one of: median"


@pytest.mark.parametrize(
    ("left", "outcome"),
    [
        ((6, 6), Outcome(UPHELD, 6)),
        ((6, 4, 5), Outcome(REDUCED, 4)),
        ((6, 1, 0), Outcome(ANNULLED, 0)),
        ((6,), Outcome(UPHELD, 6)),
    ],
)
def test_of_several_points_of_dispute_the_best_for_the_person_holds(left: tuple[int, ...], outcome: Outcome) -> None:
    for order in permutations(left):
        assert combined([outcome_of(points, 6) for points in order], 6) == outcome


def test_no_point_of_dispute_has_no_outcome() -> None:
    with pytest.raises(InvalidVerdict, match="at least one point of dispute"):
        combined([], 6)


@given(panels())
def test_a_majority_wants_no_more_and_a_majority_no_fewer(panel: tuple[int, list[int]]) -> None:
    proposed, left = panel
    verdict = majority(votes(proposed, *left), proposed)
    assert sum(points <= verdict.outcome.points for points in left) > len(left) / 2
    assert sum(points >= verdict.outcome.points for points in left) > len(left) / 2
    assert verdict.outcome.points in left


@given(panels())
def test_what_most_experts_vote_is_the_outcome(panel: tuple[int, list[int]]) -> None:
    proposed, left = panel
    verdict = majority(votes(proposed, *left), proposed)
    for points in set(left):
        if left.count(points) > len(left) / 2:
            assert verdict.outcome == outcome_of(points, proposed)


@given(panels())
def test_the_order_of_the_seats_does_not_matter(panel: tuple[int, list[int]]) -> None:
    proposed, left = panel
    cast = votes(proposed, *left)
    verdict, other = majority(cast, proposed), majority(cast[::-1], proposed)
    assert (verdict.outcome, verdict.dissent) == (other.outcome, other.dissent[::-1])


@given(panels())
def test_every_vote_agrees_or_is_kept_as_dissent(panel: tuple[int, list[int]]) -> None:
    proposed, left = panel
    cast = votes(proposed, *left)
    verdict = majority(cast, proposed)
    assert sorted(vote.expert for vote in cast if vote.outcome == verdict.outcome or vote in verdict.dissent) == sorted(
        vote.expert for vote in cast
    )
    assert all(vote.outcome != verdict.outcome for vote in verdict.dissent)


@given(panels(), st.data())
def test_one_milder_vote_never_makes_the_outcome_heavier(panel: tuple[int, list[int]], data: st.DataObject) -> None:
    proposed, left = panel
    seat = data.draw(st.integers(0, len(left) - 1))
    milder = [*left]
    milder[seat] = data.draw(st.integers(0, left[seat]))
    before, after = (majority(votes(proposed, *each), proposed).outcome for each in (left, milder))
    assert after.points <= before.points


@given(proposals, st.data())
def test_outcomes_together_are_never_heavier_than_one_of_them(proposed: int, data: st.DataObject) -> None:
    left = data.draw(st.lists(st.integers(0, proposed), min_size=1, max_size=6))
    outcomes = [outcome_of(points, proposed) for points in left]
    together = combined(outcomes, proposed)
    assert all(together.points <= each.points for each in outcomes)
    assert all(KINDS.index(together.kind) >= KINDS.index(each.kind) for each in outcomes)
    assert together in outcomes
    assert combined([together, *outcomes], proposed) == together
