"""A surgeon objects and appeals on pages of the own: from what she was told to the receipt, and back."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.actions.drafts import begin_draft, file_draft, write_point, write_words
from appeals.actions.objections import countersign_objection
from appeals.models import Draft, DraftFile, Evidence, Objection
from appeals.queries.own_objections import own_objections
from registry.actions.deliveries import notify
from registry.actions.errors import Refused
from registry.actions.retention import purge
from registry.actions.silence import decide_by_silence
from registry.models import Assignment, Practitioner, Proposal, Role, StoredFile, User
from registry.queries.own_data import own_data
from registry.queries.sight import Sight, seeing
from tests.appeals.disputes import NEXT_DAY, decided, in_review
from tests.casework import Desk, desk, morning_after, proposed, received, window
from tests.rules import sample_files
from tests.town import LAW_BEGINS, TODAY, at, score

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
OF_THE_FRAME = 9
"""Who is signed in, with which roles, whose file it is, and what waits on the other pages of the row of ways."""

LIST = "/my/objections/"
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def holder(person: Practitioner, name: str) -> User:
    """The account of whoever the file is about."""
    user = User.objects.create(username=name)
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=person, starts_on=LAW_BEGINS)
    return user


class Screen:
    """Somebody's browser; what it shows last is `page`."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.user = user
        self.status, self.page, self.url = 0, "", ""

    def get(self, url: str, **given: Any) -> "Screen":
        return self._shows(self.client.get(url, given, follow=True, headers={"accept-language": "en"}), url)

    def post(self, url: str, **given: Any) -> "Screen":
        return self._shows(self.client.post(url, given, follow=True, headers={"accept-language": "en"}), url)

    def _shows(self, answer: Any, asked: str) -> "Screen":
        self.status, self.page = answer.status_code, answer.content.decode()
        self.url = answer.redirect_chain[-1][0].split("#")[0] if answer.redirect_chain else asked
        return self

    def begins(self, **about: Any) -> str:
        """The address of the draft that it begins."""
        self.post(LIST + "begin/", **about)
        assert "/drafts/" in self.url
        return self.url


def pdf(name: str = "考勤.pdf", more: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sample_files.pdf() + more)


@pytest.fixture
def here() -> Iterator[Desk]:
    with time_machine.travel(at(NEXT_DAY), tick=False):
        yield desk()


@pytest.fixture
def surgeon(here: Desk) -> Screen:
    return Screen(holder(here.surgeon, "wangwei"))


@pytest.fixture
def nurse(here: Desk) -> Screen:
    return Screen(holder(here.nurse, "lina"))


def drafted(surgeon: Screen, proposal: Proposal, text: str = "当日不在岗") -> str:
    """A draft with one point about the first item."""
    draft = surgeon.begins(proposal=proposal.uuid)
    item = proposal.items.earliest("pk")
    surgeon.post(draft + "points/add/", about=item.pk, text=text, do="save")
    return draft


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


def test_a_draft_outlives_the_browser_and_is_sealed(here: Desk, surgeon: Screen) -> None:
    draft = drafted(surgeon, received(here, 3), "我当天在外地")
    again = Screen(surgeon.user)
    assert draft in again.get(LIST).page
    assert "我当天在外地" in again.get(draft).page
    assert again.begins(proposal=Proposal.objects.get().uuid) == draft
    assert "我当天在外地".encode() not in bytes(Draft.objects.get().sealed)


def test_what_is_refused_leaves_everything_as_it_was_typed(here: Desk, surgeon: Screen) -> None:
    proposal = received(here, 3)
    draft, item = surgeon.begins(proposal=proposal.uuid), proposal.items.get()
    sent = {"about": item.pk, "text": "当日不在岗", "professional": "on", "do": "save"}
    surgeon.post(draft + "points/add/", **sent, evidence=[pdf(), SimpleUploadedFile("宏.txt", b"only words")])
    assert surgeon.status == 422
    assert "“宏”" in surgeon.page
    assert surgeon.page.count("考勤.pdf") >= 1
    assert "当日不在岗</textarea>" in surgeon.page
    words = Draft.objects.get().words
    assert [(each.text, each.professional) for each in words.points] == [("当日不在岗", True)]
    assert [each.name for each in DraftFile.objects.all()] == ["考勤.pdf"]
    surgeon.post(draft + "words/", statement="长" * 4001)
    assert surgeon.status == 422
    assert "长" * 4001 in surgeon.page
    surgeon.post(draft + "points/1/", about=item.pk, text=" ", do="save")
    assert surgeon.status == 422
    surgeon.post(draft + "check/")
    assert surgeon.status == 422
    assert Draft.objects.exists()
    assert not StoredFile.objects.filter(name="考勤.pdf").exists(), "a file was kept although nothing was filed"


