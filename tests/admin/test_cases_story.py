"""From the handling to a decision by silence, through the screens: who does what, and what each step shows."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.actions.deliveries import notify
from registry.actions.silence import decide_by_silence
from registry.models import Case, PointsEntry, Practitioner, Proposal, Responsibility, StandingChange, User
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, preview, text_of, url
from tests.admin.wards import PDF, case_with, numbers, on
from tests.casework import Desk, morning_after, proposed, received
from tests.town import TODAY, at, handle, score


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_handling_to_the_decision_by_silence(sign_in: SignIn, here: Desk, language: str) -> None:
    def client(user: User) -> Client:
        found = sign_in(user)
        found.cookies["django_language"] = language
        return found

    chen, identifier, scorer = (client(user) for user in (here.town.officer, here.identifier, here.scorer))
    penalty = {
        "kind": "penalty",
        "document_number": "长医保罚〔2025〕7号",
        "made_on": "2025-03-05",
        "conduct_from": "2025-02-01",
        "conduct_until": "2025-02-20",
        "agency": here.town.agency.pk,
        "legal_basis": "条例第四十条",
        "facts": "虚构医药服务项目",
    }
    page = chen.post(url("record_handling", here.town.hospital.pk), penalty)["Location"]
    case = Case.objects.get()
    assert page == url("registry_case_change", case.pk)
    part = {
        "practitioner": here.surgeon.pk,
        "grade": "general",
        "grounds": "协助开具处方",
        "identified_on": "2025-03-06",
    }
    identifier.post(url("identify", case.pk), part)
    responsibility = Responsibility.objects.get()
    assert url("propose", responsibility.pk) in scorer.get(page).content.decode()

    act = url("propose", responsibility.pk)
    shown = preview(scorer, act, {"situation": "4-01"})
    assert not Proposal.objects.exists()
    assert "2025" in text_of(shown)
    done = confirm(scorer, act, {"situation": "4-01"}, shown)
    proposal = Proposal.objects.get()
    assert done["Location"] == url("registry_proposal_change", proposal.pk)
    words = text_of(scorer.get(done["Location"]))
    assert case.number in words
    assert "0 + 10 = 10" in words

    letter = text_of(scorer.get(url("notice_letter", proposal.pk)))
    for said in ("长医保罚〔2025〕7号", "虚构医药服务项目", "协助开具处方", f"{case.number}-001", "10"):
        assert said in letter

    act = url("notify", proposal.pk)
    shown = preview(scorer, act, {"channel": "by_hand"})
    confirm(scorer, act, {"channel": "by_hand"}, shown)
    receipt = SimpleUploadedFile("回执.pdf", PDF)
    scorer.post(
        url("record_receipt", proposal.pk), {"channel": "by_hand", "received_on": "2025-03-10", "receipt": receipt}
    )
    proposal.refresh_from_db()
    assert (proposal.state, proposal.received_on) == ("received", TODAY)
    words = text_of(scorer.get(url("registry_proposal_change", proposal.pk)))
    assert ("March 24, 2025" if language == "en" else "2025年3月24日") in words

    decide_by_silence(now=morning_after(proposal))
    entry = PointsEntry.objects.get()
    assert (entry.fact.points, entry.fact.actor) == (10, here.scorer)
    with on(date(2025, 3, 25)):
        words = text_of(client(here.scorer).get(url("registry_pointsentry_change", entry.pk)))
        assert case.number in words
        closed = text_of(client(here.scorer).get(page))
        assert ("closed" if language == "en" else "已结案") in closed or language != "en"


def test_nobody_records_points_directly_any_more(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    chen = sign_in(here.town.officer)
    for page in (
        url("registry_handling_change", case.handling_id),
        url("registry_case_change", case.pk),
        url("registry_practitioner_change", here.surgeon.pk),
    ):
        assert "Record points" not in text_of(chen.get(page))
    handling = chen.get(url("registry_handling_change", case.handling_id)).content.decode()
    assert url("registry_case_change", case.pk) in handling


def test_from_the_person_one_comes_to_the_case_and_the_proposal(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    scorer = sign_in(here.scorer)
    assert (
        url("cases_of_person", here.surgeon.pk)
        in scorer.get(url("registry_practitioner_change", here.surgeon.pk)).content.decode()
    )
    body = scorer.get(url("cases_of_person", here.surgeon.pk)).content.decode()
    assert url("registry_case_change", case.pk) in body
    assert url("propose", numbers(case)[0]) in body


def test_several_situations_are_one_proposal_and_a_refusal_stands_at_its_own(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    scorer, act = sign_in(here.scorer), url("propose", numbers(case)[0])
    data = {"situation": "1-01", "situation_2": "2-01", "points_2": "9", "departure_reason_2": "多次"}
    refused = preview(scorer, act, data)
    assert refused.status_code == 422
    assert "brings 4 to 6 points" in refused.context["form"].errors["points_2"][0]
    data["points_2"] = "5"
    shown = preview(scorer, act, data)
    words = text_of(shown)
    assert "Total it leads to 6" in words
    assert "The points depart from the default: 5 instead of 4." in words
    confirm(scorer, act, data, shown)
    assert list(Proposal.objects.get().items.values_list("situation", "points")) == [("1-01", 1), ("2-01", 5)]


def test_points_without_their_situation_are_asked_for(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    refused = preview(sign_in(here.scorer), url("propose", numbers(case)[0]), {"situation": "1-01", "points_3": "5"})
    assert "Choose the situation, or leave this part empty." in refused.context["form"].errors["situation_3"][0]


def test_a_proposal_that_no_longer_holds_is_shown_again_and_nothing_is_proposed(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    scorer, act = sign_in(here.scorer), url("propose", numbers(case)[0])
    shown = preview(scorer, act, {"situation": "3-99"})
    score(here.town, 4, TODAY, number="meanwhile")
    again = confirm(scorer, act, {"situation": "3-99"}, shown)
    assert again.status_code == 409
    assert not Proposal.objects.exists()
    assert confirm(scorer, act, {"situation": "3-99"}, again).status_code == 302


def test_who_identified_is_told_at_once_that_a_colleague_proposes(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    refused = preview(sign_in(here.identifier), url("propose", numbers(case)[0]), {"situation": "1-01"})
    assert "the points are proposed by somebody else" in text_of(refused)


def test_where_points_are_proposed_already_the_proposal_is_shown(sign_in: SignIn, here: Desk) -> None:
    proposal = proposed(here, 3)
    again = sign_in(here.scorer).get(url("propose", proposal.responsibility_id))
    assert again["Location"] == url("registry_proposal_change", proposal.pk)


def test_a_termination_is_countersigned_by_another_officer_before_the_notice(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon], grade="principal")
    scorer, act = sign_in(here.scorer), url("propose", numbers(case)[0])
    shown = preview(scorer, act, {"situation": "4-01"})
    assert "A second officer has to countersign the proposal" in text_of(shown)
    confirm(scorer, act, {"situation": "4-01"}, shown)
    proposal = Proposal.objects.get()
    page = url("registry_proposal_change", proposal.pk)
    waiting = scorer.get(page)
    assert url("countersign", proposal.pk) not in waiting.content.decode()
    assert "the notice goes out after a colleague has signed" in text_of(waiting)
    assert not any(act.main for act in waiting.context["acts"])
    sending = preview(scorer, url("notify", proposal.pk), {"channel": "portal"})
    refused = confirm(scorer, url("notify", proposal.pk), {"channel": "portal"}, sending)
    assert "A second officer must countersign it" in text_of(refused)
    for user in (here.scorer, here.identifier):
        assert "Ask a colleague who did not" in text_of(preview(sign_in(user), url("countersign", proposal.pk), {}))
    second = sign_in(here.second)
    assert url("countersign", proposal.pk) in second.get(page).content.decode()
    shown = preview(second, url("countersign", proposal.pk), {})
    assert "Terminated since March 10, 2025" in text_of(shown)
    confirm(second, url("countersign", proposal.pk), {}, shown)
    proposal.refresh_from_db()
    assert proposal.countersigned_by == here.second


def test_what_waits_says_why_and_is_decided_with_a_second_officer(sign_in: SignIn, here: Desk) -> None:
    proposal = received(here, 6)
    score(here.town, 6, TODAY, number="另案")
    decide_by_silence(now=morning_after(proposal))
    with on(date(2025, 4, 1)):
        reviewer = sign_in(here.reviewer)
        words = text_of(reviewer.get(url("registry_proposal_change", proposal.pk)))
        assert "An officer has to decide" in words
        assert "no second officer has signed it" in words
        act = url("decide_held", proposal.pk)
        shown = preview(reviewer, act, {})
        assert "A second officer countersigns" in text_of(shown)
        signed = {"second_username": here.second.username, "second_password": PASSWORD}
        assert confirm(reviewer, act, {}, shown, **signed).status_code == 302
    assert StandingChange.objects.latest("pk").status_after == "terminated"
    proposal.refresh_from_db()
    assert proposal.decided_how == "officer"


def test_months_that_no_longer_fit_give_way_to_those_of_the_policy(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon], grade="principal")
    scorer, act = sign_in(here.scorer), url("propose", numbers(case)[0])
    data = {"situation": "3-99", "months": "1", "departure_reason": "初犯"}
    confirm(scorer, act, data, preview(scorer, act, data))
    proposal = notify(proposal=Proposal.objects.get(), channel="by_hand", by=here.scorer, now=at(TODAY, 15))
    scorer.post(
        url("record_receipt", proposal.pk), {"channel": "by_hand", "received_on": "2025-03-10", "remark": "存卷"}
    )
    score(here.town, 1, TODAY, number="另案")
    proposal.refresh_from_db()
    decide_by_silence(now=morning_after(proposal))
    with on(date(2025, 4, 1)):
        reviewer, act = sign_in(here.reviewer), url("decide_held", proposal.pk)
        form = reviewer.get(act)
        assert "the months of suspension that were proposed are no longer possible" in text_of(form)
        refused = preview(reviewer, act, {})
        assert "suspends for 3 to 4 months, not 1" in text_of(refused)
        data = {"default_months": "on"}
        assert confirm(reviewer, act, data, preview(reviewer, act, data)).status_code == 302
    assert PointsEntry.objects.latest("pk").fact.months is None


def test_a_withdrawn_proposal_may_be_followed_by_another(sign_in: SignIn, here: Desk) -> None:
    proposal = proposed(here, 3)
    scorer = sign_in(here.scorer)
    scorer.post(url("withdraw", proposal.pk), {"reason": "情形有误"})
    case_page = text_of(scorer.get(url("registry_case_change", proposal.case_id)))
    assert "Propose again" in case_page
    assert scorer.get(url("propose", proposal.responsibility_id)).status_code == 200


def test_a_document_is_attached_and_given_back_as_it_came(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    chen = sign_in(here.town.officer)
    upload = SimpleUploadedFile("处罚决定书.pdf", PDF)
    assert chen.post(url("add_case_file", case.pk), {"title": "处罚决定书", "file": upload}).status_code == 302
    file = case.files.get().file
    assert url("stored_file", file.uuid) in chen.get(url("registry_case_change", case.pk)).content.decode()
    answer = chen.get(url("stored_file", file.uuid))
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    program = SimpleUploadedFile("处罚决定书.pdf", b"MZ" + b"\0" * 300)
    refused = chen.post(url("add_case_file", case.pk), {"title": "二", "file": program})
    assert refused.status_code == 422


def test_a_case_is_closed_by_hand_only_when_nobody_waits(sign_in: SignIn, here: Desk) -> None:
    proposal = proposed(here, 3)
    chen, act = sign_in(here.scorer), url("close_case", proposal.case_id)
    assert "1 proposals of this case are not decided yet" in text_of(chen.post(act, {"reason": "完毕"}))
    chen.post(url("withdraw", proposal.pk), {"reason": "有误"})
    proposal.case.refresh_from_db()
    assert proposal.case.state == "closed"


def test_a_personal_trigger_leads_over_the_responsibility_to_the_proposal(sign_in: SignIn, here: Desk) -> None:
    chen = sign_in(here.town.officer)
    data = {
        "kind": "licence_revoked",
        "document_number": "吊1号",
        "made_on": "2025-03-01",
        "conduct_from": "2025-02-01",
        "conduct_until": "2025-02-02",
        "agency": here.town.agency.pk,
    }
    identify = chen.post(url("record_trigger", here.surgeon.pk), data)["Location"]
    case = Case.objects.get()
    assert identify == url("identify", case.pk)
    part = {"grade": "principal", "grounds": "执业证书被吊销", "identified_on": "2025-03-02"}
    assert chen.post(identify, part)["Location"] == url("registry_case_change", case.pk)
    scorer = sign_in(here.scorer)
    form = text_of(scorer.get(url("propose", Responsibility.objects.get().pk)))
    assert "4-02" in form
    assert "4-01" not in form
    act = url("propose", Responsibility.objects.get().pk)
    confirm(scorer, act, {"situation": "4-02"}, preview(scorer, act, {"situation": "4-02"}))
    letter = text_of(scorer.get(url("notice_letter", Proposal.objects.get().pk)))
    assert "吊1号" in letter


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Within 10 working days from the day after you received this notice"), ("zh-hans", "长沙")],
)
def test_the_letter_has_a_language_of_its_own(sign_in: SignIn, here: Desk, language: str, words: str) -> None:
    Practitioner.objects.filter(pk=here.surgeon.pk).update(name="长沙王伟")
    proposal = proposed(here, 9)
    page = sign_in(here.scorer).get(url("notice_letter", proposal.pk), {"letter": language})
    letter = page.context["letter"]
    assert words in letter
    assert ("2025年" in letter) == (language == "zh-hans")
    assert "Cases" in text_of(page)


def test_the_letter_says_what_was_known_when_it_was_sent(sign_in: SignIn, here: Desk) -> None:
    proposal = notify(proposal=proposed(here, 4), channel="portal", by=here.scorer, now=at(TODAY, 12))
    score(here.town, 3, TODAY + timedelta(days=2), number="后来")
    with on(TODAY + timedelta(days=2)):
        letter = text_of(sign_in(here.scorer).get(url("notice_letter", proposal.pk)))
    assert "you have 0 points so far; with these 4 it would be 4" in letter
    assert "March 10, 2025" in letter


def test_cases_are_found_by_their_number_and_by_that_of_the_document(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon, here.nurse])
    handle(here.town, number="别的号")
    chen = sign_in(here.town.officer)
    for term in (case.number, case.number.lower(), "罚字1号"):
        words = text_of(chen.get(url("registry_case_changelist"), {"q": term}))
        assert case.number in words
        assert "别的号" not in words
    assert "第一医院 罚字1号 open 2 0" in text_of(chen.get(url("registry_case_changelist")))


def test_cases_are_filtered_by_state_institution_and_region(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [here.surgeon])
    chen = sign_in(here.town.officer)
    for query, found in (
        ({"state__exact": "open"}, True),
        ({"state__exact": "closed"}, False),
        ({"handling__institution__id__exact": here.town.hospital.pk}, True),
        ({"handling__institution__id__exact": here.town.clinic.pk}, False),
        ({"region": "430100"}, True),
        ({"region": "110000"}, False),
    ):
        page = chen.get(url("registry_case_changelist"), query)
        assert page.status_code == 200, query
        assert (case.number in text_of(page)) == found, query
