"""What an expert comes to and what not: cases, evidence, days and conflicts; and how little the pages ask."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.actions.ballots import begin_vote, cast_written, write_vote
from appeals.actions.release import release_evidence
from appeals.models import DraftBallot, Evidence, Expert, Objection, Panel, Seat, Vote, VoteDraft
from registry.actions.errors import Refused
from registry.actions.files import keep_file
from registry.models import Assignment, Role, StoredFile, Task, User
from registry.models.identifiers import uuid7
from registry.queries.sight import Sight, seeing
from tests.appeals.expert_screens import DESK, PAGES, PAST, RECORD, begun, case_of, screen, written
from tests.appeals.own_screens import Screen, holder
from tests.appeals.peers import (
    DRAWN,
    asked,
    cast,
    disputed,
    drawn,
    elsewhere,
    expert,
    experts,
    task_of,
    user_of,
)
from tests.casework import Desk, desk
from tests.rules import sample_files
from tests.town import LAW_BEGINS, at

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def here() -> Iterator[Desk]:
    with time_machine.travel(at(DRAWN, 15), tick=False):
        yield desk()


def test_nobody_else_comes_to_a_case_or_to_what_is_written(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    first, second, _third = asked(panel)
    begun(first).post(case_of(first) + "vote/", **written(panel, reasons="绝密理由"), do="save")
    other = screen(second)
    pages = [*PAGES, "evidence/1/", "evidence/1/content/"]
    assert {other.get(case_of(first) + page).status for page in pages} == {404}
    assert {other.post(case_of(first) + page, reason="x").status for page in PAGES[1:]} == {404}
    for user in (here.reviewer, holder(here.surgeon, "wangwei")):
        assert Screen(user).get(case_of(first)).url != case_of(first), "who is no expert is led away"
        assert Screen(user).post(case_of(first) + "vote/").url != case_of(first) + "vote/"
    draft = VoteDraft.objects.get()
    assert "绝密理由".encode() not in bytes(draft.sealed)
    with seeing(Sight(user=user_of(second.expert).pk, regions=(here.town.region.code,))):
        assert not VoteDraft.objects.exists()
    for by in (user_of(second.expert), here.reviewer):
        for act in (begin_vote, cast_written):
            with pytest.raises(Refused) as refused:
                act(seat=first, by=by, now=at(DRAWN, 16))
            assert refused.value.code == "not_your_seat"
    with pytest.raises(Refused) as refused:
        write_vote(seat=second, ballots={1: DraftBallot()}, by=user_of(second.expert), now=at(DRAWN, 16))
    assert refused.value.code == "vote_not_begun"
    assert Seat.objects.get(pk=first.pk).state == "seated"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_of_an_expert_name_nobody(here: Desk, language: str) -> None:
    experts(here)
    objection = disputed(here, statement="王伟（D430100000001）在第一医院手术，见罚字1号。")
    objection.points.update(text="市医保中心认定王伟违规")
    panel = drawn(here, objection=objection)
    first, second, third = asked(panel)
    one = screen(first)
    one.client.cookies["django_language"] = language
    one.post(case_of(first) + "independence/")
    one.post(case_of(first) + "vote/", **written(panel), do="check")
    assert objection.case
    hidden = ["王伟", "D430100000001", "第一医院", "H43010000001", "罚字1号", "市医保中心", objection.number]
    hidden += [str(panel.uuid), objection.case.number, second.expert.name, third.expert.name]
    pages = [DESK, PAST, "/expert/opinions/", *(case_of(first) + page for page in PAGES)]
    for page in pages:
        one.get(page)
        assert (one.status, [each for each in hidden if each in one.page]) == (200, []), page
    for seat in (first, second, third):
        cast(seat, None)
    for page in (DESK, PAST, case_of(first)):
        assert [each for each in hidden if each in one.get(page).page] == [], page


def test_evidence_is_looked_at_once_it_is_released(here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    kept: list[StoredFile] = [
        keep_file(name=f"王伟{number}", content=content, by=None, now=at(DRAWN))
        for number, content in enumerate([sample_files.pdf(), sample_files.png(), sample_files.docx()])
    ]
    pieces = [
        Evidence.objects.create(point=objection.points.get(), file=file, title="王伟病历", handed_in_at=at(DRAWN))
        for file in kept
    ]
    panel = drawn(here, objection=objection)
    seat = asked(panel)[0]
    one, address = screen(seat), case_of(seat) + "evidence/{}/"
    assert one.get(address.format(pieces[0].pk)).status == 404
    assert one.get(address.format(pieces[0].pk) + "content/").status == 404
    for piece in pieces:
        release_evidence(evidence=piece, file=None, by=here.reviewer, now=at(DRAWN))
    for piece, shown, policy in zip(
        pieces, ("<object", "<img", "no files of this kind"), ("object-src 'self'", "sandbox", "sandbox"), strict=True
    ):
        one.get(address.format(piece.pk))
        assert shown in one.page
        assert "王伟" not in one.page
        given = one.client.get(address.format(piece.pk) + "content/")
        manner = "attachment" if shown.startswith("no") else "inline"
        assert given["Content-Disposition"].startswith(f'{manner}; filename="evidence-{piece.pk}.')
        assert policy in given["Content-Security-Policy"]
        assert "default-src 'none'" in given["Content-Security-Policy"]
        assert given["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in given["Cache-Control"]
        taken = one.client.get(address.format(piece.pk) + "content/?take")
        assert taken["Content-Disposition"].startswith("attachment")
    assert one.client.get(address.format(pieces[0].pk) + "content/").content == sample_files.pdf()
    stranger = Expert.objects.exclude(seats__panel=panel).first()
    assert stranger
    assert Screen(user_of(stranger)).get(address.format(pieces[0].pk) + "content/").status == 404


def test_who_is_an_expert_and_something_else_has_a_way_from_one_to_the_other(here: Desk) -> None:
    one = expert(here, "方静")
    user = user_of(one)
    assert Screen(user).get("/").url == DESK
    assert Screen(user).get("/admin/").url == DESK, "the office has nothing for experts"
    assert Screen(user).get("/admin/registry/practitioner/").url == DESK
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=here.surgeon, starts_on=LAW_BEGINS)
    assert Screen(user).get("/").url == "/my/"
    assert f'href="{DESK}"' in Screen(user).get("/my/").page
    assert 'href="/my/"' in Screen(user).get(DESK).page
    assert 'href="/admin/"' not in Screen(user).get("/my/").page
    Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=here.town.agency, starts_on=LAW_BEGINS)
    office = Screen(user).get("/")
    assert office.url == "/admin/"
    assert f'href="{DESK}"' in office.page
    assert 'href="/admin/"' in Screen(user).get(DESK).page
    assert Screen(here.reviewer).get(DESK).url == "/admin/"


def test_experts_keep_their_days_and_conflicts_themselves(here: Desk) -> None:
    one, other = expert(here, "方静"), expert(here, "郭强", works_at=elsewhere(here, 78, "他院"))
    own = Screen(user_of(one)).get(RECORD)
    assert "省立医院" in own.page
    conflict = RECORD + "conflict/"
    assert own.post(conflict, reason="受聘").status == 422
    assert own.post(conflict, institution="H00000000000", reason="受聘").status == 422
    assert "No institution has the code H00000000000." in own.page
    own.post(conflict, institution=here.town.hospital.code, reason="受聘")
    assert own.url == RECORD
    own.post(conflict, practitioner=here.nurse.code, reason="姐妹")
    assert all(each in own.page for each in ("受聘", "第一医院", "姐妹", "a person"))
    assert here.nurse.name not in own.page, "who names a code is told no name"
    ending = f"{RECORD}days/{one.availability.get().pk}/end/"
    assert own.post(ending, ends_on="2020-01-01").status == 422
    own.post(ending, ends_on="2025-06-01")
    assert "May 31, 2025" in own.page
    own.post(RECORD + "days/", starts_on="2025-07-01")
    assert "July 1, 2025 – open" in own.page
    assert own.get(f"{RECORD}days/{other.availability.get().pk}/end/").status == 404
    for act in (ending, conflict):
        assert Screen(user_of(other)).post(act, ends_on="2025-05-01", reason="").status in (404, 422)
    nobody = User.objects.create_user("zhuan")
    Assignment.objects.create(user=nobody, role=Role.EXPERT, starts_on=LAW_BEGINS)
    assert "belongs to nobody in the pool" in Screen(nobody).get(RECORD).page
    assert Screen(nobody).get(conflict).status == 404
    assert "Nothing waits for you." in Screen(nobody).get(DESK).page


def _many(seat: Seat, waiting: int, past: int) -> None:
    """More seats of the same expert: some that wait, some on panels that were concluded."""
    panel, task = seat.panel, task_of(seat)
    points = list(panel.points.all())
    for number in range(waiting + past):
        over = number >= waiting
        panel.pk, panel.uuid, panel.state = None, uuid7(), "concluded" if over else "failed"
        panel.save()
        panel.points.set(points)
        place = Seat.objects.create(
            panel=panel,
            expert=seat.expert,
            state="voted" if over else "seated",
            seated_at=at(DRAWN),
            closed_at=at(DRAWN, 16) if over else None,
            sealed_votes=b"" if over else None,
        )
        if over:
            told = {"result": "upheld", "reasons": f"理由{number}"}
            Vote.objects.bulk_create(Vote(seat=place, point=each, dissenting=False, **told) for each in points)
        else:
            task.pk, task.uuid, task.subject = None, uuid7(), place.uuid
            task.save()


@pytest.mark.parametrize("many", [0, 10, 40])
def test_the_pages_ask_little_however_many_cases_there_are(here: Desk, many: int) -> None:
    experts(here, 3)
    objection = disputed(here, 3, 5)
    panel = drawn(here, objection=objection)
    seat = asked(panel)[0]
    file = keep_file(name="证据.pdf", content=sample_files.pdf(), by=None, now=at(DRAWN))
    piece = Evidence.objects.create(
        point=objection.points.earliest("pk"), file=file, title="病历", handed_in_at=at(DRAWN)
    )
    release_evidence(evidence=piece, file=None, by=here.reviewer, now=at(DRAWN))
    one = begun(seat)
    one.post(one.url, **written(panel), do="save")
    _many(Seat.objects.get(pk=seat.pk), many, many)
    pages = [DESK, PAST, PAST + "?page=2", RECORD, "/expert/opinions/", RECORD + "conflict/"]
    pages += [case_of(seat) + page for page in (*PAGES, f"evidence/{piece.pk}/", f"evidence/{piece.pk}/content/")]
    found = {page: _questions(one, page) for page in pages}
    sealed = seat.vault.seal_words({str(each.pk): ["upheld", None, "是"] for each in panel.points.all()})
    Seat.objects.filter(pk=seat.pk).update(state="voted", closed_at=at(DRAWN, 16), sealed_votes=sealed)
    found["voted"] = _questions(one, case_of(seat))
    Panel.objects.filter(pk=panel.pk).update(state="concluded", concluded_at=at(DRAWN, 17))
    told = [Vote(seat=seat, point=each, result="upheld", reasons="是", dissenting=False) for each in panel.points.all()]
    Vote.objects.bulk_create(told)
    found["concluded"] = _questions(one, case_of(seat))
    assert max(found.values()) <= MOST_QUERIES, found
    listed = one.get(DESK).page
    assert listed.count("matter-now") == many
    assert one.get(PAST).page.count('<li class="matter') == min(10, many + 1)


def _questions(one: Screen, page: str) -> int:
    one.client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert one.client.get(page).status_code == 200, page
    return len(captured)


def test_what_is_due_first_stands_first_and_a_missing_calendar_is_told(here: Desk) -> None:
    experts(here, 3)
    seat = asked(drawn(here))[0]
    _many(Seat.objects.get(pk=seat.pk), 2, 0)
    later, unknown = Seat.objects.filter(expert=seat.expert).exclude(pk=seat.pk).order_by("pk")
    Task.objects.filter(subject=seat.uuid).update(due_on="2025-04-16")
    Task.objects.filter(subject=later.uuid).update(due_on="2025-03-20")
    Task.objects.filter(subject=unknown.uuid).update(due_on=None, missing_year=2027)
    page = screen(seat).get(DESK).page
    first, second, last = (page.index(str(each.uuid)) for each in (later, seat, unknown))
    assert first < second < last
    assert "the calendar of 2027 is missing" in page
    assert Objection.objects.count() == 1
