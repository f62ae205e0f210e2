"""Two files that are one person, merged and told apart again by two officers' programs."""

from datetime import date
from typing import Any

import pytest

from registry.models import FileMerge
from tests.api.officers import Program
from tests.api.people_of_a_case import compliance_officer, signed
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

REASON = "证件号码一致"


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def body(here: Desk, **more: Any) -> dict[str, Any]:
    return {"absorbed": str(here.nurse.uuid), "reason": REASON, **more}


def test_two_officers_merge_two_files_and_undo_it(here: Desk) -> None:
    score(here.town, 5, date(2026, 3, 2))
    score(here.town, 5, date(2026, 7, 6), who=here.nurse)
    officer, address = Program(here.scorer), f"practitioners/{here.surgeon.uuid}/merges/"
    seen = officer.done(f"practitioners/{here.surgeon.uuid}/merge-previews/", {"absorbed": str(here.nurse.uuid)})
    assert (seen["before"]["points"], seen["after"]["points"], seen["absorbed"]["name"]) == (5, 10, "李娜")
    problem(officer.post(address, body(here)), 409, "second-signature-missing")
    merge = officer.done(address, body(here), second_signature=signed(address, body(here), here.second))
    assert merge["confirmed_by"]["username"] == here.second.username
    assert officer.read(f"practitioners/{here.surgeon.uuid}/standing/")["points"] == 10
    assert len(officer.read(f"practitioners/{here.nurse.uuid}/entries/")["items"]) == 2
    undoing = f"merges/{merge['id']}/undoings/"
    assert officer.done(f"merges/{merge['id']}/undoing-previews/")["after"]["points"] == 5
    why = {"reason": "实为两人"}
    problem(officer.post(undoing, why), 409, "second-signature-missing")
    assert officer.done(undoing, why, second_signature=signed(undoing, why, here.second))["undone_at"]
    assert officer.read(f"practitioners/{here.surgeon.uuid}/standing/")["points"] == 5
    assert [row["reason"] for row in officer.read(address)["items"]] == [REASON]


def test_one_officer_is_not_two(here: Desk) -> None:
    address = f"practitioners/{here.surgeon.uuid}/merges/"
    own = signed(address, body(here), here.scorer)
    problem(Program(here.scorer).post(address, body(here), second_signature=own), 409, "second-signature-refused")
    compliance = compliance_officer(here.town.hospital)
    theirs = signed(address, body(here), compliance)
    problem(Program(here.scorer).post(address, body(here), second_signature=theirs), 409, "second-signature-refused")
    assert not FileMerge.objects.exists()


def test_the_same_merge_under_the_same_key_is_one(here: Desk) -> None:
    address, officer = f"practitioners/{here.surgeon.uuid}/merges/", Program(here.scorer)
    headers = {"second_signature": signed(address, body(here), here.second), "idempotency_key": "merge-of-two-files"}
    first, again = (officer.post(address, body(here), **headers) for _ in range(2))
    assert first.status_code == 201
    assert first.content == again.content
    assert FileMerge.objects.count() == 1


def test_files_of_another_region_are_not_merged(here: Desk) -> None:
    elsewhere = desk(build("320100"))
    stranger = Program(elsewhere.scorer)
    address = f"practitioners/{here.surgeon.uuid}/merges/"
    problem(stranger.get(address), 404, "not-found")
    problem(stranger.post(address, body(here)), 404, "not-found")
    mixed = Program(here.scorer).post(address, body(here, absorbed=str(elsewhere.nurse.uuid)))
    assert b'"not_known"' in mixed.content
    problem(Program(compliance_officer(here.town.hospital)).post(address, body(here)), 403, "forbidden")
    assert not FileMerge.objects.exists()
