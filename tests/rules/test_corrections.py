"""Annulments and revisions reach every day; knowledge reaches as far as it was recorded."""

from tests.rules.stories import HUNAN, LIAONING, File


def test_an_annulled_entry_never_existed() -> None:
    chen = File()
    entry = chen.scored(9, "2025-03-10")
    chen.annulled(entry, "2025-04-20")
    view = chen.on("2025-03-15")
    assert (view.status, view.points, view.periods) == ("normal", 0, [])
    assert chen.standing("2025-03-15").steps == ()


def test_annulling_one_entry_leaves_the_other() -> None:
    chen = File()
    first = chen.scored(6, "2025-03-10")
    chen.scored(6, "2025-05-20")
    chen.annulled(first, "2025-06-01")
    assert chen.on("2025-05-20")[:3] == ("normal", None, 6)


def test_an_annulment_counts_for_days_before_it() -> None:
    wang = File()
    entry = wang.scored(9, "2025-03-10")
    wang.annulled(entry, "2027-01-01")
    assert wang.on("2025-03-10").status == "normal"


def test_before_the_annulment_was_recorded_one_knew_otherwise() -> None:
    wang = File()
    entry = wang.scored(9, "2025-03-10")
    wang.annulled(entry, "2025-04-20", recorded="2025-04-20T10:00:00+08:00")
    assert wang.on("2025-03-15", known="2025-04-20T09:59:59+08:00").status == "suspended"
    assert wang.on("2025-03-15", known="2025-04-20T10:00:00+08:00").status == "normal"


def test_knowledge_is_an_instant_whatever_the_offset() -> None:
    li = File()
    li.scored(9, "2025-03-10", recorded="2025-03-10T00:30:00+08:00")
    assert li.on("2025-03-10", known="2025-03-09T16:29:59+00:00").status == "normal"
    assert li.on("2025-03-10", known="2025-03-09T16:30:00+00:00").status == "suspended"


def test_a_fact_recorded_late_counts_from_its_day_once_known() -> None:
    zhao = File()
    zhao.scored(9, "2025-03-10", recorded="2025-09-01T09:00:00+08:00")
    assert zhao.on("2025-03-15", known="2025-08-31T00:00:00+08:00").status == "normal"
    assert zhao.on("2025-03-15").status == "suspended"


def test_a_revision_lowers_the_entry_from_the_beginning() -> None:
    sun = File()
    entry = sun.scored(9, "2025-03-10")
    sun.revised(entry, 6, "2025-04-20")
    view = sun.on("2025-03-10")
    assert (view.status, view.points, view.periods) == ("normal", 6, [])


def test_a_revised_single_twelve_becomes_a_suspension() -> None:
    sun = File()
    entry = sun.scored(12, "2025-03-10")
    sun.revised(entry, 10, "2025-04-20")
    assert sun.on("2025-03-10").periods == ["suspension 2025-03-10 2025-07-10 e1"]


def test_a_revision_without_months_goes_back_to_the_default() -> None:
    zhou = File()
    entry = zhou.scored(10, "2025-03-10", months=3)
    zhou.revised(entry, 9, "2025-04-20")
    assert zhou.on("2025-03-10").until == "2025-05-10"


def test_a_revision_with_months_replaces_those_of_the_entry() -> None:
    zhou = File()
    entry = zhou.scored(10, "2025-03-10", months=3)
    zhou.revised(entry, 10, "2025-04-20", months=1)
    assert zhou.on("2025-03-10").until == "2025-04-10"


def test_a_revision_makes_single_out_of_cumulative() -> None:
    wu = File(LIAONING)
    wu.scored(1, "2025-03-01")
    entry = wu.scored(8, "2025-03-10")
    assert wu.on("2025-03-10").until == "2025-04-10"
    wu.revised(entry, 9, "2025-04-20")
    assert wu.on("2025-03-10").until == "2025-08-10"


def test_of_several_revisions_the_last_decided_holds() -> None:
    wu = File()
    entry = wu.scored(9, "2025-03-10")
    wu.revised(entry, 5, "2025-06-01")
    wu.revised(entry, 7, "2025-04-01")
    assert wu.on("2025-03-10").points == 7
    wu.facts.reverse()
    assert wu.on("2025-03-10").points == 7


def test_of_several_revisions_the_last_one_known_holds() -> None:
    zheng = File()
    entry = zheng.scored(9, "2025-03-10")
    zheng.revised(entry, 5, "2025-04-01")
    zheng.revised(entry, 7, "2025-06-01")
    assert zheng.on("2025-03-10", known="2025-05-01T00:00:00+08:00").points == 5
    assert zheng.on("2025-03-10", known="2025-03-31T00:00:00+08:00").points == 9


def test_an_annulment_beats_a_later_revision() -> None:
    feng = File()
    entry = feng.scored(9, "2025-03-10")
    feng.annulled(entry, "2025-04-01")
    feng.revised(entry, 9, "2025-05-01")
    assert feng.on("2025-06-01")[:3] == ("normal", None, 0)


def test_an_annulment_beats_an_earlier_revision() -> None:
    feng = File()
    entry = feng.scored(9, "2025-03-10")
    feng.revised(entry, 9, "2025-04-01")
    feng.annulled(entry, "2025-05-01")
    assert feng.on("2025-06-01")[:3] == ("normal", None, 0)


def test_a_correction_of_an_entry_not_yet_known_does_nothing() -> None:
    yang = File()
    entry = yang.scored(9, "2025-03-10", recorded="2025-09-01T09:00:00+08:00")
    yang.scored(3, "2025-04-01")
    yang.revised(entry, 6, "2025-04-20")
    yang.annulled(entry, "2025-04-21")
    assert yang.on("2025-06-01", known="2025-05-01T00:00:00+08:00").points == 3
    assert yang.on("2025-06-01").points == 3


def test_a_correction_may_be_numbered_before_its_entry() -> None:
    qian = File()
    qian.annulled("e2", "2025-03-01")
    qian.scored(9, "2025-03-10")
    assert qian.on("2025-03-10").status == "normal"


def test_annulling_the_entry_that_terminated_brings_the_suspension_back() -> None:
    he = File()
    he.scored(10, "2025-07-01")
    last = he.scored(4, "2025-08-15")
    he.annulled(last, "2025-09-01")
    assert he.on("2025-09-01").periods == ["suspension 2025-07-01 2025-11-01 e1"]


def test_annulling_a_termination_turns_the_reregistration_into_an_error() -> None:
    lv = File()
    entry = lv.scored(12, "2025-07-01")
    back = lv.reregistered("2028-07-01")
    lv.annulled(entry, "2028-08-01")
    assert lv.on("2028-07-01").errors == [back]
    assert lv.on("2028-07-01", known="2028-07-15T00:00:00+08:00").errors == []


def test_a_revised_entry_still_starts_by_its_own_policy() -> None:
    shi = File(HUNAN)
    entry = shi.scored(10, "2025-05-09")
    shi.revised(entry, 9, "2025-05-20")
    assert shi.on("2025-05-20").periods == ["suspension 2025-06-01 2025-08-01 e1"]


def test_the_step_of_a_revised_entry_names_its_revision() -> None:
    zhang = File()
    entry = zhang.scored(9, "2025-03-10")
    zhang.scored(2, "2025-03-11")
    revision = zhang.revised(entry, 6, "2025-04-20")
    first, second = zhang.steps("2025-03-11")
    assert (first.revised_by, first.points, first.total) == (revision, 6, 6)
    assert (second.revised_by, second.points, second.total) == (None, 2, 8)
