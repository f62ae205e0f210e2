"""The work list in the office: what is due first, talks recorded, the overview and the person's page."""

from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.clockwork import run_clocks
from registry.admin import extensions, worklist
from registry.admin.acts.buttons import Button
from registry.models import Role, StoredFile, Task, User
from registry.queries.worklist import worklist as whole
from tests.actions.talking import NEXT_DAY, look
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import text_of, url
from tests.casework import desk, received
from tests.town import TODAY, Town, at, score

DUE = date(2025, 3, 24)


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


@pytest.fixture
def he(sign_in: SignIn, compliance: User) -> Client:
    return sign_in(compliance)


@pytest.fixture
def talked(town: Town) -> Town:
    """Both people have six points: two talks and two interviews for the hospital, two interviews for the agency."""
    for who in (town.surgeon, town.nurse):
        score(town, 6, TODAY, who=who)
    look(TODAY, 13)
    return town


def test_the_list_says_by_when_who_must_do_what_and_leads_to_the_act(he: Client, chen: Client, talked: Town) -> None:
    hospital, agency = (client.get(url("work_list")) for client in (he, chen))
    assert text_of(hospital).count("Talk with the person") == 2
    assert "March 24, 2025" in text_of(hospital)
    assert text_of(agency).count("市医保中心") == 2
    task = Task.objects.get(kind="interview", holder="agency", practitioner=talked.surgeon)
    assert url("finish_talk", task.pk) in agency.content.decode()
    assert url("finish_talk", task.pk) not in hospital.content.decode()


def test_an_administrator_sees_all_and_acts_on_none(sign_in: SignIn, administrator: User, talked: Town) -> None:
    page = sign_in(administrator).get(url("work_list"))
    assert len(page.context["rows"]) == 6
    assert not any(row.ways for row in page.context["rows"])
    assert sign_in(administrator).get(url("finish_talk", Task.objects.all()[0].pk)).status_code == 403


def test_missing_years_stand_before_everything_for_administrators(
    sign_in: SignIn, administrator: User, talked: Town
) -> None:
    with time_machine.travel(at(date(2026, 11, 2)), tick=False):
        assert "The working calendar lacks 2027." in text_of(sign_in(administrator).get(url("work_list")))
        assert "lacks" not in text_of(sign_in(talked.officer).get(url("work_list")))


def test_overdue_and_handed_up_are_marked_and_filtered(sign_in: SignIn, compliance: User, talked: Town) -> None:
    late = at(DUE + timedelta(days=1), 15)
    with time_machine.travel(late, tick=False):
        chen, he = sign_in(talked.officer), sign_in(compliance)
        lines = [row.line for row in he.get(url("work_list")).context["rows"]]
        assert [line.is_overdue for line in lines] == [True] * 4
        assert text_of(he.get(url("work_list"))).count(" overdue ") == 4 + 1  # and the part of the queue to choose
        assert len(he.get(url("work_list"), {"escalated": "on"}).context["rows"]) == 0
        run_clocks(now=late)
        assert len(chen.get(url("work_list")).context["rows"]) == 6
        assert len(chen.get(url("work_list"), {"escalated": "on", "holder": "agency"}).context["rows"]) == 2
        only = chen.get(url("work_list"), {"kind": "talk", "overdue": "on"})
        assert {row.line.task.kind for row in only.context["rows"]} == {"talk"}
        nothing = chen.get(url("work_list"), {"kind": "vote"})
        assert "No open task fits what you asked for." in text_of(nothing)


def test_pages_go_on_with_the_filter(chen: Client, talked: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "worklist", partial(whole, size=1))
    first = chen.get(url("work_list"), {"holder": "agency"})
    (one,) = first.context["rows"]
    assert first.context["next_url"].startswith("?holder=agency&after=2025-03-24.")
    second = chen.get(url("work_list") + first.context["next_url"])
    (other,) = second.context["rows"]
    assert one.line.task.pk < other.line.task.pk
    assert second.context["next_url"] == ""
    assert "Back to what is due first" in text_of(second)


def test_a_place_that_no_page_gave_is_the_first_page(chen: Client, talked: Town) -> None:
    assert len(chen.get(url("work_list"), {"after": "nonsense"}).context["rows"]) == 2


def test_what_is_not_computable_is_marked_and_last(he: Client, talked: Town) -> None:
    task = Task.objects.filter(holder="institution").first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(due_on=None, missing_year=2027)
    page = he.get(url("work_list"))
    assert page.context["rows"][-1].line.task == task
    assert "not yet computable: the calendar of 2027 is missing" in text_of(page)


