"""Repair in the office: activities, applications, the experts' desk, and what the person's page says of it."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from appeals.models import Activity, Application, Attendance, Expert
from registry.models import Fact, Role, User
from tests.admin.conftest import PASSWORD, SignIn, assign
from tests.admin.deeds import confirm, preview, text_of, url
from tests.appeals.repairs import (
    SEEN,
    account,
    called,
    completed,
    deliberated,
    enrolled,
    expert,
    filed,
    offered,
    signed,
)
from tests.town import TODAY, Town, at, score

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8ff1f0003030200ef9f"
    "5d5b0000000049454e44ae426082"
)


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


def offer_of(town: Town, **more: Any) -> dict[str, Any]:
    return {
        "side": f"agency-{town.agency.pk}",
        "kind": "study_with_test",
        "title": "医保政策考试",
        "starts_on": TODAY.isoformat(),
        "ends_on": TODAY.isoformat(),
        "pass_mark": "60",
        **more,
    }


def second(town: Town) -> dict[str, str]:
    return {"second_username": town.second.username, "second_password": PASSWORD}


def seated(who: Expert) -> User:
    return assign(account(who), Role.EXPERT)


def test_an_activity_is_offered_people_are_enrolled_and_results_recorded_in_one_table(chen: Client, town: Town) -> None:
    page = chen.post(url("offer_activity"), offer_of(town))["Location"]
    activity = Activity.objects.get()
    assert "医保政策考试" in text_of(chen.get(url("appeals_activity_changelist")))
    assert "Nobody takes part yet." in text_of(chen.get(page))
    people = {"practitioners": [town.nurse.pk], "codes": f"{town.surgeon.code.lower()}\n{town.nurse.code}"}
    assert "2 people are enrolled." in text_of(chen.post(url("enrol", activity.pk), people, follow=True))
    nurse, surgeon = (activity.attendances.get(practitioner=who).pk for who in (town.nurse, town.surgeon))
    form = chen.get(url("record_results", activity.pk))
    assert "李娜" in text_of(form)
    results = {
        "completed_on": TODAY.isoformat(),
        f"outcome_{nurse}": "attended",
        f"score_{nurse}": "88",
        f"outcome_{surgeon}": "attended",
        f"score_{surgeon}": "59",
    }
    refused = chen.post(url("record_results", activity.pk), results)
    assert refused.status_code == 422
    assert "add a file as evidence" in text_of(refused)
    told = chen.post(
        url("record_results", activity.pk),
        {**results, "evidence": SimpleUploadedFile("试卷.png", PNG)},
        follow=True,
    )
    assert "2 results recorded, 1 of them completed." in text_of(told)
    assert set(activity.attendances.values_list("practitioner__name", "state", "score")) == {
        ("李娜", "completed", 88),
        ("王伟", "failed", 59),
    }
    file = chen.get(url("evidence_of_part", nurse))
    assert (file.content, file["X-Content-Type-Options"]) == (PNG, "nosniff")
    assert "attachment" in file["Content-Disposition"]


def test_a_wrong_result_is_corrected_from_the_page_of_the_activity(
    chen: Client, sign_in: SignIn, compliance: User, town: Town
) -> None:
    part = completed(town, town.nurse, TODAY, "study_with_test")
    page, act = url("appeals_activity_change", part.activity_id), url("correct_result", part.pk)
    assert act in chen.get(page).content.decode()
    form = chen.get(act)
    assert form.context["form"].initial["score"] == 80
    entered = {"outcome": "attended", "completed_on": TODAY.isoformat(), "score": "58", "remark": SEEN}
    assert chen.post(act, entered).status_code == 422
    told = text_of(chen.post(act, {**entered, "reason": "漏扣两题"}, follow=True))
    assert "not completed" in told
    part.refresh_from_db()
    assert (part.state, part.score) == ("failed", 58)
    assert chen.get(act).status_code == 200
    waiting = enrolled(town, offered(town, TODAY), town.nurse)[0]
    assert chen.get(url("correct_result", waiting.pk)).status_code == 404
    assert sign_in(compliance).get(act).status_code == 404
    assert act not in sign_in(compliance).get(page).content.decode()


def test_an_unknown_code_enrols_nobody(chen: Client, town: Town) -> None:
    activity = offered(town, TODAY)
    answer = chen.post(url("enrol", activity.pk), {"codes": f"{town.nurse.code} N999999999999"})
    assert answer.status_code == 422
    assert "Not known here: N999999999999." in text_of(answer)
    assert not Attendance.objects.exists()


def test_an_activity_is_closed_and_an_enrolment_cancelled(chen: Client, town: Town) -> None:
    activity = offered(town, TODAY)
    (part,) = enrolled(town, activity, town.nurse)
    assert url("cancel_enrolment", part.pk) in chen.get(url("appeals_activity_change", activity.pk)).content.decode()
    assert chen.post(url("cancel_enrolment", part.pk), {"reason": "值班"}).status_code == 302
    assert chen.post(url("close_activity", activity.pk), {}).status_code == 302
    page = text_of(chen.get(url("appeals_activity_change", activity.pk)))
    assert "cancelled" in page
    assert "Enrol people" not in page


def test_the_institution_enrols_its_staff_in_what_the_agency_offers_and_sees_nobody_elses(
    sign_in: SignIn, compliance: User, town: Town
) -> None:
    he, activity = sign_in(compliance), offered(town, TODAY)
    assert activity.title in text_of(he.get(url("appeals_activity_changelist")))
    assert he.post(url("enrol", activity.pk), {"codes": town.nurse.code}).status_code == 302
    assert Attendance.objects.get().practitioner == town.nurse
    assert he.get(url("record_results", activity.pk)).status_code == 404
    assert he.get(url("close_activity", activity.pk)).status_code == 404
    own = he.post(url("offer_activity"), offer_of(town, side=f"institution-{town.hospital.pk}", title="院内培训"))
    assert own.status_code == 302
    assert Activity.objects.get(title="院内培训").institution == town.hospital


def test_an_application_goes_from_the_persons_page_over_the_experts_to_the_grant(
    sign_in: SignIn, chen: Client, town: Town
) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    file = chen.get(url("registry_practitioner_change", town.nurse.pk))
    assert url("prospects", town.nurse.pk) in file.content.decode()
    sums = text_of(chen.get(url("prospects", town.nurse.pk)))
    assert "Repair: relief of points" in sums
    assert "With them the points of the year could become 7." in sums
    assert "Activities of repair" in sums
    act = url("file_application", town.nurse.pk)
    data = {
        "prospect": f"relief-{town.agency.pk}",
        "amount": "2",
        "attendances": [part.pk],
        "statement": "已认真整改",
    }
    assert "One activity relieves 1 to 1 points" in text_of(preview(chen, act, data))
    data["amount"] = "1"
    shown = preview(chen, act, data)
    assert "7 points this year" in text_of(shown)
    page = confirm(chen, act, data, shown)["Location"]
    application = Application.objects.get()
    assert "Call experts" in text_of(chen.get(page))
    lin, zheng = expert("林"), expert("郑")
    assert chen.post(url("convene", application.pk), {"experts": [lin.pk]}).status_code == 422
    assert chen.post(url("convene", application.pk), {"experts": [lin.pk, zheng.pk]}).status_code == 302
    for who in (lin, zheng):
        desk = sign_in(seated(who))
        one, signing = (reverse(name, args=[application.uuid]) for name in ("expert_opinion", "expert_sign"))
        assert "1 application waits for your opinion." in text_of(desk.get(reverse("expert_cases")))
        assert application.number in text_of(desk.get(reverse("expert_opinions")))
        for address in (one, signing):
            seen = desk.get(address).content.decode()
            assert "已认真整改" in seen
            assert not [each for each in ("李娜", "/admin/") if each in seen]
        assert desk.post(signing, {"reasons": "整改有效"}).status_code == 422
        opinion = {"opinion": "in_favour", "reasons": "整改有效"}
        assert "This will be signed, exactly so" in text_of(desk.post(signing, {**opinion, "step": "check"}))
        assert not application.opinions.filter(expert=who).exists()
        assert "Check and sign" in text_of(desk.post(signing, {**opinion, "step": "back"}))
        assert desk.post(signing, {**opinion, "step": "sign"}).status_code == 302
        assert desk.get(one).status_code == 404
        assert "整改有效" in text_of(desk.get(reverse("expert_opinions")))
    grant = url("grant_application", application.pk)
    shown = preview(chen, grant, {"grounds": "经专家评议，同意"})
    assert "7 points this year" in text_of(shown)
    assert "Days to be paid" not in text_of(shown)
    assert confirm(chen, grant, {"grounds": "经专家评议，同意"}, shown).status_code == 422
    assert confirm(chen, grant, {"grounds": "经专家评议，同意"}, shown, **second(town)).status_code == 302
    assert Fact.objects.get(kind="points_relieved").second == town.second
    told = text_of(chen.get(page))
    for words in ("granted", "整改有效", "Experts called", "Enough experts are in favour", "2 signatures in favour"):
        assert words in told
    assert "Grant" not in [act.title for act in chen.get(page).context["acts"]]


def test_the_work_list_leads_to_the_application(chen: Client, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    way = url("application", application.uuid)
    assert way in chen.get(url("work_list")).content.decode()
    assert chen.get(way)["Location"] == url("appeals_application_change", application.pk)


def test_what_exceeds_the_cap_is_refused_at_the_amount_with_the_sum(chen: Client, town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)  # in this region from 1 April to 1 June: 61 days
    part = completed(town, town.nurse, TODAY)
    data = {
        "prospect": f"shortening-{town.agency.pk}",
        "amount": "31",
        "attendances": [part.pk],
        "statement": "申请缩短",
    }
    answer = preview(chen, url("file_application", town.nurse.pk), data)
    assert answer.status_code == 422
    assert "up to and including May 31, 2025; its last day is May 1, 2025 at the earliest" in text_of(answer)
    assert "at most 30 days earlier, not 31" in text_of(answer)


def test_without_a_completed_activity_nothing_is_asked_but_where_to_take_part(chen: Client, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    page = chen.get(url("file_application", town.nurse.pk))
    assert "No completed activity of this person can support an application." in text_of(page)
    assert url("prospects", town.nurse.pk) in page.content.decode()
    assert 'name="statement"' not in page.content.decode()
    assert 'value="form"' not in page.content.decode()
    assert [act.main for act in chen.get(url("prospects", town.nurse.pk)).context["acts"]] == [False]
    completed(town, town.nurse, TODAY)
    assert 'name="statement"' in chen.get(url("file_application", town.nurse.pk)).content.decode()
    assert [act.main for act in chen.get(url("prospects", town.nurse.pk)).context["acts"]] == [True]


def test_a_single_twelve_is_shown_as_not_to_be_shortened(chen: Client, town: Town) -> None:
    score(town, 12, TODAY, who=town.nurse)
    completed(town, town.nurse, TODAY)
    assert "0 days: 12 points at once" in text_of(chen.get(url("prospects", town.nurse.pk)))


def test_an_application_is_refused_with_grounds_or_its_withdrawal_recorded(chen: Client, town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    relief = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    shorter = filed(town, [completed(town, town.nurse, TODAY)], TODAY, kind="shortening", amount=5)
    chen.post(url("refuse_application", relief.pk), {"grounds": "学习内容不符"})
    assert "学习内容不符" in text_of(chen.get(url("appeals_application_change", relief.pk)))
    chen.post(url("withdraw_application", shorter.pk), {"reason": "本人来函撤回"})
    states = set(Application.objects.values_list("state", flat=True))
    assert states == {"refused", "withdrawn"}
    assert "refused" in text_of(chen.get(url("appeals_application_changelist")))


def test_an_expert_stands_aside_and_the_agency_sees_why(sign_in: SignIn, chen: Client, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    two = [expert("林"), expert("郑")]
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    desk = sign_in(seated(two[0]))
    aside = reverse("expert_stand_aside", args=[application.uuid])
    assert desk.post(aside, {"reason": ""}).status_code == 422
    assert desk.post(aside, {"reason": "曾是同学"}).status_code == 302
    page = text_of(chen.get(url("appeals_application_change", application.pk)))
    assert "曾是同学" in page
    assert "stood aside" in page
    assert "Call experts" in page


def test_nobody_elses_deliberation_is_there_and_experts_see_nothing_else_of_it(sign_in: SignIn, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    two = [expert("林"), expert("郑")]
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    other = sign_in(seated(expert("何")))
    assert "Nothing waits for your opinion." in text_of(other.get(reverse("expert_opinions")))
    for name in ("expert_opinion", "expert_sign", "expert_stand_aside"):
        assert other.get(reverse(name, args=[application.uuid])).status_code == 404, name
    assert sign_in(town.officer).get(reverse("expert_opinions"))["Location"] == "/"


def test_what_is_not_yours_is_not_there(sign_in: SignIn, stranger: User, compliance: User, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    application = deliberated(town, filed(town, [part], TODAY), TODAY, expert("林"), expert("郑"))
    far, he = sign_in(stranger), sign_in(compliance)
    for page in (
        url("appeals_application_change", application.pk),
        url("appeals_activity_change", part.activity.pk),
        url("enrol", part.activity.pk),
        url("evidence_of_part", part.pk),
        url("grant_application", application.pk),
        url("file_application", town.nurse.pk),
        url("prospects", town.nurse.pk),
    ):
        assert far.get(page).status_code == 404, page
    assert he.get(url("appeals_application_change", application.pk)).status_code == 200
    assert he.get(url("grant_application", application.pk)).status_code == 403


def test_a_reviewer_is_offered_no_decision_of_an_application(sign_in: SignIn, chen: Client, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    page, refusal = url("appeals_application_change", application.pk), url("refuse_application", application.pk)
    reads = sign_in(assign(User.objects.create_user("fu"), Role.REVIEWER, agency=town.agency))
    assert refusal in chen.get(page).content.decode()
    assert refusal not in reads.get(page).content.decode()
    assert reads.get(refusal).status_code == 403


def test_the_direct_acts_of_relief_and_shortening_are_gone(chen: Client, town: Town) -> None:
    score(town, 9, TODAY)
    page = text_of(chen.get(url("registry_practitioner_change", town.surgeon.pk)))
    assert "Relieve points" not in page
    assert chen.get(f"/admin/practitioners/{town.surgeon.pk}/relieve/").status_code == 404
    assert chen.get(f"/admin/practitioners/{town.surgeon.pk}/shorten/").status_code == 404


def test_a_silent_experts_day_is_shown_as_overdue(chen: Client, town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    two = [expert("林"), expert("郑")]
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    signed(application, two[0], TODAY)
    with time_machine.travel(at(TODAY + timedelta(days=60)), tick=False):
        chen.force_login(town.officer)
        assert "overdue" in text_of(chen.get(url("appeals_application_change", application.pk)))


def test_lists_and_pages_ask_few_questions(chen: Client, town: Town, django_assert_max_num_queries: Any) -> None:
    score(town, 9, TODAY, who=town.nurse)
    parts = [completed(town, town.nurse, TODAY) for _ in range(4)]
    application = deliberated(town, filed(town, parts[:2], TODAY, amount=2), TODAY, expert("林"), expert("郑"))
    for page, most in (
        (url("appeals_activity_changelist"), 15),
        (url("appeals_application_changelist"), 15),
        (url("appeals_activity_change", parts[0].activity.pk), 15),
        (url("appeals_application_change", application.pk), 25),
    ):
        with django_assert_max_num_queries(most):
            assert chen.get(page).status_code == 200
    assert SEEN in text_of(chen.get(url("appeals_activity_change", parts[0].activity.pk)))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 1, 1)])
def test_prospects_of_a_year_end_with_it(sign_in: SignIn, town: Town, day: date) -> None:
    score(town, 4, TODAY, who=town.nurse)
    with time_machine.travel(at(day), tick=False):
        page = text_of(sign_in(town.officer).get(url("prospects", town.nurse.pk)))
    assert ("Repair: relief of points" in page) == (day.year == 2025)
