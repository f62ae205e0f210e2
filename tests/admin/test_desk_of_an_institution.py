"""The compliance officer's desk: every figure leads to a list of so many rows, and nobody of elsewhere is in it."""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.access_log import Kind
from registry.models import AccessRecord, RosterJob, Task, User
from registry.queries.overview import FEW
from tests.actions.talking import look
from tests.admin.conftest import SignIn
from tests.admin.crowds import crowd
from tests.admin.deeds import text_of, url
from tests.admin.wards import stray
from tests.appeals.disputes import objected
from tests.casework import Desk, received
from tests.town import TODAY, Town, at, score

MOST_QUERIES, MOST_BYTES = 15, 200_000
SPRING = date(2025, 4, 10)  # in Changsha the suspension began with April


@pytest.fixture
def he(sign_in: SignIn, compliance: User) -> Client:
    return sign_in(compliance)


def rows_behind(client: Client, address: str) -> int:
    """How many rows the list shows to which a figure leads."""
    context = client.get(address).context
    return len(context["rows"]) if "rows" in context else len(context["cl"].result_list)


def two_in_trouble(town: Town) -> None:
    """At the hospital one is near and one suspended; at the clinic, which is another's, one is near."""
    score(town, 7, TODAY, who=town.surgeon)
    score(town, 9, TODAY, who=town.nurse)


def test_every_figure_leads_to_a_list_of_just_so_many(sign_in: SignIn, compliance: User, here: Desk) -> None:
    two_in_trouble(here.town)
    score(here.town, 8, TODAY, who=stray(here))
    look(TODAY, 13)
    with time_machine.travel(at(SPRING), tick=False):
        he = sign_in(compliance)
        page = he.get(url("index"))
        figures = [figure for tiles in page.context["tiles"] for figure in tiles if "notices" not in figure["url"]]
        told = {str(figure["title"]): figure["number"] for figure in figures}
        assert (told["near the threshold"], told["suspended now"]) == (1, 1)
        assert told["overdue"] == Task.objects.filter(state="open", institution=here.town.hospital).count() > 0
        for figure in figures:
            assert rows_behind(he, figure["url"]) == figure["number"], figure


def test_people_of_another_institution_are_neither_counted_nor_named(he: Client, here: Desk) -> None:
    score(here.town, 8, TODAY, who=stray(here))
    page = he.get(url("index"))
    assert page.context["found"].near == 0
    assert "赵敏" not in text_of(page)
    assert "Nobody is close to a suspension." in text_of(page)


def test_what_is_overdue_stands_first_with_the_act_that_does_it(sign_in: SignIn, compliance: User, town: Town) -> None:
    score(town, 6, TODAY)
    look(TODAY, 13)
    with time_machine.travel(at(SPRING), tick=False):
        he = sign_in(compliance)
        page = he.get(url("index"))
        first = page.context["first"][0]
        assert (first.line.is_overdue, first.way.url) == (True, url("finish_talk", first.line.task.pk))
        assert f'href="{first.way.url}"' in page.content.decode()
        assert he.get(first.way.url).status_code == 200


def test_who_returns_is_told_with_the_days_that_are_left(sign_in: SignIn, compliance: User, town: Town) -> None:
    score(town, 9, TODAY)
    with time_machine.travel(at(SPRING), tick=False):
        words = text_of(sign_in(compliance).get(url("index")))
    assert "up to and including May 31, 2025 · 52 days left" in words


def test_an_objection_waits_for_the_signature_until_it_is_countersigned(he: Client, here: Desk) -> None:
    objection = objected(received(here, 3), "王伟没有主刀")
    page = he.get(url("index"))
    assert "1 waits" in text_of(page)
    assert url("countersign_objection", objection.pk) in page.content.decode()
    every = url("appeals_objection_changelist") + "?countersignature=missing"
    assert every in page.content.decode()
    assert rows_behind(he, every) == 1
    type(objection).objects.filter(pk=objection.pk).update(countersigned_at=at(TODAY))
    assert "No objection waits for the institution's signature." in text_of(he.get(url("index")))
    assert rows_behind(he, every) == 0


def job(town: Town, state: str, **more: object) -> RosterJob:
    given = {"institution": town.hospital, "file_digest": b"0" * 32, "uploaded_at": at(TODAY), **more}
    return RosterJob.objects.create(filename=f"{state}.xlsx", state=state, **given)


def test_rosters_wait_until_they_are_applied_without_doubt_or_overtaken(he: Client, town: Town) -> None:
    job(town, "failed")  # overtaken by the next
    job(town, "applied", counts={"doubtful": 2, "new": 1})
    job(town, "refused")
    job(town, "checked", institution=town.clinic)
    page = he.get(url("index"))
    assert [each.filename for each in page.context["jobs"]] == ["applied.xlsx"]
    assert "doubtful: 2" in text_of(page)
    assert rows_behind(he, page.context["waiting_jobs"]) == 1
    job(town, "applied", counts={"new": 3})
    assert "No roster waits: every difference is settled." in text_of(he.get(url("index")))


