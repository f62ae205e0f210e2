"""Is the service payable? Stories of one day, as known now."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from registry.actions.institutions import end_agreement
from registry.actions.people import assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at
from registry.actions.remediation import reregister
from registry.ledger.law import policies
from registry.ledger.reading import facts_of
from registry.models import Practitioner, ServiceAgreement
from registry.queries.eligibility import Answer, Question, eligibilities, eligibility
from registry.queries.reasons import CODES, Reason
from registry.rules.compute import standing
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

NOW = at(date(2026, 12, 1))


@pytest.fixture
def town() -> Town:
    return build("510100")


def ask(
    town: Town,
    on: date = TODAY,
    *,
    who: Practitioner | None = None,
    practitioner: str | None = None,
    institution: str | None = None,
    name: str | None = None,
    emergency: bool = False,
) -> Answer:
    """By default the surgeon at the hospital."""
    question = Question(
        practitioner=practitioner or (who or town.surgeon).code,
        institution=institution or town.hospital.code,
        on=on,
        name=name,
        emergency=emergency,
        emergency_reason="心跳骤停" if emergency else "",
    )
    return eligibility(question, now=NOW)


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def test_a_normal_surgeon_is_paid(town: Town) -> None:
    answer = ask(town)
    assert (answer.payable, answer.status, answer.until, answer.reasons) == (True, "normal", None, ())
    assert answer.policy is not None
    assert (answer.policy.id, answer.known_at) == ("cn-2025", NOW)


def test_a_suspension_counts_from_its_first_day_up_to_its_last(town: Town) -> None:
    score(town, 9, TODAY)
    last_day = date(2025, 5, 9)
    assert ask(town, TODAY - timedelta(days=1)).payable
    for day in (TODAY, last_day):
        answer = ask(town, day)
        assert (answer.payable, answer.status, answer.until) == (False, "suspended", date(2025, 5, 10))
        assert codes(answer) == ["suspended"]
    assert ask(town, date(2025, 5, 10)).payable


def test_the_day_of_service_decides_not_the_day_of_asking(town: Town) -> None:
    score(town, 9, TODAY)
    question = Question(practitioner=town.surgeon.code, institution=town.hospital.code, on=TODAY)
    for asked_at in (at(TODAY), at(date(2025, 5, 10)), at(date(2031, 1, 1))):
        assert not eligibility(question, now=asked_at).payable


def test_suspended_at_one_institution_is_suspended_at_all(town: Town) -> None:
    register_at(
        practitioner=town.surgeon, institution=town.clinic, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS)
    )
    score(town, 9, TODAY)
    assert codes(ask(town, institution=town.clinic.code)) == ["suspended"]


def test_emergency_is_paid_while_suspended(town: Town) -> None:
    score(town, 9, TODAY)
    answer = ask(town, emergency=True)
    assert (answer.payable, answer.emergency_exempt, answer.status) == (True, True, "suspended")
    assert codes(answer) == ["emergency_exempt"]


def test_emergency_without_a_sanction_is_no_exemption(town: Town) -> None:
    answer = ask(town, emergency=True)
    assert (answer.payable, answer.emergency_exempt, answer.reasons) == (True, False, ())


def test_emergency_does_not_heal_a_missing_registration(town: Town) -> None:
    score(town, 9, TODAY)
    answer = ask(town, emergency=True, institution=town.clinic.code)
    assert (answer.payable, answer.emergency_exempt, codes(answer)) == (False, False, ["not_registered_here"])


def test_emergency_is_not_paid_while_terminated(town: Town) -> None:
    score(town, 12, TODAY)
    answer = ask(town, emergency=True)
    assert (answer.payable, answer.emergency_exempt, codes(answer)) == (False, False, ["terminated"])


def test_in_beijing_emergency_is_paid_while_terminated_too() -> None:
    town = build("110100")
    score(town, 12, TODAY)
    assert codes(ask(town, emergency=True)) == ["emergency_exempt"]
    assert codes(ask(town)) == ["terminated"]


def test_the_emergency_rule_is_that_of_the_institution(town: Town) -> None:
    beijing = build("110100")
    register_at(
        practitioner=town.surgeon,
        institution=beijing.hospital,
        starts_on=LAW_BEGINS,
        by=beijing.officer,
        now=at(LAW_BEGINS),
    )
    score(town, 12, TODAY)
    in_beijing = ask(town, emergency=True, institution=beijing.hospital.code)
    assert in_beijing.policy is not None
    assert (in_beijing.payable, in_beijing.policy.id) == (True, "cn-11-2025")
    assert not ask(town, emergency=True).payable


def test_terminated_while_the_bar_runs_and_not_reregistered_after(town: Town) -> None:
    score(town, 12, TODAY)
    bar_ends = date(2028, 3, 10)
    for day, reason in ((bar_ends - timedelta(days=1), "terminated"), (bar_ends, "not_reregistered")):
        answer = ask(town, day)
        assert (answer.status, answer.until, codes(answer)) == ("terminated", bar_ends, [reason])


def test_registered_again_after_the_bar(town: Town) -> None:
    score(town, 12, TODAY)
    bar_ends = date(2028, 3, 10)
    reregister(
        practitioner=town.surgeon,
        institutions=[town.clinic],
        agency=town.agency,
        reason="期满",
        by=town.officer,
        now=at(bar_ends),
    )
    assert ask(town, bar_ends, institution=town.clinic.code).payable
    assert codes(ask(town, bar_ends, institution=town.hospital.code)) == ["not_registered_here"]


def test_an_unknown_code_is_an_answer_with_its_own_reason(town: Town) -> None:
    nobody = ask(town, practitioner="D999999999999")
    assert (nobody.payable, nobody.status, nobody.until, codes(nobody)) == (False, None, None, ["unknown_practitioner"])
    nowhere = ask(town, institution="H99999999999")
    assert (nowhere.payable, nowhere.status, codes(nowhere)) == (False, "normal", ["unknown_institution"])
    neither = ask(town, practitioner="D999999999999", institution="H99999999999", name="王伟", emergency=True)
    assert codes(neither) == ["unknown_practitioner", "unknown_institution"]


@pytest.mark.parametrize("code", ["", " ", "'; DROP TABLE registry_fact", "王伟", "%", "😀"])
def test_whatever_the_code_is_it_is_only_unknown(town: Town, code: str) -> None:
    answer = eligibility(Question(practitioner=code, institution=code, on=TODAY), now=NOW)
    assert codes(answer) == ["unknown_practitioner", "unknown_institution"]


def test_registered_elsewhere_is_not_registered_here(town: Town) -> None:
    assert codes(ask(town, institution=town.clinic.code)) == ["not_registered_here"]


def test_the_first_day_of_a_registration_counts_and_the_day_it_ends_does_not(town: Town) -> None:
    end_registration(
        registration=town.surgeon.registrations.get(),
        ends_on=date(2025, 6, 1),
        reason="离职",
        by=town.officer,
        now=at(date(2025, 5, 20)),
    )
    assert codes(ask(town, LAW_BEGINS - timedelta(days=1))) == ["not_registered_here", "agreement_not_in_force"]
    assert ask(town, LAW_BEGINS).payable
    assert ask(town, date(2025, 5, 31)).payable
    assert codes(ask(town, date(2025, 6, 1))) == ["not_registered_here"]


def test_without_a_service_agreement_nobody_is_paid(town: Town) -> None:
    agreement = ServiceAgreement.objects.get(institution=town.hospital)
    end_agreement(
        agreement=agreement, ends_on=date(2025, 4, 1), reason="解除", by=town.officer, now=at(date(2025, 3, 20))
    )
    assert ask(town, date(2025, 3, 31)).payable
    assert codes(ask(town, date(2025, 4, 1))) == ["agreement_not_in_force"]
    assert codes(ask(town, date(2025, 4, 1), practitioner="D9")) == ["agreement_not_in_force", "unknown_practitioner"]


def test_a_name_is_compared_when_given(town: Town) -> None:
    assert ask(town, name="王　伟").payable
    answer = ask(town, name="王玮")
    assert (answer.payable, answer.status, codes(answer)) == (False, "normal", ["name_differs"])


def test_after_a_rename_the_new_name_is_the_name(town: Town) -> None:
    rename(practitioner=town.surgeon, name="王大伟", reason="改名", by=town.officer, now=at(TODAY))
    assert ask(town, name="王大伟").payable
    assert codes(ask(town, name="王伟")) == ["name_differs"]


def test_every_code_that_the_person_ever_had_means_the_person(town: Town) -> None:
    pharmacist = register_practitioner(
        code=None, name="赵敏", category="pharmacist", by=town.officer, now=at(LAW_BEGINS)
    )
    register_at(
        practitioner=pharmacist,
        institution=town.pharmacy,
        starts_on=LAW_BEGINS,
        by=town.officer,
        now=at(LAW_BEGINS),
    )
    provisional = pharmacist.code
    assign_code(practitioner=pharmacist, code="HY510100000009", reason="国家编码", by=town.officer, now=at(TODAY))
    for code in (provisional, "HY510100000009", "hy510100000009"):
        assert ask(town, practitioner=code, institution=town.pharmacy.code, name="赵敏").payable


def test_all_reasons_that_apply_are_listed_in_one_order(town: Town) -> None:
    score(town, 9, TODAY)
    agreement = ServiceAgreement.objects.get(institution=town.clinic)
    end_agreement(agreement=agreement, ends_on=TODAY, reason="解除", by=town.officer, now=at(TODAY))
    answer = ask(town, institution=town.clinic.code, name="李四")
    assert codes(answer) == ["suspended", "not_registered_here", "agreement_not_in_force", "name_differs"]
    assert codes(answer) == sorted(codes(answer), key=CODES.index)


def test_before_the_law_there_is_no_policy_and_no_sanction(town: Town) -> None:
    answer = ask(town, date(2024, 6, 1), emergency=True)
    assert (answer.payable, answer.status, answer.policy) == (False, "normal", None)
    assert all(reason.text and reason.provision for reason in answer.reasons)


def test_the_first_and_the_last_day_of_the_calendar_can_be_asked(town: Town) -> None:
    score(town, 12, TODAY)
    assert ask(town, date.min).status == "normal"
    assert codes(ask(town, date.max)) == ["not_reregistered"]


def test_reasons_speak_the_language_asked_for_and_name_the_provision(town: Town) -> None:
    score(town, 9, TODAY)
    (reason,) = ask(town).reasons
    with translation.override("en"):
        assert "up to and including 2025-05-09" in reason.text
        assert "Guiding Opinion" in str(reason.provision)
    with translation.override("zh-hans"):
        assert "医保发〔2024〕23号" in str(reason.provision)


def test_every_reason_has_words_and_a_provision(town: Town) -> None:
    policy = ask(town).policy
    assert policy is not None
    for code in CODES:
        reason = Reason(code, policy, "suspended", date(2025, 5, 10))
        assert "%(" not in reason.text
        assert reason.provision


def test_the_answer_is_the_standing_of_the_rules_on_every_day_around_the_edges(town: Town) -> None:
    score(town, 6, TODAY)
    score(town, 4, date(2025, 7, 1), number="罚字2号")
    score(town, 4, date(2025, 8, 15), number="罚字3号")
    days = [TODAY + timedelta(days=number) for number in range(-2, 800)]
    questions = [Question(practitioner=town.surgeon.code, institution=town.hospital.code, on=day) for day in days]
    facts = facts_of(town.surgeon)
    for day, answer in zip(days, eligibilities(questions, now=NOW), strict=True):
        expected = standing(facts, day, policies())
        assert (answer.status, answer.until) == (expected.status, expected.until)
