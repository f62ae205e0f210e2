"""The regulator's desk: the queue by deadline, who has how much to do, and the pages that compare what happened."""

import csv
import re
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.actions.clockwork import run_clocks
from registry.actions.figures import count_figures
from registry.models import AccessRecord, KeptFigures, Practitioner, Region, Role, Task, User
from registry.queries import kept_figures
from tests.actions.talking import look
from tests.admin.conftest import SignIn, assign
from tests.admin.crowds import crowd
from tests.admin.deeds import text_of, url
from tests.casework import Desk, received
from tests.entries import record_points
from tests.town import TODAY, Town, at, blame, build, handle, score

MOST_QUERIES, MOST_BYTES = 15, 200_000
SPRING = date(2025, 4, 10)  # in Changsha the suspension began with April
COMPARING = ("regions", "consistency", "shares", "what_if")


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


@pytest.fixture
def auditor(db: None) -> User:
    return assign(User.objects.create_user("shen"), Role.AUDITOR)


@pytest.fixture
def governor(town: Town) -> User:
    """Administrator of the province of the town."""
    user = User.objects.create_user("sheng")
    assign(user, Role.ADMINISTRATOR)
    user.assignments.update(region=Region.objects.get(pk="430000"))
    return user


def elsewhere() -> Town:
    """A town of Sichuan, where somebody has nine points."""
    town = build("510100")
    score(town, 9, TODAY)
    return town


# the opening page -----------------------------------------------------------------------------------------------------


def owed(town: Town, *days: date | None) -> list[Task]:
    """Tasks of the agency with these last days, as they are once a case was opened."""
    score(town, 6, TODAY)
    look(TODAY, 13)
    pattern = Task.objects.get(holder="agency", kind="interview")
    Task.objects.exclude(pk=pattern.pk).update(state="cancelled", closed_at=at(TODAY))
    found = []
    for number, day in enumerate(days):
        pattern.pk, pattern.uuid, pattern.subject = None, Task().uuid, Task().uuid
        pattern.due_on, pattern.missing_year = day, None if day else 2027
        pattern.user = town.officer if number == 0 else None
        pattern.save()
        found.append(Task.objects.get(pk=pattern.pk))
    Task.objects.filter(state="open").exclude(pk__in=[each.pk for each in found]).update(
        state="cancelled", closed_at=at(TODAY)
    )
    return found


def test_the_queue_is_told_by_deadline_and_each_part_leads_to_its_tasks(chen: Client, town: Town) -> None:
    """TODAY is a Monday: the week ends on Sunday the 16th."""
    owed(town, date(2025, 3, 7), TODAY, date(2025, 3, 16), date(2025, 3, 17), date(2025, 4, 1), None)
    figures = chen.get(url("index")).context["tiles"][0]
    told = {str(figure["title"]): figure for figure in figures}
    numbers = {title: told[title]["number"] for title in told if title != "unread notices to us"}
    assert numbers == {
        "overdue": 1, "due today": 1, "due this week": 1, "due later": 2, "no due day yet": 1, "handed up": 0,
    }  # fmt: skip
    for title, number in numbers.items():
        assert len(chen.get(told[title]["url"]).context["rows"]) == number, title


def test_the_load_of_the_team_leads_to_the_tasks_of_each(chen: Client, town: Town) -> None:
    owed(town, date(2025, 3, 7), TODAY, date(2025, 3, 16))
    page = chen.get(url("index"))
    load = {each.given_to: (each.open, each.overdue, each.oldest) for each in page.context["team"]}
    assert load == {town.officer.pk: (1, 1, date(2025, 3, 7)), None: (2, 0, TODAY)}
    links = re.findall(r'href="([^"]+given_to=\w+)"', page.content.decode())
    assert [len(chen.get(link.replace("&amp;", "&")).context["rows"]) for link in links] == [1, 2]


def test_who_sees_many_agencies_sees_the_load_of_each(sign_in: SignIn, administrator: User, town: Town) -> None:
    owed(town, TODAY, TODAY)
    admin = sign_in(administrator)
    (load,) = admin.get(url("index")).context["team"]
    assert (load.name, load.agency, load.open) == ("市医保中心", "A430100", 2)
    assert len(admin.get(url("work_list"), {"agency": load.agency}).context["rows"]) == 2
    assert len(admin.get(url("work_list"), {"agency": "A999999"}).context["rows"]) == 0


