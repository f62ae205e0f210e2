"""The cases that every implementation of the law must get right to the day."""

from tests.rules.stories import HUNAN, File


def test_nine_points_suspend_for_two_months() -> None:
    chen = File()
    chen.scored(9, "2025-03-10")
    assert chen.on("2025-03-09").status == "normal"
    assert chen.on("2025-03-10")[:2] == ("suspended", "2025-05-10")
    assert chen.on("2025-05-09")[:2] == ("suspended", "2025-05-10")
    after = chen.on("2025-05-10")
    assert (after.status, after.until, after.points) == ("normal", None, 9)
    assert after.changes_on == "2026-01-01"


def test_ten_and_four_in_one_year_terminate() -> None:
    wang = File()
    wang.scored(10, "2025-07-01")
    wang.scored(4, "2025-08-15")
    view = wang.on("2025-08-15")
    assert view.periods == ["suspension 2025-07-01 2025-08-15 e1", "termination 2025-08-15 open barred 2026-08-15 e2"]
    assert (view.status, view.until, view.points, view.points_raw) == ("terminated", "2026-08-15", 12, 14)
    assert wang.on("2025-08-14")[:2] == ("suspended", "2025-11-01")


def test_twelve_at_once_bar_three_years() -> None:
    li = File()
    li.scored(12, "2025-07-01")
    assert li.on("2025-07-01")[:2] == ("terminated", "2028-07-01")


def test_reregistration_one_day_before_the_end_of_the_bar_is_an_error() -> None:
    li = File()
    li.scored(12, "2025-07-01")
    too_early = li.reregistered("2028-06-30")
    view = li.on("2028-07-01")
    assert (view.status, view.errors, view.may_reregister) == ("terminated", [too_early], True)


def test_reregistration_on_the_day_the_bar_ends_is_good() -> None:
    li = File()
    li.scored(12, "2025-07-01")
    li.reregistered("2028-07-01")
    view = li.on("2028-07-01")
    assert (view.status, view.errors, view.may_reregister) == ("normal", [], False)
    assert view.periods == ["termination 2025-07-01 2028-07-01 barred 2028-07-01 e1"]


def test_six_months_from_the_end_of_august_end_with_february() -> None:
    zhao = File()
    zhao.scored(11, "2027-08-31")
    view = zhao.on("2027-08-31")
    assert (view.status, view.until, view.changes_on) == ("suspended", "2028-02-29", "2028-01-01")


def test_bar_that_begins_on_a_leap_day_ends_on_the_28th() -> None:
    sun = File()
    sun.scored(6, "2028-02-29")
    sun.scored(6, "2028-02-29")
    assert sun.on("2028-02-29")[:2] == ("terminated", "2029-02-28")
    assert sun.on("2029-02-27").may_reregister is False
    assert sun.on("2029-02-28").may_reregister is True


def test_points_of_last_year_suspend_this_year() -> None:
    zhou = File()
    zhou.scored(9, "2027-01-09", counted_on="2026-12-28")
    view = zhou.on("2027-01-10")
    assert (view.status, view.until, view.points) == ("suspended", "2027-03-09", 0)


def test_hunan_suspends_from_the_next_month() -> None:
    wu = File(HUNAN)
    wu.scored(8, "2025-02-01")
    wu.scored(1, "2025-05-09")
    assert wu.on("2025-05-31").status == "normal"
    assert wu.on("2025-05-31").periods == ["suspension 2025-06-01 2025-08-01 e2"]
    assert wu.on("2025-06-01")[:2] == ("suspended", "2025-08-01")
    assert wu.on("2025-08-01").status == "normal"


def test_hunan_joins_two_suspensions_that_start_together() -> None:
    zheng = File(HUNAN)
    zheng.scored(9, "2026-01-10")
    zheng.scored(1, "2026-01-31")
    assert zheng.on("2026-02-01").periods == ["suspension 2026-02-01 2026-06-01 e1 e2"]


def test_a_third_suspension_bridges_two_that_touch() -> None:
    feng = File()
    feng.scored(9, "2026-01-01", months=1)
    feng.scored(1, "2026-01-10", policy=HUNAN)
    assert feng.on("2026-01-10").periods == [
        "suspension 2026-01-01 2026-02-01 e1",
        "suspension 2026-02-01 2026-06-01 e2",
    ]
    feng.scored(1, "2026-01-20")
    assert feng.on("2026-01-20").periods == ["suspension 2026-01-01 2026-07-20 e1 e2 e3"]


def test_relief_undoes_nothing_and_the_next_point_suspends_again() -> None:
    yang = File()
    yang.scored(9, "2025-02-01")
    yang.relieved(1, "2025-02-10")
    yang.scored(1, "2025-02-20")
    view = yang.on("2025-02-20")
    assert (view.points, view.periods) == (9, ["suspension 2025-02-01 2025-04-20 e1 e3"])


def test_new_year_without_a_difference_is_no_change() -> None:
    qian = File()
    qian.scored(3, "2025-12-01")
    qian.scored(3, "2026-01-01")
    assert qian.on("2025-12-15").changes_on == "2027-01-01"
