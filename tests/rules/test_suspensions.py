"""How long one is suspended, from when, and what joins what."""

import pytest

from tests.rules.stories import HUNAN, LIAONING, NATIONAL, TIANJIN, File


@pytest.mark.parametrize("points", range(1, 9))
def test_below_nine_nobody_is_suspended(points: int) -> None:
    chen = File()
    chen.scored(points, "2025-03-10")
    view = chen.on("2025-03-10")
    assert (view.status, view.points, view.periods) == ("normal", points, [])


@pytest.mark.parametrize(
    ("policy", "points", "until"),
    [
        (NATIONAL, 9, "2025-05-10"),
        (NATIONAL, 10, "2025-07-10"),
        (NATIONAL, 11, "2025-09-10"),
        (LIAONING, 9, "2025-07-10"),
        (LIAONING, 10, "2025-08-10"),
        (LIAONING, 11, "2025-09-10"),
        (TIANJIN, 9, "2025-05-10"),
        (TIANJIN, 10, "2025-07-10"),
        (TIANJIN, 11, "2025-09-10"),
    ],
)
def test_default_length_after_one_entry(policy: str, points: int, until: str) -> None:
    chen = File(policy)
    chen.scored(points, "2025-03-10")
    assert chen.on("2025-03-10")[:2] == ("suspended", until)


@pytest.mark.parametrize(
    ("policy", "last", "until"),
    [
        (NATIONAL, 1, "2025-05-10"),
        (NATIONAL, 2, "2025-07-10"),
        (NATIONAL, 3, "2025-09-10"),
        (LIAONING, 1, "2025-04-10"),
        (LIAONING, 2, "2025-05-10"),
        (LIAONING, 3, "2025-06-10"),
        (HUNAN, 1, "2025-06-01"),
    ],
)
def test_default_length_after_several_entries(policy: str, last: int, until: str) -> None:
    chen = File(policy)
    chen.scored(8, "2025-01-05")
    chen.scored(last, "2025-03-10")
    assert chen.on("2025-04-01")[:2] == ("suspended", until)


def test_a_single_nine_after_one_point_takes_the_single_length_of_the_total() -> None:
    wang = File(LIAONING)
    wang.scored(1, "2025-03-01")
    wang.scored(9, "2025-03-10")
    assert wang.on("2025-03-10").until == "2025-08-10"


def test_eight_is_not_single() -> None:
    wang = File(LIAONING)
    wang.scored(1, "2025-03-01")
    wang.scored(8, "2025-03-10")
    (suspension,) = wang.standing("2025-03-10").periods
    assert (str(suspension.until), suspension.single) == ("2025-04-10", False)


def test_chosen_months_replace_the_default() -> None:
    li = File()
    li.scored(9, "2025-03-10", months=1)
    assert li.on("2025-03-10").until == "2025-04-10"


def test_suspension_runs_on_over_new_year() -> None:
    zhao = File()
    zhao.scored(11, "2025-10-01")
    assert zhao.on("2025-12-31")[:3] == ("suspended", "2026-04-01", 11)
    assert zhao.on("2026-01-01")[:3] == ("suspended", "2026-04-01", 0)
    assert zhao.on("2025-12-31").changes_on == "2026-01-01"


def test_points_start_again_from_zero_in_the_new_year() -> None:
    sun = File()
    sun.scored(8, "2025-12-31")
    sun.scored(8, "2026-01-01")
    assert sun.on("2026-01-01")[:3] == ("normal", None, 8)


def test_each_further_entry_above_nine_suspends_anew_from_its_day() -> None:
    zhou = File()
    zhou.scored(9, "2025-02-01")
    zhou.scored(1, "2025-06-01")
    assert zhou.on("2025-06-01").periods == [
        "suspension 2025-02-01 2025-04-01 e1",
        "suspension 2025-06-01 2025-10-01 e2",
    ]


def test_overlapping_suspensions_become_one_with_both_reasons() -> None:
    wu = File()
    wu.scored(9, "2025-02-01")
    wu.scored(1, "2025-03-31")
    assert wu.on("2025-03-31").periods == ["suspension 2025-02-01 2025-07-31 e1 e2"]


def test_a_suspension_on_the_day_the_last_one_ends_is_a_new_one() -> None:
    zheng = File()
    zheng.scored(9, "2025-02-01")
    zheng.scored(1, "2025-04-01")
    view = zheng.on("2025-03-31")
    assert (view.until, view.changes_on) == ("2025-04-01", "2025-04-01")
    assert zheng.on("2025-04-01").periods == [
        "suspension 2025-02-01 2025-04-01 e1",
        "suspension 2025-04-01 2025-08-01 e2",
    ]