def test_a_compliance_officer_compares_nothing(sign_in: SignIn, compliance: User) -> None:
    he = sign_in(compliance)
    assert [he.get(url(name)).status_code for name in (*COMPARING, "audit")] == [403] * 5
    assert url("regions") not in he.get(url("index")).content.decode()


# regions --------------------------------------------------------------------------------------------------------------


def test_regions_are_ranked_by_the_address_and_taken_away_as_csv(
    sign_in: SignIn, administrator: User, town: Town
) -> None:
    elsewhere()
    score(town, 3, TODAY)
    score(town, 3, TODAY, who=town.nurse)
    admin = sign_in(administrator)
    ranks = [row.rank for row in admin.get(url("regions")).context["rows"]]
    shown = [(rank.key, rank.people, rank.entries, rank.times, rank.share) for rank in ranks]
    assert shown == [("510000", 2, 1, 1, 50.0), ("430000", 2, 2, 0, 0.0)]
    by_entries = admin.get(url("regions"), {"sort": "entries"}).context["rows"]
    assert [row.rank.key for row in by_entries] == ["430000", "510000"]
    taken = admin.get(url("regions"), {"format": "csv", "sort": "entries"})
    lines = list(csv.reader(StringIO(taken.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["region", "430000", "510000"]
    assert lines[1][2:] == ["2", "2", "0", "0", "0.0"]


def test_an_officer_sees_the_own_regions_only(chen: Client, town: Town) -> None:
    elsewhere()
    rows = chen.get(url("regions")).context["rows"]
    assert [(row.rank.key, row.rank.people) for row in rows] == [("430100", 2)]
    assert [row.rank.key for row in chen.get(url("regions"), {"region": "510000"}).context["rows"]] == ["430100"]
    people = chen.get(url("registry_practitioner_changelist"), {"region": "430100"})
    assert len(people.context["cl"].result_list) == 2


# consistency ----------------------------------------------------------------------------------------------------------


def test_departures_lead_to_the_entries_that_depart(chen: Client, town: Town) -> None:
    score(town, 6, TODAY)  # principal: the default of the band
    record_points(
        responsibility=blame(town, handle(town, number="罚字9号"), who=town.nurse),
        situation="2-99",
        points=4,
        months=None,
        departure_reason="初犯",
        by=town.officer,
        second=town.second,
        now=at(TODAY, 12),
    )
    page = chen.get(url("consistency"))
    (row,) = page.context["rows"]
    in_full = chen.get(url("consistency"), {"situation": "2-99"})
    (group,) = [row.group for row in in_full.context["rows"]]
    assert (group.name, group.lowest, group.highest, group.mean) == ("市医保中心", 4, 6, 5.0)
    for departed, shown in ((row.departed, page), (in_full.context["departed"], in_full)):
        assert (departed.entries, departed.off_default, departed.shifted) == (2, 1, 0)
        links = re.findall(r'href="([^"]*pointsentry[^"]*situation=[^"]*)"', shown.content.decode())
        assert [len(chen.get(link.replace("&amp;", "&")).context["cl"].result_list) for link in links] == [2, 1]


def test_every_decision_stands_by_its_points_beside_the_country(chen: Client, town: Town) -> None:
    """A region sees its own decisions one by one, of all others the shares, and of few others nothing."""
    there = elsewhere()
    for points, who in ((4, town.surgeon), (6, town.nurse)):
        scored(town, points, who)
    asked = {"situation": "2-99"}
    page = chen.get(url("consistency"), asked)
    (own,) = [row.every for row in page.context["rows"]]
    assert [count for count, _top, _high in own.columns] == [0, 0, 0, 1, 0, 1, *[0] * 6]
    assert (own.all.lower_quartile, own.all.median, own.all.upper_quartile) == (4, 4, 6)
    assert page.context["country"] is None
    assert "fewer than 5 decisions in the country: not shown" in text_of(page)
    assert "fewer than 5 decisions" in text_of(chen.get(url("consistency")))
    for number in range(8):
        scored(there, 5, there.nurse, number=f"罚字{number + 20}号")
    page = chen.get(url("consistency"), asked)
    country = page.context["country"]
    shares = [share for share, _top, _high in country.columns]
    assert (shares, country.all.median) == ([0, 0, 0, 10, 80, 10, *[0] * 6], 5)
    (row,) = chen.get(url("consistency")).context["rows"]
    assert (row.outline.all.decisions, row.country.median) == (2, 5)
    assert "市医保中心" in text_of(page)
    assert there.agency.name == town.agency.name or there.agency.name not in text_of(page)


def scored(town: Town, points: int, who: Practitioner, number: str = "罚字9号") -> None:
    """Points for the situation 2-99, decided in one go."""
    record_points(
        responsibility=blame(town, handle(town, number=f"{number}{who.pk}"), who=who),
        situation="2-99",
        points=points,
        months=None,
        departure_reason="按情节",
        by=town.officer,
        second=town.second,
        now=at(TODAY, 12),
    )


def test_scoring_elsewhere_is_not_compared_here(chen: Client, town: Town) -> None:
    elsewhere()
    assert "No points were decided in this year in what you see." in text_of(chen.get(url("consistency")))


# institutions ---------------------------------------------------------------------------------------------------------


def test_an_institution_over_the_ratio_has_the_act_that_answers_it(
    sign_in: SignIn, town: Town, administrator: User
) -> None:
    elsewhere()
    score(town, 9, TODAY)
    with time_machine.travel(at(SPRING), tick=False):
        page = sign_in(town.officer).get(url("shares"))
        (row,) = page.context["rows"]
        assert (row.bar.ratio.institution, row.bar.ratio.per_cent) == (town.hospital, 50.0)
        assert row.propose == f"{url('propose_measure', town.hospital.pk)}?year=2025"
        assert sign_in(town.officer).get(row.propose).status_code == 200
        watched = sign_in(administrator).get(url("shares"))
        assert [each.propose for each in watched.context["rows"]] == ["", ""]  # an administrator decides nothing


def test_one_of_many_is_far_from_the_ratio(sign_in: SignIn, town: Town) -> None:
    crowd(town, 30)
    score(town, 9, TODAY)
    with time_machine.travel(at(SPRING), tick=False):
        assert "No institution is near a share" in text_of(sign_in(town.officer).get(url("shares")))


# what-if --------------------------------------------------------------------------------------------------------------


def test_the_draft_of_2023_says_who_would_stand_otherwise(sign_in: SignIn, town: Town) -> None:
    elsewhere()
    score(town, 9, TODAY)
    with time_machine.travel(at(SPRING), tick=False):
        page = sign_in(town.officer).get(url("what_if"), {"policy": "cn-2023-draft"})
    found = page.context["found"]
    assert (found.tally.people, found.tally.stand_otherwise) == (1, 1)
    assert found.turns == (("suspended", "normal", 1),)
    assert [person.name for _comparison, person in found.people if person] == ["王伟"]
    assert "1 of 1 people would stand otherwise." in text_of(page)
    assert page.content.decode().count("<caption>People who are blocked</caption>") == 1


def test_what_is_asked_must_be_a_policy_and_a_region_of_ones_own(chen: Client, town: Town) -> None:
    elsewhere()
    for asked in ({"policy": "nonsense"}, {"policy": "cn-2023-draft", "region": "510100"}):
        page = chen.get(url("what_if"), asked)
        assert page.context["found"] is None
        assert page.context["form"].errors


def test_too_many_people_are_refused_before_anything_is_computed(
    chen: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(town, 3, TODAY)
    monkeypatch.setattr("registry.queries.whatif.compare_at.__kwdefaults__", {"most": 0, "batch": 1})
    page = chen.get(url("what_if"), {"policy": "cn-2023-draft"})
    assert (page.context["too_large"], page.context["found"]) == (True, None)


# audit ----------------------------------------------------------------------------------------------------------------


def test_acts_are_found_by_user_and_by_day(sign_in: SignIn, auditor: User, here: Desk) -> None:
    received(here, 3)
    audit = sign_in(auditor)
    every = audit.get(url("audit")).context["rows"]
    assert {str(told["act"]) for _step, told in every} >= {"points proposed", "advance notice sent"}
    by_scorer = audit.get(url("audit"), {"user": here.scorer.username}).context["rows"]
    assert {step.actor for step, _told in by_scorer} == {here.scorer}
    assert len(by_scorer) < len(every)
    assert audit.get(url("audit"), {"day": "2025-03-11"}).context["rows"] == []
    assert len(audit.get(url("audit"), {"day": TODAY.isoformat()}).context["rows"]) == len(every)
    assert "Nobody in your scope has that code" in text_of(audit.get(url("audit"), {"user": "niemand"}))


def test_to_narrow_it_to_one_person_asks_a_reason_and_is_kept(sign_in: SignIn, auditor: User, here: Desk) -> None:
    received(here, 3)
    sign_in(here.scorer).get(url("registry_practitioner_change", here.surgeon.pk))
    audit = sign_in(auditor)
    asked = {"person": here.surgeon.code, "show": "looks"}
    first = audit.get(url("audit"), asked)
    assert first.status_code == 302
    assert first["Location"].startswith(url("open_file", here.surgeon.pk))
    assert not AccessRecord.objects.filter(user=auditor).exists()
    opened = audit.post(first["Location"], {"reason": "核查某日的查阅记录是否合规", "step": "form"})
    assert opened["Location"].startswith(url("audit"))
    page = audit.get(opened["Location"])
    assert [record.user for record, _told in page.context["rows"]] == [auditor, here.scorer]
    assert AccessRecord.objects.get(user=auditor).kind == "history"


def test_an_administrator_of_a_province_audits_the_province(
    sign_in: SignIn, governor: User, here: Desk, auditor: User
) -> None:
    received(here, 3)
    there = elsewhere()
    look(TODAY, 13)
    agencies = {step.agency for step, _told in sign_in(auditor).get(url("audit")).context["rows"] if step.agency}
    assert there.agency in agencies
    seen = {step.agency for step, _told in sign_in(governor).get(url("audit")).context["rows"] if step.agency}
    assert seen == {here.town.agency}


def test_officers_do_not_audit_each_other(chen: Client) -> None:
    assert chen.get(url("audit")).status_code == 403


# little is asked ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [10, 1_000])
def test_no_page_of_the_desk_asks_more_whatever_there_is(
    sign_in: SignIn, administrator: User, here: Desk, rows: int
) -> None:
    crowd(here.town, rows)
    score(here.town, 9, TODAY)
    received(here, 3, who=here.nurse, number="罚字2号")
    with time_machine.travel(at(SPRING), tick=False):
        run_clocks(now=at(SPRING))
        for user in (here.town.officer, administrator):
            client = sign_in(user)
            pages = [url("index"), *(url(name) for name in COMPARING), f"{url('what_if')}?policy=cn-2023-draft"]
            pages += [url("audit"), f"{url('audit')}?show=looks"] if user == administrator else []
            for page in pages:
                with CaptureQueriesContext(connection) as asked:
                    answer = client.get(page)
                assert answer.status_code == 200, page
                assert len(asked) <= MOST_QUERIES, (page, len(asked), [each["sql"][:150] for each in asked])
                assert len(answer.content) <= MOST_BYTES, (page, len(answer.content))


# figures that a large register keeps ----------------------------------------------------------------------------------


def test_kept_figures_say_since_when_and_when_they_are_late(
    sign_in: SignIn, administrator: User, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_figures, "LARGE", -1)
    admin = sign_in(administrator)
    assert "Counted at" not in text_of(admin.get(url("regions")))
    now = timezone.now()
    count_figures(now=now)
    for name in ("regions", "shares"):
        page = text_of(admin.get(url(name)))
        assert "Counted at 03/10/2025" in page
        assert "Not counted again since" not in page
        taken = admin.get(url(name), {"format": "csv"})
        assert f"-{timezone.localtime(now):%Y-%m-%d-%H%M}.csv" in taken["Content-Disposition"]
    KeptFigures.objects.update(counted_at=now - timedelta(hours=4))
    for name in ("regions", "shares"):
        assert "Not counted again since" in text_of(admin.get(url(name)))
