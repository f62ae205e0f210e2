"""Twelve points, the bar, and the way back."""

from tests.rules.stories import HUNAN, NATIONAL, File


def test_twelve_by_several_entries_bar_one_year() -> None:
    chen = File()
    chen.scored(6, "2025-03-10")
    chen.scored(6, "2025-05-20")
    view = chen.on("2025-05-20")
    assert (view.status, view.until) == ("terminated", "2026-05-20")
    (termination,) = chen.standing("2025-05-20").periods
    assert termination.single is False


def test_twelve_by_one_entry_is_single() -> None:
    chen = File()
    chen.scored(12, "2025-03-10")
    (termination,) = chen.standing("2025-05-20").periods
    assert termination.single is True


def test_eleven_after_one_point_is_a_cumulative_termination() -> None:
    wang = File()
    wang.scored(1, "2025-03-01")
    wang.scored(11, "2025-03-10")
    assert wang.on("2025-03-10").until == "2026-03-10"


def test_termination_is_immediate_also_in_hunan() -> None:
    wu = File(HUNAN)
    wu.scored(12, "2025-05-09")
    assert wu.on("2025-05-09").status == "terminated"


def test_termination_drops_a_suspension_that_has_not_begun() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-09")
    wu.scored(3, "2025-05-31")
    assert wu.on("2025-05-31").periods == ["termination 2025-05-31 open barred 2026-05-31 e2"]


def test_termination_on_the_first_day_of_a_suspension_drops_it() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-05-09")
    wu.scored(3, "2025-06-01", policy=NATIONAL)
    assert wu.on("2025-06-01").periods == ["termination 2025-06-01 open barred 2026-06-01 e2"]
    assert wu.on("2025-05-31").periods == ["suspension 2025-06-01 2025-08-01 e1"]


def test_termination_leaves_a_suspension_that_is_over() -> None:
    li = File()
    li.scored(9, "2025-01-10")
    li.scored(3, "2025-08-15")
    assert li.on("2025-08-15").periods == [
        "suspension 2025-01-10 2025-03-10 e1",
        "termination 2025-08-15 open barred 2026-08-15 e2",
    ]


def test_nothing_suspends_the_terminated() -> None:
    zhao = File()
    zhao.scored(12, "2025-07-01")
    zhao.scored(9, "2026-02-01")
    assert zhao.on("2026-02-01").periods == ["termination 2025-07-01 open barred 2028-07-01 e1"]
    assert zhao.on("2026-02-01").points == 9


def test_a_further_twelve_moves_the_bar_and_joins_the_reasons() -> None:
    sun = File()
    sun.scored(6, "2025-03-10")
    sun.scored(6, "2025-05-20")
    sun.scored(12, "2026-02-01")
    assert sun.on("2026-02-01").periods == ["termination 2025-05-20 open barred 2029-02-01 e2 e3"]
    (termination,) = sun.standing("2026-02-01").periods
    assert termination.single is True


def test_a_further_entry_never_shortens_the_bar_but_joins_the_reasons() -> None:
    zhou = File()
    zhou.scored(12, "2025-07-01")
    zhou.scored(1, "2025-08-01")
    view = zhou.on("2025-08-01")
    assert (view.until, view.periods) == ("2028-07-01", ["termination 2025-07-01 open barred 2028-07-01 e1 e2"])
    (termination,) = zhou.standing("2025-08-01").periods
    assert termination.single is True


def test_a_termination_does_not_end_by_itself() -> None:
    wu = File()
    wu.scored(6, "2025-03-10")
    wu.scored(6, "2025-05-20")
    view = wu.on("2030-01-01")
    assert (view.status, view.until, view.may_reregister, view.changes_on) == ("terminated", "2026-05-20", True, None)


def test_the_end_of_the_bar_is_a_change() -> None:
    wu = File()
    wu.scored(6, "2025-03-10")
    wu.scored(6, "2025-05-20")
    assert wu.on("2026-01-01").changes_on == "2026-05-20"
    assert wu.on("2026-05-19").may_reregister is False
    assert wu.on("2026-05-20").may_reregister is True