def test_joining_never_makes_a_suspension_shorter() -> None:
    feng = File()
    feng.scored(9, "2025-02-01", months=6)
    feng.scored(1, "2025-02-10", months=1)
    assert feng.on("2025-02-10").periods == ["suspension 2025-02-01 2025-08-01 e1 e2"]


def test_a_suspension_that_starts_before_a_future_one_joins_it() -> None:
    yang = File()
    yang.scored(9, "2025-05-20", policy=HUNAN)
    yang.scored(1, "2025-05-25", months=1)
    assert yang.on("2025-05-25").periods == ["suspension 2025-05-25 2025-08-01 e1 e2"]


def test_joined_suspensions_are_single_if_one_of_them_was() -> None:
    qian = File()
    qian.scored(9, "2025-02-01")
    qian.scored(1, "2025-02-10")
    (suspension,) = qian.standing("2025-02-10").periods
    assert suspension.single is True


def test_hunan_suspends_from_january_after_december() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-12-31")
    assert wu.on("2025-12-31").periods == ["suspension 2026-01-01 2026-03-01 e1"]
    assert wu.on("2025-12-31").status == "normal"


def test_hunan_waits_for_the_next_month_even_on_the_first() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-01")
    assert wu.on("2025-05-31").status == "normal"
    assert wu.on("2025-06-01").status == "suspended"


def test_the_year_of_the_handling_owns_the_points() -> None:
    he = File()
    he.scored(8, "2025-11-01")
    he.scored(1, "2026-01-20", counted_on="2025-12-30")
    view = he.on("2026-01-20")
    assert (view.status, view.until, view.points) == ("suspended", "2026-03-20", 0)
    assert he.on("2025-12-31").points == 8


def test_entries_of_one_day_follow_the_order_of_deciding() -> None:
    lv = File()
    lv.scored(1, "2025-03-10")
    lv.scored(9, "2025-03-10")
    lv.relieved(2, "2025-03-10")
    assert lv.on("2025-03-10")[:3] == ("suspended", "2025-07-10", 8)


def test_several_entries_of_one_day_add_up() -> None:
    lv = File()
    for points in (3, 3, 3):
        lv.scored(points, "2025-03-10")
    assert lv.on("2025-03-10").periods == ["suspension 2025-03-10 2025-05-10 e3"]


def test_suspension_from_the_end_of_january_ends_with_a_short_month() -> None:
    shi = File()
    shi.scored(9, "2026-01-31", months=1)
    assert shi.on("2026-01-31").until == "2026-02-28"
    zhang = File()
    zhang.scored(9, "2028-01-31", months=1)
    assert zhang.on("2028-01-31").until == "2028-02-29"


def test_a_future_suspension_is_listed_before_it_begins() -> None:
    kong = File(HUNAN)
    kong.scored(9, "2025-05-09")
    view = kong.on("2025-05-09")
    assert (view.status, view.until, view.changes_on) == ("normal", None, "2025-06-01")


def test_the_last_days_of_the_calendar_do_no_harm() -> None:
    cao = File(HUNAN)
    cao.scored(12, "9999-11-30")
    cao.scored(9, "9999-12-30", policy=NATIONAL)
    assert cao.on("9999-12-30")[:2] == ("terminated", "9999-12-31")
    yan = File(HUNAN)
    yan.scored(9, "9999-12-31")
    assert yan.on("9999-12-31").status == "normal"
    hua = File()
    hua.scored(9, "9999-12-01")
    assert hua.on("9999-12-30")[:2] == ("suspended", "9999-12-31")


def test_joining_leaves_alone_what_was_over_before() -> None:
    zou = File()
    zou.scored(9, "2025-01-10")
    zou.scored(1, "2025-06-01")
    zou.scored(1, "2025-07-01")
    assert zou.on("2025-07-01").periods == [
        "suspension 2025-01-10 2025-03-10 e1",
        "suspension 2025-06-01 2026-01-01 e2 e3",
    ]


def test_joining_a_future_suspension_leaves_alone_the_one_that_ends_today() -> None:
    du = File()
    du.scored(9, "2026-01-01", months=1)
    du.scored(1, "2026-01-10", policy=HUNAN)
    du.scored(1, "2026-02-01")
    assert du.on("2026-02-01").periods == [
        "suspension 2026-01-01 2026-02-01 e1",
        "suspension 2026-02-01 2026-08-01 e2 e3",
    ]
