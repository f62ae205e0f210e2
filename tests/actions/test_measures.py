"""A hospital crosses 20 % of its staff: the agency proposes, decides, ends; the work lists ask for it in time."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.measures import CLOCK, end_measure, preview_decision, propose_due
from registry.actions.registrations import end_registration
from registry.ledger.law import policies
from registry.models import InstitutionMeasure, MeasurePeriod, ProcedureStep, Registration
from registry.queries.eligibility import Answer, Question, eligibility
from registry.queries.explain import day as day_words
from registry.queries.measures import days_of, subject_of
from tests.actions.deeds import annul
from tests.actions.measuring import NEXT_DAY, decide, drop, end, hire, propose
from tests.town import TODAY, Town, at, build, further_tasks, score

pytestmark = pytest.mark.django_db

SPRING = date(2025, 4, 1)
SUMMER = date(2025, 6, 20)
INSTANT = timedelta(microseconds=1)


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


def ask(town: Town, on: date, known_at: object = None) -> Answer:
    """The nurse, who did nothing, at the hospital."""
    question = Question(
        practitioner=town.nurse.code,
        institution=town.hospital.code,
        on=on,
        known_at=known_at,  # type: ignore[arg-type]
    )
    return eligibility(question, now=at(date(2026, 12, 1)))


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def refusal(act: object, *args: object, **options: object) -> Refused:
    with pytest.raises(Refused) as error:
        act(*args, **options)  # type: ignore[operator]
    return error.value


def test_a_hospital_at_20_per_cent_is_not_paid_from_the_first_to_the_last_day_of_the_measure(town: Town) -> None:
    measure = propose(town)
    assert (measure.sanctions, measure.staff, measure.year, measure.policy) == (1, 5, 2025, "cn-2025")
    assert ask(town, NEXT_DAY).payable
    decide(town, measure, starts_on=SPRING)
    end(town, measure, SUMMER, on=date(2025, 6, 1))
    before, after = SPRING - timedelta(days=1), SUMMER
    assert ask(town, before).payable
    for day in (SPRING, SUMMER - timedelta(days=1)):
        assert codes(ask(town, day)) == ["settlement_paused"]
    assert ask(town, after).payable


def test_every_step_says_who_when_and_why(town: Town) -> None:
    measure = propose(town)
    decide(town, measure)
    end(town, measure, SUMMER, on=SPRING)
    steps = ProcedureStep.objects.filter(subject=measure.uuid)
    assert [(step.act, step.state_after, step.actor, step.second, step.on_day) for step in steps] == [
        ("propose", "proposed", town.officer, None, TODAY),
        ("decide", "in_force", town.second, town.officer, TODAY),
        ("end", "ended", town.officer, None, SPRING),
    ]
    assert [step.grounds or step.document_number for step in steps] == ["暂停人次达到比例", "停拨1号", "整改验收合格"]
    assert {step.agency for step in steps} == {town.agency}


def test_before_the_decision_was_known_the_days_were_payable(town: Town) -> None:
    measure = decide(town, propose(town))
    decided_at = at(TODAY, 16)
    assert ask(town, SPRING, decided_at - INSTANT).payable
    assert codes(ask(town, SPRING, decided_at)) == ["settlement_paused"]
    end(town, measure, SPRING, on=date(2025, 3, 20))
    assert codes(ask(town, SPRING, at(date(2025, 3, 20), 17) - INSTANT)) == ["settlement_paused"]
    assert ask(town, SPRING, at(date(2025, 3, 20), 17)).payable
    assert ask(town, SPRING).payable


def test_below_20_per_cent_a_proposal_is_refused_with_the_sum(town: Town) -> None:
    hire(town, 1, first=200)
    refused = refusal(propose, town)
    assert (refused.code, refused.field) == ("share_too_low", "kind")
    assert str(refused.message) == (
        "2025: 1 person-time × 100 ÷ 6 staff = 16.6%. Only from 20% on settlement is paused."
    )
    assert not InstitutionMeasure.objects.exists()
    assert not further_tasks().exists()


def test_between_20_and_50_per_cent_the_agreement_is_not_suspended(town: Town) -> None:
    refused = refusal(propose, town, "agreement_suspended")
    assert (refused.code, "= 20%. Only from 50% on the agreement is suspended" in str(refused.message)) == (
        "share_too_low",
        True,
    )


def test_from_50_per_cent_the_lighter_measure_needs_a_reason_that_is_kept() -> None:
    town = build("510100")
    score(town, 9, TODAY)
    refused = refusal(propose, town)
    assert (refused.code, refused.field) == ("lighter_reason_missing", "lighter_reason")
    assert "= 50%. From 50% on the agreement is suspended." in str(refused.message)
    assert propose(town, lighter_reason=" 唯一的急救医院 ").lighter_reason == "唯一的急救医院"
    heavier = propose(town, "agreement_suspended", lighter_reason="用不着")
    assert (heavier.kind, heavier.lighter_reason) == ("agreement_suspended", "")


def test_without_staff_there_is_no_share_and_no_measure(town: Town) -> None:
    assert "nobody registered" in str(refusal(propose, town, institution=town.pharmacy).message)


def test_an_agency_of_another_region_proposes_nothing_here(town: Town) -> None:
    refused = refusal(propose, town, agency=build("430100").agency)
    assert (refused.code, refused.field) == ("agency_elsewhere", "agency")


def test_in_january_the_year_that_ended_can_still_be_answered(town: Town) -> None:
    january = date(2026, 1, 12)
    assert refusal(propose, town, on=january).code == "share_too_low"
    measure = propose(town, on=january, year=2025)
    assert (measure.year, measure.sanctions, measure.staff) == (2025, 1, 5)
    decide(town, measure, january, starts_on=january)
    assert codes(ask(town, january)) == ["settlement_paused"]


def test_a_year_to_come_or_one_before_the_law_is_refused(town: Town) -> None:
    assert refusal(propose, town, year=2026).code == "year_to_come"
    assert refusal(propose, town, year=2024).code == "no_policy"


def test_proposing_twice_is_proposing_once(town: Town) -> None:
    assert propose(town) == propose(town, by=town.second, hour=16)
    assert InstitutionMeasure.objects.count() == 1
    assert ProcedureStep.objects.filter(procedure="measure").count() == 1


def test_while_a_measure_is_in_force_the_same_kind_is_not_proposed(town: Town) -> None:
    decide(town, propose(town))
    refused = refusal(propose, town)
    assert (refused.code, "in force, for 2025" in str(refused.message)) == ("measure_open", True)


def test_who_proposed_does_not_decide_and_one_person_alone_neither(town: Town) -> None:
    measure = propose(town)
    assert refusal(decide, town, measure, by=town.officer, second=town.second).code == "proposer_decides"
    assert refusal(decide, town, measure, second=town.second).code == "second_person_same"
    measure.refresh_from_db()
    assert (measure.state, MeasurePeriod.objects.count()) == ("proposed", 0)


def test_a_measure_begins_today_at_the_earliest_and_needs_a_document(town: Town) -> None:
    measure = propose(town)
    assert refusal(decide, town, measure, starts_on=TODAY - timedelta(days=1)).code == "day_has_passed"
    assert refusal(decide, town, measure, number=" ").code == "document_number_missing"
    assert decide(town, measure, starts_on=TODAY).state == "in_force"


def test_deciding_twice_by_the_same_document_is_deciding_once(town: Town) -> None:
    measure = propose(town)
    assert decide(town, measure) == decide(town, measure)
    assert MeasurePeriod.objects.count() == 1
    assert refusal(decide, town, measure, number="停拨2号").code == "not_possible_now"


def test_sanctions_annulled_before_the_decision_take_its_ground_away(town: Town) -> None:
    entry = score(town, 9, TODAY, who=town.nurse)
    measure = propose(town)
    annul(town, entry, SPRING)
    ratio = preview_decision(measure=measure, starts_on=SPRING, by=town.second, now=at(SPRING, 16))
    assert (len(ratio.times), ratio.staff) == (1, 5)
    hire(town, 5, first=200)
    assert preview_decision(measure=measure, starts_on=SPRING, by=town.second, now=at(SPRING)).per_cent == 10.0
    annul(town, town.surgeon.points_entries.get(), SPRING, hour=18)
    assert refusal(decide, town, measure, SPRING, starts_on=SPRING).code == "share_too_low"
    assert drop(town, measure, SPRING).state == "dropped"


def test_a_dropped_proposal_blocks_nothing_and_is_dropped_once(town: Town) -> None:
    measure = propose(town)
    assert drop(town, measure) == drop(town, measure)
    assert ask(town, SPRING).payable
    assert refusal(decide, town, measure).code == "not_possible_now"
    assert ProcedureStep.objects.filter(act="drop").count() == 1


def test_the_past_of_a_measure_stands_when_it_ends(town: Town) -> None:
    measure = decide(town, propose(town))
    refused = refusal(end, town, measure, NEXT_DAY, on=SPRING)
    assert (refused.code, refused.field) == ("day_has_passed", "ends_on")
    assert str(refused.message).startswith(f"{day_words(NEXT_DAY)} has passed")
    assert end(town, measure, SPRING, on=SPRING) == end(town, measure, SPRING, on=SPRING)
    assert refusal(end, town, measure, SUMMER, on=SPRING).code == "not_possible_now"
    assert MeasurePeriod.objects.count() == 2


def test_a_measure_that_has_not_begun_can_end_before_it_holds(town: Town) -> None:
    measure = decide(town, propose(town), starts_on=SUMMER)
    assert refusal(end, town, measure, SPRING, on=TODAY).code == "ends_before_it_starts"
    end(town, measure, SUMMER, on=TODAY)
    assert ask(town, SUMMER).payable


def test_a_proposal_cannot_be_ended_and_a_measure_in_force_not_dropped(town: Town) -> None:
    measure = propose(town)
    assert refusal(end, town, measure, SUMMER, on=TODAY).code == "not_possible_now"
    decide(town, measure)
    assert refusal(drop, town, measure).code == "not_possible_now"


def test_a_long_reason_is_kept_whole(town: Town) -> None:
    measure = decide(town, propose(town))
    end_measure(measure=measure, ends_on=SPRING, reason="改" * 900, by=town.officer, now=at(TODAY, 17))
    assert len(ProcedureStep.objects.get(act="end").grounds) == 900
    period = days_of(measure)
    assert period is not None
    assert len(period.reason) == 200


# what the agency owes ---------------------------------------------------------------------------------------------


def test_a_share_that_is_reached_becomes_a_task_of_the_agency_once(town: Town) -> None:
    assert (propose_due(now=at(NEXT_DAY)), propose_due(now=at(SPRING))) == (1, 0)
    task = further_tasks().get()
    days = policies()["cn-2025"].clock(CLOCK)
    assert (task.kind, task.holder, task.agency, task.institution) == ("measure", "agency", town.agency, town.hospital)
    assert (task.subject, task.working_days, task.starts_on) == (subject_of(town.hospital, 2025), days, NEXT_DAY)
    assert task.due_on == date(2025, 3, 25)


def test_a_proposal_closes_the_task_and_asks_for_the_decision(town: Town) -> None:
    propose_due(now=at(TODAY, 13))
    measure = propose(town)
    assert list(further_tasks().values_list("subject", "state", "closed_by")) == [
        (subject_of(town.hospital, 2025), "done", town.officer.pk),
        (measure.uuid, "open", None),
    ]
    decide(town, measure)
    assert not further_tasks().filter(state="open").exists()
    assert propose_due(now=at(SPRING)) == 0


def test_what_was_weighed_is_not_asked_again_until_somebody_else_is_sanctioned(town: Town) -> None:
    drop(town, propose(town))
    assert propose_due(now=at(SPRING)) == 0
    score(town, 9, SPRING, who=town.nurse)
    assert propose_due(now=at(SPRING, 18)) == 1


def test_an_ended_measure_is_not_asked_for_again_by_the_same_sanctions(town: Town) -> None:
    end(town, decide(town, propose(town)), SPRING, on=SPRING)
    assert propose_due(now=at(SUMMER)) == 0


def test_the_graver_share_is_asked_for_although_the_lighter_measure_holds(town: Town) -> None:
    decide(town, propose(town))
    for number, person in enumerate(hire(town, 4, first=200)):
        score(town, 9, SPRING, who=person, number=f"罚字{number}")
    assert propose_due(now=at(SPRING, 18)) == 1
    measure = propose(town, "agreement_suspended", SPRING, hour=19)
    decide(town, measure, date(2025, 4, 2), starts_on=date(2025, 4, 2))
    assert codes(ask(town, SUMMER)) == ["agreement_suspended", "settlement_paused"]


def test_staff_who_leave_can_make_the_graver_measure_due_by_the_same_sanctions(town: Town) -> None:
    end(town, decide(town, propose(town)), SPRING, on=SPRING)
    for row in Registration.objects.filter(institution=town.hospital, superseded_at=None)[2:]:
        end_registration(registration=row, ends_on=SPRING, reason="离职", by=None, now=at(SPRING))
    assert propose_due(now=at(SPRING, 18)) == 1


def test_a_task_whose_ground_is_gone_is_cancelled(town: Town) -> None:
    propose_due(now=at(TODAY, 13))
    annul(town, town.surgeon.points_entries.get(), SPRING)
    propose_due(now=at(SPRING, 18))
    assert further_tasks().get().state == "cancelled"


def test_after_a_week_off_the_share_of_december_is_found_in_january(town: Town) -> None:
    score(town, 9, date(2025, 12, 30), who=town.nurse)
    assert propose_due(now=at(date(2026, 1, 6))) == 1
    task = further_tasks().get()
    assert (task.subject, task.starts_on) == (subject_of(town.hospital, 2025), date(2025, 12, 31))
    assert task.due_on == date(2026, 1, 15)
    propose(town, on=date(2026, 1, 7), year=2025)
    assert propose_due(now=at(date(2026, 1, 8))) == 0
    assert further_tasks().get(pk=task.pk).state == "done"


def test_a_hospital_below_the_share_owes_its_agency_no_answer(town: Town) -> None:
    hire(town, 1, first=200)
    assert propose_due(now=at(TODAY, 13)) == 0
