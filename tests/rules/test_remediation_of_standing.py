"""Relief and shorter periods: what they move, and what they never undo."""

from tests.rules.stories import HUNAN, File


def test_relief_lowers_the_points_from_its_day() -> None:
    chen = File()
    chen.scored(5, "2025-03-10")
    chen.relieved(2, "2025-04-01")
    assert chen.on("2025-03-31").points == 5
    assert chen.on("2025-03-31").changes_on == "2025-04-01"
    assert chen.on("2025-04-01").points == 3


def test_relief_never_goes_below_zero() -> None:
    chen = File()
    chen.scored(1, "2025-03-10")
    chen.relieved(4, "2025-04-01")
    chen.scored(8, "2025-05-01")
    assert chen.on("2025-05-01")[:3] == ("normal", None, 8)


def test_relief_counts_for_the_year_of_its_own_day() -> None:
    wang = File()
    wang.scored(5, "2025-12-20")
    wang.relieved(2, "2026-01-05")
    wang.scored(3, "2026-02-01")
    view = wang.on("2026-02-01")
    assert (view.points, view.points_raw) == (3, 3)
    assert wang.on("2025-12-31").points == 5


def test_relief_undoes_no_suspension() -> None:
    li = File()
    li.scored(9, "2025-03-10")
    li.relieved(4, "2025-03-20")
    assert li.on("2025-03-20")[:3] == ("suspended", "2025-05-10", 5)


def test_relief_undoes_no_termination() -> None:
    li = File()
    li.scored(12, "2025-03-10")
    li.relieved(4, "2025-03-20")
    assert li.on("2025-03-20")[:3] == ("terminated", "2028-03-10", 8)


def test_relief_keeps_the_next_entry_below_the_threshold() -> None:
    zhao = File()
    zhao.scored(8, "2025-03-10")
    zhao.relieved(1, "2025-04-01")
    zhao.scored(1, "2025-05-01")
    assert zhao.on("2025-05-01")[:3] == ("normal", None, 8)


def test_relief_of_raw_points_above_twelve_may_show_no_difference() -> None:
    sun = File()
    sun.scored(10, "2025-03-10")
    sun.scored(4, "2025-04-10")
    sun.relieved(2, "2025-05-01")
    assert sun.on("2025-05-01")[2:4] == (12, 12)
    assert sun.on("2025-04-30").changes_on == "2026-01-01"


def test_a_suspension_ends_so_many_days_earlier() -> None:
    zhou = File()
    zhou.scored(9, "2025-03-10")
    zhou.shortened(20, "2025-03-20")
    assert zhou.on("2025-03-20")[:2] == ("suspended", "2025-04-20")
    assert zhou.on("2025-03-19").until == "2025-05-10"


def test_a_suspension_never_ends_before_the_shortening() -> None:
    zhou = File()
    zhou.scored(9, "2025-03-10")
    zhou.shortened(5000, "2025-03-20")
    assert zhou.on("2025-03-20").periods == ["suspension 2025-03-10 2025-03-20 e1"]
    assert zhou.on("2025-03-20").status == "normal"


def test_a_suspension_shortened_on_its_first_day_disappears() -> None:
    zhou = File()
    zhou.scored(9, "2025-03-10")
    zhou.shortened(5000, "2025-03-10")
    assert zhou.on("2025-03-10").periods == []
    assert zhou.causes("2025-03-10") == ["suspended", "suspension_dropped"]


def test_a_future_suspension_can_be_shortened() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-09")
    wu.shortened(10, "2025-05-20")
    assert wu.on("2025-05-20").periods == ["suspension 2025-06-01 2025-07-22 e1"]


def test_a_future_suspension_shortened_to_nothing_disappears() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-09")
    wu.shortened(61, "2025-05-20")
    assert wu.on("2025-05-20").periods == []
    assert wu.on("2025-06-01").status == "normal"


def test_what_disappeared_joins_nothing() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-09")
    wu.shortened(61, "2025-05-20")
    wu.scored(1, "2025-05-25")
    assert wu.on("2025-05-25").periods == ["suspension 2025-06-01 2025-10-01 e3"]


def test_only_the_suspension_with_the_latest_start_is_shortened() -> None:
    feng = File()
    feng.scored(9, "2026-01-01", months=1)
    feng.scored(1, "2026-01-10", policy=HUNAN)
    feng.shortened(10, "2026-01-15")
    assert feng.on("2026-01-15").periods == [
        "suspension 2026-01-01 2026-02-01 e1",
        "suspension 2026-02-01 2026-05-22 e2",
    ]


