"""The lottery spreads the work far more evenly than chance would."""

from __future__ import annotations

import pytest

from appeals.rules.simulate import Spread, report, simulate
from appeals.rules.verify import main


def test_the_lottery_spreads_the_work_better_than_chance() -> None:
    lottery = simulate(300, experts=60, seed="town")
    chance = simulate(300, experts=60, seed="town", weighted=False)
    assert lottery.mean == chance.mean == 15
    assert lottery.deviation < chance.deviation / 3
    assert lottery.most - lottery.least < 7 < chance.most - chance.least


def test_the_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    first, again, other = (simulate(40, experts=60, seed=seed, weighted=False) for seed in ("1", "1", "2"))
    assert first == again != other


def test_a_spread_is_told_with_the_deviation_of_the_whole_pool() -> None:
    assert Spread.of([1, 1, 3, 3]) == Spread(least=1, most=3, mean=2.0, deviation=1.0)


def test_the_report_shows_both_ways() -> None:
    said = list(report(20, experts=60))
    assert said[0].startswith("20 cases one after the other, panels of 3, 60 experts, seed 1.")
    assert said[1].split() == ["least", "most", "mean", "standard", "deviation"]
    assert [line.split()[:3] for line in said[2:]] == [["by", "the", "lottery"], ["by", "pure", "chance"]]


def test_the_program_simulates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--simulate", "10", "--experts", "60", "--seed", "x"]) == 0
    assert capsys.readouterr().out.splitlines() == list(report(10, experts=60, seed="x"))


def test_a_pool_that_is_too_small_for_a_case_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--simulate", "10", "--experts", "6"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("--experts: The panel has 3 seats and ")
    assert said.endswith("The pool of 6 is too small.\n")
