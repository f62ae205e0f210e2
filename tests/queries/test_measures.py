"""What a year of an institution comes to, and where its agency owes an answer."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.actions.institutions import open_institution
from registry.queries.measures import KINDS, assessment, due_at, institutions_over, subject_of
from registry.queries.ratio import places_with_times, ratio_of
from tests.actions.deeds import annul, merge, part
from tests.actions.measuring import NEXT_DAY, decide, drop, end, hire, propose
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

SPRING = date(2025, 4, 1)
SUMMER = date(2025, 6, 20)
YEAR_END = date(2025, 12, 31)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    """The hospital has five people; the surgeon is suspended: 20 %."""
    town = build("510100")
    hire(town, 3)
    score(town, 9, TODAY)
    return town


def over(on: date) -> list[tuple[str, str]]:
    return [(due.institution.name, due.kind) for due in institutions_over(on)]


def test_a_year_comes_to_its_share_its_people_and_the_days_of_its_measures(town: Town) -> None:
    measure = end(town, decide(town, propose(town), starts_on=SPRING), SUMMER, on=SPRING)
    found = assessment(town.hospital, 2025, today=date(2026, 2, 1))
    assert (found.year, found.is_final, found.ratio.on, found.ratio.per_cent) == (2025, True, YEAR_END, 20.0)
    assert [time.person for time in found.ratio.times] == [town.surgeon.pk]
    (held,) = found.measures
    assert (held.measure, held.days) == (measure, (SUMMER - SPRING).days)
    assert held.period is not None
    assert (held.period.starts_on, held.period.ends_on) == (SPRING, SUMMER)


def test_the_running_year_is_assessed_today_and_counts_today(town: Town) -> None:
    decide(town, propose(town))
    found = assessment(town.hospital, 2025, today=NEXT_DAY)
    assert (found.is_final, found.ratio.on, found.measures[0].days) == (False, NEXT_DAY, 1)
    assert assessment(town.hospital, 2025, today=TODAY).measures[0].days == 0


def test_a_measure_belongs_to_the_year_it_is_about_and_to_those_in_which_it_holds(town: Town) -> None:
    january = date(2026, 1, 12)
    decide(town, propose(town, on=january, year=2025), january, starts_on=january)
    assert [each.days for each in assessment(town.hospital, 2025, today=january).measures] == [0]
    assert [each.days for each in assessment(town.hospital, 2026, today=date(2026, 1, 14)).measures] == [3]
    assert assessment(town.hospital, 2024, today=january).measures == ()


def test_proposed_and_dropped_measures_stay_in_the_assessment(town: Town) -> None:
    dropped = drop(town, propose(town))
    proposed = propose(town, hour=18)
    found = assessment(town.hospital, 2025, today=TODAY).measures
    assert [(each.measure, each.period, each.days) for each in found] == [(proposed, None, 0), (dropped, None, 0)]


def test_a_year_to_come_has_no_assessment(town: Town) -> None:
    with pytest.raises(ValueError, match="2026 has not begun on 2025-03-10"):
        assessment(town.hospital, 2026, today=TODAY)


def test_an_assessment_asks_few_questions(town: Town) -> None:
    decide(town, propose(town))
    with CaptureQueriesContext(connection) as queries:
        assessment(town.hospital, 2025, today=TODAY)
    assert len(queries) <= 7


def test_an_institution_is_over_from_the_share_on_and_not_a_person_earlier(town: Town) -> None:
    assert over(TODAY) == [("第一医院", "settlement_paused")]
    hire(town, 1, first=200)
    assert over(TODAY) == []


def test_from_half_of_the_staff_the_graver_measure_is_due(town: Town) -> None:
    for number, person in enumerate([town.nurse, *hire(town, 1, first=200), *hire(town, 1, first=300)]):
        score(town, 9, TODAY, who=person, number=f"罚字{number}")
    assert over(TODAY) == [("第一医院", "agreement_suspended")]


def test_nothing_is_due_before_the_law_or_before_a_sanction(town: Town) -> None:
    assert over(date(2024, 12, 31)) == []
    assert over(date(2025, 3, 9)) == []
    assert over(date(2026, 1, 1)) == []


def test_an_open_measure_as_grave_as_the_share_is_an_answer(town: Town) -> None:
    measure = propose(town)
    assert over(TODAY) == []
    decide(town, measure)
    assert over(SPRING) == []


def test_the_lighter_measure_with_its_reason_answers_the_same_sanctions_only() -> None:
    town = build("510100")
    people = hire(town, 2)
    for person in (town.surgeon, town.nurse):
        score(town, 9, TODAY, who=person, number=person.code)
    propose(town, lighter_reason="唯一的急救医院")
    assert over(SPRING) == []
    score(town, 9, SPRING, who=people[0])
    assert over(SPRING) == [("第一医院", "agreement_suspended")]


def test_a_share_annulled_below_is_no_longer_due(town: Town) -> None:
    annul(town, town.surgeon.points_entries.get(), TODAY)
    assert over(TODAY) == []
    assert due_at(town.hospital, TODAY) is None


def test_staff_registered_under_a_merged_file_are_not_overlooked(town: Town) -> None:
    twin = hire(town, 1, place=town.clinic, first=200)[0]
    link = merge(town, town.surgeon, twin, date(2025, 2, 1))
    assert town.clinic.pk in places_with_times(TODAY)
    assert ratio_of(town.clinic, TODAY).per_cent == 100.0
    assert ("社区卫生中心", "agreement_suspended") in over(TODAY)
    part(town, link, SPRING)
    assert over(SPRING) == [("第一医院", "settlement_paused")]


def test_the_subject_of_a_year_is_the_same_for_ever_and_its_own(town: Town) -> None:
    assert subject_of(town.hospital, 2025) == subject_of(town.hospital, 2025)
    assert len({subject_of(place, year) for place in (town.hospital, town.clinic) for year in (2025, 2026)}) == 4


def test_the_graver_kind_comes_last() -> None:
    assert KINDS == ("settlement_paused", "agreement_suspended")


def test_the_questions_do_not_grow_with_the_institutions_that_are_over(town: Town) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert over(TODAY)
        return len(queries)

    one = asked()
    for number in range(10, 14):
        place = open_institution(
            code=f"H510100010{number}",
            name=f"医院{number}",
            region=town.region,
            agency=town.agency,
            by=None,
            now=at(LAW_BEGINS),
        )
        score(town, 9, TODAY, who=hire(town, 1, place=place, first=1000 + number)[0], number=f"罚字{number}")
    assert len(over(TODAY)) == 5
    assert asked() == one