def test_after_a_dropped_one_the_one_before_is_the_last() -> None:
    feng = File()
    feng.scored(9, "2026-01-01", months=1)
    feng.scored(1, "2026-01-10", policy=HUNAN)
    feng.shortened(500, "2026-01-15")
    feng.shortened(5, "2026-01-15")
    assert feng.on("2026-01-15").periods == ["suspension 2026-01-01 2026-01-27 e1"]


def test_a_suspension_that_is_over_is_not_shortened() -> None:
    yang = File()
    yang.scored(9, "2025-03-10")
    yang.shortened(5, "2025-05-10")
    assert yang.on("2025-05-10").periods == ["suspension 2025-03-10 2025-05-10 e1"]
    assert yang.causes("2025-05-10") == ["suspended", "nothing_to_shorten"]


def test_on_its_last_day_a_suspension_can_still_be_shortened() -> None:
    yang = File()
    yang.scored(9, "2025-03-10")
    yang.shortened(5, "2025-05-09")
    assert yang.on("2025-05-09").periods == ["suspension 2025-03-10 2025-05-09 e1"]


def test_shortening_without_any_period_does_nothing() -> None:
    qian = File()
    qian.shortened(5, "2025-05-10")
    assert qian.on("2025-05-10")[:4] == ("normal", None, 0, 0)
    assert qian.causes("2025-05-10") == ["nothing_to_shorten"]


def test_a_bar_ends_so_many_days_earlier() -> None:
    he = File()
    he.scored(6, "2025-03-10")
    he.scored(6, "2025-03-10")
    he.shortened(69, "2025-06-01")
    assert he.on("2025-06-01").until == "2025-12-31"
    assert he.on("2025-12-31").may_reregister is True
    assert he.on("2025-12-30").may_reregister is False


def test_a_bar_never_ends_before_the_shortening() -> None:
    he = File()
    he.scored(12, "2025-03-10")
    he.shortened(10**12, "2025-06-01")
    view = he.on("2025-06-01")
    assert (view.status, view.until, view.may_reregister) == ("terminated", "2025-06-01", True)


def test_a_bar_that_is_over_is_not_shortened() -> None:
    lv = File()
    lv.scored(6, "2025-03-10")
    lv.scored(6, "2025-03-10")
    lv.shortened(5, "2026-03-10")
    assert lv.on("2026-03-10").until == "2026-03-10"
    assert lv.causes("2026-03-10")[-1] == "nothing_to_shorten"


def test_on_its_last_day_a_bar_can_still_be_shortened() -> None:
    lv = File()
    lv.scored(6, "2025-03-10")
    lv.scored(6, "2025-03-10")
    lv.shortened(5, "2026-03-09")
    assert lv.on("2026-03-09").until == "2026-03-09"


def test_the_bar_comes_before_any_suspension() -> None:
    shi = File()
    shi.scored(10, "2025-07-01")
    shi.scored(4, "2025-08-15")
    shi.shortened(10, "2025-08-15")
    assert shi.on("2025-08-15").periods == [
        "suspension 2025-07-01 2025-08-15 e1",
        "termination 2025-08-15 open barred 2026-08-05 e2",
    ]


def test_long_after_the_bar_nothing_is_shortened() -> None:
    lv = File()
    lv.scored(6, "2025-03-10")
    lv.scored(6, "2025-03-10")
    lv.shortened(5, "2026-08-01")
    assert lv.on("2026-08-01").until == "2026-03-10"


def test_of_two_terminations_the_open_one_is_shortened() -> None:
    yan = File()
    yan.scored(12, "2025-07-01")
    yan.reregistered("2028-07-01")
    yan.scored(12, "2028-07-10")
    yan.shortened(9, "2029-01-10")
    assert yan.on("2029-01-10").periods == [
        "termination 2025-07-01 2028-07-01 barred 2028-07-01 e1",
        "termination 2028-07-10 open barred 2031-07-01 e3",
    ]
    assert str(yan.steps("2029-01-10")[-1].from_) == "2028-07-10"


def test_of_two_suspensions_the_running_one_is_shortened() -> None:
    jin = File()
    jin.scored(9, "2025-02-01")
    jin.scored(1, "2025-06-01")
    jin.shortened(30, "2025-06-10")
    assert jin.on("2025-06-10").periods == [
        "suspension 2025-02-01 2025-04-01 e1",
        "suspension 2025-06-01 2025-09-01 e2",
    ]


def test_long_after_a_suspension_nothing_is_shortened() -> None:
    wei = File()
    wei.scored(9, "2025-03-10")
    wei.shortened(5, "2025-08-01")
    assert wei.on("2025-08-01").periods == ["suspension 2025-03-10 2025-05-10 e1"]
