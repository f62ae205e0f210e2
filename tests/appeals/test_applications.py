"""Applications for repair: from the activities over the experts and two officers to the ledger, within the caps."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from appeals.actions.applications import file_application, withdraw_application
from appeals.actions.grants import grant_application, preview_grant, refuse_application
from appeals.models import Application
from appeals.queries.remediation import deliberations_of, prospects, support_of
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency, for_institution, for_practitioner
from registry.ledger.checking import file_differences
from registry.ledger.reading import history_of, standing_of
from registry.models import Agency, Fact, ProcedureStep, Region
from tests.actions.deeds import annul, merge
from tests.appeals.repairs import (
    account,
    called,
    completed,
    deliberated,
    enrolled,
    expert,
    filed,
    granted,
    offered,
    pair,
    signed,
    tasks,
)
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


def relieved(town: Town, on: date, number: int = 1, **fields: Any) -> Application:
    """The whole way, with two experts of its own."""
    part = completed(town, fields.get("who", town.nurse), on)
    two = [expert(f"{name}{number}") for name in ("林", "郑")]
    return granted(town, deliberated(town, filed(town, [part], on, **fields), on, *two), on)


def test_a_nurse_at_eight_points_passes_a_test_and_is_relieved_by_one_and_not_a_fifth_time(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    april = date(2025, 4, 1)
    part = completed(town, town.nurse, april, "study_with_test")
    application = filed(town, [part], april)
    assert (application.state, tasks(application)) == ("filed", ["convene"])
    lin, zheng = expert("林"), expert("郑")
    application = called(town, application, april, lin, zheng)
    assert (application.state, tasks(application)) == ("deliberating", ["deliberate", "deliberate"])
    assert [each.application for each in deliberations_of(account(lin))] == [application]
    application = signed(application, lin, april)
    assert deliberations_of(account(lin)) == []
    application = signed(application, zheng, april)
    assert (application.state, tasks(application)) == ("deliberated", ["grant"])
    application = granted(town, application, april)
    assert (application.state, tasks(application)) == ("granted", [])
    assert application.fact is not None
    assert (application.fact.points, application.fact.document_number) == (1, application.number)
    assert application.document_number == application.number
    assert standing_of(town.nurse, date(2025, 3, 31)).points == 8
    assert standing_of(town.nurse, april).points == 7
    for number in (2, 3, 4):
        relieved(town, date(2025, 4, number), number)
    with pytest.raises(Refused) as refusal:
        filed(town, [completed(town, town.nurse, date(2025, 4, 5))], date(2025, 4, 5))
    assert (refusal.value.code, refusal.value.field) == ("relief_beyond_the_year", "amount")
    assert "4 points were relieved this year; 1 more would exceed the 4" in str(refusal.value.message)
    assert standing_of(town.nurse, date(2025, 4, 5)).points == 4


def test_every_act_is_in_the_track_with_who_acted_in_which_capacity(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    application = relieved(town, TODAY)
    track = ProcedureStep.objects.filter(subject=application.uuid).order_by("id")
    assert [(step.act, step.role, step.state_after) for step in track] == [
        ("file", "practitioner", "filed"),
        ("convene", "agency", "deliberating"),
        ("sign", "expert", "deliberating"),
        ("sign", "expert", "deliberating"),
        ("conclude", "expert", "deliberated"),
        ("grant", "agency", "granted"),
    ]
    assert track[5].second == town.second


def test_three_activities_relieve_three_points_by_one_decision(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    parts = [completed(town, town.nurse, date(2025, 4, day)) for day in (1, 2, 3)]
    with pytest.raises(Refused) as refusal:
        filed(town, parts, date(2025, 4, 4), amount=4)
    assert refusal.value.code == "relief_beyond_the_activity"
    assert "3 activities at 1 points each relieve 1 to 3 points" in str(refusal.value.message)
    application = deliberated(town, filed(town, parts, date(2025, 4, 4), amount=3), date(2025, 4, 4), *pair())
    assert preview_grant(application=application, now=at(date(2025, 4, 4))).after.points == 5
    granted(town, application, date(2025, 4, 4))
    assert standing_of(town.nurse, date(2025, 4, 4)).points == 5
    assert list(file_differences()) == []


def test_a_suspension_is_shortened_to_half_and_not_below(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)  # 10 March to 10 May: 61 days, of which 31 stay
    day = date(2025, 3, 20)
    part = completed(town, town.nurse, day)
    with pytest.raises(Refused) as refusal:
        filed(town, [part], day, kind="shortening", amount=31)
    assert refusal.value.code == "shortened_below_the_floor"
    assert "at most 30 days earlier, not 31" in str(refusal.value.message)
    application = deliberated(town, filed(town, [part], day, kind="shortening", amount=30), day, *pair())
    granted(town, application, day)
    assert standing_of(town.nurse, day).until == date(2025, 4, 10)
    again = completed(town, town.nurse, date(2025, 3, 21))
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        filed(town, [again], date(2025, 3, 21), kind="shortening", amount=1)


def test_twelve_points_at_once_are_not_shortened_and_the_refusal_says_how_long_the_bar_is(town: Town) -> None:
    score(town, 12, TODAY, who=town.nurse)
    part = completed(town, town.nurse, date(2025, 4, 1))
    with pytest.raises(Refused) as refusal:
        filed(town, [part], date(2025, 4, 1), kind="shortening", amount=10)
    assert refusal.value.code == "single_termination_is_not_shortened"
    assert "from March 10, 2025 up to and including March 9, 2028" in str(refusal.value.message)
    assert "0 days, not 10" in str(refusal.value.message)
    assert not Application.objects.exists()


def test_relief_decided_after_new_year_goes_to_the_points_of_the_new_year(town: Town) -> None:
    december, january = date(2025, 12, 29), date(2026, 1, 5)
    score(town, 5, december, who=town.nurse)
    application = deliberated(town, filed(town, [completed(town, town.nurse, december)], december), december, *pair())
    with pytest.raises(Refused) as refusal:
        granted(town, application, january)
    assert refusal.value.code == "relief_beyond_the_points"
    assert "The person has 0 points this year" in str(refusal.value.message)
    score(town, 4, january, who=town.nurse)
    granted(town, application, january)
    assert standing_of(town.nurse, date(2025, 12, 31)).points == 5
    assert standing_of(town.nurse, january).points == 3


def test_a_withdrawn_application_frees_its_activities(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    application = called(town, filed(town, [part], TODAY), TODAY, *pair())
    with pytest.raises(Refused, match="application_open"):
        filed(town, [part], TODAY)
    acting = for_practitioner()
    withdraw_application(application=application, reason="暂不申请", acting=acting, now=at(TODAY, 16))
    again = withdraw_application(application=application, reason="再次", acting=acting, now=at(TODAY, 17))
    assert (again.state, tasks(application), support_of(again)) == ("withdrawn", [], [part])
    assert tasks(application, state="cancelled") == ["deliberate", "deliberate"]
    assert filed(town, [part], TODAY).attendances.get() == part


def test_an_activity_supports_one_application_and_only_the_persons_own_and_completed_ones(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    filed(town, [part], TODAY)
    (open_part,) = enrolled(town, offered(town, TODAY), town.nurse)
    for parts, code in (
        ([part], "activity_used"),
        ([open_part], "activity_not_completed"),
        ([completed(town, town.surgeon, TODAY)], "activity_of_another"),
        ([], "activities_missing"),
    ):
        with pytest.raises(Refused, match=code):
            filed(town, parts, TODAY, kind="shortening", amount=5)


def test_an_activity_before_the_handling_repairs_nothing(town: Town) -> None:
    early = completed(town, town.nurse, date(2025, 3, 9))
    score(town, 8, TODAY, who=town.nurse)
    with pytest.raises(Refused) as refusal:
        filed(town, [early], TODAY)
    assert refusal.value.code == "activity_before_the_handling"
    assert "was completed on March 9, 2025, before March 10, 2025" in str(refusal.value.message)
    assert [each.most for each in prospects(history_of(town.nurse), TODAY)] == [0]


def test_who_has_no_points_has_nothing_to_ask_for(town: Town) -> None:
    part = completed(town, town.nurse, TODAY)
    for kind in ("relief", "shortening"):
        with pytest.raises(Refused, match="nothing_to_"):
            filed(town, [part], TODAY, kind=kind)
    assert prospects(history_of(town.nurse), TODAY) == ()


def test_the_agency_that_recorded_the_points_is_asked_and_no_other(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    far = Agency.objects.create(
        code="A120000", name="天津市医保中心", region=Region.objects.create(code="120000", name_zh="天津市")
    )
    asked: dict[str, Any] = {
        "practitioner": town.nurse,
        "kind": "relief",
        "amount": 1,
        "attendances": [part],
        "statement": "申请",
        "now": at(TODAY, 12),
    }
    with pytest.raises(Refused, match="agency_not_competent"):
        file_application(agency=far, acting=for_practitioner(), **asked)
    with pytest.raises(Refused, match="not_the_deciding_agency"):
        file_application(agency=town.agency, acting=for_agency(town.officer, far), **asked)
    with pytest.raises(Refused, match="not_own_staff"):
        file_application(agency=town.agency, acting=for_institution(town.officer, town.clinic), **asked)
    application = file_application(agency=town.agency, acting=for_institution(town.officer, town.hospital), **asked)
    for act in (grant_application, refuse_application):
        with pytest.raises(Refused, match="not_the_deciding_agency"):
            act(application=application, grounds="同意", acting=for_agency(town.officer, far), now=at(TODAY, 15))


def test_a_grant_needs_two_officers_neither_of_whom_deliberated(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    lin, zheng = pair()
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    with pytest.raises(Refused, match="not_possible_now"):
        granted(town, application, TODAY)
    application = deliberated(town, application, TODAY, lin, zheng)
    for second, code in (
        (None, "second_person_missing"),
        (town.officer, "second_person_same"),
        (account(lin), "decided_by_a_deliberator"),
    ):
        with pytest.raises(Refused, match=code):
            grant_application(
                application=application,
                grounds="同意",
                acting=for_agency(town.officer, town.agency, second),
                now=at(TODAY, 15),
            )
    assert Fact.objects.count() == 1
    assert tasks(application) == ["grant"]


def test_the_caps_are_checked_again_when_it_is_granted(town: Town) -> None:
    entry = score(town, 1, TODAY, who=town.nurse)
    application = deliberated(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *pair())
    annul(town, entry, TODAY)
    with pytest.raises(Refused, match="relief_beyond_the_points"):
        granted(town, application, TODAY)
    acting = for_agency(town.officer, town.agency)
    told = {"grounds": "记分已撤销", "document_number": "修复2号"}
    application = refuse_application(application=application, acting=acting, now=at(TODAY, 16), **told)
    assert (application.state, application.fact, tasks(application)) == ("refused", None, [])
    assert application.document_number == "修复2号"


def test_one_decision_brings_one_thing(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    two = pair()
    relief = deliberated(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    part = completed(town, town.nurse, TODAY)
    shorter = deliberated(town, filed(town, [part], TODAY, kind="shortening", amount=5), TODAY, *two)
    signed_by: dict[str, Any] = {"acting": for_agency(town.officer, town.agency, town.second), "now": at(TODAY, 15)}
    grant_application(application=relief, grounds="同意", document_number="修复1号", **signed_by)
    with pytest.raises(Refused, match="decision_already_recorded"):
        grant_application(application=shorter, grounds="同意", document_number="修复1号", **signed_by)
    assert grant_application(application=shorter, grounds="同意", **signed_by).state == "granted"


def test_merged_files_repair_as_one_person(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.surgeon, TODAY)
    merge(town, town.surgeon, town.nurse, TODAY)
    (relief,) = prospects(history_of(town.surgeon), TODAY)
    assert (relief.most, relief.points_after, relief.usable) == (1, 7, (part,))
    granted(town, deliberated(town, filed(town, [part], TODAY), TODAY, *pair()), TODAY)
    assert standing_of(town.surgeon, TODAY).points == 7


def test_prospects_say_what_repair_would_bring_with_the_sums(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    day = date(2025, 3, 20)
    completed(town, town.nurse, day)
    completed(town, town.nurse, day)
    relief, shorter = prospects(history_of(town.nurse), day)
    assert (relief.kind, relief.most, relief.points_after, relief.pending) == ("relief", 2, 7, None)
    assert (shorter.kind, shorter.most, shorter.end_after) == ("shortening", 30, date(2025, 4, 10))
    application = filed(town, [relief.usable[0]], day)
    relief, shorter = prospects(history_of(town.nurse), day)
    assert (relief.pending, len(relief.usable)) == (application, 1)
