"""The page of the own file: the standing at once, the points as steps, what happened in one line, and why."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.pages.own_file.timeline import Moment
from registry.rules.periods import next_day
from tests.enrolling import enrolled
from tests.entries import annul_entry
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

EVENING = at(TODAY, 21)
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build()


@pytest.fixture
def surgeon(town: Town) -> Client:
    return signed_in(enrolled(town))


def line(client: Client) -> list[Moment]:
    found: list[Moment] = client.get("/my/").context["line"]
    return found


def test_twelve_steps_are_filled_up_to_the_points_and_say_what_they_reach(town: Town, surgeon: Client) -> None:
    score(town, 5, TODAY)
    shown = surgeon.get("/my/").context
    cells = shown["gauge"]["cells"]
    assert [cell["number"] for cell in cells if cell["on"]] == [1, 2, 3, 4, 5]
    assert [cell["number"] for cell in cells if cell["kind"] == "suspends"] == [9, 10, 11]
    assert [cell["number"] for cell in cells if cell["kind"] == "terminates"] == [12]
    assert [each.at for each in shown["consequences"]] == [3, 6, 9, 12]
    assert all(each.source.text and each.source.certainty in "FLD" for each in shown["consequences"])


def test_the_end_of_a_suspension_stands_ahead_on_the_line_of_time(town: Town, surgeon: Client) -> None:
    entry = score(town, 9, TODAY)
    ahead, scored = line(surgeon)
    assert (ahead.later, ahead.kind) == (True, "other")
    assert ahead.ended is not None
    assert next_day(ahead.on) == ahead.ended.until
    assert scored.event is not None
    assert (scored.event.fact, scored.kind) == (entry.fact, "sanction")


def test_a_suspension_that_is_over_stands_behind(town: Town, surgeon: Client) -> None:
    score(town, 9, LAW_BEGINS, months=1)
    over, scored = line(surgeon)
    assert over.ended is not None
    assert (over.later, scored.kind) == (False, "sanction")


def test_a_suspension_cut_short_by_a_termination_has_no_end_of_its_own(town: Town, surgeon: Client) -> None:
    score(town, 9, TODAY - timedelta(days=20))
    score(town, 3, TODAY)
    ends = [moment for moment in line(surgeon) if moment.ended]
    assert [moment.ended.kind for moment in ends if moment.ended] == ["termination"]


def test_what_was_annulled_stays_on_the_line_struck_out(town: Town, surgeon: Client) -> None:
    entry = score(town, 4, TODAY - timedelta(days=3))
    annul_entry(entry=entry.fact, reason="查无实据", by=town.officer, second=town.second, now=at(TODAY, 10))
    correction, scored = line(surgeon)
    assert scored.event is not None
    assert scored.event.annulled is not None
    assert scored.kind == "other"
    assert correction.on == TODAY
    assert surgeon.get("/my/").context["gauge"]["points"] == 0


def test_the_page_asks_as_much_of_a_long_file_as_of_a_short_one(town: Town, surgeon: Client) -> None:
    score(town, 1, LAW_BEGINS)
    surgeon.get("/my/")
    with CaptureQueriesContext(connection) as short:
        surgeon.get("/my/")
    for number in range(6):
        score(town, 1, LAW_BEGINS + timedelta(days=2 * number), number=f"罚字又{number}")
    with CaptureQueriesContext(connection) as long:
        surgeon.get("/my/")
    assert len(long) == len(short) <= MOST_QUERIES


def test_more_contrast_is_kept_by_the_browser_until_it_is_taken_back(surgeon: Client) -> None:
    back = surgeon.post("/account/contrast/", {"contrast": "more", "next": "/my/notices/"})
    assert back["Location"] == "/my/notices/"
    assert '<html lang="en" class="more">' in surgeon.get("/my/").content.decode()
    surgeon.post("/account/contrast/", {"contrast": "usual", "next": "/my/"})
    assert 'class="more"' not in surgeon.get("/my/").content.decode()


def test_the_way_back_never_leads_to_another_site(surgeon: Client) -> None:
    back = surgeon.post("/account/contrast/", {"contrast": "more", "next": "https://elsewhere.example/my/"})
    assert back["Location"] == "/"


def test_the_row_of_ways_marks_the_page_one_is_on(surgeon: Client) -> None:
    for address in ("/my/", "/my/notices/"):
        ways = surgeon.get(address).wsgi_request.own_ways  # type: ignore[attr-defined]  # set by the door
        assert [way.url for way in ways if way.current] == [address]


def test_of_a_file_that_is_cut_short_it_asks_no_question_more(
    town: Town, surgeon: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.queries.explain.LONG", 3)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 2)
    entries = [score(town, 1, LAW_BEGINS + timedelta(days=2 * day), number=f"罚字又{day}") for day in range(6)]
    annul_entry(entry=entries[0].fact, reason="查无实据", by=town.officer, second=town.second, now=at(TODAY, 10))
    surgeon.get("/my/")
    with CaptureQueriesContext(connection) as asked:
        page = surgeon.get("/my/")
    assert page.context["earlier_moments"] > 0
    assert len(asked) <= MOST_QUERIES, [each["sql"][:120] for each in asked]
