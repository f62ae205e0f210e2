"""What an annulment or a revision would reach, before it is done: claims to be paid after all, and ratios."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.registrations import register_at
from registry.models import Fact, PointsEntry
from registry.queries.ratio import ratio_of
from registry.queries.reach import ActReach, reach_of
from tests.actions.deeds import annul, join, leave, merge, register_again, relieve
from tests.entries import preview_correction
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)
NEXT_YEAR = date(2026, 2, 3)


@pytest.fixture
def town() -> Town:
    return build("510100")


def annulled(entry: PointsEntry, on: date) -> ActReach:
    """What annulling the entry on the day would reach."""
    found = preview_correction(entry.fact, None, now=at(on, 15))
    return reach_of(found, entries=[entry.fact])


def revised(entry: PointsEntry, on: date, *, points: int, months: int | None = None) -> ActReach:
    """What revising the entry on the day would reach."""
    found = preview_correction(entry.fact, points, months=months, now=at(on, 15))
    return reach_of(found, entries=[entry.fact])


def claims(found: ActReach) -> list[tuple[str, list[str]]]:
    """The windows as one reads them."""
    return [
        (f"{each.from_} {each.until} {each.status}", [place.name for place in each.institutions])
        for each in found.restitution
    ]


def test_the_days_of_a_served_suspension_are_paid_after_all(town: Town) -> None:
    found = annulled(score(town, 9, TODAY), LATER)
    assert claims(found) == [("2025-03-10 2025-05-10 suspended", ["第一医院"])]
    assert found.standing.newly_blocked == ()


def test_restitution_ends_with_today_because_later_days_were_not_refused_yet(town: Town) -> None:
    found = annulled(score(town, 12, TODAY), LATER)
    assert claims(found) == [("2025-03-10 2025-06-21 terminated", ["第一医院"])]
    assert [window.until for window in found.standing.unblocked] == [None]


def test_a_suspension_that_begins_tomorrow_leaves_nothing_to_pay(town: Town) -> None:
    changsha = build()
    found = annulled(score(changsha, 9, TODAY), date(2025, 3, 31))
    assert claims(found) == []
    assert not found.is_empty
    assert found.ratios == ()


def test_windows_are_cut_where_the_person_came_and_left_and_hold_no_day_of_absence(town: Town) -> None:
    entry = score(town, 11, TODAY)
    join(town, town.clinic, date(2025, 4, 1))
    leave(town, town.hospital, date(2025, 4, 10))
    leave(town, town.clinic, date(2025, 5, 1))
    join(town, town.pharmacy, date(2025, 6, 1))
    assert claims(annulled(entry, LATER)) == [
        ("2025-03-10 2025-04-01 suspended", ["第一医院"]),
        ("2025-04-01 2025-04-10 suspended", ["第一医院", "社区卫生中心"]),
        ("2025-04-10 2025-05-01 suspended", ["社区卫生中心"]),
        ("2025-06-01 2025-06-21 suspended", ["便民药店"]),
    ]


def test_two_registrations_that_follow_each_other_make_one_window(town: Town) -> None:
    entry = score(town, 9, TODAY)
    leave(town, town.hospital, date(2025, 4, 1))
    join(town, town.hospital, date(2025, 4, 1))
    assert claims(annulled(entry, LATER)) == [("2025-03-10 2025-05-10 suspended", ["第一医院"])]


def test_a_revision_gives_back_what_was_too_much(town: Town) -> None:
    found = revised(score(town, 9, TODAY), LATER, points=9, months=1)
    assert claims(found) == [("2025-04-10 2025-05-10 suspended", ["第一医院"])]
    assert found.ratios == ()


def test_the_ratio_is_shown_as_it_is_and_as_it_would_be(town: Town) -> None:
    entry = score(town, 9, TODAY)
    score(town, 9, TODAY, who=town.nurse, number="另案")
    (change,) = annulled(entry, LATER).ratios
    assert change.institution == town.hospital
    assert (change.before.per_cent, change.after.per_cent) == (100.0, 50.0)
    assert change.before.on == LATER


def test_a_termination_revised_to_a_suspension_is_still_one_person_time(town: Town) -> None:
    (change,) = revised(score(town, 12, TODAY), LATER, points=9).ratios
    assert (change.before.suspended, change.before.terminated) == (0, 1)
    assert (change.after.suspended, change.after.terminated) == (1, 0)


def test_the_ratio_of_a_past_year_is_asked_at_the_end_of_that_year(town: Town) -> None:
    first = score(town, 9, date(2025, 12, 20))
    assert [change.before.on for change in annulled(first, NEXT_YEAR).ratios] == [date(2025, 12, 31)]
    assert annulled(first, NEXT_YEAR).ratios[0].after.times == ()


def test_ratios_of_all_institutions_and_years_that_the_sanction_touched(town: Town) -> None:
    join(town, town.clinic, LAW_BEGINS)
    grave = score(town, 12, TODAY)
    score(town, 9, date(2026, 1, 20), number="次年")
    leave(town, town.hospital, date(2026, 1, 1))
    found = [
        (change.before.on.year, change.institution.name, len(change.before.times), len(change.after.times))
        for change in annulled(grave, NEXT_YEAR).ratios
    ]
    assert found == [
        (2025, "第一医院", 1, 0),
        (2025, "社区卫生中心", 1, 0),
        (2026, "社区卫生中心", 0, 1),
    ]


def test_what_is_shown_is_what_the_annulment_does(town: Town) -> None:
    join(town, town.clinic, LAW_BEGINS)
    entry = score(town, 9, TODAY)
    score(town, 3, date(2025, 4, 1), number="二")
    shown = annulled(entry, LATER)
    annul(town, entry, LATER)
    assert shown.ratios
    assert [change.after for change in shown.ratios] == [ratio_of(change.institution, LATER) for change in shown.ratios]


def test_an_entry_that_blocked_nothing_reaches_only_the_total(town: Town) -> None:
    found = annulled(score(town, 3, TODAY), LATER)
    assert (found.restitution, found.ratios, found.standing.periods) == ((), (), ())
    assert [(total.year, total.before, total.after) for total in found.standing.totals] == [(2025, 3, 0)]


def test_an_entry_whose_points_were_relieved_reaches_nothing(town: Town) -> None:
    entry = score(town, 1, TODAY)
    relieve(town, 1, date(2025, 4, 1))
    assert annulled(entry, LATER).is_empty


def test_days_that_are_newly_blocked_are_shown_and_by_the_policy_not_reclaimed(town: Town) -> None:
    grave = score(town, 12, TODAY)
    score(town, 9, date(2028, 2, 20))
    register_again(town, date(2028, 3, 10))
    found = annulled(grave, date(2028, 5, 2))
    (window,) = found.standing.newly_blocked
    assert (window.from_, window.until, window.status) == (date(2028, 3, 10), date(2028, 4, 20), "suspended")
    assert not found.reclaims


def test_registrations_of_a_merged_file_count_as_the_persons(town: Town) -> None:
    entry = score(town, 9, TODAY)
    register_at(
        practitioner=town.nurse, institution=town.clinic, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS)
    )
    merge(town, town.nurse, town.surgeon, LATER)
    found = annulled(entry, LATER)
    assert claims(found) == [("2025-03-10 2025-05-10 suspended", ["第一医院", "社区卫生中心"])]
    assert [(change.institution.name, change.before.per_cent, change.after.per_cent) for change in found.ratios] == [
        ("第一医院", 100.0, 0.0),
        ("社区卫生中心", 100.0, 0.0),
    ]


def test_nothing_is_written_and_the_queries_stay_few(town: Town) -> None:
    entry = score(town, 9, TODAY)
    found = preview_correction(entry.fact, None, now=at(LATER))
    with CaptureQueriesContext(connection) as captured:
        reach_of(found, entries=[entry.fact])
    assert len(captured) <= 10
    assert all(query["sql"].startswith("SELECT") for query in captured)
    assert Fact.objects.count() == 1
