"""The explanation: what each fact did, in codes and data, and by which provision."""

from datetime import date

import pytest

from registry.rules.course import Step
from tests.rules.stories import DRAFT, HUNAN, LIAONING, NATIONAL, POLICIES, File


def test_an_entry_below_the_threshold_is_only_counted() -> None:
    chen = File()
    chen.scored(3, "2026-01-10", counted_on="2025-12-30")
    (step,) = chen.steps("2026-01-10")
    assert step == Step(
        id="e1",
        kind="points_scored",
        on=date(2026, 1, 10),
        year=2025,
        points=3,
        total=3,
        caused="counted",
        from_=None,
        until=None,
        barred_until=None,
        single=None,
        months=None,
        policy=NATIONAL,
        rules=("counting.year",),
        provision="local-texts",
        certainty="L",
        revised_by=None,
    )


def test_a_suspension_names_threshold_start_and_length() -> None:
    wu = File(HUNAN)
    wu.scored(8, "2025-05-01")
    wu.scored(1, "2025-05-09")
    step = wu.steps("2025-05-09")[1]
    assert (step.caused, step.from_, step.until, step.months, step.single) == (
        "suspended",
        date(2025, 6, 1),
        date(2025, 8, 1),
        2,
        False,
    )
    assert (step.policy, step.provision, step.certainty) == (HUNAN, "opinion", "F")
    assert step.rules == ("thresholds.suspend", "suspension.start", "months.cumulative.9.default")


def test_chosen_months_rest_on_the_range() -> None:
    wang = File(LIAONING)
    wang.scored(10, "2025-03-10", months=3)
    (step,) = wang.steps("2025-03-10")
    assert (step.months, step.single) == (3, True)
    assert step.rules[2:] == ("months.single.10.min", "months.single.10.max")


def test_a_joined_suspension_says_so() -> None:
    li = File()
    li.scored(9, "2025-02-01")
    li.scored(1, "2025-02-10")
    step = li.steps("2025-02-10")[1]
    assert (step.caused, step.from_, step.until) == ("suspension_extended", date(2025, 2, 1), date(2025, 6, 10))
    assert step.rules[-1] == "suspension.overlapping"


def test_terminations_name_their_bar() -> None:
    zhao = File()
    zhao.scored(12, "2025-03-10")
    zhao.scored(1, "2025-03-11")
    zhao.scored(9, "2026-03-11")
    first, second, third = zhao.steps("2026-03-11")
    assert (first.caused, first.rules, first.months) == ("terminated", ("thresholds.terminate", "bars.single"), 36)
    assert (second.caused, second.rules, second.months) == (
        "termination_extended",
        ("thresholds.terminate", "bars.cumulative"),
        12,
    )
    assert (first.from_, first.until, first.barred_until) == (date(2025, 3, 10), None, date(2028, 3, 10))
    assert second.barred_until == date(2028, 3, 10)
    assert (third.caused, third.rules, third.barred_until) == (
        "already_terminated",
        ("thresholds.suspend",),
        date(2028, 3, 10),
    )


def test_relief_tells_by_how_much_it_really_lowered() -> None:
    sun = File()
    sun.scored(2, "2025-03-10")
    sun.relieved(3, "2025-04-01")
    step = sun.steps("2025-04-01")[1]
    assert (step.caused, step.year, step.points, step.total, step.policy) == ("relieved", 2025, -2, 0, NATIONAL)
    assert step.rules == ("remediation.relief_per_activity", "remediation.relief_per_year")
    assert (step.provision, step.certainty) == ("register", "D")


def test_relief_of_a_year_without_points_lowers_nothing() -> None:
    sun = File()
    sun.relieved(3, "2025-04-01")
    (step,) = sun.steps("2025-04-01")
    assert (step.points, step.total) == (0, 0)


def test_shortening_tells_the_period_as_it_left_it() -> None:
    zhou = File()
    zhou.scored(9, "2025-03-10")
    zhou.shortened(10, "2025-03-20")
    step = zhou.steps("2025-03-20")[1]
    assert (step.caused, step.from_, step.until) == ("suspension_shortened", date(2025, 3, 10), date(2025, 4, 30))
    assert (step.year, step.points, step.total) == (2025, 0, 9)
    assert step.rules == ("remediation.shortest_percent",)


