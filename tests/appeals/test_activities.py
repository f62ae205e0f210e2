"""Activities of repair: who offers them, who takes part, and what has to be shown for it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation

from appeals.actions.activities import cancel_enrolment, close_activity, enrol, offer_activity
from appeals.actions.applications import withdraw_application
from appeals.actions.results import Result, correct_result, record_results
from appeals.models import Attendance
from appeals.queries.remediation import offers_for
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, for_agency, for_institution, for_practitioner
from registry.actions.registrations import end_registration
from registry.models import Agency, ProcedureStep, Region, Registration
from tests.actions.deeds import merge
from tests.appeals.repairs import SEEN, completed, confirmed, enrolled, filed, offered
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_a_nurse_enrols_studies_and_passes_the_test(town: Town) -> None:
    study = offered(town, TODAY, "study_with_test")
    (part,) = enrol(activity=study, practitioners=[town.nurse], acting=for_practitioner(), now=at(TODAY, 9))
    assert [offer.mine for offer in offers_for({town.nurse.pk}, TODAY)] == [part]
    part = confirmed(town, Result(attendance=part, attended=True, completed_on=TODAY, score=60, remark=SEEN), TODAY)
    assert (part.state, part.score, part.completed_on, part.confirmed_by) == ("completed", 60, TODAY, town.officer)
    steps = ProcedureStep.objects.filter(subject=part.uuid).order_by("id")
    assert [(step.act, step.role) for step in steps] == [("enrol", "practitioner"), ("complete", "agency")]


def test_a_test_below_the_pass_mark_is_not_completed(town: Town) -> None:
    (part,) = enrolled(town, offered(town, TODAY, "study_with_test"), town.nurse)
    part = confirmed(town, Result(attendance=part, attended=True, completed_on=TODAY, score=59, remark=SEEN), TODAY)
    assert (part.state, part.score, part.completed_on) == ("failed", 59, None)


def test_the_same_result_twice_is_one_and_another_is_refused(town: Town) -> None:
    (part,) = enrolled(town, offered(town, TODAY), town.nurse)
    result = Result(attendance=part, attended=True, completed_on=TODAY, remark=SEEN)
    assert confirmed(town, result, TODAY) == confirmed(town, result, NEXT_WEEK)
    with pytest.raises(Refused, match="not_possible_now"):
        confirmed(town, Result(attendance=part, attended=False), NEXT_WEEK)
    assert ProcedureStep.objects.filter(subject=part.uuid).count() == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"attended": True, "score": 80, "completed_on": TODAY}, "evidence_missing"),
        ({"attended": True, "completed_on": TODAY, "remark": SEEN}, "score_needed"),
        ({"attended": True, "score": 101, "completed_on": TODAY, "remark": SEEN}, "score_needed"),
        ({"attended": True, "score": 80, "remark": SEEN}, "day_outside"),
        ({"attended": True, "score": 80, "completed_on": NEXT_WEEK, "remark": SEEN}, "day_outside"),
        ({"attended": True, "score": 80, "completed_on": date(2025, 3, 9), "remark": SEEN}, "day_outside"),
        ({"attended": False, "score": 80}, "result_of_the_absent"),
    ],
)
def test_a_result_without_what_proves_it_is_refused_and_nothing_of_the_table_is_written(
    town: Town, given: dict[str, object], code: str
) -> None:
    study = offered(town, TODAY, "study_with_test", ends_on=NEXT_WEEK)
    nurse, surgeon = enrolled(town, study, town.nurse, town.surgeon)
    good = Result(attendance=nurse, attended=True, completed_on=TODAY, score=90, remark=SEEN)
    bad = Result(attendance=surgeon, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=code) as refusal:
        record_results(results=[good, bad], acting=for_agency(town.officer, town.agency), now=at(TODAY, 12))
    assert "王伟" in str(refusal.value.message)
    assert set(Attendance.objects.values_list("state", flat=True)) == {"enrolled"}


def test_a_wrong_result_is_corrected_with_a_reason_and_what_it_was_stays(town: Town) -> None:
    wrong = completed(town, town.nurse, TODAY)
    acting, now = for_agency(town.second, town.agency), at(TODAY, 15)
    absent = Result(attendance=wrong, attended=False, remark="签到表核对")
    with pytest.raises(Refused, match="reason_missing"):
        correct_result(result=absent, reason=" ", acting=acting, now=now)
    failed = correct_result(result=absent, reason="签到表系他人代签", acting=acting, now=now)
    assert (failed.state, failed.completed_on, failed.confirmed_by) == ("failed", None, town.second)
    here = Result(attendance=failed, attended=True, completed_on=TODAY, remark="本人签名属实")
    again = correct_result(result=here, reason="笔迹鉴定", acting=acting, now=now)
    assert correct_result(result=here, reason="笔迹鉴定", acting=acting, now=now).state == again.state == "completed"
    steps = ProcedureStep.objects.filter(subject=wrong.uuid).values_list("act", "state_after", "grounds")
    assert list(steps.order_by("id"))[2:] == [
        ("correct_to_failed", "failed", "签到表系他人代签"),
        ("correct_to_completed", "completed", "笔迹鉴定"),
    ]
    kept = wrong.history.order_by("history_id").values_list("state", flat=True)
    assert list(kept) == ["enrolled", "completed", "failed", "completed"]


def test_a_result_is_corrected_by_who_offers_once_recorded_and_while_nothing_rests_on_it(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    (waiting,) = enrolled(town, offered(town, TODAY), town.surgeon)
    part, acting = completed(town, town.nurse, TODAY), for_agency(town.officer, town.agency)

    def correct(which: Attendance, acting: Acting = acting) -> Attendance:
        result = Result(attendance=which, attended=False, remark="核对")
        return correct_result(result=result, reason="误记", acting=acting, now=at(TODAY, 16))

    with pytest.raises(Refused, match="not_possible_now"):
        correct(waiting)
    with pytest.raises(Refused, match="not_the_offering_side"):
        correct(part, for_institution(town.officer, town.hospital))
    application = filed(town, [part], TODAY)
    with pytest.raises(Refused) as refused:
        correct(part)
    assert (refused.value.code, refused.value.value) == ("result_in_use", application.number)
    withdraw_application(application=application, reason="撤回", acting=acting, now=at(TODAY, 13))
    assert correct(part).state == "failed"


def test_a_score_belongs_to_a_test(town: Town) -> None:
    (part,) = enrolled(town, offered(town, TODAY), town.nurse)
    with pytest.raises(Refused, match="score_without_test"):
        confirmed(town, Result(attendance=part, attended=True, completed_on=TODAY, score=80, remark=SEEN), TODAY)


def test_the_last_place_is_the_last_one_and_a_cancelled_one_is_free_again(town: Town) -> None:
    training = offered(town, TODAY, places=1)
    (part,) = enrolled(town, training, town.nurse)
    with pytest.raises(Refused) as refusal:
        enrolled(town, training, town.surgeon)
    assert refusal.value.code == "activity_full"
    assert "1 of 1 places are taken: 0 left, 1 asked for" in str(refusal.value.message)
    cancelled = cancel_enrolment(attendance=part, reason="值班", acting=for_practitioner(), now=at(TODAY, 10))
    assert cancel_enrolment(attendance=part, acting=for_practitioner(), now=at(TODAY, 11)) == cancelled
    enrolled(town, training, town.surgeon)
    assert offers_for({town.nurse.pk}, TODAY)[0].full


def test_of_two_people_one_of_whom_takes_part_already_nobody_is_enrolled(town: Town) -> None:
    training = offered(town, TODAY)
    enrolled(town, training, town.nurse)
    with pytest.raises(Refused, match="already_enrolled") as refusal:
        enrolled(town, training, town.surgeon, town.nurse)
    assert refusal.value.value == ["李娜"]
    assert training.attendances.count() == 1


def test_two_files_of_one_person_take_part_once(town: Town) -> None:
    training = offered(town, TODAY)
    enrolled(town, training, town.nurse)
    merge(town, town.surgeon, town.nurse, TODAY)
    with pytest.raises(Refused, match="already_enrolled"):
        enrolled(town, training, town.surgeon)


def test_nobody_joins_what_is_over_or_closed(town: Town) -> None:
    training = offered(town, TODAY)
    with pytest.raises(Refused, match="activity_over"):
        enrolled(town, training, town.nurse, on=TODAY + timedelta(days=1))
    acting = for_agency(town.officer, town.agency)
    closed = close_activity(activity=training, acting=acting, now=at(TODAY, 9))
    assert close_activity(activity=training, acting=acting, now=at(TODAY, 10)).closed_at == closed.closed_at
    with pytest.raises(Refused, match="activity_over"):
        enrolled(town, training, town.nurse)
    assert offers_for({town.nurse.pk}, TODAY) == ()


def test_an_institution_offers_to_its_own_staff_and_records_their_results(town: Town) -> None:
    hospital = for_institution(town.officer, town.hospital)
    training = offered(town, TODAY, acting=hospital)
    parts = enrol(activity=training, practitioners=[town.nurse, town.surgeon], acting=hospital, now=at(TODAY, 9))
    results = [Result(attendance=part, attended=True, completed_on=TODAY, remark=SEEN) for part in parts]
    assert [part.state for part in record_results(results=results, acting=hospital, now=at(TODAY, 10))] == [
        "completed",
        "completed",
    ]
    with pytest.raises(Refused, match="not_the_offering_side"):
        record_results(results=results, acting=for_agency(town.officer, town.agency), now=at(TODAY, 11))
    clinic = offered(town, TODAY, acting=for_institution(town.officer, town.clinic))
    with pytest.raises(Refused, match="not_offered_to"):
        enrol(activity=clinic, practitioners=[town.nurse], acting=for_practitioner(), now=at(TODAY, 9))


def test_an_institution_enrols_its_own_staff_in_what_the_agency_offers_and_nobody_else(town: Town) -> None:
    training = offered(town, TODAY)
    with pytest.raises(Refused, match="not_own_staff"):
        enrol(
            activity=training,
            practitioners=[town.nurse],
            acting=for_institution(town.officer, town.clinic),
            now=at(TODAY, 9),
        )
    (part,) = enrol(
        activity=training,
        practitioners=[town.nurse],
        acting=for_institution(town.officer, town.hospital),
        now=at(TODAY, 9),
    )
    with pytest.raises(Refused, match="not_own_staff"):
        cancel_enrolment(attendance=part, acting=for_institution(town.officer, town.clinic), now=at(TODAY, 10))


def test_who_left_every_institution_can_still_join_what_the_agency_offers(town: Town) -> None:
    registration = Registration.objects.get(practitioner=town.nurse)
    end_registration(registration=registration, ends_on=TODAY, reason="离职", by=town.officer, now=at(TODAY))
    enrolled(town, offered(town, NEXT_WEEK), town.nurse)


def test_an_agency_of_another_region_offers_nothing_here(town: Town) -> None:
    far = Agency.objects.create(
        code="A120000", name="天津市医保中心", region=Region.objects.create(code="120000", name_zh="天津市")
    )
    training = offered(town, TODAY, acting=for_agency(town.officer, far))
    assert offers_for({town.nurse.pk}, TODAY) == ()
    with pytest.raises(Refused, match="not_offered_to"):
        enrol(activity=training, practitioners=[town.nurse], acting=for_practitioner(), now=at(TODAY, 9))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "karaoke"}, "kind_unknown"),
        ({"title": " "}, "title_missing"),
        ({"ends_on": TODAY - timedelta(days=1)}, "activity_ends_before_it_starts"),
        ({"starts_on": date(2025, 3, 1), "ends_on": date(2025, 3, 9)}, "activity_over"),
        ({"places": 0}, "places_too_few"),
        ({"pass_mark": 60}, "pass_mark_without_test"),
        ({"kind": "study_with_test", "pass_mark": 0}, "pass_mark_needed"),
        ({"kind": "study_with_test", "pass_mark": 101}, "pass_mark_needed"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_at_its_field(town: Town, given: dict[str, object], code: str) -> None:
    usual: dict[str, object] = {"kind": "training", "title": "培训", "starts_on": TODAY, "ends_on": TODAY}
    with pytest.raises(Refused, match=code) as refusal:
        offer_activity(**{**usual, **given}, acting=for_agency(town.officer, town.agency), now=at(TODAY))  # type: ignore[arg-type]
    assert refusal.value.field in given


def test_every_change_of_a_part_leaves_its_history(town: Town) -> None:
    part = completed(town, town.nurse, TODAY)
    history = list(part.history.order_by("history_id").values_list("state", "history_user__username"))
    assert history == [("enrolled", town.officer.username), ("completed", town.officer.username)]
