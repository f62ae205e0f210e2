"""Is a service payable while a measure against the institution holds?"""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.actions.institutions import end_agreement
from registry.actions.registrations import register_at
from registry.models import MeasurePeriod, Practitioner, ServiceAgreement
from registry.queries.eligibility import Answer, Question, eligibilities, eligibility
from tests.actions.measuring import NEXT_DAY, decide, end, hire, propose
from tests.queries.measured_law import emergencies_under_measures
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

NOW = at(date(2026, 12, 1))
SUMMER = date(2025, 6, 20)


@pytest.fixture
def town() -> Town:
    """The surgeon is suspended for two months; settlement with the hospital is paused from the next day on."""
    town = build("510100")
    hire(town, 3)
    score(town, 9, TODAY)
    decide(town, propose(town))
    return town


def question(town: Town, who: Practitioner, on: date, *, emergency: bool = False, code: str | None = None) -> Question:
    return Question(
        practitioner=code or who.code,
        institution=town.hospital.code,
        on=on,
        emergency=emergency,
        emergency_reason="心跳骤停" if emergency else "",
    )


def ask(town: Town, on: date = NEXT_DAY, *, who: Practitioner | None = None, emergency: bool = False) -> Answer:
    """By default the nurse, who did nothing."""
    return eligibility(question(town, who or town.nurse, on, emergency=emergency), now=NOW)


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def test_nobody_at_the_hospital_is_paid_while_everybody_is_elsewhere(town: Town) -> None:
    register_at(practitioner=town.nurse, institution=town.clinic, starts_on=LAW_BEGINS, by=None, now=at(LAW_BEGINS))
    answer = ask(town)
    assert (answer.payable, answer.status, answer.until, codes(answer)) == (
        False,
        "normal",
        None,
        ["settlement_paused"],
    )
    elsewhere = Question(practitioner=town.nurse.code, institution=town.clinic.code, on=NEXT_DAY)
    assert eligibility(elsewhere, now=NOW).payable


def test_the_reason_says_since_when_and_by_which_provision(town: Town) -> None:
    (reason,) = ask(town, SUMMER).reasons
    with translation.override("en"):
        assert "paused from 2025-03-11 on" in reason.text
        assert "Local texts" in str(reason.provision)
    assert reason.since == NEXT_DAY


def test_what_lies_with_the_person_comes_before_what_lies_with_the_institution(town: Town) -> None:
    agreement = ServiceAgreement.objects.get(institution=town.hospital)
    end_agreement(agreement=agreement, ends_on=NEXT_DAY, reason="解除", by=None, now=at(TODAY))
    graver = hire(town, 4, first=200)
    for number, person in enumerate(graver):
        score(town, 9, TODAY, who=person, number=f"罚字{number}")
    decide(town, propose(town, "agreement_suspended", hour=18))
    assert codes(ask(town, who=town.surgeon)) == [
        "suspended",
        "agreement_not_in_force",
        "agreement_suspended",
        "settlement_paused",
    ]
    nobody = eligibility(question(town, town.nurse, NEXT_DAY, code="D9"), now=NOW)
    assert codes(nobody)[-2:] == ["settlement_paused", "unknown_practitioner"]


def test_an_emergency_does_not_heal_a_measure_unless_the_policy_says_so(town: Town, tmp_path: Path) -> None:
    for who in (town.nurse, town.surgeon):
        answer = ask(town, who=who, emergency=True)
        assert (answer.payable, answer.emergency_exempt, codes(answer)) == (False, False, ["settlement_paused"])
    with emergencies_under_measures(tmp_path, cn_2025=True):
        nurse, surgeon = (ask(town, who=who, emergency=True) for who in (town.nurse, town.surgeon))
        assert (nurse.payable, nurse.emergency_exempt, codes(nurse)) == (True, True, ["emergency_exempt_here"])
        assert codes(surgeon) == ["emergency_exempt", "emergency_exempt_here"]
        assert surgeon.payable
        assert all(reason.text and reason.provision for reason in surgeon.reasons)
        assert codes(ask(town)) == ["settlement_paused"]
        assert codes(ask(town, date(2024, 12, 31), emergency=True)) == ["not_registered_here", "agreement_not_in_force"]


def test_two_measures_of_one_kind_are_one_reason_since_the_first_day(town: Town) -> None:
    first = MeasurePeriod.objects.get().measure
    end(town, first, SUMMER, on=TODAY)
    decide(town, propose(town, hour=18), starts_on=date(2025, 6, 1), number="停拨2号")
    (reason,) = ask(town, date(2025, 6, 2)).reasons
    assert reason.since == NEXT_DAY
    (reason,) = ask(town, SUMMER).reasons
    assert reason.since == date(2025, 6, 1)


def test_one_by_one_is_the_same_as_all_at_once(town: Town) -> None:
    end(town, MeasurePeriod.objects.get().measure, SUMMER, on=TODAY)
    questions = [
        question(town, who, on, emergency=emergency)
        for who in (town.nurse, town.surgeon)
        for on in (TODAY, NEXT_DAY, date(2025, 6, 19), SUMMER)
        for emergency in (True, False)
    ]
    answers = eligibilities(questions, now=NOW)
    assert answers == [eligibility(each, now=NOW) for each in questions]
    assert [answer.payable for answer in answers[:8]] == [True, True, False, False, False, False, True, True]


@pytest.mark.parametrize("count", [1, 50])
def test_measures_cost_no_question_of_their_own(town: Town, count: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        eligibilities([question(town, town.nurse, NEXT_DAY)] * count, now=NOW)
    assert sum("registry_measureperiod" in query["sql"] for query in queries) == 1
    assert len(queries) == 6, [query["sql"][:90] for query in queries]
