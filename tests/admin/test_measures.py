"""Measures in the office: proposed from the institution, decided by two, shown as long as they hold."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import InstitutionMeasure, MeasurePeriod, User
from tests.actions.measuring import decide, drop, end, hire, propose
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, preview, text_of, url
from tests.town import TODAY, Town, at, score

MOST_QUERIES = 15
SPRING = date(2025, 4, 10)  # in Changsha the suspension began with April
SUMMER = date(2025, 6, 20)

Office = Callable[..., AbstractContextManager[Client]]


@pytest.fixture
def office(sign_in: SignIn, town: Town) -> Office:
    """An officer (Chen unless said) at her desk on a day (in spring unless said)."""

    @contextmanager
    def office(who: User | None = None, on: date = SPRING) -> Iterator[Client]:
        with time_machine.travel(at(on, 18), tick=False):
            yield sign_in(who or town.officer)

    return office


@pytest.fixture
def crossed(town: Town) -> Town:
    """The hospital has five people; the surgeon is suspended from April on."""
    hire(town, 3)
    score(town, 9, TODAY)
    return town


def page_of(town: Town) -> str:
    return url("registry_institution_change", town.hospital.pk)


def signed(by: User) -> dict[str, str]:
    return {"second_username": by.username, "second_password": PASSWORD}


def entered(town: Town, **other: str) -> dict[str, str]:
    data = {"year": "2025", "kind": "settlement_paused", "grounds": "暂停人次达到比例", "agency": str(town.agency.pk)}
    return {**data, **other}


def test_a_measure_goes_from_the_institution_to_the_decision_and_its_end(crossed: Town, office: Office) -> None:
    with office() as chen:
        assert "Propose a measure" in text_of(chen.get(page_of(crossed)))
        act = url("propose_measure", crossed.hospital.pk)
        assert chen.get(act).context["form"].initial["kind"] == "settlement_paused"
        shown = preview(chen, act, entered(crossed))
        words = text_of(shown)
        assert "2025: 1 person-time × 100 ÷ 5 staff = 20%. " in words
        assert "From 20%: settlement is paused" in words
        assert "They are not payable either" in words
        done = confirm(chen, act, entered(crossed), shown)
        measure = InstitutionMeasure.objects.get()
        assert done["Location"] == url("registry_institutionmeasure_change", measure.pk)
        own = text_of(chen.get(done["Location"]))
        assert "another officer of the agency must decide it" in own
        assert "Decide the measure" not in own
        words = text_of(chen.get(page_of(crossed)))
        assert "A measure is proposed: settlement paused." in words
        assert "Propose a measure" not in words
    with office(crossed.second) as zhou:
        act, data = url("decide_measure", measure.pk), {"starts_on": "2025-04-11", "document_number": "停拨1号"}
        shown = preview(zhou, act, data)
        words = text_of(shown)
        assert "Staff concerned 5 people registered here today" in words
        assert "From April 11, 2025, until it is ended" in words
        assert "No longer payable No service of anybody at this institution is settled on these days." in words
        assert f"Grounds for the measure {measure.grounds} Proposed by {crossed.officer}" in words
        assert confirm(zhou, act, data, shown, **signed(crossed.second)).status_code == 422
        assert confirm(zhou, act, data, shown, **signed(crossed.officer)).status_code == 302
    period = MeasurePeriod.objects.get()
    assert (period.starts_on, period.measure.decided_by) == (date(2025, 4, 11), crossed.second)
    with office(on=SUMMER) as chen:
        act, data = url("end_measure", measure.pk), {"ends_on": "2025-06-21", "reason": "整改验收合格"}
        shown = preview(chen, act, data)
        assert "Days on which it holds 71" in text_of(shown)
        assert confirm(chen, act, data, shown).status_code == 302
        words = text_of(chen.get(url("registry_institutionmeasure_change", measure.pk)))
        assert "The measure is ended. Services are payable again from June 21, 2025." in words
        assert "Up to and including June 20, 2025." in words
        assert "Measure proposed" in words
        assert "Measure ended" in words
        assert "整改验收合格" in words
    with office(on=date(2025, 6, 21)) as chen:
        words = text_of(chen.get(page_of(crossed)))
        assert "nothing provided here is payable" not in words
        assert "April 11, 2025 – June 20, 2025" in words


def test_below_the_share_no_measure_is_offered_and_the_sum_says_why(town: Town, office: Office) -> None:
    with office() as chen:
        assert "Propose a measure" not in text_of(chen.get(page_of(town)))
        shown = preview(chen, url("propose_measure", town.hospital.pk), entered(town))
        assert shown.status_code == 422
        assert "2025: 0 person-times × 100 ÷ 2 staff = 0%. Only from 20% on settlement is paused." in text_of(shown)


def test_the_lighter_measure_asks_for_its_reason(town: Town, office: Office) -> None:
    score(town, 9, TODAY)
    act = url("propose_measure", town.hospital.pk)
    with office() as chen:
        assert "or give the reason for the lighter one" in text_of(preview(chen, act, entered(town)))
        data = entered(town, lighter_reason="唯一的急救医院")
        shown = preview(chen, act, data)
        assert "You propose the lighter measure." in text_of(shown)
        page = confirm(chen, act, data, shown)["Location"]
        assert "Reason for the lighter measure 唯一的急救医院" in text_of(chen.get(page))


def test_a_proposal_is_dropped_with_its_reason(crossed: Town, office: Office) -> None:
    measure = propose(crossed, on=SPRING)
    with office(crossed.second) as zhou:
        assert zhou.post(url("drop_measure", measure.pk), {"reason": "机构已主动整改"}).status_code == 302
        words = text_of(zhou.get(url("registry_institutionmeasure_change", measure.pk)))
        assert "Proposal dropped 机构已主动整改" in words
        assert "End the measure" not in words


@pytest.mark.parametrize(
    ("starts_on", "told"),
    [
        (date(2025, 4, 1), "Settlement has been paused since April 1, 2025: nothing provided here is payable."),
        (date(2025, 5, 1), "From May 1, 2025 on settlement is paused: nothing provided here will be payable."),
    ],
)
def test_the_institution_is_told_what_holds_and_what_is_to_come(
    crossed: Town, office: Office, compliance: User, starts_on: date, told: str
) -> None:
    april = date(2025, 4, 1)
    decide(crossed, propose(crossed, on=april), april, starts_on=starts_on)
    with office(compliance) as he:
        assert told in text_of(he.get(page_of(crossed)))
        assert "Until the agency ends it." in text_of(he.get(page_of(crossed)))


def test_who_decides_sees_that_the_share_changed_and_what_else_holds(town: Town, office: Office) -> None:
    score(town, 9, TODAY)
    april = date(2025, 4, 1)
    decide(town, propose(town, on=april, lighter_reason="唯一的急救医院"), april, starts_on=april)
    graver = propose(town, "agreement_suspended", SPRING)
    hire(town, 4)
    with office(town.second) as zhou:
        data = {"starts_on": "2025-04-11", "document_number": "中止1号"}
        words = text_of(preview(zhou, url("decide_measure", graver.pk), data))
    assert "The share has changed since the proposal." in words
    assert "Another measure is in force here (settlement paused)." in words


def test_the_yearly_assessment_of_a_past_year_keeps_its_share_and_measures(crossed: Town, office: Office) -> None:
    april = date(2025, 4, 1)
    end(crossed, decide(crossed, propose(crossed, on=april), april, starts_on=april), SUMMER, on=SPRING)
    with office(on=date(2026, 2, 1)) as chen:
        words = text_of(chen.get(page_of(crossed)))
        assert "Yearly assessment 2026" in words
        assert "No measure in this year." in words
        words = text_of(chen.get(f"{page_of(crossed)}?year=2025"))
        assert "The year has ended: the share is that of Dec. 31, 2025, as known now." in words
        assert "Settlement paused ended 停拨1号 April 1, 2025 – June 19, 2025 80 days of the year" in words
        assert "20% (1 person-time, staff of 5)" in words
        assert b"?year=2025" in chen.get(f"{page_of(crossed)}?year=2025").content
        act = url("propose_measure", crossed.hospital.pk)
        assert chen.get(f"{act}?year=2025").context["form"].initial == {"year": "2025", "kind": "settlement_paused"}
        for senseless in ("2027", "0", "x", "99999"):
            assert "Yearly assessment 2026" in text_of(chen.get(page_of(crossed), {"year": senseless}))


def test_measures_are_listed_by_state_and_seen_only_in_their_region(
    crossed: Town, office: Office, compliance: User, stranger: User, administrator: User
) -> None:
    drop(crossed, propose(crossed, on=SPRING), SPRING)
    measure = propose(crossed, on=SPRING)
    lists, page = url("registry_institutionmeasure_changelist"), url("registry_institutionmeasure_change", measure.pk)
    for who, count in ((None, 2), (compliance, 2), (administrator, 2), (stranger, 0)):
        with office(who) as client:
            shown = client.get(lists)
            assert len(shown.context["cl"].result_list) == count
            assert client.get(page).status_code == (200 if count else 404)
    with office() as chen:
        assert "1 / 5 = 20%" in text_of(chen.get(f"{lists}?state__exact=proposed"))
        assert len(chen.get(f"{lists}?state__exact=dropped").context["cl"].result_list) == 1


def test_only_officers_of_agencies_act_on_measures(crossed: Town, office: Office, compliance: User) -> None:
    measure = propose(crossed, on=SPRING)
    with office(compliance) as he:
        for act in ("decide_measure", "drop_measure", "end_measure"):
            assert he.get(url(act, measure.pk)).status_code == 403
        assert he.get(url("propose_measure", crossed.hospital.pk)).status_code == 403
        assert "Propose a measure" not in text_of(he.get(page_of(crossed)))


def test_the_pages_of_measures_ask_few_questions(crossed: Town, office: Office) -> None:
    for _ in range(3):
        drop(crossed, propose(crossed, on=SPRING), SPRING)
    measure = decide(crossed, propose(crossed, on=SPRING), SPRING, starts_on=SPRING)
    pages = [
        url("registry_institutionmeasure_changelist"),
        url("registry_institutionmeasure_change", measure.pk),
        page_of(crossed),
        f"{page_of(crossed)}?year=2025",
        url("end_measure", measure.pk),
    ]
    with office() as chen:
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert chen.get(page).status_code == 200
            assert len(asked) <= MOST_QUERIES, (page, len(asked))
