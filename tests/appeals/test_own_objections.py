"""A surgeon objects and appeals on pages of the own: from what she was told to the receipt, and back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.actions.drafts import file_draft
from appeals.actions.objections import countersign_objection
from appeals.models import Draft, DraftFile, Evidence, Objection
from appeals.queries.own_objections import own_objections
from registry.actions.deliveries import notify
from registry.models import Proposal, StoredFile
from registry.queries.sight import Sight, seeing
from tests.appeals.disputes import NEXT_DAY, decided, in_review
from tests.appeals.own_screens import LIST, Screen, drafted, pdf
from tests.casework import Desk, morning_after, proposed, received, window
from tests.rules import sample_files
from tests.town import LAW_BEGINS, TODAY, at, score

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
OF_THE_FRAME = 9
"""Who is signed in, with which roles, whose file it is, and what waits on the other pages of the row of ways."""

UNKNOWN = "00000000-0000-7000-8000-000000000000"


def test_from_what_she_was_told_to_the_receipt(here: Desk, surgeon: Screen) -> None:
    proposal = received(here, 3, 5)
    due = window(proposal).due_on
    assert due is not None
    assert f"until {due.strftime('%B')} {due.day}, {due.year}" in surgeon.get(LIST).page
    draft = surgeon.begins(proposal=proposal.uuid)
    first, second = proposal.items.order_by("points")
    surgeon.post(
        draft + "points/add/", about=first.pk, text="当日不在岗", evidence=[pdf(), pdf("病历.pdf", b"\n")], do="save"
    )
    surgeon.post(draft + "points/add/", about=second.pk, text="手术必要", professional="on", do="save")
    assert not Objection.objects.exists()
    assert not StoredFile.objects.filter(name="考勤.pdf").exists()
    surgeon.post(draft + "words/", statement="我不服")
    assert surgeon.url == draft + "check/"
    assert all(each in surgeon.page for each in ("当日不在岗", "手术必要", "考勤.pdf", "病历.pdf", "我不服"))
    surgeon.post(draft + "check/")
    filed = Objection.objects.get()
    assert surgeon.url == f"{LIST}{filed.uuid}/receipt/"
    assert filed.number in surgeon.page
    assert "The agency assigns a reviewer" in surgeon.page
    assert (filed.via, filed.filed_by, filed.statement, filed.state) == (
        "practitioner",
        surgeon.user,
        "我不服",
        "filed",
    )
    points = [
        (each.item, each.text, each.professional, each.evidence.count()) for each in filed.points.order_by("number")
    ]
    assert points == [(first, "当日不在岗", False, 2), (second, "手术必要", True, 0)]
    proposal.refresh_from_db()
    assert proposal.state == "objected"
    assert not Draft.objects.exists()
    assert not DraftFile.objects.exists()


def test_a_second_press_finds_what_the_first_one_filed(here: Desk, surgeon: Screen) -> None:
    draft = drafted(surgeon, received(here, 3))
    kept = Draft.objects.get()
    surgeon.post(draft + "check/")
    receipt = surgeon.url
    assert surgeon.post(draft + "check/").url == receipt
    assert surgeon.post(draft + "points/add/", about="1", text="x").url == receipt
    assert file_draft(draft=kept, by=surgeon.user, now=at(NEXT_DAY)) == Objection.objects.get()


def test_nobody_else_comes_to_a_draft_or_to_an_objection(here: Desk, surgeon: Screen, nurse: Screen) -> None:
    draft = drafted(surgeon, received(here, 3))
    pages = ["", "words/", "check/", "points/add/", "points/1/", "giving-up/", "against/"]
    assert {nurse.get(draft + page).status for page in pages} == {404}
    assert {nurse.post(draft + page, statement="x", text="x", about="1").status for page in pages} == {404}
    with seeing(Sight(user=nurse.user.pk, files=(here.nurse.pk, here.surgeon.pk))):
        assert not Draft.objects.exists()
        assert not DraftFile.objects.exists()
    with seeing(Sight(user=surgeon.user.pk)):
        assert Draft.objects.exists()
    surgeon.post(draft + "check/")
    filed = f"{LIST}{Objection.objects.get().uuid}/"
    for page in ("", "receipt/", "print/", "withdrawal/", "additions/"):
        assert nurse.get(filed + page).status == 404
        assert surgeon.get(filed + page).status == 200
    assert nurse.post(filed + "withdrawal/").status == 404
    assert nurse.post(filed + "additions/", words="x").status == 404
    assert nurse.post(LIST + "begin/", proposal=Proposal.objects.get().uuid).status == 404
    assert Objection.objects.get().state == "filed"


def test_who_comes_late_states_a_good_cause(here: Desk, surgeon: Screen) -> None:
    proposal = received(here, 3)
    with time_machine.travel(morning_after(proposal), tick=False):
        surgeon = Screen(surgeon.user)
        assert "With a good cause you can still object" in surgeon.get(LIST).page
        draft = drafted(surgeon, proposal)
        surgeon.post(draft + "check/")
        assert surgeon.status == 422
        assert draft + "words/" in surgeon.page
        surgeon.post(draft + "words/", statement="", good_cause="当时住院")
        surgeon.post(draft + "check/")
    filed = Objection.objects.get()
    assert (filed.state, filed.good_cause) == ("late", "当时住院")
    assert "kept as late" in surgeon.page


def test_a_notice_is_opened_before_it_is_answered(here: Desk, surgeon: Screen) -> None:
    proposal = notify(proposal=proposed(here, 3), channel="portal", by=here.scorer, now=at(TODAY, 12))
    notice = f"/my/advance-notices/{proposal.uuid}/"
    assert notice in surgeon.get(LIST).page
    assert "3 points" not in surgeon.page, "what an unopened notice says stands nowhere"
    assert surgeon.post(LIST + "begin/", proposal=proposal.uuid).url == notice
    assert not Draft.objects.exists()
    proposal.refresh_from_db()
    assert proposal.state == "notified", "looking is not opening"
    surgeon.post(notice)
    assert surgeon.begins(proposal=proposal.uuid)


def test_what_nobody_was_told_of_is_not_there(here: Desk, surgeon: Screen) -> None:
    proposal = proposed(here, 3)
    assert proposal.case.number not in surgeon.get(LIST).page
    assert surgeon.post(LIST + "begin/", proposal=proposal.uuid).status == 404


def test_she_withdraws_after_she_was_told_what_follows(here: Desk, surgeon: Screen) -> None:
    proposal = received(here, 3)
    surgeon.post(drafted(surgeon, proposal) + "check/")
    filed = Objection.objects.get()
    surgeon.get(f"{LIST}{filed.uuid}/withdrawal/")
    assert "wait for the end of their window again" in surgeon.page
    filed.refresh_from_db()
    assert filed.state == "filed", "to be told is not to withdraw"
    surgeon.post(f"{LIST}{filed.uuid}/withdrawal/")
    filed.refresh_from_db()
    proposal.refresh_from_db()
    assert (filed.state, proposal.state) == ("withdrawn", "received")
    assert surgeon.post(f"{LIST}{filed.uuid}/withdrawal/").status == 422
    assert surgeon.begins(proposal=proposal.uuid), "she can object anew"


def test_more_words_and_evidence_go_in_together_or_not_at_all(here: Desk, surgeon: Screen) -> None:
    surgeon.post(drafted(surgeon, received(here, 3)) + "check/")
    filed = Objection.objects.get()
    more = f"{LIST}{filed.uuid}/additions/"
    surgeon.post(more, words="还有一句", point="1", evidence=[pdf(), SimpleUploadedFile("宏.txt", b"only words")])
    assert surgeon.status == 422
    assert "“宏”" in surgeon.page
    assert "还有一句</textarea>" in surgeon.page
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.filter(name="考勤.pdf").exists(), "a file was kept although nothing was handed in"
    surgeon.post(more, words="还有一句", point="1", evidence=[pdf()])
    assert surgeon.status == 200
    assert "还有一句" in surgeon.page
    kept = Evidence.objects.get().file
    handed_out = surgeon.client.get(f"{LIST}{filed.uuid}/files/{kept.uuid}/")
    assert handed_out.content == sample_files.pdf()
    assert handed_out["Content-Disposition"].startswith("attachment")
    assert surgeon.client.get(f"{LIST}{filed.uuid}/files/{UNKNOWN}/").status_code == 404


def test_she_reads_what_was_decided_and_why_and_never_who_reviewed(here: Desk, surgeon: Screen) -> None:
    surgeon.post(drafted(surgeon, received(here, 3)) + "check/")
    filed = Objection.objects.get()
    in_review(here, filed, now=at(NEXT_DAY, 11))
    decided(here, filed, "annulled")
    page = surgeon.get(f"{LIST}{filed.uuid}/").page
    assert all(each in page for each in ("查证属实", "复核决定", "复核1号"))
    assert here.reviewer.username not in page
    assert "additions" not in page


def test_the_countersignature_is_shown_and_never_needed(here: Desk, surgeon: Screen) -> None:
    surgeon.post(drafted(surgeon, received(here, 3)) + "check/")
    filed = Objection.objects.get()
    assert "has not countersigned" in surgeon.page
    countersign_objection(objection=filed, institution=here.town.hospital, by=here.another, now=at(NEXT_DAY, 11))
    assert "Your institution has countersigned" in surgeon.get(f"{LIST}{filed.uuid}/receipt/").page


def test_an_appeal_against_an_entry_and_again_for_new_facts(here: Desk, surgeon: Screen) -> None:
    entry = score(here.town, 5, LAW_BEGINS).fact
    draft = surgeon.begins(entry=entry.origin_id)
    surgeon.post(draft + "points/add/", about=entry.origin_id, text="金额算错了", do="save")
    surgeon.post(draft + "check/")
    filed = Objection.objects.get()
    assert (filed.kind, filed.points.get().entry) == ("recorded_points", entry)
    assert f"{filed.number} about it is open" in surgeon.get(LIST).page
    in_review(here, filed)
    decided(here, filed, "upheld")
    draft = surgeon.begins(entry=entry.origin_id)
    surgeon.post(draft + "words/", statement="仍然不服", new_facts="")
    assert surgeon.post(draft + "check/").status == 422
    surgeon.post(draft + "words/", statement="仍然不服", new_facts="新找到的考勤表")
    surgeon.post(draft + "check/")
    assert Objection.objects.latest("pk").new_facts == "新找到的考勤表"


def test_of_many_entries_the_older_ones_are_folded_and_all_can_be_appealed_against(here: Desk, surgeon: Screen) -> None:
    for number in range(12):
        score(here.town, 1, TODAY - timedelta(days=number), number=f"罚字{number}号")
    page = surgeon.get(LIST).page
    assert page.count("Appeal against this entry") == 12
    folded = page.partition("<details>")[2].partition("</details>")[0]
    assert "2 earlier entries" in folded
    assert [f"罚字{number}号" in folded for number in range(4)] == [True, True, False, False]


def test_an_appeal_against_the_standing_is_about_what_it_rests_on(here: Desk, surgeon: Screen) -> None:
    fact = score(here.town, 9, TODAY - timedelta(days=40)).fact
    draft = surgeon.begins(standing="on")
    surgeon.post(draft + "words/", statement="全部不服")
    surgeon.post(draft + "check/")
    filed = Objection.objects.get()
    assert (filed.kind, [each.entry for each in filed.points.all()]) == ("standing", [fact])


def test_the_pages_ask_few_questions_however_much_there_is(here: Desk, surgeon: Screen) -> None:
    for number in range(1, 5):
        score(here.town, 1, LAW_BEGINS + timedelta(days=number), number=f"罚字{number}号")
    proposal, other = received(here, 3, 5, number="罚字80号"), received(here, 2, number="罚字81号")
    draft = drafted(surgeon, proposal)
    surgeon.post(drafted(surgeon, other) + "check/")
    filed = f"{LIST}{own_objections([here.surgeon.pk]).get().uuid}/"
    pages = [LIST, draft, draft + "points/1/", draft + "words/", draft + "check/", filed, filed + "receipt/"]
    asked = {page: _queries(surgeon, page) for page in pages}
    assert {page: count for page, count in asked.items() if count > MOST_QUERIES + OF_THE_FRAME} == {}
    assert "/my/objections/" in surgeon.get("/my/").page


def _queries(surgeon: Screen, page: str) -> int:
    surgeon.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert surgeon.get(page).status == 200
    return sum(each["sql"].strip().startswith(("SELECT", "WITH")) for each in asked.captured_queries)
