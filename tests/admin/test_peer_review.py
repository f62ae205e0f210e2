"""Peer review in the office."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals.actions.seats import recuse
from appeals.models import Evidence, Expert, Panel
from registry.actions.files import keep_file
from registry.models import Role, User
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import confirm, preview, text_of, url
from tests.appeals.peers import DRAWN, asked, cast, disputed, drawn, experts, referred, user_of
from tests.casework import Desk, desk
from tests.rules import sample_files
from tests.town import Town, at


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture(autouse=True)
def _on_the_day_of_the_draw(_english_and_that_day: None) -> Iterator[None]:
    with time_machine.travel(at(DRAWN, 15), tick=False):
        yield


def test_a_reviewer_asks_an_officer_draws_and_experts_vote(
    sign_in: SignIn, here: Desk, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    experts(here)
    objection = disputed(here)
    reviewer, officer = sign_in(here.reviewer), sign_in(here.another)
    asked_for = {
        "points": [point.pk for point in objection.points.all()],
        "question": "手术指征是否成立？王医生的记录是否完整？",
        "specialty": "surgery",
    }
    beside = text_of(reviewer.get(url("refer_to_panel", objection.pk)))
    assert all(point.text in beside for point in objection.points.all())
    shown = preview(reviewer, url("refer_to_panel", objection.pk), asked_for)
    assert "Release until then what the experts may see" in text_of(shown)
    assert "does it tell who the case is about? 王医生" in text_of(shown)
    confirm(reviewer, url("refer_to_panel", objection.pk), asked_for, shown)
    panel = Panel.objects.get()
    page = url("appeals_panel_change", panel.pk)
    told = text_of(reviewer.get(page))
    assert "another officer draws it" in told
    assert f"Another officer than {here.reviewer} draws it." in told
    assert panel.commitment in told
    assert url("draw_panel", panel.pk) not in reviewer.get(page).content.decode()
    assert "Another officer draws it" in text_of(preview(reviewer, url("draw_panel", panel.pk), {}))
    shown = preview(officer, url("draw_panel", panel.pk), {})
    assert "Experts who can sit 8" in text_of(shown)
    assert str(asked_for["question"]) in text_of(shown)
    confirm(officer, url("draw_panel", panel.pk), {}, shown)
    file = tmp_path / "draw.json"
    file.write_bytes(officer.get(url("panel_draw", panel.pk)).content)
    call_command("verify_draw", str(file), commitment=panel.commitment)
    assert "Verified" in capsys.readouterr().out
    for seat in asked(panel):
        cast(seat, None)
    told = text_of(officer.get(page))
    assert "Point 1: upheld" in told
    assert told.count("指征成立") == 3


def test_no_page_shows_a_vote_before_all_are_in(sign_in: SignIn, here: Desk, administrator: User) -> None:
    experts(here)
    panel = drawn(here)
    first, second, third = asked(panel)
    cast(first, 0, reasons="绝密理由")
    pages = [url("appeals_panel_change", panel.pk), url("appeals_panel_changelist"), url("panel_draw", panel.pk)]
    pages.append(url("appeals_expert_change", first.expert.pk))
    for user in (here.reviewer, here.another, administrator):
        for page in pages:
            told = sign_in(user).get(page)
            assert told.status_code == 200
            assert "绝密理由" not in told.content.decode()
    other = sign_in(user_of(second.expert)).get(reverse("expert_case", args=[second.uuid]))
    assert "绝密理由" not in other.content.decode()
    cast(second, 0)
    cast(third, None)
    assert "绝密理由" in text_of(sign_in(here.reviewer).get(pages[0]))
    assert "dissent" in text_of(sign_in(here.reviewer).get(pages[0]))


def test_the_office_reads_why_an_expert_stepped_back(sign_in: SignIn, here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    seat = asked(panel)[0]
    recuse(seat=seat, reason="认出此案", by=user_of(seat.expert), now=at(DRAWN, 15))
    told = text_of(sign_in(here.another).get(url("appeals_panel_change", panel.pk)))
    assert "认出此案" in told
    assert "A reserve was seated" in told


def test_evidence_reaches_the_experts_once_it_is_released(sign_in: SignIn, here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    original = keep_file(name="王伟病历.pdf", content=sample_files.pdf(), by=None, now=at(DRAWN))
    piece = Evidence.objects.create(
        point=objection.points.get(), file=original, title="王伟病历", handed_in_at=at(DRAWN)
    )
    panel = drawn(here, objection=objection)
    seat = asked(panel)[0]
    client, reviewer = sign_in(user_of(seat.expert)), sign_in(here.reviewer)
    address = reverse("expert_evidence_content", args=[seat.uuid, piece.pk])
    assert client.get(address).status_code == 404
    assert url("release_evidence", piece.pk) in reviewer.get(url("appeals_panel_change", panel.pk)).content.decode()
    both = {"file": SimpleUploadedFile("copy.pdf", sample_files.pdf()), "names_nobody": "on", "step": "form"}
    assert reviewer.post(url("release_evidence", piece.pk), both).status_code == 422
    copy = {"file": SimpleUploadedFile("王伟.pdf", sample_files.pdf()), "step": "form"}
    assert reviewer.post(url("release_evidence", piece.pk), copy)["Location"] == url("appeals_panel_change", panel.pk)
    given = client.get(address)
    assert given.content == sample_files.pdf()


def test_the_pool_is_kept_on_its_pages(sign_in: SignIn, here: Desk) -> None:
    User.objects.create_user("tang")
    client = sign_in(here.town.officer)
    add = url("add_expert")
    told = {"name": "汤明", "specialties": ["surgery", "imaging"], "user": "tang", "practitioner": "", "step": "form"}
    assert "no open account nobody" in text_of(client.post(add, {**told, "user": "nobody"}))
    client.post(add, told)
    one = Expert.objects.get(name="汤明")
    client.post(url("add_workplace", one.pk), {"institution": here.town.clinic.code, "starts_on": "2020-01-01"})
    client.post(url("offer_availability", one.pk), {"starts_on": "2025-01-01"})
    client.post(url("declare_conflict", one.pk), {"practitioner": here.nurse.code, "reason": "姐妹"})
    page = text_of(client.get(url("appeals_expert_change", one.pk)))
    for words in ("surgery, medical imaging", "社区卫生中心", "姐妹", "Jan. 1, 2025 – open"):
        assert words in page
    client.post(url("leave_pool", one.pk), {"reason": "退休"})
    assert "left the pool" in text_of(client.get(url("appeals_expert_change", one.pk)))
    assert "汤明" in text_of(client.get(url("appeals_expert_changelist"), {"specialty": "imaging"}))
    assert "汤明" not in text_of(client.get(url("appeals_expert_changelist"), {"specialty": "oncology"}))


def test_a_reviewer_reads_an_expert_and_is_offered_no_act_on_their_days(sign_in: SignIn, here: Desk) -> None:
    (one,) = experts(here, 1)
    page = url("appeals_expert_change", one.pk)
    ending = url("end_availability", one.availability.get().pk)
    reads = sign_in(assign(User.objects.create_user("fu"), Role.REVIEWER, agency=here.town.agency))
    assert ending not in reads.get(page).content.decode()
    assert reads.get(ending).status_code == 403
    assert ending in sign_in(here.town.officer).get(page).content.decode()


def test_the_votes_of_a_year_are_a_sheet_for_the_honoraria(sign_in: SignIn, here: Desk) -> None:
    experts(here, 3)
    Expert.objects.filter(name="方静").update(name="=方静")
    for seat in asked(drawn(here)):
        cast(seat, None)
    sheet = sign_in(here.town.officer).get(url("honoraria", 2025)).content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(sheet)))
    assert {row[0]: row[3] for row in rows[1:]} == {"'=方静": "1", "郭强": "1", "韩梅": "1"}


def test_panels_and_experts_are_not_for_institutions(sign_in: SignIn, here: Desk, compliance: User) -> None:
    experts(here)
    panel = drawn(here)
    client = sign_in(compliance)
    for page in (url("appeals_panel_changelist"), url("appeals_expert_changelist")):
        assert client.get(page).status_code == 403
    for page in (url("panel_draw", panel.pk), url("panel_file", panel.pk), url("honoraria", 2025)):
        assert client.get(page).status_code == 404


def test_officers_of_another_region_see_no_panel(sign_in: SignIn, here: Desk, stranger: User) -> None:
    experts(here)
    panel = drawn(here)
    client = sign_in(stranger)
    pages = (url("appeals_panel_change", panel.pk), url("panel_draw", panel.pk), url("draw_panel", panel.pk))
    assert [client.get(page).status_code for page in pages] == [404] * 3


def test_a_panel_without_enough_experts_says_so_and_is_given_up(sign_in: SignIn, here: Desk) -> None:
    experts(here, 2)
    panel = referred(here, disputed(here))
    client = sign_in(here.another)
    shown = preview(client, url("draw_panel", panel.pk), {})
    assert "With so few experts no panel can be drawn." in text_of(shown)
    refused = confirm(client, url("draw_panel", panel.pk), {}, shown)
    assert "2 experts can sit. Missing: 1." in text_of(refused)
    client.post(url("fail_panel", panel.pk), {"reason": "专家不足", "step": "form"})
    assert Panel.objects.get().state == "failed"
    assert "专家不足" in text_of(client.get(url("appeals_panel_change", panel.pk)))


def test_the_lists_ask_little(sign_in: SignIn, here: Desk) -> None:
    experts(here)
    drawn(here)
    client: Client = sign_in(here.town.officer)
    for page in (url("appeals_panel_changelist"), url("appeals_expert_changelist")):
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            assert client.get(page).status_code == 200
        assert len(asked_for) <= 15, page
    assert json.loads(client.get(url("panel_draw", Panel.objects.get().pk)).content)["size"] == 3


def test_the_pool_is_seen_as_far_as_the_region_goes_and_changed_by_its_keepers(
    sign_in: SignIn, here: Desk, stranger: User
) -> None:
    near = experts(here)[0]
    auditor = sign_in(assign(User.objects.create_user("shen"), Role.AUDITOR))
    officer, elsewhere = sign_in(here.another), sign_in(stranger)
    for client, reads, keeps in ((officer, True, True), (elsewhere, False, True), (auditor, True, False)):
        listed = client.get(url("appeals_expert_changelist")).content.decode()
        assert (near.name in listed, url("add_expert") in listed) == (reads, keeps)
        page = client.get(url("appeals_expert_change", near.pk))
        assert page.status_code == (200 if reads else 404)
        assert (url("leave_pool", near.pk) in page.content.decode()) == (reads and keeps)
        assert ('id="acts"' in page.content.decode()) == (reads and keeps), "nobody is offered an empty list"
    assert auditor.get(url("honoraria", 2025)).status_code == 404
