"""What a correction reaches is shown before it is confirmed; an institution shows its ratio."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.registrations import register_at
from registry.models import Authority, Fact, User
from tests.actions.deeds import merge, register_again, relieve
from tests.admin.conftest import SignIn
from tests.admin.deeds import confirm, preview, ruled, text_of, url
from tests.town import LAW_BEGINS, TODAY, Town, at, score

MOST_QUERIES = 15
SUMMER = date(2025, 6, 20)  # in Changsha the suspension began with April and ended with May


Office = Callable[[date], AbstractContextManager[Client]]


@pytest.fixture
def office(sign_in: SignIn, town: Town) -> Office:
    """The officer Chen at her desk on a day."""

    @contextmanager
    def office(day: date) -> Iterator[Client]:
        with time_machine.travel(at(day, 15), tick=False):
            yield sign_in(town.officer)

    return office


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


def cards(words: str) -> str:
    """The part of the page between the standing of today and what the officer entered."""
    return words[words.index("Today, with the act") : words.index("You entered")]


def test_an_annulment_shows_the_days_to_be_paid_after_all_with_the_institutions(office: Office, town: Town) -> None:
    entry = score(town, 9, TODAY)
    register_at(
        practitioner=town.surgeon, institution=town.clinic, starts_on=date(2025, 5, 1), by=None, now=at(TODAY, 14)
    )
    with office(SUMMER) as chen:
        shown = cards(text_of(preview(chen, *ruled(entry, 0))))
    assert "Days to be paid after all" in shown
    assert "April 1, 2025 April 30, 2025 suspended 第一医院" in shown
    assert "May 1, 2025 May 31, 2025 suspended 第一医院 社区卫生中心" in shown
    assert "Points of 2025 9 0" in shown
    assert "Suspension April 1, 2025 up to and including May 31, 2025 none" in shown
    assert "Days that become blocked" not in shown


def test_a_revision_shows_the_ratio_of_the_institution_before_and_after(office: Office, town: Town) -> None:
    entry = score(town, 9, TODAY)
    with office(SUMMER) as chen:
        shown = cards(text_of(preview(chen, *ruled(entry, 7))))
    assert "第一医院 2025, staff of June 20, 2025 50% (1 person-time, staff of 2) From 50%: the agreement is" in shown
    assert "0% (0 person-times, staff of 2)" in shown


def test_a_bar_that_falls_is_shown_as_such(chen: Client, town: Town) -> None:
    score(town, 6, TODAY, number="一")
    second = score(town, 6, TODAY, number="二")
    shown = cards(text_of(preview(chen, *ruled(second, 0))))
    assert "Termination from March 10, 2025, barred until March 10, 2026 none" in shown
    assert "March 10, 2025 March 10, 2025 terminated 第一医院" in shown


def test_days_that_become_blocked_are_shown_and_never_reclaimed(office: Office, town: Town) -> None:
    grave = score(town, 12, TODAY)
    score(town, 9, date(2028, 1, 20))
    register_again(town, date(2028, 3, 10))
    with office(date(2028, 5, 2)) as chen:
        shown = cards(text_of(preview(chen, *ruled(grave, 0))))
    assert "Days that become blocked March 10, 2028 up to and including March 31, 2028: suspended" in shown
    assert "never reclaimed. Decided by this register: the sources are silent" in shown


def test_nothing_is_shown_where_nothing_is_reached(chen: Client, town: Town) -> None:
    entry = score(town, 1, TODAY)
    relieve(town, 1, TODAY)
    shown = cards(text_of(preview(chen, *ruled(entry, 0))))
    for title in (
        "Days to be paid",
        "Days that become blocked",
        "Points, periods and bars",
        "Share of staff sanctioned",
    ):
        assert title not in shown


def test_a_reach_that_changed_meanwhile_is_shown_again(office: Office, town: Town) -> None:
    entry = score(town, 9, TODAY)
    with office(SUMMER) as chen:
        act, data = ruled(entry, 7)
        shown = preview(chen, act, data)
        register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=None, now=at(SUMMER))
        again = confirm(chen, act, data, shown)
        assert again.status_code == 409
        assert "社区卫生中心" in text_of(again)
        assert Fact.objects.count() == 1
        assert confirm(chen, act, data, again).status_code == 302


def test_staff_who_come_meanwhile_do_not_stop_a_correction(chen: Client, town: Town) -> None:
    entry = score(town, 4, TODAY)
    act, data = ruled(entry, 3)
    shown = preview(chen, act, data)
    register_at(practitioner=town.nurse, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    assert confirm(chen, act, data, shown).status_code == 302


def test_who_has_to_be_told_again_is_listed_by_kind(chen: Client, town: Town) -> None:
    entry = score(town, 4, TODAY)
    register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY, 14))
    for kind, name in (("health", "市卫健委"), ("drug", "市药监局")):
        Authority.objects.create(code=kind, name=name, kind=kind, region=town.region)
    shown = cards(text_of(preview(chen, *ruled(entry, 3))))
    assert "To be told again" in shown
    assert "Practitioner 王伟 It is their own file." in shown
    assert "Institution 第一医院 The person was registered there. 社区卫生中心 The person was registered" in shown
    assert "Agency 市医保中心 It decided the entry." in shown
    assert "Health authority 市卫健委 It is told of what is recorded in its region." in shown
    assert "Drug authority 市药监局" in shown
    assert "All regions" not in shown


def test_all_regions_are_one_line(chen: Client, town: Town) -> None:
    entry = score(town, 9, TODAY)
    shown = cards(text_of(preview(chen, *ruled(entry, 0))))
    assert "All regions A suspension or a termination holds in every region." in shown


def test_they_are_listed_also_where_no_day_differs(chen: Client, town: Town) -> None:
    entry = score(town, 1, TODAY)
    relieve(town, 1, TODAY)
    shown = cards(text_of(preview(chen, *ruled(entry, 0))))
    assert "To be told again" in shown


def test_an_authority_entered_meanwhile_does_not_stop_a_correction(chen: Client, town: Town) -> None:
    entry = score(town, 4, TODAY)
    act, data = ruled(entry, 3)
    shown = preview(chen, act, data)
    Authority.objects.create(code="W430100", name="市卫健委", kind="health", region=town.region)
    assert confirm(chen, act, data, shown).status_code == 302


def test_an_institution_that_has_to_be_told_too_is_shown_first(chen: Client, town: Town) -> None:
    entry = score(town, 4, TODAY)
    act, data = ruled(entry, 3)
    shown = preview(chen, act, data)
    register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    again = confirm(chen, act, data, shown)
    assert again.status_code == 409
    assert "社区卫生中心 The person was registered there." in text_of(again)


def test_an_institution_shows_its_ratio_the_thresholds_and_the_people(chen: Client, office: Office, town: Town) -> None:
    score(town, 9, TODAY)
    page = url("registry_institution_change", town.hospital.pk)
    assert "0% (0 person-times, staff of 2)" in text_of(chen.get(page))
    with office(SUMMER) as later:
        words = text_of(later.get(page))
    assert "Share of staff sanctioned in 2025 50% reached 50% (1 person-time, staff of 2)" in words
    assert "From 20%: settlement is paused" in words
    assert "From 50%: the agreement is suspended" in words
    assert "王伟 D430100000001 suspended from April 1, 2025" in words


def test_an_institution_without_staff_says_so(chen: Client, town: Town) -> None:
    words = text_of(chen.get(url("registry_institution_change", town.pharmacy.pk)))
    assert "nobody registered (0 person-times, staff of 0)" in words


def crowd(town: Town) -> None:
    """Merged files, two years, three institutions: what makes the most queries."""
    score(town, 9, TODAY)
    Authority.objects.create(code="W430100", name="市卫健委", kind="health", region=town.region)
    for place in (town.clinic, town.pharmacy):
        register_at(practitioner=town.surgeon, institution=place, starts_on=LAW_BEGINS, by=None, now=at(TODAY, 14))
    merge(town, town.surgeon, town.nurse, TODAY)


def asked(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; the edges of transactions ask nothing."""
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_the_pages_stay_within_fifteen_queries(sign_in: SignIn, office: Office, town: Town, compliance: User) -> None:
    crowd(town)
    grave = score(town, 12, date(2025, 5, 2))
    score(town, 9, date(2026, 1, 20))
    with office(date(2026, 2, 3)) as chen:
        for left in (0, 1):
            with CaptureQueriesContext(connection) as captured:
                shown = text_of(preview(chen, *ruled(grave, left)))
            assert shown.count("staff of Feb. 3, 2026") == shown.count("staff of Dec. 31, 2025") == 3
            assert len(asked(captured)) <= MOST_QUERIES
        page = url("registry_institution_change", town.hospital.pk)
        for reader in (chen, sign_in(compliance)):
            with CaptureQueriesContext(connection) as captured:
                assert reader.get(page).status_code == 200
            assert len(asked(captured)) <= MOST_QUERIES
