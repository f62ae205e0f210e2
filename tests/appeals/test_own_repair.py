"""The practitioner's own repair: enrolled, applied for, followed and withdrawn, on the pages."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals.actions.attempts import begin_attempt, hand_in
from appeals.models import Application, Attendance
from registry.ledger.reading import history_of
from tests.appeals.repairs import completed, deliberated, filed, granted, offered, pair
from tests.appeals.test_study import answered, browser, enrolled, holder, studied
from tests.town import TODAY, Town, at, build, score

STATEMENT = "已学习法规，改正收费。"


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


def applied(client: Client, town: Town, parts: list[Attendance], amount: int, step: str) -> Any:
    given = {"attendances": [part.pk for part in parts], "amount": amount, "statement": STATEMENT, "step": step}
    return client.post(reverse("my_apply", args=["relief", town.agency.code]), given)


def on(day: date) -> Any:
    return time_machine.travel(at(day, 15), tick=False)


def test_a_nurse_wins_points_back_by_study_and_application(town: Town, django_assert_max_num_queries: Any) -> None:
    score(town, 6, TODAY, who=town.nurse)
    parts = [completed(town, town.nurse, TODAY + timedelta(days=each)) for each in range(3)]
    course = studied(town)
    part = enrolled(town, course)
    last = TODAY + timedelta(days=3)
    nurse = holder(town)
    attempt = answered(begin_attempt(part=part, by=nurse, now=at(last)), course, last)
    hand_in(attempt=attempt, by=nurse, now=at(last, 11))
    parts.append(part)
    with on(last):
        client = browser(holder(town))
        with django_assert_max_num_queries(25):
            page = client.get(reverse("my_repair")).content.decode()
        assert "could become 2" in page
        seen = applied(client, town, parts, 4, "preview").content.decode()
        assert "Nothing is granted by asking" in seen
        assert Application.objects.count() == 0
        first, second = (applied(client, town, parts, 4, "file") for _press in range(2))
        assert first["Location"] == second["Location"]
        application = Application.objects.get()
        assert application.number in client.get(first["Location"]).content.decode()
        granted(town, deliberated(town, application, last, *pair()), last, hour=16)
        shown = client.get(reverse("my_application", args=[application.uuid])).content.decode()
        assert "经专家评议，同意" in shown
        assert "Application for repair granted" in client.get(reverse("my_file")).content.decode()
    assert history_of(town.nurse).standing(last).points == 2


def test_more_than_the_cap_is_refused_and_nothing_typed_is_lost(town: Town) -> None:
    score(town, 6, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    with on(TODAY):
        answer = applied(browser(holder(town)), town, [part], 3, "file")
    assert answer.status_code == 422
    assert STATEMENT in answer.content.decode()
    assert Application.objects.count() == 0


def test_one_press_enrols_and_one_cancels(town: Town) -> None:
    activity = offered(town, TODAY, places=1)
    with on(TODAY):
        client = browser(holder(town))
        for _press in range(2):
            assert client.post(reverse("my_repair"), {"enrol": activity.uuid}).status_code == 302
        assert Attendance.objects.get().state == "enrolled"
        other = browser(holder(town, town.surgeon))
        assert other.post(reverse("my_repair"), {"enrol": activity.uuid}).status_code == 422
        assert client.post(reverse("my_repair"), {"cancel": activity.uuid}).status_code == 302
        assert Attendance.objects.get().state == "cancelled"


def test_an_application_is_withdrawn_by_its_person_and_is_not_there_for_others(town: Town) -> None:
    score(town, 6, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    with on(TODAY):
        here = reverse("my_application", args=[application.uuid])
        other, client = browser(holder(town, town.surgeon)), browser(holder(town))
        assert other.get(here).status_code == 404
        assert other.post(here, {"reason": "替他撤回"}).status_code == 404
        assert "withdraw#withdraw" in client.get(here).content.decode()
        assert client.post(here, {"reason": ""}).status_code == 422
        assert client.post(here, {"reason": "以后再申请"}).status_code == 302
    application.refresh_from_db()
    assert application.state == "withdrawn"


@pytest.mark.parametrize(
    ("language", "said", "again"),
    [("en", "Decided by this register", "decided here"), ("zh-hans", "本系统的设定", "本系统设定")],
)
def test_what_this_register_decided_is_said_once(town: Town, language: str, said: str, again: str) -> None:
    score(town, 9, TODAY, who=town.nurse)
    nurse = browser(holder(town))
    with on(TODAY):
        for page in (reverse("my_repair"), reverse("my_file")):
            shown = nurse.get(page, headers={"accept-language": language}).content.decode()
            assert said in shown
            assert again not in shown
