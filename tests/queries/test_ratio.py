"""An institution's suspended and terminated person-times of a year over its staff."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.institutions import open_institution
from registry.actions.people import register_practitioner
from registry.actions.registrations import end_registration, register_at
from registry.models import Institution, Practitioner, Registration
from registry.queries.ratio import PersonTime, Ratio, people_behind, ratio_of, ratios
from tests.actions.deeds import annul, merge, part, register_again
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)


@pytest.fixture
def town() -> Town:
    return build("510100")


def hire(town: Town, number: int, place: Institution | None = None, since: date = LAW_BEGINS) -> Practitioner:
    """One more person, registered at the hospital unless said."""
    person = register_practitioner(
        code=f"D5101000010{number:02}", name=f"医生{number}", category="physician", by=town.officer, now=at(LAW_BEGINS)
    )
    register(town, person, place or town.hospital, since)
    return person


def register(town: Town, person: Practitioner, place: Institution, since: date) -> Registration:
    return register_at(
        practitioner=person, institution=place, starts_on=since, by=town.officer, now=at(max(since, LAW_BEGINS), 9)
    )


def leave(town: Town, person: Practitioner, place: Institution, on: date) -> None:
    row = Registration.objects.get(practitioner=person, institution=place, superseded_at=None)
    end_registration(registration=row, ends_on=on, reason="离职", by=town.officer, now=at(on, 9))


def shown(ratio: Ratio) -> tuple[int, int, int, float | None]:
    return ratio.suspended, ratio.terminated, ratio.staff, ratio.per_cent


def test_one_of_two_is_half_of_the_staff(town: Town) -> None:
    score(town, 9, TODAY)
    ratio = ratio_of(town.hospital, TODAY)
    assert shown(ratio) == (1, 0, 2, 50.0)
    assert [(who, time.from_, time.until) for who, time in people_behind(ratio, 10)] == [
        (town.surgeon, TODAY, date(2025, 5, 10))
    ]


@pytest.mark.parametrize(("staff", "reached"), [(2, "agreement_suspended"), (5, "settlement_paused"), (6, None)])
def test_the_thresholds_are_reached_at_a_fifth_and_at_a_half(town: Town, staff: int, reached: str | None) -> None:
    for number in range(staff - 2):
        hire(town, number)
    score(town, 9, TODAY)
    found = ratio_of(town.hospital, TODAY).reached
    assert (found.rule.removeprefix("ratios.") if found else None) == reached


def test_a_share_just_below_a_threshold_never_looks_like_it(town: Town) -> None:
    times = tuple(
        PersonTime(person, person, kind="suspension", from_=TODAY, until=LATER, barred_until=None)
        for person in range(30)
    )
    below = replace(ratio_of(town.hospital, TODAY), staff=151, times=times)
    assert (below.per_cent, below.reached) == (19.8, None)
    assert replace(below, staff=150).per_cent == 20.0


def test_the_thresholds_come_from_the_region_with_provision_and_certainty(town: Town) -> None:
    thresholds = ratio_of(town.hospital, TODAY).thresholds
    assert [(each.rule, each.per_cent) for each in thresholds] == [
        ("ratios.settlement_paused", 20),
        ("ratios.agreement_suspended", 50),
    ]
    assert {each.source.certainty for each in thresholds} == {"L"}
    assert ratio_of(build().hospital, TODAY).thresholds[0].policy.id == "cn-43-2025"


def test_before_the_law_there_is_no_threshold(town: Town) -> None:
    ratio = ratio_of(town.hospital, date(2024, 12, 31))
    assert (ratio.thresholds, ratio.reached) == ((), None)


def test_a_person_suspended_and_then_terminated_is_two_person_times(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 3, LATER)
    assert shown(ratio_of(town.hospital, LATER)) == (1, 1, 2, 100.0)


def test_a_sanction_counts_in_the_year_in_which_it_began(town: Town) -> None:
    score(town, 9, date(2025, 12, 20))
    assert shown(ratio_of(town.hospital, date(2025, 12, 31)))[:2] == (1, 0)
    assert shown(ratio_of(town.hospital, date(2026, 1, 1)))[:2] == (0, 0)


def test_a_sanction_counts_from_the_day_it_begins(town: Town) -> None:
    changsha = build()
    score(changsha, 9, TODAY)
    assert ratio_of(changsha.hospital, date(2025, 3, 31)).suspended == 0
    assert ratio_of(changsha.hospital, date(2025, 4, 1)).suspended == 1


def test_staff_are_those_registered_on_the_day_asked(town: Town) -> None:
    hire(town, 1, since=LATER)
    leave(town, town.nurse, town.hospital, date(2025, 7, 1))
    days = (TODAY, LATER, date(2025, 6, 30), date(2025, 7, 1))
    assert [ratio_of(town.hospital, on).staff for on in days] == [2, 3, 3, 2]


def test_an_institution_without_staff_has_no_share_and_reaches_nothing(town: Town) -> None:
    score(town, 9, TODAY)
    for person in (town.surgeon, town.nurse):
        leave(town, person, town.hospital, LATER)
    ratio = ratio_of(town.hospital, LATER)
    assert shown(ratio) == (1, 0, 0, None)
    assert ratio.reached is None
    assert shown(ratio_of(town.pharmacy, LATER)) == (0, 0, 0, None)


def test_a_sanction_that_begins_on_the_day_a_registration_ends_does_not_count_there(town: Town) -> None:
    register(town, town.surgeon, town.clinic, TODAY)
    leave(town, town.surgeon, town.hospital, TODAY)
    score(town, 9, TODAY)
    assert ratio_of(town.hospital, TODAY).times == ()
    assert shown(ratio_of(town.clinic, TODAY)) == (1, 0, 1, 100.0)


def test_a_person_registered_at_two_institutions_counts_at_both(town: Town) -> None:
    register(town, town.surgeon, town.clinic, LAW_BEGINS)
    score(town, 9, TODAY)
    found = ratios([town.hospital, town.clinic, town.pharmacy], [TODAY])
    assert [shown(found[place.pk, TODAY])[:3] for place in (town.hospital, town.clinic, town.pharmacy)] == [
        (1, 0, 2),
        (1, 0, 1),
        (0, 0, 0),
    ]


def test_a_person_who_left_and_came_back_is_one_member_of_staff(town: Town) -> None:
    leave(town, town.surgeon, town.hospital, date(2025, 2, 1))
    register(town, town.surgeon, town.hospital, date(2025, 2, 10))
    score(town, 9, TODAY)
    assert shown(ratio_of(town.hospital, TODAY)) == (1, 0, 2, 50.0)


def test_merged_files_are_one_member_of_staff_and_one_person_time(town: Town) -> None:
    twin, grandtwin = hire(town, 1), hire(town, 2)
    score(town, 9, TODAY, who=twin)
    link = merge(town, twin, grandtwin, date(2025, 4, 1))
    merge(town, town.surgeon, twin, date(2025, 4, 2))
    ratio = ratio_of(town.hospital, LATER)
    assert shown(ratio) == (1, 0, 2, 50.0)
    assert [time.person for time in ratio.times] == [town.surgeon.pk]
    part(town, link, date(2025, 4, 3))
    assert shown(ratio_of(town.hospital, LATER)) == (1, 0, 3, 33.3)


def test_a_person_registered_under_an_absorbed_file_only_counts_under_that_file(town: Town) -> None:
    twin = hire(town, 1, place=town.clinic)
    merge(town, town.surgeon, twin, date(2025, 2, 1))
    score(town, 9, TODAY)
    ratio = ratio_of(town.clinic, TODAY)
    assert shown(ratio) == (1, 0, 1, 100.0)
    assert [who for who, _ in people_behind(ratio, 10)] == [twin]


def test_an_annulled_sanction_is_no_person_time(town: Town) -> None:
    annul(town, score(town, 9, TODAY), LATER)
    assert ratio_of(town.hospital, LATER).times == ()


def test_a_termination_counts_in_its_year_also_after_registration_again(town: Town) -> None:
    score(town, 6, TODAY, number="1")
    score(town, 6, TODAY, number="2")
    register_again(town, date(2026, 3, 10), town.clinic)
    assert shown(ratio_of(town.hospital, date(2025, 12, 31)))[:2] == (0, 1)
    assert ratio_of(town.hospital, date(2026, 4, 1)).times == ()


def test_the_latest_sanctions_come_first_and_no_more_than_asked(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    score(town, 9, LATER)
    ratio = ratio_of(town.hospital, LATER)
    assert [who for who, _ in people_behind(ratio, 1)] == [town.surgeon]


def test_the_queries_do_not_grow_with_people_institutions_and_days(town: Town) -> None:
    def asked(places: list[Institution], days: list[date]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ratios(places, days)
        return len(captured)

    merge(town, town.surgeon, hire(town, 1), TODAY)
    few = asked([town.hospital], [TODAY])
    places = [town.hospital]
    for number in range(10, 16):
        place = open_institution(
            code=f"H510100010{number}",
            name=f"医院{number}",
            region=town.region,
            agency=town.agency,
            by=None,
            now=at(TODAY),
        )
        person = hire(town, number, place)
        score(town, 9, TODAY, who=person, number=f"{number}")
        merge(town, person, hire(town, number + 20, place), LATER)
        places.append(place)
    assert asked(places, [TODAY + timedelta(days=each) for each in (0, 100, 400)]) == few <= 5
    assert asked([], [TODAY]) == 0