def test_shortening_of_a_bar_tells_the_bar() -> None:
    zhou = File()
    zhou.scored(12, "2025-03-10")
    zhou.shortened(10, "2026-03-20")
    step = zhou.steps("2026-03-20")[1]
    assert (step.caused, step.barred_until, step.year, step.total) == ("bar_shortened", date(2028, 2, 29), 2026, 0)
    assert step.rules == ("remediation.shortest_percent",)


def test_shortening_of_nothing_says_so() -> None:
    zhou = File()
    zhou.shortened(10, "2026-03-20")
    (step,) = zhou.steps("2026-03-20")
    assert (step.caused, step.points, step.rules) == ("nothing_to_shorten", 0, ("remediation.shortest_percent",))


@pytest.mark.parametrize(("points", "rule"), [(12, "bars.single"), (6, "bars.cumulative")])
def test_reregistration_closes_the_termination(points: int, rule: str) -> None:
    wu = File()
    wu.scored(6, "2025-03-10")
    wu.scored(points, "2025-03-10")
    wu.reregistered("2028-03-10")
    step = wu.steps("2028-03-10")[2]
    assert (step.caused, step.until, step.points, step.rules) == ("reregistered", date(2028, 3, 10), 0, (rule,))
    assert (step.kind, step.on, step.id) == ("reregistered", date(2028, 3, 10), "g3")


def test_reregistration_that_cannot_apply_says_why() -> None:
    zheng = File()
    zheng.reregistered("2025-03-01")
    zheng.scored(12, "2025-03-10")
    zheng.reregistered("2025-03-11")
    first, _, third = zheng.steps("2025-03-11")
    assert (first.caused, first.from_, first.rules) == ("not_terminated", None, ("thresholds.terminate",))
    assert (third.caused, third.barred_until, third.year) == ("still_barred", date(2028, 3, 10), 2025)


def test_a_fact_from_before_the_scheme_is_explained_by_its_first_policy() -> None:
    feng = File()
    feng.relieved(1, "2020-03-10")
    assert feng.steps("2020-03-10")[0].policy == NATIONAL


def test_under_the_draft_nine_points_do_not_suspend() -> None:
    yang = File(DRAFT)
    yang.scored(9, "2025-03-10")
    assert yang.on("2025-03-10")[:3] == ("normal", None, 9)
    yang.scored(1, "2025-04-10")
    assert yang.on("2025-04-10")[:2] == ("suspended", "2025-08-10")


@pytest.mark.parametrize(("first", "second", "status"), [(7, 7, "suspended"), (6, 7, "normal"), (7, 6, "normal")])
def test_under_the_draft_two_years_above_six_suspend(first: int, second: int, status: str) -> None:
    qian = File(DRAFT)
    qian.scored(first, "2025-03-10")
    qian.scored(second, "2026-03-10")
    assert qian.on("2026-03-10").status == status


def test_under_the_draft_the_years_must_follow_each_other() -> None:
    he = File(DRAFT)
    he.scored(7, "2025-03-10")
    he.scored(7, "2027-03-10")
    assert he.on("2027-03-10").status == "normal"


def test_under_the_draft_late_points_of_the_earlier_year_suspend_too() -> None:
    lv = File(DRAFT)
    lv.scored(8, "2026-01-05")
    lv.scored(8, "2026-02-05", counted_on="2025-12-20")
    step = lv.steps("2026-02-05")[1]
    assert (step.caused, step.until, step.months) == ("suspended", date(2026, 3, 5), 1)
    assert step.rules == ("thresholds.each_of_two_years", "suspension.start", "months.cumulative.8.default")
    assert step.provision == "draft-2023"


def test_the_law_in_force_knows_no_two_years() -> None:
    shi = File()
    shi.scored(8, "2025-03-10")
    shi.scored(8, "2026-03-10")
    assert shi.causes("2026-03-10") == ["counted", "counted"]
    assert POLICIES[NATIONAL].two_years_at is None
