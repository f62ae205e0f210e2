"""Points, periods and standings as programs read them, and what a correction would reach."""

from datetime import date

import pytest

from registry.models import Fact
from tests.actions.deeds import annul, revise
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

SPRING, SUMMER, AUTUMN = date(2026, 3, 2), date(2026, 7, 6), date(2026, 11, 9)


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def officer(here: Desk) -> Program:
    return Program(here.scorer)


def test_an_entry_says_what_counts_after_its_corrections(here: Desk, officer: Program) -> None:
    kept, gone = score(here.town, 5, SPRING), score(here.town, 3, SUMMER, who=here.nurse)
    revise(here.town, kept, AUTUMN, points=4)
    annul(here.town, gone, AUTUMN)
    rows = officer.read("entries/?order=oldest")["items"]
    assert [(row["scored"], row["points"], row["annulled"]) for row in rows] == [(5, 4, False), (3, 0, True)]
    shown = officer.read(f"entries/{kept.fact.origin_id}/")
    assert (shown["practitioner"]["name"], shown["situation"], shown["institution"]) == (
        "王伟", "2-99", here.town.hospital.code
    )  # fmt: skip
    assert shown["situation_words"]
    assert shown["provision"]["certainty"] in {"F", "L", "D"}
    assert [row["kind"]["code"] for row in shown["corrections"]] == ["entry_revised"]
    assert [row["id"] for row in officer.read(f"practitioners/{here.surgeon.uuid}/entries/")["items"]] == [shown["id"]]
    assert officer.read("entries/?situation=1-99")["items"][0]["scored"] == 3
    assert officer.read("entries/?counted_from=2026-08-01")["items"] == []


def test_who_is_suspended_terminated_or_near_it_on_a_day(here: Desk, officer: Program) -> None:
    score(here.town, 10, SPRING)
    score(here.town, 7, SUMMER, who=here.nurse)
    assert [
        row["practitioner"]["name"] for row in officer.read("standings/?on=2026-04-15&status=suspended")["items"]
    ] == ["王伟"]
    assert officer.read("standings/?on=2026-03-01&status=suspended")["items"] == []
    near = officer.read("standings/?status=normal&points_from=7")["items"]
    assert {(row["practitioner"]["name"], row["points"]) for row in near} == {("王伟", 10), ("李娜", 7)}
    assert officer.read(f"standings/?institution={here.town.clinic.code}")["items"] == []
    assert len(officer.read(f"standings/?institution={here.town.hospital.code}")["items"]) == 2


def test_standings_come_a_page_at_a_time_in_the_order_of_the_files(here: Desk, officer: Program) -> None:
    score(here.town, 10, SPRING)
    score(here.town, 7, SUMMER, who=here.nurse)
    address, seen = "standings/?limit=1&order=oldest", []
    while address:
        page = officer.read(address)
        seen += [row["practitioner"]["name"] for row in page["items"]]
        address = page["next"]
    assert seen == ["王伟", "李娜"]


def test_the_periods_of_a_person_are_told(here: Desk, officer: Program) -> None:
    entry = score(here.town, 12, SPRING)
    (period,) = officer.read(f"practitioners/{here.surgeon.uuid}/periods/")["items"]
    assert (period["kind"]["code"], period["single"], period["because"]) == (
        "termination", True, [str(entry.fact.origin_id)]
    )  # fmt: skip


def test_what_an_annulment_would_reach_is_shown_and_not_written(here: Desk, officer: Program) -> None:
    entry = score(here.town, 12, SPRING)
    body = {"entries": [{"entry": str(entry.fact.origin_id)}]}
    address = f"practitioners/{here.surgeon.uuid}/correction-previews/"
    found = officer.done(address, body)
    assert (found["before"]["status"]["code"], found["after"]["status"]["code"]) == ("terminated", "normal")
    assert [window["institutions"][0]["name"] for window in found["reach"]["restitution"]] == ["第一医院"]
    assert found["reach"]["periods"][0]["after"] is None
    assert "all_regions" in {each["kind"]["code"] for each in found["reach"]["recipients"]}
    lighter = officer.done(address, {"entries": [{"entry": str(entry.fact.origin_id), "points": 9}]})
    assert lighter["reach"]["totals"] == [{"year": 2026, "before": 12, "after": 9}]
    assert Fact.objects.count() == 1
    problem(Program(compliance_officer(here.town.hospital)).post(address, body), 403, "forbidden")
    other = officer.post(f"practitioners/{here.nurse.uuid}/correction-previews/", body)
    assert b"entries[0]" in other.content


def test_points_of_other_places_are_not_there(here: Desk) -> None:
    entry = score(here.town, 10, SPRING)
    elsewhere, clinic = Program(desk(build("320100")).scorer), Program(compliance_officer(here.town.clinic))
    for stranger in (elsewhere, clinic):
        assert stranger.read("entries/")["items"] == []
        assert stranger.read("standings/")["items"] == []
        problem(stranger.get(f"entries/{entry.fact.origin_id}/"), 404, "not-found")
        for what in ("entries/", "periods/"):
            problem(stranger.get(f"practitioners/{here.surgeon.uuid}/{what}"), 404, "not-found")
    problem(
        elsewhere.post(f"practitioners/{here.surgeon.uuid}/correction-previews/", {"entries": []}), 404, "not-found"
    )
    hospital = Program(compliance_officer(here.town.hospital))
    assert len(hospital.read("entries/")["items"]) == 1
    assert len(Program(administrator()).read("standings/")["items"]) == 1
