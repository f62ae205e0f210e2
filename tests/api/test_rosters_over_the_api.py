"""A hospital's program hands in its staff list, sees what would change, and has it applied."""

import io
from base64 import b64encode
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from registry.models import Practitioner, RosterJob
from registry.rosters import jobs, waking
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import desk
from tests.town import Town, build

HEADINGS = "机构编码,人员代码,姓名,性别,人员类别\n"
GOOD = (
    HEADINGS
    + "H51010000001,D510100000001,王伟,男,医师\n"
    + "H51010000001,N510100000002,李娜,女,护士\n"
    + "H51010000001,D510100000500,新来的,男,医师\n"
)
MIXED = GOOD + "H51010000001,D510100000501,,男,医师\n"


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "wake_workers", lambda: None)


@pytest.fixture
def hospital(town: Town) -> Program:
    return Program(compliance_officer(town.hospital))


def sheet(text: str) -> dict[str, Any]:
    return {"filename": "名单.csv", "content": b64encode(text.encode("gb18030")).decode()}


def uploaded(program: Program, town: Town, text: str) -> str:
    """The address of an import whose check is over."""
    made = program.done(f"institutions/{town.hospital.code}/rosters/", sheet(text))
    assert (made["state"]["code"], made["working"], made["applicable"]) == ("uploaded", True, False)
    jobs.work_due(clock=timezone.now)
    return f"rosters/{made['id']}/"


def test_a_roster_is_checked_shown_and_applied(hospital: Program, town: Town) -> None:
    address = uploaded(hospital, town, GOOD)
    shown = hospital.read(address)
    assert (shown["state"]["code"], shown["applicable"], shown["counts"]["new"]) == ("checked", True, 1)
    (row,) = hospital.read(f"{address}rows/?outcome=new")["items"]
    assert (row["name"], row["number"], row["registers"], row["problems"]) == ("新来的", 4, True, [])
    assert not Practitioner.objects.filter(name="新来的").exists()
    assert hospital.done(f"{address}acceptances/")["state"]["code"] == "applying"
    jobs.work_due(clock=timezone.now)
    assert hospital.read(address)["state"]["code"] == "applied"
    assert Practitioner.objects.filter(name="新来的").exists()


def test_rows_that_are_wrong_say_why_and_the_good_ones_can_be_taken(hospital: Program, town: Town) -> None:
    address = uploaded(hospital, town, MIXED)
    (wrong,) = hospital.read(f"{address}rows/?outcome=wrong")["items"]
    assert wrong["number"] == 5
    assert wrong["codes"]
    assert len(wrong["problems"]) == len(wrong["codes"])
    assert b"not_all_right" in hospital.post(f"{address}acceptances/").content
    assert b"row_not_acceptable" in hospital.post(f"{address}acceptances/", {"rows": [4, 5]}).content
    assert hospital.done(f"{address}acceptances/", {"rows": [4]})["state"]["code"] == "applying"


def test_the_report_is_the_sheet_with_what_is_wrong_in_its_first_column(hospital: Program, town: Town) -> None:
    address = uploaded(hospital, town, MIXED)
    report = hospital.get(
        f"{address}report/", accept="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    assert report.status_code == 200
    assert report["Content-Disposition"].startswith("attachment")
    sheet_of = load_workbook(io.BytesIO(report.content)).active
    assert sheet_of is not None
    assert [bool(row[0].value) for row in sheet_of.iter_rows(min_row=2)] == [False, False, False, True]


def test_what_is_no_roster_is_refused_with_its_reason(hospital: Program, town: Town) -> None:
    shown = hospital.read(uploaded(hospital, town, "%PDF-1.7"))
    assert shown["state"]["code"] == "refused"
    assert shown["problem"]
    assert shown["problem_text"]
    bad = {"filename": "名单.csv", "content": "§§"}
    found = problem(hospital.post(f"institutions/{town.hospital.code}/rosters/", bad), 400, "malformed")
    assert [(error["field"], error["code"]) for error in found["errors"]] == [("content", "not_base64")]


def test_the_same_roster_under_the_same_key_is_one_import(hospital: Program, town: Town) -> None:
    address = f"institutions/{town.hospital.code}/rosters/"
    first, again = (hospital.post(address, sheet(GOOD), idempotency_key="roster-of-december") for _ in range(2))
    assert first.status_code == 201
    assert first.content == again.content
    assert RosterJob.objects.count() == 1


def test_an_import_that_was_accepted_meanwhile_is_not_accepted_again(hospital: Program, town: Town) -> None:
    address = uploaded(hospital, town, GOOD)
    tag = hospital.get(address)["ETag"]
    hospital.done(f"{address}acceptances/")
    problem(hospital.post(f"{address}acceptances/", {}, if_match=tag), 412, "stale")
    assert b"not_checked" in hospital.post(f"{address}acceptances/").content


def test_a_roster_is_nobody_elses(hospital: Program, town: Town) -> None:
    address = uploaded(hospital, town, GOOD)
    clinic, elsewhere = Program(compliance_officer(town.clinic)), Program(desk(build("320100")).scorer)
    for stranger in (clinic, elsewhere):
        assert stranger.read("rosters/")["items"] == []
        for what in ("", "rows/", "report/"):
            problem(stranger.get(f"{address}{what}"), 404, "not-found")
        problem(stranger.post(f"{address}acceptances/"), 404, "not-found")
        problem(stranger.post(f"institutions/{town.hospital.code}/rosters/", sheet(GOOD)), 404, "not-found")
    root = Program(administrator())
    assert len(root.read("rosters/")["items"]) == 1
    problem(root.post(f"{address}acceptances/"), 403, "forbidden")