def test_the_share_of_staff_is_drawn_with_both_marks_and_said_in_words(
    sign_in: SignIn, compliance: User, town: Town
) -> None:
    score(town, 9, TODAY)
    with time_machine.travel(at(SPRING), tick=False):
        page = sign_in(compliance).get(url("index"))
    (bar,) = page.context["shares"]
    assert [mark.is_reached for mark in bar.marks] == [True, True]
    assert "50%: 1 person-time, staff of 2" in text_of(page)
    body = page.content.decode()
    assert (body.count('class="rg-share-mark"'), body.count('href="/admin/policies/cn-43-2025/#ratios.')) == (2, 2)


def test_each_drawing_has_its_table_and_needs_no_script(sign_in: SignIn, compliance: User, town: Town) -> None:
    two_in_trouble(town)
    with time_machine.travel(at(SPRING), tick=False):
        page = sign_in(compliance).get(url("index"))
    entries, sanctions = page.context["charts"]
    assert [bar.total for bar in entries.bars][-3:] == [0, 2, 0]
    assert [bar.numbers for bar in sanctions.bars][-2:] == [(0, 0), (1, 0)]
    body = page.content.decode()
    figures = re.findall(r'<figure class="rg-chart">.*?</figure>', body, re.DOTALL)
    assert len(figures) == 2
    for figure in figures:
        assert figure.count("<tr>") == 13
        assert "<script" not in figure
        assert "<caption>" in figure


def test_a_month_of_the_year_before_is_the_first_and_an_annulled_entry_is_in_none(he: Client, town: Town) -> None:
    labels = [bar.label for bar in he.get(url("index")).context["charts"][0].bars]
    assert (labels[0], labels[-1], len(labels)) == ("Apr", "Mar", 12)


def test_an_empty_desk_says_so_in_words(he: Client) -> None:
    words = text_of(he.get(url("index")))
    for told in ("Nothing has to be done.", "Nobody is suspended or terminated.", "None in twelve months."):
        assert told in words


@pytest.mark.parametrize("rows", [10, 1_000])
def test_the_desk_asks_little_whatever_there_is(sign_in: SignIn, compliance: User, here: Desk, rows: int) -> None:
    crowd(here.town, rows)
    objected(received(here, 3), "王伟没有主刀")
    he = sign_in(compliance)
    for page in (url("index"), *(f"{url('posters', here.town.hospital.pk)}?sheet={sheet}" for sheet in SHEETS)):
        with CaptureQueriesContext(connection) as asked:
            answer = he.get(page)
        assert answer.status_code == 200
        assert len(asked) <= MOST_QUERIES, (page, len(asked))
        assert len(answer.content) <= MOST_BYTES, (page, len(answer.content))
    assert len(he.get(url("index")).context["found"].near_threshold) <= FEW


# sheets to print ------------------------------------------------------------------------------------------------------

SHEETS = ("rules", "reminder", "slips")


def test_the_rules_to_hang_up_are_those_of_the_region_and_name_nobody(he: Client, town: Town) -> None:
    score(town, 7, TODAY)
    page = he.get(url("posters", town.hospital.pk))
    words = text_of(page)
    assert "12 at once Terminated: no registration for 36 months." in words
    assert "Guiding Opinion" in words
    assert "you have 10 working days to object" in words
    assert "王伟" not in words
    chinese = he.get(url("posters", town.hospital.pk), {"letter": "zh-hans"}).content.decode()
    assert 'lang="zh-Hans"' in chinese


def test_a_reminder_names_those_concerned_and_no_document(he: Client, here: Desk) -> None:
    score(here.town, 7, TODAY)
    score(here.town, 8, TODAY, who=stray(here))
    for sheet in ("reminder", "slips"):
        words = text_of(he.get(url("posters", here.town.hospital.pk), {"sheet": sheet}))
        assert "王伟" in words
        assert "李娜" not in words  # no points
        assert "赵敏" not in words  # of the clinic
    assert not AccessRecord.objects.filter(kind=Kind.UNMASKED).exists()


def test_nobody_prints_the_sheets_of_another_institution(
    he: Client, sign_in: SignIn, town: Town, stranger: User, administrator: User
) -> None:
    assert he.get(url("posters", town.clinic.pk)).status_code == 404
    assert sign_in(stranger).get(url("posters", town.hospital.pk)).status_code == 404
    assert sign_in(administrator).get(url("posters", town.hospital.pk)).status_code == 403