def test_reregistered_people_can_be_suspended_again() -> None:
    zheng = File()
    zheng.scored(12, "2025-07-01")
    zheng.reregistered("2028-07-15")
    zheng.scored(9, "2028-08-01")
    view = zheng.on("2028-08-01")
    assert view.periods == [
        "termination 2025-07-01 2028-07-15 barred 2028-07-01 e1",
        "suspension 2028-08-01 2028-10-01 e3",
    ]


def test_reregistered_people_can_be_terminated_again() -> None:
    feng = File()
    feng.scored(12, "2025-07-01")
    feng.reregistered("2028-07-01")
    feng.scored(12, "2028-07-01")
    assert feng.on("2028-07-01").periods == [
        "termination 2025-07-01 2028-07-01 barred 2028-07-01 e1",
        "termination 2028-07-01 open barred 2031-07-01 e3",
    ]


def test_a_second_reregistration_is_an_error() -> None:
    yang = File()
    yang.scored(12, "2025-07-01")
    yang.reregistered("2028-07-01")
    again = yang.reregistered("2028-07-02")
    assert yang.on("2028-07-02").errors == [again]
    assert yang.on("2028-07-01").errors == []


def test_reregistration_of_somebody_normal_is_an_error() -> None:
    qian = File()
    stray = qian.reregistered("2025-03-10")
    assert qian.on("2025-03-10")[:4] == ("normal", None, 0, 0)
    assert qian.on("2025-03-10").errors == [stray]
    assert qian.causes("2025-03-10") == ["not_terminated"]


def test_an_error_is_told_from_its_day_on() -> None:
    qian = File()
    qian.reregistered("2025-03-10")
    assert qian.on("2025-03-09").errors == []


def test_reregistration_before_termination_on_the_same_day_is_an_error() -> None:
    he = File()
    first = he.reregistered("2025-07-01")
    he.scored(12, "2025-07-01")
    view = he.on("2028-07-01")
    assert (view.status, view.errors) == ("terminated", [first])


def test_a_reregistration_too_early_closes_nothing_later() -> None:
    lv = File()
    lv.scored(12, "2025-07-01")
    early = lv.reregistered("2028-06-30")
    lv.reregistered("2028-07-05")
    view = lv.on("2028-07-05")
    assert (view.status, view.errors) == ("normal", [early])
    assert lv.causes("2028-07-05") == ["terminated", "still_barred", "reregistered"]


def test_totals_outlive_a_reregistration() -> None:
    shi = File()
    shi.scored(6, "2025-03-10")
    shi.scored(6, "2025-03-10")
    shi.shortened(400, "2025-04-01")
    shi.reregistered("2025-04-01")
    assert shi.on("2025-04-01")[:3] == ("normal", None, 12)
    shi.scored(1, "2025-05-01")
    assert shi.on("2025-05-01")[:2] == ("terminated", "2026-05-01")


def test_a_termination_closed_on_its_first_day_leaves_no_period() -> None:
    zhang = File()
    zhang.scored(12, "2025-07-01")
    zhang.shortened(5000, "2025-07-01")
    zhang.reregistered("2025-07-01")
    view = zhang.on("2025-07-01")
    assert (view.status, view.periods, view.points) == ("normal", [], 12)


def test_closing_leaves_the_earlier_suspension_cut_short() -> None:
    kong = File()
    kong.scored(11, "2025-06-01")
    kong.scored(1, "2025-07-01")
    kong.shortened(5000, "2025-07-02")
    kong.reregistered("2025-07-02")
    assert kong.on("2025-07-02").periods == [
        "suspension 2025-06-01 2025-07-01 e1",
        "termination 2025-07-01 2025-07-02 barred 2025-07-02 e2",
    ]


def test_a_further_entry_extends_the_open_termination_only() -> None:
    cao = File()
    cao.scored(12, "2025-07-01")
    cao.reregistered("2028-07-01")
    cao.scored(12, "2028-07-10")
    cao.scored(12, "2029-01-10")
    assert cao.on("2029-01-10").periods == [
        "termination 2025-07-01 2028-07-01 barred 2028-07-01 e1",
        "termination 2028-07-10 open barred 2032-01-10 e3 e4",
    ]
    assert [str(step.from_) for step in cao.steps("2029-01-10")[2:]] == ["2028-07-10", "2028-07-10"]
