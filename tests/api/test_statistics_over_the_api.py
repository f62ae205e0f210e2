"""Figures as programs read them: within the scope, by what is asked, and refused where nothing can be known."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Certificate
from tests.api.officers import Program
from tests.api.people_of_a_case import Ward, administrator, compliance_officer, staff
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, at, build, score

SPRING, SUMMER = date(2026, 3, 2), date(2026, 7, 6)


@pytest.fixture
def here(town: Town) -> Desk:
    found = desk(town)
    score(town, 10, SPRING)
    score(town, 3, SUMMER, who=found.nurse)
    return found


@pytest.fixture
def far() -> Desk:
    found = desk(build("320100"))
    score(found.town, 12, SUMMER)
    return found


def test_points_are_told_by_what_is_asked(here: Desk) -> None:
    officer = Program(here.scorer)
    shown = officer.read("statistics/points/?by=situation")
    assert [(group["key"], group["points"]) for group in shown["groups"]] == [("4-99", 10), ("1-99", 3)]
    assert all(group["name"] != group["key"] for group in shown["groups"])
    by_month = officer.read("statistics/points/?by=month&from_day=2026-04-01")["groups"]
    assert [(group["key"], group["points"], group["people"]) for group in by_month] == [("2026-07", 3, 1)]
    (city,) = officer.read("statistics/points/?by=city")["groups"]
    assert (city["key"], city["entries"], city["scored"]) == ("510100", 2, 13)


def test_points_and_sanctions_are_told_by_specialty_with_as_many_questions_however_many_there_are(here: Desk) -> None:
    officer = Program(here.scorer)
    officer.read("statistics/points/")  # the first question of a minute notes the use of the key
    costs: list[list[int]] = []
    for more in (0, 9):
        for number, person in enumerate([here.town.surgeon, *staff(here, more)]):
            scope = {"scope": f"专业{number}", "recorded_at": at(SPRING)}
            Certificate.objects.get_or_create(practitioner=person, number="证1", defaults=scope)
            if number:
                score(here.town, 1, SUMMER, who=person, number=f"罚字{number}号")
        costs.append([])
        for what in ("points", "sanctions", "relief"):
            with CaptureQueriesContext(connection) as asked:
                officer.read(f"statistics/{what}/?by=specialty")
            costs[-1].append(len(asked))
    assert costs[0] == costs[1]
    groups = officer.read("statistics/points/?by=specialty")["groups"]
    assert [(group["key"], group["points"]) for group in groups[:2]] == [("专业0", 10), ("", 3)]
    assert len(groups) == 11
    (group,) = officer.read("statistics/sanctions/?by=specialty")["groups"]
    assert (group["key"], group["suspensions"]) == ("专业0", 1)


def test_sanctions_are_told_where_the_person_was_registered(here: Desk) -> None:
    (group,) = Program(here.scorer).read("statistics/sanctions/?by=institution")["groups"]
    assert (group["key"], group["name"], group["suspensions"], group["terminations"], group["people"]) == (
        here.town.hospital.code, here.town.hospital.name, 1, 0, 1
    )  # fmt: skip


def test_deadlines_are_told_by_task(here: Desk) -> None:
    Ward(here).proposed(1, 12)
    groups = Program(here.scorer).read("statistics/deadlines/")["groups"]
    assert {(group["key"], group["tasks"], group["open"], group["days"]) for group in groups} == {
        ("countersign", 1, 1, None),
        ("identify", 3, 0, 0.0),
        ("notify", 1, 1, None),
    }
    (one,) = Program(here.scorer).read("statistics/deadlines/?task=notify&by=agency")["groups"]
    assert one["key"] == here.town.agency.code


def test_relief_is_told_even_where_there_is_none(here: Desk) -> None:
    assert Program(here.scorer).read("statistics/relief/?by=month")["groups"] == []


def test_everybody_counts_only_what_concerns_them(here: Desk, far: Desk) -> None:
    for what in ("points", "sanctions"):
        everywhere = Program(administrator()).read(f"statistics/{what}/?by=province")["groups"]
        assert {group["key"] for group in everywhere} == {"510000", "320000"}
        ours = Program(here.scorer).read(f"statistics/{what}/?by=province")["groups"]
        assert [group["key"] for group in ours] == ["510000"]
        assert Program(compliance_officer(here.town.clinic)).read(f"statistics/{what}/")["groups"] == []
        hospital = Program(compliance_officer(far.town.hospital)).read(f"statistics/{what}/")["groups"]
        assert [group["key"] for group in hospital] == ["320100"]
        only = Program(administrator()).read(f"statistics/{what}/?by=province&region=320000")["groups"]
        assert [group["key"] for group in only] == ["320000"]


def test_the_same_situation_is_compared_between_regions_and_officers(here: Desk, far: Desk) -> None:
    score(here.town, 12, SUMMER, who=staff(here, 1)[0])
    root = Program(administrator())
    found = {each["situation"]: each for each in root.read("statistics/consistency/?fewest=1")["situations"]}
    assert (found["4-99"]["difference"], found["4-99"]["decisions"]) == (1.0, 3)
    assert [(group["key"], group["mean"]) for group in found["4-99"]["groups"]] == [("320100", 12.0), ("510100", 11.0)]
    assert found["1-99"]["difference"] is None
    by_officer = root.read("statistics/consistency/?by=officer&fewest=1")["situations"]
    assert {group["key"] for each in by_officer for group in each["groups"]} == {
        here.town.officer.username,
        far.town.officer.username,
    }
    problem(Program(compliance_officer(here.town.hospital)).get("statistics/consistency/"), 403, "forbidden")


def test_of_many_groups_those_with_the_most_decisions_are_told_and_all_are_counted(here: Desk, far: Desk) -> None:
    score(here.town, 12, SUMMER, who=staff(here, 1)[0])
    root = Program(administrator())
    (one,) = root.read("statistics/consistency/?fewest=1&situation=4-99&limit=1")["situations"]
    assert [group["key"] for group in one["groups"]] == ["510100"]
    assert (one["decisions"], one["difference"], one["groups_in_all"], one["more"]) == (3, 1.0, 2, True)
    every = root.read("statistics/consistency/?fewest=1")["situations"]
    assert not any(each["more"] for each in every)
    assert all(each["groups_in_all"] == len(each["groups"]) for each in every)
    problem(root.get("statistics/consistency/?limit=1001"), 400, "malformed")


def test_shares_of_staff_stand_against_the_thresholds(here: Desk, far: Desk) -> None:
    officer = Program(here.scorer)
    (row,) = officer.read("statistics/shares/?year=2026")["items"]
    assert (row["institution"]["code"], row["share"]["per_cent"], row["share"]["reached"]["per_cent"]) == (
        here.town.hospital.code, 50.0, 50
    )  # fmt: skip
    assert [line["per_cent"] for line in row["thresholds"]] == [20, 50]
    staff(here, 20)
    assert officer.read("statistics/shares/?reached=true")["items"] == []
    assert len(officer.read("statistics/shares/")["items"]) == 1
    assert officer.read("statistics/shares/?year=2025")["items"] == []
    assert len(Program(administrator()).read("statistics/shares/")["items"]) == 2


@pytest.mark.parametrize(
    "query", ["by=colour", "from_day=2026-05-01&until=2026-04-01", "region=999999", "limit=0", "limit=x", "colour=red"]
)
def test_what_is_asked_must_make_sense(here: Desk, query: str) -> None:
    problem(Program(here.scorer).get(f"statistics/points/?{query}"), 400, "malformed")