def test_a_file_that_is_removed_leaves_nothing(here: Desk, surgeon: Screen) -> None:
    draft = drafted(surgeon, received(here, 3))
    item = Proposal.objects.get().items.get()
    surgeon.post(draft + "points/1/", about=item.pk, text="改写", evidence=[pdf()], do="upload")
    surgeon.post(draft + "points/1/", about=item.pk, text="再改写", do=f"remove-{DraftFile.objects.get().pk}")
    assert not DraftFile.objects.exists()
    assert "再改写</textarea>" in surgeon.page
    surgeon.post(draft, take_out="1")
    assert Draft.objects.get().words.points == ()


def test_a_point_takes_so_many_files_and_no_more(here: Desk, surgeon: Screen, settings: Any) -> None:
    settings.REGISTRY_FILES_PER_POINT = 1
    draft = drafted(surgeon, received(here, 3))
    item = Proposal.objects.get().items.get()
    surgeon.post(draft + "points/1/", about=item.pk, text="改", evidence=[pdf(), pdf("二.pdf", b"\n")], do="upload")
    assert surgeon.status == 422
    assert "二.pdf" in surgeon.page
    assert DraftFile.objects.count() == 1


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


def test_acts_on_a_draft_are_its_authors_alone(here: Desk, surgeon: Screen, nurse: Screen) -> None:
    drafted(surgeon, received(here, 3))
    given: dict[str, Any] = {"draft": Draft.objects.get(), "by": nurse.user, "now": at(NEXT_DAY)}
    with pytest.raises(Refused) as told:
        file_draft(**given)
    assert told.value.code == "not_your_draft"
    with pytest.raises(Refused) as told:
        write_words(statement="x", **given)
    assert told.value.code == "not_your_draft"
    with pytest.raises(Refused) as told:
        begin_draft(practitioner=here.surgeon, proposal=Proposal.objects.get(), by=nurse.user, now=at(NEXT_DAY))
    assert told.value.code == "not_your_draft"


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


def test_an_appeal_against_the_standing_is_about_what_it_rests_on(here: Desk, surgeon: Screen) -> None:
    fact = score(here.town, 9, TODAY - timedelta(days=40)).fact
    draft = surgeon.begins(standing="on")
    surgeon.post(draft + "words/", statement="全部不服")
    surgeon.post(draft + "check/")
    filed = Objection.objects.get()
    assert (filed.kind, [each.entry for each in filed.points.all()]) == ("standing", [fact])


def test_points_that_silence_decided_meanwhile_are_told_of_and_the_draft_stays(here: Desk, surgeon: Screen) -> None:
    proposal = received(here, 3)
    draft = drafted(surgeon, proposal)
    with time_machine.travel(morning_after(proposal), tick=False):
        decide_by_silence(now=morning_after(proposal))
        surgeon = Screen(surgeon.user)
        surgeon.post(draft + "check/")
        assert surgeon.status == 422
        assert Draft.objects.exists()


def test_a_draft_is_forgotten_when_it_is_given_up_or_long_left(here: Desk, surgeon: Screen) -> None:
    draft = drafted(surgeon, received(here, 3))
    Draft.objects.get()
    assert purge(now=at(NEXT_DAY + timedelta(days=90)))["drafts"] == 0
    assert purge(now=at(NEXT_DAY + timedelta(days=91)))["drafts"] == 1
    assert surgeon.get(draft).status == 404
    draft = drafted(surgeon, Proposal.objects.get())
    surgeon.get(draft + "giving-up/")
    assert Draft.objects.exists()
    surgeon.post(draft + "giving-up/")
    assert not Draft.objects.exists()
    assert surgeon.url == LIST


def test_a_draft_is_among_what_is_kept_of_a_person(here: Desk, surgeon: Screen) -> None:
    draft = drafted(surgeon, received(here, 3), "我当天在外地")
    surgeon.post(draft + "words/", statement="我不服")
    kept = own_data(here.surgeon, at(NEXT_DAY))
    assert kept["drafts"][0]["statement"] == "我不服"
    assert kept["drafts"][0]["points"][0]["text"] == "我当天在外地"


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


def test_a_number_of_a_point_is_given_once(here: Desk, surgeon: Screen) -> None:
    drafted(surgeon, received(here, 3))
    draft, by = Draft.objects.get(), surgeon.user
    about = draft.words.points[0].about
    given: dict[str, Any] = {"about": about, "by": by, "now": at(date(2025, 3, 12))}
    assert write_point(draft=draft, number=None, text="二", **given).number == 2
    assert write_point(draft=draft, number=None, text="二", **given).number == 2, "sent twice is written once"
    surgeon.post(f"{LIST}drafts/{draft.uuid}/", take_out="2")
    assert write_point(draft=draft, number=None, text="三", **given).number == 3
