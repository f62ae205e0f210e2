"""What a surgeon writes before she files it: kept, hers alone, and forgotten in time."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from appeals.actions.drafts import begin_draft, file_draft, write_point, write_words
from appeals.models import Draft, DraftFile
from registry.actions.errors import Refused
from registry.actions.retention import purge
from registry.actions.silence import decide_by_silence
from registry.models import Proposal, StoredFile
from registry.queries.own_data import own_data
from tests.appeals.disputes import NEXT_DAY
from tests.appeals.own_screens import LIST, Screen, drafted, pdf
from tests.casework import Desk, morning_after, received
from tests.town import at

pytestmark = pytest.mark.django_db


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


def test_a_number_of_a_point_is_given_once(here: Desk, surgeon: Screen) -> None:
    drafted(surgeon, received(here, 3))
    draft, by = Draft.objects.get(), surgeon.user
    about = draft.words.points[0].about
    given: dict[str, Any] = {"about": about, "by": by, "now": at(date(2025, 3, 12))}
    assert write_point(draft=draft, number=None, text="二", **given).number == 2
    assert write_point(draft=draft, number=None, text="二", **given).number == 2, "sent twice is written once"
    surgeon.post(f"{LIST}drafts/{draft.uuid}/", take_out="2")
    assert write_point(draft=draft, number=None, text="三", **given).number == 3
