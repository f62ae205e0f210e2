"""The twelve months on the opening pages: what is over is counted once, and is right all the same."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Assignment, FileMerge, Role
from registry.queries import statistics
from registry.queries import trends as kept
from registry.queries.scope import Scope
from registry.queries.trends import Trends, trends
from tests.actions.deeds import annul, join, merge, part, revise
from tests.town import LAW_BEGINS, Town, build, score

TODAY = date(2025, 4, 20)
EVERYTHING = Scope((Assignment(role=Role.AUDITOR),))
FEBRUARY, MARCH, APRIL = date(2025, 2, 10), date(2025, 3, 10), date(2025, 4, 10)


@pytest.fixture
def town(db: None) -> Town:
    return build()


def of_region(town: Town) -> Scope:
    return Scope((Assignment(role=Role.AGENCY_OFFICER, agency=town.agency),))


def plainly(seen: Scope, on: date = TODAY) -> Trends:
    """The same, counted from the rows."""
    caches["counts"].clear()
    return trends(seen, on)


def test_months_that_are_over_are_not_counted_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    score(town, 9, FEBRUARY)
    asked: list[date] = []

    def noted(seen: Scope, during: statistics.During) -> Any:
        asked.append(during.from_)
        return statistics.entries_during(seen, during)

    monkeypatch.setattr(kept, "entries_during", noted)
    first = trends(EVERYTHING, TODAY)
    score(town, 3, APRIL, number="罚字2号")
    with CaptureQueriesContext(connection) as queries:
        second = trends(EVERYTHING, TODAY)
    assert asked == [date(2024, 5, 1), date(2025, 4, 1)]
    assert len(queries) == 3
    assert (first.entries[-3:], second.entries[-3:]) == ((1, 0, 0), (1, 0, 1))
    assert second == plainly(EVERYTHING)
    assert (sum(second.suspensions), second.terminations[-1]) == (1, 1)


def test_whatever_changes_an_old_month_is_seen_at_the_next_look(town: Town) -> None:
    """Annulled, revised below a sanction, recorded late, registered late, merged and parted: each as if never kept."""
    first, second = score(town, 9, FEBRUARY), score(town, 9, MARCH, who=town.nurse, number="罚字2号")
    found = [trends(EVERYTHING, TODAY)]
    link = None
    for happens in (
        lambda: annul(town, first, APRIL),
        lambda: revise(town, second, APRIL, points=3),
        lambda: score(town, 9, date(2025, 2, 20), who=town.nurse, number="罚字3号"),
        lambda: join(town, town.clinic, LAW_BEGINS),
        lambda: merge(town, town.surgeon, town.nurse, TODAY),
    ):
        link = happens()
        found.append(trends(EVERYTHING, TODAY))
        here = trends(of_region(town), TODAY)
        assert (found[-1], here) == (plainly(EVERYTHING), plainly(of_region(town))), happens
        trends(EVERYTHING, TODAY), trends(of_region(town), TODAY)
    assert isinstance(link, FileMerge)
    part(town, link, TODAY + timedelta(days=1))
    assert trends(EVERYTHING, TODAY) == plainly(EVERYTHING)
    assert [sum(each.entries) for each in found[:4]] == [2, 1, 1, 2]


def test_a_new_month_keeps_months_of_its_own(town: Town) -> None:
    score(town, 3, FEBRUARY)
    trends(EVERYTHING, TODAY)
    in_may = trends(EVERYTHING, date(2025, 5, 2))
    assert (in_may.months[0], in_may.entries[-4:]) == (date(2024, 6, 1), (1, 0, 0, 0))


def test_who_sees_another_region_is_told_nothing_of_this_one(town: Town) -> None:
    score(town, 3, FEBRUARY)
    assert sum(trends(of_region(town), TODAY).entries) == 1
    there = build("120100")
    assert sum(trends(of_region(there), TODAY).entries) == 0


def test_an_institution_keeps_nothing(town: Town) -> None:
    score(town, 3, FEBRUARY, who=town.nurse)
    he = Scope((Assignment(role=Role.COMPLIANCE_OFFICER, institution=town.hospital),))
    with CaptureQueriesContext(connection) as queries:
        assert sum(trends(he, TODAY).entries) == 1
    assert len(queries) == 2
