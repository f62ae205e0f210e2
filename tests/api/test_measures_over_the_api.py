"""What an agency does about a hospital where too many are suspended, by its officers' programs."""

from datetime import date
from typing import Any

import pytest

from registry.models import InstitutionMeasure
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer, signed, staff
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

DECISION = {"starts_on": "2026-12-02", "document_number": "停拨1号"}


@pytest.fixture
def here(town: Town) -> Desk:
    """Two of six are suspended: a third, which is more than a fifth and less than half."""
    found = desk(town)
    staff(found, 4)
    for person in (found.surgeon, found.nurse):
        score(town, 9, date(2026, 11, 2), who=person)
    return found


def wanted(here: Desk, **more: Any) -> dict[str, Any]:
    return {
        "kind": "settlement_paused",
        "year": 2026,
        "grounds": "暂停人次达到比例",
        "agency": here.town.agency.code,
        **more,
    }


def place(here: Desk) -> str:
    return f"institutions/{here.town.hospital.code}/"


def test_a_measure_is_proposed_decided_by_two_others_and_ended(here: Desk) -> None:
    proposing, deciding = Program(here.scorer), Program(here.second)
    seen = proposing.done(f"{place(here)}measure-previews/", {"kind": "settlement_paused", "year": 2026})
    assert (seen["share"]["person_times"], seen["share"]["staff"], seen["reached"]["per_cent"]) == (2, 6, 20)
    measure = proposing.done(f"{place(here)}measures/", wanted(here))
    address = f"measures/{measure['id']}/"
    assert b"proposer_decides" in proposing.post(f"{address}decision-previews/", {"starts_on": "2026-12-02"}).content
    assert deciding.done(f"{address}decision-previews/", {"starts_on": "2026-12-02"})["staff_concerned"] == 6
    problem(deciding.post(f"{address}decisions/", DECISION), 409, "second-signature-missing")
    by_two = {"second_signature": signed(f"{address}decisions/", DECISION, here.reviewer)}
    decided = deciding.done(f"{address}decisions/", DECISION, **by_two)
    assert (decided["state"]["code"], decided["starts_on"], decided["ends_on"]) == ("in_force", "2026-12-02", None)
    assert deciding.done(f"{address}ending-previews/", {"ends_on": "2026-12-12"})["days"] == 10
    ended = deciding.done(f"{address}endings/", {"ends_on": "2026-12-12", "reason": "整改验收合格"})
    assert (ended["state"]["code"], ended["ends_on"]) == ("ended", "2026-12-12")
    steps = deciding.read(f"{address}steps/?order=oldest")["items"]
    assert [step["act"]["code"] for step in steps] == ["propose", "decide", "end"]


def test_a_proposal_is_dropped_and_what_is_too_graver_is_refused(here: Desk) -> None:
    officer = Program(here.scorer)
    graver = officer.post(f"{place(here)}measures/", wanted(here, kind="agreement_suspended"))
    assert b"share_too_low" in graver.content
    measure = officer.done(f"{place(here)}measures/", wanted(here))
    dropped = officer.done(f"measures/{measure['id']}/drops/", {"reason": "机构已主动整改"})
    assert dropped["state"]["code"] == "dropped"


def test_the_same_proposal_under_the_same_key_is_one_measure(here: Desk) -> None:
    officer, address = Program(here.scorer), f"{place(here)}measures/"
    first, again = (officer.post(address, wanted(here), idempotency_key="measure-of-2026") for _ in range(2))
    assert first.status_code == 201
    assert first.content == again.content
    assert InstitutionMeasure.objects.count() == 1


def test_an_act_on_another_version_of_a_measure_is_refused(here: Desk) -> None:
    officer = Program(here.scorer)
    address = f"measures/{officer.done(f'{place(here)}measures/', wanted(here))['id']}/"
    tag = officer.get(address)["ETag"]
    signature = signed(f"{address}decisions/", DECISION, here.reviewer)
    Program(here.second).done(f"{address}decisions/", DECISION, second_signature=signature)
    problem(officer.post(f"{address}drops/", {"reason": "–"}, if_match=tag), 412, "stale")


def test_the_assessment_shows_the_people_behind_the_share(here: Desk) -> None:
    hospital = Program(compliance_officer(here.town.hospital))
    shown = hospital.read(f"{place(here)}assessments/2026/")
    assert (shown["share"]["per_cent"], shown["suspended"], shown["terminated"], shown["final"]) == (33.3, 2, 0, False)
    assert {person["practitioner"]["name"] for person in shown["people"]} == {"王伟", "李娜"}
    assert [line["per_cent"] for line in shown["thresholds"]] == [20, 50]
    assert hospital.read(f"{place(here)}assessments/2025/")["share"]["person_times"] == 0
    problem(hospital.get(f"{place(here)}assessments/2027/"), 404, "not-found")


def test_measures_are_for_their_agency_and_seen_by_those_whom_they_concern(here: Desk) -> None:
    measure = Program(here.scorer).done(f"{place(here)}measures/", wanted(here))
    address = f"measures/{measure['id']}/"
    hospital, clinic = (Program(compliance_officer(each)) for each in (here.town.hospital, here.town.clinic))
    elsewhere = Program(desk(build("320100")).scorer)
    assert hospital.read(address)["id"] == Program(administrator()).read(address)["id"] == measure["id"]
    problem(hospital.post(f"{place(here)}measures/", wanted(here)), 403, "forbidden")
    problem(hospital.post(f"{address}drops/", {"reason": "–"}), 403, "forbidden")
    for stranger in (clinic, elsewhere):
        assert stranger.read("measures/")["items"] == []
        problem(stranger.get(address), 404, "not-found")
        problem(stranger.get(f"{place(here)}assessments/2026/"), 404, "not-found")
    problem(elsewhere.post(f"{address}drops/", {"reason": "–"}), 404, "not-found")
    problem(elsewhere.post(f"{place(here)}measures/", wanted(here)), 404, "not-found")
