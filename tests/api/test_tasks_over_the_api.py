"""The work list, talks and key supervision as programs see them."""

from datetime import date
from typing import Any

import pytest

from registry.actions.talks import open_talks
from registry.models import Task
from tests.api.conftest import NOW
from tests.api.officers import Program
from tests.api.people_of_a_case import Ward, administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

BEFORE = date(2026, 11, 27)
TALK = {"held_on": "2026-12-01", "result": "已谈话，本人承诺整改"}


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def hospital(here: Desk) -> Program:
    return Program(compliance_officer(here.town.hospital))


def talks_about(here: Desk, *points: int) -> list[Task]:
    """What follows from points of the surgeon and the nurse: the hospital owes talks."""
    for person, count in zip((here.surgeon, here.nurse), points, strict=False):
        score(here.town, count, BEFORE, who=person)
    open_talks(now=NOW)
    return list(Task.objects.filter(holder="institution").order_by("pk"))


def kinds(program: Program, query: str = "") -> list[str]:
    return [row["kind"]["code"] for row in program.read(f"tasks/{query}")["items"]]


def test_the_work_list_is_due_first_and_everybody_has_their_own(here: Desk, hospital: Program) -> None:
    Ward(here).proposed(2, 12)
    talks_about(here, 5)
    officer = Program(here.scorer)
    assert kinds(officer) == ["notify", "countersign"]
    assert kinds(officer, "?kind=notify") == ["notify"]
    assert kinds(hospital) == ["talk"]
    assert kinds(officer, "?overdue=true") == kinds(officer, "?mine=true") == []
    counts = officer.read("tasks/counts/")
    assert (counts["open"], counts["overdue"], counts["escalated"]) == (2, 0, 0)
    everything = Program(administrator()).read("tasks/")["items"]
    assert sorted(row["kind"]["code"] for row in everything) == ["countersign", "notify", "talk"]
    due = [row["due_on"] for row in everything]
    assert due == sorted(due)
    assert len(set(due)) > 1


def test_the_work_list_comes_a_page_at_a_time(here: Desk) -> None:
    Ward(here).proposed(2, 12)
    officer, address, seen = Program(here.scorer), "tasks/?limit=1", []
    while address:
        page = officer.read(address)
        seen += [row["kind"]["code"] for row in page["items"]]
        address = page["next"]
    assert seen == ["notify", "countersign"]
    shown = problem(officer.get("tasks/?after=nowhere"), 400, "malformed")
    assert [error["field"] for error in shown["errors"]] == ["after"]
    assert officer.get("tasks/?order=oldest").status_code == 400


def test_the_hospital_records_its_talk_and_the_clinic_does_not(here: Desk, hospital: Program) -> None:
    (talk,) = talks_about(here, 5)
    address = f"tasks/{talk.uuid}/"
    clinic = Program(compliance_officer(here.town.clinic))
    problem(clinic.get(address), 404, "not-found")
    problem(clinic.post(f"{address}talks/", TALK), 404, "not-found")
    problem(Program(administrator()).post(f"{address}talks/", TALK), 403, "forbidden")
    early = hospital.post(f"{address}talks/", {**TALK, "held_on": "2026-12-02"})
    assert b"held_in_future" in early.content
    done = hospital.done(f"{address}talks/", TALK)
    assert (done["state"]["code"], done["held_on"], done["held_late"]) == ("done", "2026-12-01", False)
    assert kinds(hospital) == []
    assert hospital.read(address)["result"] == TALK["result"]
    held = Program(here.scorer).read(f"practitioners/{here.surgeon.uuid}/tasks/?state=done")["items"]
    assert [row["id"] for row in held] == [str(talk.uuid)]


def test_the_agency_records_a_talk_of_an_institution_below_it_and_another_region_does_not(here: Desk) -> None:
    (talk,) = talks_about(here, 5)
    stranger = Program(desk(build("320100")).scorer)
    problem(stranger.post(f"tasks/{talk.uuid}/talks/", TALK), 404, "not-found")
    assert Program(here.scorer).done(f"tasks/{talk.uuid}/talks/", TALK)["state"]["code"] == "done"


def test_talks_held_together_are_recorded_together_or_not_at_all(here: Desk, hospital: Program) -> None:
    talks = [str(task.uuid) for task in talks_about(here, 5, 4)]
    assert len(talks) == 2
    address = f"institutions/{here.town.hospital.code}/talks/"
    strange: dict[str, Any] = {"tasks": [talks[0], str(here.surgeon.uuid)], **TALK}
    assert b"tasks[1]" in hospital.post(address, strange).content
    assert len(kinds(hospital)) == 2
    answers = [hospital.post(address, {"tasks": talks, **TALK}, idempotency_key="talks-of-december") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert kinds(hospital) == []
    problem(Program(desk(build("320100")).scorer).post(address, {"tasks": talks, **TALK}), 404, "not-found")


def test_who_is_under_key_supervision_is_told_to_those_whom_it_concerns(here: Desk, hospital: Program) -> None:
    talks_about(here, 8, 3)
    (row,) = hospital.read("key-supervision/")["items"]
    assert (row["practitioner"]["name"], row["points"]) == ("王伟", 8)
    assert row["institutions"] == [{"code": here.town.hospital.code, "name": here.town.hospital.name}]
    assert "interview" in {task["kind"]["code"] for task in row["tasks"]}
    assert Program(compliance_officer(here.town.clinic)).read("key-supervision/")["items"] == []


def test_key_supervision_goes_on_after_the_last_person_of_a_page(here: Desk) -> None:
    talks_about(here, 8, 8)
    officer, address, seen = Program(here.scorer), "key-supervision/?limit=1", []
    while address:
        page = officer.read(address)
        seen += [row["practitioner"]["code"] for row in page["items"]]
        address = page["next"]
        assert here.surgeon.code not in (address or "")
    assert seen == sorted([here.surgeon.code, here.nurse.code])
