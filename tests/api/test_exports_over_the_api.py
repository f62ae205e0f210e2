"""Whole lists to take away: by scope, in order, to be gone on with, and without formulas."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from registry.api.downloads import CSV, NDJSON, XLSX
from registry.models import Practitioner
from registry.queries import exports
from tests.api.officers import Program
from tests.api.people_of_a_case import Ward, administrator, compliance_officer, staff
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

LISTS = ("practitioners", "facts", "changes", "tasks")


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def text_of(answer: Response) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams


def table(program: Program, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(program.get(address, accept=CSV)).splitlines()))


def rows(program: Program, address: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(program.get(address, accept=NDJSON)).splitlines()]


def test_everybody_comes_with_their_standing_of_the_day(here: Desk) -> None:
    score(here.town, 10, date(2026, 3, 2))
    officer = Program(here.scorer)
    suspended, normal = table(officer, "practitioners/exports/?on=2026-04-15")
    assert (suspended["code"], suspended["status"], suspended["points"]) == (here.surgeon.code, "suspended", "10")
    assert (normal["name"], normal["status"], normal["until"]) == ("李娜", "normal", "")
    assert normal["institutions"] == here.town.hospital.code
    assert {row["status"] for row in rows(officer, "practitioners/exports/?on=2026-03-01")} == {"normal"}


def test_facts_changes_and_tasks_are_the_same_in_both_forms(here: Desk) -> None:
    score(here.town, 10, date(2026, 3, 2))
    Ward(here).proposed(2, 12)
    officer = Program(here.scorer)
    for what, expected in (("facts", 1), ("changes", 1), ("tasks", 2)):
        as_text, as_json = table(officer, f"{what}/exports/"), rows(officer, f"{what}/exports/")
        assert len(as_text) == len(as_json) == expected
        assert [row["number"] for row in as_text] == [str(row["number"]) for row in as_json]
        assert list(as_text[0]) == list(as_json[0])
    assert rows(officer, "facts/exports/")[0]["points"] == 10
    assert rows(officer, "facts/exports/?since=2026-03-03") == []


def test_who_was_cut_off_goes_on_after_the_last_row(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    staff(here, 5)
    monkeypatch.setattr(exports, "BATCH", 2)
    officer = Program(here.scorer)
    whole = rows(officer, "practitioners/exports/")
    assert len(whole) == 7
    assert [row["number"] for row in whole] == sorted(row["number"] for row in whole)
    assert rows(officer, f"practitioners/exports/?after={whole[2]['number']}") == whole[3:]


def test_nothing_in_a_table_is_taken_for_a_formula(here: Desk) -> None:
    Practitioner.objects.filter(pk=here.nurse.pk).update(name='=HYPERLINK("x")')
    officer = Program(here.scorer)
    assert table(officer, "practitioners/exports/")[1]["name"] == '\'=HYPERLINK("x")'
    assert rows(officer, "practitioners/exports/")[1]["name"] == '=HYPERLINK("x")'


def test_an_export_is_as_narrow_as_its_scope(here: Desk) -> None:
    score(here.town, 10, date(2026, 3, 2))
    Ward(here).proposed(2, 12)
    for stranger in (Program(compliance_officer(here.town.clinic)), Program(desk(build("320100")).reviewer)):
        known = {row["code"] for what in LISTS for row in rows(stranger, f"{what}/exports/")}
        assert not known & {here.surgeon.code, here.nurse.code}
    assert len(rows(Program(administrator()), "practitioners/exports/")) == 4


def test_the_staff_of_an_institution_is_a_workbook_without_document_numbers(here: Desk) -> None:
    address = f"institutions/{here.town.hospital.code}/staff/exports/"
    answer = Program(compliance_officer(here.town.hospital)).get(address, accept=XLSX)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["王伟", "李娜"]
    problem(Program(compliance_officer(here.town.clinic)).get(address), 404, "not-found")


def test_what_is_asked_must_be_known(here: Desk) -> None:
    officer = Program(here.scorer)
    problem(officer.get("practitioners/exports/?on=yesterday"), 400, "malformed")
    problem(officer.get("tasks/exports/?colour=red"), 400, "malformed")
    problem(officer.get("tasks/exports/", accept="image/png"), 406, "not-acceptable")
    answer = officer.get("practitioners/exports/?format=ndjson")
    assert answer["Content-Type"].startswith(NDJSON)
    assert answer["Content-Disposition"] == 'attachment; filename="practitioners-2026-12-01.ndjson"'