def test_one_talk_is_recorded_with_its_signed_record(he: Client, talked: Town) -> None:
    task = Task.objects.get(kind="talk", practitioner=talked.surgeon)
    act = url("finish_talk", task.pk)
    form = text_of(he.get(act))
    assert "points 0 → 6" in form
    scan = SimpleUploadedFile("谈话记录.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    data = {"held_on": "2025-03-10", "result": "已谈话，承诺整改", "file": scan}
    done = he.post(act, data, follow=True)
    assert "The talk with 王伟 is recorded." in text_of(done)
    task.refresh_from_db()
    assert (task.state, task.held_on, task.file) == ("done", TODAY, StoredFile.objects.get())
    assert he.get(act).status_code == 404


def test_a_talk_of_tomorrow_is_refused_at_its_field_and_keeps_no_file(he: Client, talked: Town) -> None:
    task = Task.objects.get(kind="talk", practitioner=talked.surgeon)
    scan = SimpleUploadedFile("谈话记录.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    data = {"held_on": NEXT_DAY.isoformat(), "result": "已谈话", "file": scan}
    refused = he.post(url("finish_talk", task.pk), data)
    assert refused.status_code == 422
    assert "has not come yet" in text_of(refused)
    assert not StoredFile.objects.exists()


def test_several_talks_of_one_day_are_recorded_together(he: Client, talked: Town) -> None:
    act = url("finish_talks", talked.hospital.pk)
    assert "王伟 D430100000001 · talk with the person · due on March 24, 2025" in text_of(he.get(act))
    talks = Task.objects.filter(kind="talk")
    data = {"tasks": [task.pk for task in talks], "held_on": "2025-03-10", "result": "集体谈话"}
    assert "2 talks are recorded." in text_of(he.post(act, data, follow=True))
    assert set(talks.values_list("state", "result")) == {("done", "集体谈话")}


def test_nobody_records_what_is_not_theirs(
    sign_in: SignIn, town: Town, talked: Town, stranger: User, he: Client
) -> None:
    of_clinic = assign(User.objects.create_user("clinic"), Role.COMPLIANCE_OFFICER, institution=town.clinic)
    talk, interview = Task.objects.filter(kind="talk")[0], Task.objects.filter(holder="agency")[0]
    for user in (of_clinic, stranger):
        client = sign_in(user)
        assert len(client.get(url("work_list")).context["rows"]) == 0
        assert client.get(url("finish_talk", talk.pk)).status_code == 404
        assert client.get(url("finish_talks", town.hospital.pk)).status_code == 404
    assert he.get(url("finish_talk", interview.pk)).status_code == 404
    assert he.get(url("finish_talk", talk.pk)).status_code == 200


def test_the_overview_says_what_is_due_and_shows_the_first(sign_in: SignIn, compliance: User, talked: Town) -> None:
    with time_machine.travel(at(DUE), tick=False):
        page = sign_in(compliance).get(url("index"))
        assert (page.context["due"].today, page.context["due"].overdue) == (4, 0)
        assert len(page.context["first"]) == 4
        assert "4 open tasks" in text_of(page)


def test_the_persons_page_shows_the_next_date_the_open_tasks_and_the_talks_held(
    sign_in: SignIn, compliance: User, talked: Town
) -> None:
    he = sign_in(compliance)
    page = url("registry_practitioner_change", talked.surgeon.pk)
    assert "Next date: March 24, 2025 第一医院: talk with the person" in text_of(he.get(page))
    task = Task.objects.get(kind="talk", practitioner=talked.surgeon)
    with time_machine.travel(at(DUE + timedelta(days=3)), tick=False):
        he = sign_in(compliance)
        late = {"held_on": (DUE + timedelta(days=2)).isoformat(), "result": "补谈"}
        he.post(url("finish_talk", task.pk), late)
        seen = text_of(he.get(page))
    assert "Talks held Talk with the person 第一医院: 补谈 March 26, 2025 late" in seen
    assert "Next date: March 24, 2025 overdue 第一医院: interview, key supervision" in seen


def test_of_somebody_without_tasks_the_page_says_so(chen: Client, town: Town) -> None:
    page = chen.get(url("registry_practitioner_change", town.surgeon.pk))
    assert "Nobody has to do anything; no window is running." in text_of(page)


def test_key_supervision_lists_who_is_at_the_tier_of_an_interview(chen: Client, he: Client, town: Town) -> None:
    assert "Nobody in your scope" in text_of(he.get(url("key_supervision")))
    score(town, 6, TODAY)
    look(TODAY, 13)
    for client in (chen, he):
        page = text_of(client.get(url("key_supervision")))
        assert "王伟" in page
        assert "Interview, key supervision (市医保中心)" in page


def test_the_task_of_an_expert_names_nobody_and_experts_have_a_list_of_their_own(
    sign_in: SignIn, administrator: User, town: Town
) -> None:
    here = desk(town)
    received(here, 4)
    expert = assign(User.objects.create_user("zhuan"), Role.EXPERT)
    Task.objects.filter(state="open").update(kind="vote", holder="expert", user=expert)
    assert sign_in(expert).get(url("work_list")).status_code == 302
    page = sign_in(administrator).get(url("work_list"))
    assert "Vote" in text_of(page)
    assert "王伟" not in page.content.decode()


def test_other_applications_put_their_ways_on_the_lines(
    chen: Client, talked: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = {"task": [lambda request, task: [Button("Look", f"/look/{task.subject}/", "eye")]]}
    monkeypatch.setattr(extensions.OFFERS, "buttons", offers)
    task = Task.objects.filter(holder="agency")[0]
    assert f"/look/{task.subject}/" in chen.get(url("work_list")).content.decode()


def test_the_pages_ask_no_more_than_fifteen_questions(chen: Client, he: Client, talked: Town) -> None:
    for client in (chen, he):
        for page in (
            url("work_list"),
            url("key_supervision"),
            url("index"),
            url("finish_talk", Task.objects.filter(kind="talk")[0].pk),
            url("finish_talks", talked.hospital.pk),
        ):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200, page
            assert len(asked) <= 15, (page, len(asked))


def test_the_file_asks_three_questions_more_for_it_is_kept_who_opened_it(
    chen: Client, he: Client, talked: Town
) -> None:
    for client in (chen, he):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url("registry_practitioner_change", talked.surgeon.pk)).status_code == 200
        assert len([question for question in asked if "SAVEPOINT" not in question["sql"]]) <= 18
