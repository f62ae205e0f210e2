"""What a correction reaches: days that were wrongly blocked, days newly blocked, totals, bars and periods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.compute import NORMAL, standing
from registry.rules.facts import EntryAnnulled, EntryRevised, Fact, PointsScored
from registry.rules.reach import PeriodChange, Reach, Window, reach
from tests.rules.random_files import RECORDED, acts, build, days, files, points
from tests.rules.stories import HUNAN, POLICIES, File, line

unhurried = settings(deadline=None)
entries = acts.filter(lambda act: act["kind"] is PointsScored)

FIRST_WALKED, LAST_WALKED = date(2024, 11, 1), date(2032, 2, 1)  # no bar or suspension of a random file reaches further


def without(file: File, entry: str, on: str) -> Reach:
    """What annulling the entry on the day reaches."""
    before = list(file.facts)
    file.annulled(entry, on)
    return reach(before, file.facts, POLICIES)


def with_fewer(file: File, entry: str, points: int, on: str, months: int | None = None) -> Reach:
    """What revising the entry on the day reaches."""
    before = list(file.facts)
    file.revised(entry, points, on, months=months)
    return reach(before, file.facts, POLICIES)


def told(windows: Iterable[Window]) -> list[str]:
    return [f"{window.from_} {window.until} {window.status}" for window in windows]


def pairs(changes: Iterable[PeriodChange]) -> list[tuple[str | None, str | None]]:
    return [
        (line(change.before) if change.before else None, line(change.after) if change.after else None)
        for change in changes
    ]


def test_an_annulled_suspension_gives_its_days_back() -> None:
    wang = File()
    entry = wang.scored(9, "2025-03-10")
    found = without(wang, entry, "2025-06-20")
    assert told(found.unblocked) == ["2025-03-10 2025-05-10 suspended"]
    assert (found.newly_blocked, found.bars) == ((), ())
    assert [(total.year, total.before, total.after) for total in found.totals] == [(2025, 9, 0)]
    assert pairs(found.periods) == [("suspension 2025-03-10 2025-05-10 e1", None)]


def test_a_revision_of_the_months_gives_the_last_month_back() -> None:
    wang = File()
    entry = wang.scored(9, "2025-03-10")
    found = with_fewer(wang, entry, 9, "2025-06-20", months=1)
    assert told(found.unblocked) == ["2025-04-10 2025-05-10 suspended"]
    assert found.totals == ()
    assert pairs(found.periods) == [("suspension 2025-03-10 2025-05-10 e1", "suspension 2025-03-10 2025-04-10 e1")]


def test_a_suspension_that_ran_into_a_termination_is_two_windows_that_touch() -> None:
    li = File()
    li.scored(9, "2025-03-10")
    li.scored(3, "2025-04-01")
    facts = li.facts
    assert told(reach(facts, [], POLICIES).unblocked) == [
        "2025-03-10 2025-04-01 suspended",
        "2025-04-01 None terminated",
    ]


def test_days_that_stay_blocked_for_another_reason_are_not_given_back() -> None:
    zhao = File()
    zhao.scored(9, "2025-03-10")
    last = zhao.scored(3, "2025-04-01")
    found = without(zhao, last, "2025-06-20")
    assert told(found.unblocked) == ["2025-05-10 None terminated"]
    assert pairs(found.bars) == [("termination 2025-04-01 open barred 2026-04-01 e2", None)]


def test_annulling_one_reason_of_several_shortens_the_bar_and_gives_no_day_back() -> None:
    qian = File()
    qian.scored(12, "2025-03-10")
    second = qian.scored(12, "2025-09-01")
    found = without(qian, second, "2025-10-01")
    assert found.unblocked == found.newly_blocked == ()
    assert pairs(found.bars) == [
        (
            "termination 2025-03-10 open barred 2028-09-01 e1 e2",
            "termination 2025-03-10 open barred 2028-03-10 e1",
        )
    ]


def test_a_reason_that_goes_without_moving_a_day_is_a_change_of_the_period_only() -> None:
    sun = File()
    sun.scored(12, "2025-03-10")
    second = sun.scored(1, "2025-03-10")
    found = without(sun, second, "2025-10-01")
    assert [change.changes_days for change in found.periods] == [False]
    assert found.bars == ()


def test_a_suspension_that_a_termination_had_swallowed_blocks_days_without_it() -> None:
    feng = File()
    grave = feng.scored(12, "2025-01-10")
    feng.scored(9, "2027-12-20")
    feng.reregistered("2028-01-10")
    found = without(feng, grave, "2028-03-01")
    assert told(found.unblocked) == ["2025-01-10 2027-12-20 terminated"]
    assert told(found.newly_blocked) == ["2028-01-10 2028-02-20 suspended"]
    assert pairs(found.periods) == [
        ("termination 2025-01-10 2028-01-10 barred 2028-01-10 e1", None),
        (None, "suspension 2027-12-20 2028-02-20 e2"),
    ]


def test_points_of_two_years_are_told_apart() -> None:
    chen = File()
    entry = chen.scored(4, "2026-01-09", counted_on="2025-12-28")
    chen.scored(3, "2026-01-10")
    assert [(total.year, total.before, total.after) for total in without(chen, entry, "2026-03-01").totals] == [
        (2025, 4, 0)
    ]


def test_a_suspension_that_was_to_begin_next_month_is_given_back_from_its_first_day() -> None:
    he = File(HUNAN)
    entry = he.scored(9, "2025-11-09")
    assert told(without(he, entry, "2025-11-10").unblocked) == ["2025-12-01 2026-02-01 suspended"]


def test_an_annulment_of_what_blocked_nothing_reaches_the_total_only() -> None:
    lu = File()
    entry = lu.scored(3, "2025-03-10")
    found = without(lu, entry, "2025-03-11")
    assert replace(found, totals=()).is_empty
    assert not found.is_empty


# what holds for every file ------------------------------------------------------------------------------------------


@st.composite
def corrected(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    """A file with an entry, and the same file with a correction of one of its entries more."""
    known = draw(files(most=7).filter(lambda facts: any(isinstance(fact, PointsScored) for fact in facts)))
    entry = draw(st.sampled_from([fact.id for fact in known if isinstance(fact, PointsScored)]))
    seq, on = len(known) + 1, draw(days)
    annulment = EntryAnnulled(f"f{seq}", seq, on, RECORDED, entry)
    revision = EntryRevised(f"f{seq}", seq, on, RECORDED, entry, draw(points))
    return known, [*known, draw(st.sampled_from([annulment, revision]))]


def statuses(facts: list[Fact]) -> dict[date, str]:
    """The standing of every day of the years that matter, asked day by day."""
    walked = range(FIRST_WALKED.toordinal(), LAST_WALKED.toordinal())
    return {day: standing(facts, day, POLICIES).status for day in map(date.fromordinal, walked)}


def days_in(windows: tuple[Window, ...]) -> dict[date, str]:
    """Every day of the windows with its status, up to the last day walked."""
    painted: dict[date, str] = {}
    for window in windows:
        day = window.from_
        while day < min(window.until or LAST_WALKED, LAST_WALKED):
            assert day not in painted, "two windows share a day"
            painted[day] = window.status
            day += timedelta(days=1)
    return painted


@settings(deadline=None, max_examples=max(5, settings().max_examples // 5))
@given(corrected())
def test_the_windows_are_the_days_found_by_walking_from_day_to_day(histories: tuple[list[Fact], list[Fact]]) -> None:
    before, after = (statuses(facts) for facts in histories)
    found = reach(*histories, POLICIES)
    assert days_in(found.unblocked) == {day: was for day, was in before.items() if was != NORMAL == after[day]}
    assert days_in(found.newly_blocked) == {day: now for day, now in after.items() if now != NORMAL == before[day]}


@unhurried
@given(files(), files())
def test_windows_are_in_order_and_as_long_as_can_be(one: list[Fact], other: list[Fact]) -> None:
    found = reach(one, other, POLICIES)
    for windows in (found.unblocked, found.newly_blocked):
        assert all(window.until is None or window.from_ < window.until for window in windows)
        for window, following in pairwise(windows):
            assert window.until is not None
            assert window.until < following.from_ or (
                window.until == following.from_ and window.status != following.status
            )


@unhurried
@given(files(), files())
def test_the_way_back_is_the_mirror_of_the_way_there(one: list[Fact], other: list[Fact]) -> None:
    there, back = reach(one, other, POLICIES), reach(other, one, POLICIES)
    assert (there.unblocked, there.newly_blocked) == (back.newly_blocked, back.unblocked)
    assert [(total.before, total.after) for total in there.totals] == [
        (total.after, total.before) for total in back.totals
    ]


@unhurried
@given(files(), entries, days)
def test_annulling_what_was_just_scored_gives_back_exactly_its_blocked_days(
    facts: list[Fact], act: dict[str, Any], annulled_on: date
) -> None:
    entry = build(act, len(facts) + 1, RECORDED)
    annulment = EntryAnnulled("undo", len(facts) + 2, annulled_on, RECORDED, entry.id)
    scored = reach(facts, [*facts, entry], POLICIES)
    undone = reach([*facts, entry], [*facts, entry, annulment], POLICIES)
    assert undone.unblocked == scored.newly_blocked
    assert undone.newly_blocked == scored.unblocked
    assert reach(facts, [*facts, entry, annulment], POLICIES).is_empty


@unhurried
@given(files(), st.randoms(use_true_random=False))
def test_nothing_differs_for_an_identical_history(facts: list[Fact], random: Any) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert reach(facts, shuffled, POLICIES).is_empty


@unhurried
@given(files(), files())
def test_every_period_of_either_history_is_the_same_in_both_or_named_once(one: list[Fact], other: list[Fact]) -> None:
    before, after = (standing(facts, date.max, POLICIES).periods for facts in (one, other))
    changes = reach(one, other, POLICIES).periods
    gone = [change.before for change in changes if change.before]
    new = [change.after for change in changes if change.after]
    assert sorted(gone, key=str) == sorted((period for period in before if period not in after), key=str)
    assert sorted(new, key=str) == sorted((period for period in after if period not in before), key=str)
