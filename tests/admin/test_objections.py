"""Objections in the office: taken in, reviewed, decided with what follows shown; files only as attachments."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch

from appeals.actions.disputes import Dispute
from appeals.actions.reviews import assign_reviewer
from appeals.models import Evidence, ExternalOutcome, Objection
from registry.actions.files import FileBroken, read_file
from registry.ledger.reading import standing_of
from registry.models import Fact, Proposal, Role, StoredFile, User
from registry.models.sealing import SealBroken
from registry.models.vault import Vault
from tests.admin.conftest import PASSWORD, SignIn, assign
from tests.admin.deeds import confirm, preview, ruled, text_of, url
from tests.appeals.disputes import appealed, in_review, objected, stored
from tests.casework import Desk, desk, received
from tests.rules import sample_files
from tests.town import TODAY, Town, at, score

MOST_QUERIES = 15
NEXT_DAY = date(2025, 3, 11)


@pytest.fixture(autouse=True)
def _the_next_day(_english_and_that_day: None) -> Any:
    with time_machine.travel(at(NEXT_DAY, 15), tick=False):
        yield


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def upload(name: str = "考勤.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or sample_files.pdf())


def paper(proposal: Proposal, **more: Any) -> dict[str, Any]:
    item = proposal.items.order_by("pk")[0]
    return {"received_on": "2025-03-11", "item_1": item.pk, "text_1": "当日不在岗", "statement": "我不服", **more}


def taken_in(client: Client, proposal: Proposal, **more: Any) -> Any:
    return client.post(url("take_in_objection", proposal.pk), paper(proposal, **more), follow=True)


def test_an_officer_takes_an_objection_in_with_points_and_files_in_one_form(sign_in: SignIn, here: Desk) -> None:
    proposal = received(here, 3, 5)
    chen = sign_in(here.another)
    assert url("take_in_objection", proposal.pk) in chen.get(url("registry_practitioner_change", here.surgeon.pk)).text
    second = proposal.items.get(points=5)
    more = {"item_2": second.pk, "text_2": "金额算错了", "files_2": [upload("甲.pdf"), upload("乙.pdf")]}
    words = text_of(taken_in(chen, proposal, **more))
    objection = Objection.objects.get()
    assert f"{objection.number} is filed. Assign a reviewer next." in words
    assert "on paper, taken in by the agency" in words
    assert [point.evidence.count() for point in objection.points.order_by("number")] == [0, 2]
    assert "我不服" in words
    assert "甲.pdf" in words
    assert "The agency assigns a reviewer who had no part in the points." in words
    assert "Until March 18, 2025." in words


def test_a_file_that_is_not_taken_is_named_and_nothing_is_kept(sign_in: SignIn, here: Desk) -> None:
    proposal = received(here, 6)
    answer = taken_in(sign_in(here.another), proposal, files_1=[upload("脚本.pdf", b"<script>alert(1)</script>")])
    assert answer.status_code == 422
    assert "脚本” is a web page" in text_of(answer)
    assert not Objection.objects.exists()
    assert not StoredFile.objects.exists()


def test_files_without_words_are_asked_what_they_show(sign_in: SignIn, here: Desk) -> None:
    answer = taken_in(sign_in(here.another), received(here, 6), text_1="", files_1=[upload()])
    assert "Say what these files are to show." in text_of(answer)


def test_late_paper_is_refused_with_the_last_day_and_kept_with_a_good_cause(sign_in: SignIn, here: Desk) -> None:
    proposal = received(here, 6)
    with time_machine.travel(at(date(2025, 3, 25), 0), tick=False):
        chen = sign_in(here.another)
        refused = taken_in(chen, proposal, received_on="2025-03-25")
        assert "The window ended on March 24, 2025" in text_of(refused)
        late = taken_in(chen, proposal, received_on="2025-03-25", good_cause="住院手术")
        assert "is kept as late" in text_of(late)
        objection = Objection.objects.get()
        chen.post(url("admit_objection", objection.pk), {"grounds": "有住院证明"})
    objection.refresh_from_db()
    assert objection.state == "filed"


def test_the_institution_objects_for_the_person_with_the_signed_page(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    proposal = received(here, 6)
    he = sign_in(compliance)
    page = url("object_for_person", proposal.pk)
    theirs = f"{url('appeals_objection_changelist')}?q={here.surgeon.code}"
    shown = he.get(url("registry_practitioner_change", here.surgeon.pk)).text
    assert page in shown
    assert theirs in shown
    data = {"item_1": proposal.items.get().pk, "text_1": "不是我", "institution": here.town.hospital.pk}
    assert "This field is required" in text_of(he.post(page, data))
    signed = {**data, "signature": upload("签字.jpg", sample_files.jpeg())}
    assert "is filed" in text_of(he.post(page, signed, follow=True))
    objection = Objection.objects.get()
    assert (objection.via, objection.institution, objection.signature.name) == (  # type: ignore[union-attr]
        "institution", here.town.hospital, "签字.jpg"
    )  # fmt: skip
    assert he.get(url("take_in_objection", proposal.pk)).status_code == 403


def test_only_those_without_a_part_are_offered_as_reviewers(sign_in: SignIn, here: Desk) -> None:
    objection = objected(received(here, 6), "不是我")
    chen = sign_in(here.another)
    page = chen.get(url("assign_reviewer", objection.pk))
    assert here.reviewer.username in text_of(page)
    assert here.scorer.username not in text_of(page)
    chen.post(url("assign_reviewer", objection.pk), {"reviewer": here.reviewer.pk})
    objection.refresh_from_db()
    assert objection.reviewer == here.reviewer


def result(number: int, what: str, points: int | None = None) -> dict[str, Any]:
    return {f"result_{number}": what, f"points_{number}": points or "", f"grounds_{number}": "查证属实"}


def test_the_reviewer_decides_point_by_point_and_sees_the_standing_before(sign_in: SignIn, here: Desk) -> None:
    objection = in_review(here, objected(received(here, 3, 6), "不是我", "情节轻"))
    reviewer = sign_in(here.reviewer)
    act = url("decide_objection", objection.pk)
    data = {"decision": "部分支持", "document_number": "复核1号", **result(1, "annulled"), **result(2, "reduced", 4)}
    shown = preview(reviewer, act, data)
    assert "4 points this year" in text_of(shown)
    assert not Fact.objects.exists()
    done = confirm(reviewer, act, data, shown)
    words = text_of(reviewer.get(done["Location"]))
    assert "Decided" in words
    assert "复核1号" in words
    assert "Nothing: this procedure is over." in words
    assert standing_of(here.surgeon, NEXT_DAY).points == 4


def test_a_reduction_that_does_not_lower_is_said_at_its_field(sign_in: SignIn, here: Desk) -> None:
    objection = in_review(here, objected(received(here, 3), "不是我"))
    data = {"decision": "减轻", **result(1, "reduced", 3)}
    answer = preview(sign_in(here.reviewer), url("decide_objection", objection.pk), data)
    assert answer.status_code == 422
    assert "a reduction names 1 to 2" in text_of(answer)


def test_who_is_not_the_reviewer_does_not_decide(sign_in: SignIn, here: Desk) -> None:
    objection = in_review(here, objected(received(here, 3), "不是我"))
    page, act = url("appeals_objection_change", objection.pk), url("decide_objection", objection.pk)
    other = sign_in(here.another)
    assert act not in other.get(page).text
    data = {"decision": "维持", **result(1, "upheld")}
    shown = preview(other, act, data)
    assert "not by" in text_of(confirm(other, act, data, shown))
    assert not Fact.objects.exists()


def test_an_annulment_on_appeal_shows_its_reach_and_is_countersigned(sign_in: SignIn, here: Desk) -> None:
    entry = score(here.town, 9, TODAY)
    with time_machine.travel(at(date(2025, 6, 20), 15), tick=False):
        objection = in_review(here, appealed(entry, now=at(date(2025, 6, 20))), now=at(date(2025, 6, 20), 11))
        reviewer, act = sign_in(here.reviewer), url("decide_objection", objection.pk)
        data = {"decision": "撤销", **result(1, "annulled")}
        shown = preview(reviewer, act, data)
        words = text_of(shown)
        assert "Days to be paid after all" in words
        assert "To be told again" in words
        for colleague in (here.town.second, here.town.officer):
            colleague.set_password(PASSWORD)
            colleague.save()
        with_part = {"second_username": here.town.officer.username, "second_password": PASSWORD}
        refused = confirm(reviewer, act, data, shown, **with_part)
        assert "cannot judge this" in text_of(refused)
        without = {"second_username": here.town.second.username, "second_password": PASSWORD}
        assert confirm(reviewer, act, data, preview(reviewer, act, data), **without).status_code == 302
    assert Fact.objects.get(kind="entry_annulled").second == here.town.second


def test_an_appeal_is_taken_in_from_the_page_of_the_entry(sign_in: SignIn, here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    chen = sign_in(here.another)
    page = chen.get(url("registry_pointsentry_change", entry.pk))
    address = f"{url('take_in_appeal', here.surgeon.pk)}?entry={entry.fact_id}"
    assert address in page.text
    form = chen.get(address)
    assert f'<option value="{entry.fact_id}" selected' in form.text
    data = {"received_on": "2025-03-11", "against": "entries", "item_1": entry.fact_id, "statement": "不是我"}
    assert "is filed" in text_of(chen.post(url("take_in_appeal", here.surgeon.pk), data, follow=True))
    assert Objection.objects.get().kind == "recorded_points"
    assert Objection.objects.get().number in text_of(chen.get(url("registry_pointsentry_change", entry.pk)))


def test_against_the_standing_no_entry_has_to_be_named(sign_in: SignIn, here: Desk) -> None:
    score(here.town, 6, TODAY)
    data = {"received_on": "2025-03-11", "against": "standing", "statement": "不应如此"}
    sign_in(here.another).post(url("take_in_appeal", here.surgeon.pk), data)
    assert Objection.objects.get().kind == "standing"


def test_a_judgment_is_recorded_with_its_document_which_survives_the_confirmation(sign_in: SignIn, here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    chen = sign_in(here.another)
    act, data = ruled(entry, 2)
    data["document_number"] = "（2025）行终1号"
    shown = chen.post(act, {**data, "document": upload("判决书.pdf"), "step": "form"})
    assert "2 points this year" in text_of(shown)
    kept = shown.text.split('name="kept" value="')[1].split('"')[0]
    assert confirm(chen, act, {**data, "kept": kept}, shown).status_code == 302
    outcome = ExternalOutcome.objects.get()
    assert outcome.file is not None
    assert outcome.file.name == "判决书.pdf"
    assert "（2025）行终1号" in text_of(chen.get(url("registry_pointsentry_change", entry.pk)))


def test_the_list_finds_by_number_by_code_and_by_what_is_owed(sign_in: SignIn, here: Desk) -> None:
    first = in_review(here, objected(received(here, 3), "不是我"))
    second = objected(received(here, 4, who=here.nurse, number="罚字2号"), "不是我")
    with time_machine.travel(at(date(2025, 3, 25), 15), tick=False):
        client, base = sign_in(here.reviewer), url("appeals_objection_changelist")
        for query, found in (
            (f"q={first.number}", [first]),
            (f"q={here.nurse.code}", [second]),
            ("due=over", [second]),
            ("reviewer=me", [first]),
            ("reviewer=nobody", [second]),
            ("state__exact=in_review", [first]),
        ):
            assert list(client.get(f"{base}?{query}").context["cl"].result_list) == found, query


def test_what_is_not_yours_is_not_there(
    sign_in: SignIn, here: Desk, stranger: User, compliance: User, administrator: User
) -> None:
    objection = in_review(here, objected(received(here, 3), "不是我"))
    page, act = url("appeals_objection_change", objection.pk), url("decide_objection", objection.pk)
    far = sign_in(stranger)
    assert [far.get(each).status_code for each in (page, act)] == [404, 404]
    assert list(far.get(url("appeals_objection_changelist")).context["cl"].result_list) == []
    he = sign_in(compliance)
    assert he.get(page).status_code == 200
    assert he.get(act).status_code == 403
    guan = sign_in(administrator)
    assert guan.get(page).status_code == 200
    assert act not in guan.get(page).text


def exhibit(here: Desk) -> Evidence:
    proposal = received(here, 3)
    file = stored("考勤 表.pdf")
    objected(proposal, points=[Dispute(item=proposal.items.get(), text="不在岗", evidence=[("考勤", file)])])
    return Evidence.objects.get()


def test_a_file_comes_as_an_attachment_and_is_never_run(sign_in: SignIn, here: Desk) -> None:
    evidence = exhibit(here)
    answer = sign_in(here.another).get(url("stored_file", evidence.file.uuid))
    assert answer.content == sample_files.pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_file_is_there_only_for_those_who_see_what_it_belongs_to(
    sign_in: SignIn, here: Desk, stranger: User, compliance: User
) -> None:
    evidence, loose = exhibit(here), stored("没人的.pdf")
    address = url("stored_file", evidence.file.uuid)
    assert sign_in(compliance).get(address).status_code == 200
    assert sign_in(stranger).get(address).status_code == 404
    assert sign_in(here.another).get(url("stored_file", loose.uuid)).status_code == 404


def test_a_file_that_was_tampered_with_is_not_handed_out(here: Desk) -> None:
    file = stored()
    file.digest = bytes(32)
    with pytest.raises(FileBroken):
        read_file(file)
    file.sealed = Vault(StoredFile.objects.get().uuid, "other").seal(b"x")
    with pytest.raises(SealBroken):
        read_file(file)


@pytest.mark.parametrize("points", [1, 9])
def test_the_page_of_an_objection_asks_the_same_however_many_points_it_has(
    sign_in: SignIn, here: Desk, points: int
) -> None:
    objection = in_review(here, objected(received(here, 3, 5), *["不是我"] * points))
    client = sign_in(here.reviewer)
    for page in (url("appeals_objection_change", objection.pk), url("appeals_objection_changelist")):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        assert len(asked) <= MOST_QUERIES, (page, len(asked))


def test_every_act_opens_in_both_languages(sign_in: SignIn, here: Desk, compliance: User) -> None:
    proposal, entry = received(here, 3), score(here.town, 2, TODAY, number="旧1号")
    objection = in_review(here, objected(proposal, "不是我"))
    for language in ("en", "zh-hans"):
        officer, he = sign_in(here.reviewer), sign_in(compliance)
        for client in (officer, he):
            client.cookies["django_language"] = language
        for name in ("assign_reviewer", "classify_point", "decide_objection", "add_evidence", "add_words",
                     "withdraw_objection", "close_objection", "admit_objection", "refuse_objection"):  # fmt: skip
            assert officer.get(url(name, objection.pk)).status_code == 200, name
        for name in ("countersign_objection", "add_evidence", "add_words"):
            assert he.get(url(name, objection.pk)).status_code == 200, name
        for name in ("take_in_appeal", "record_outcome"):
            assert officer.get(url(name, entry.practitioner_id)).status_code == 200, name
        assert he.get(url("appeal_for_person", entry.practitioner_id)).status_code == 200


def test_the_decision_is_read_back_in_the_words_of_the_field(sign_in: SignIn, here: Desk) -> None:
    objection = in_review(here, objected(received(here, 3), "不是我"))
    client = sign_in(here.reviewer)
    client.cookies["django_language"] = "zh-hans"
    act = url("decide_objection", objection.pk)
    asked = text_of(client.get(act))
    assert "维持 减少 撤销" in asked
    assert "已撤销" not in asked
    shown = text_of(preview(client, act, {"result_1": "annulled", "grounds_1": "查证属实", "decision": "支持"}))
    assert "作出决定：办理结果预览" in shown
    assert "争议事项1：结果 撤销 争议事项1：理由 查证属实" in shown


def test_the_direct_corrections_are_gone_from_the_office() -> None:
    for name in ("annul_entry", "revise_entry"):
        with pytest.raises(NoReverseMatch):
            url(name, 1)


def test_evidence_words_countersignature_and_withdrawal_are_taken_in(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    objection = objected(received(here, 3), "不是我")
    officer, he = sign_in(here.another), sign_in(compliance)
    point = objection.points.get().pk
    officer.post(url("add_evidence", objection.pk), {"point": point, "uploads": [upload("补充.pdf")]})
    he.post(url("add_words", objection.pk), {"words": "补充说明"})
    he.post(url("countersign_objection", objection.pk), {})
    words = text_of(he.get(url("appeals_objection_change", objection.pk)))
    assert "补充.pdf" in words
    assert "补充说明" in words
    assert "Countersigned by the institution 第一医院" in words
    officer.post(url("withdraw_objection", objection.pk), {"reason": "来信撤回"})
    objection.refresh_from_db()
    assert objection.state == "withdrawn"


def test_a_reviewer_by_role_is_offered_the_review_and_nothing_else_and_decides(sign_in: SignIn, here: Desk) -> None:
    reviewer = assign(User.objects.create_user("fu", password=PASSWORD), Role.REVIEWER, agency=here.town.agency)
    objection = objected(received(here, 6), "不是我")
    later = at(date(2025, 3, 11), 10)
    assign_reviewer(objection=objection, reviewer=reviewer, by=here.another, now=later)
    with time_machine.travel(later, tick=False):
        client = sign_in(reviewer)
        page = client.get(url("appeals_objection_change", objection.pk)).content.decode()
        for name in ("decide_objection", "refer_to_panel", "classify_point"):
            assert url(name, objection.pk) in page
            assert client.get(url(name, objection.pk)).status_code == 200
        for name in ("withdraw_objection", "close_objection", "add_evidence"):
            assert url(name, objection.pk) not in page
            assert client.get(url(name, objection.pk)).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_reads_an_objection_is_offered_no_act_on_it(sign_in: SignIn, here: Desk, role: Role) -> None:
    objection = in_review(here, objected(received(here, 6), "不是我"))
    page = (
        sign_in(assign(User.objects.create_user("shen"), role))
        .get(url("appeals_objection_change", objection.pk))
        .content.decode()
    )
    assert objection.number in page
    for name in ("assign_reviewer", "decide_objection", "withdraw_objection", "add_evidence"):
        assert url(name, objection.pk) not in page
