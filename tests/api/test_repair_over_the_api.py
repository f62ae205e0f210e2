"""From an activity that is offered to a relief that is granted, as the programs of officers and of experts see it."""

import json
from datetime import date
from typing import Any

import pytest

from appeals.models import Activity, Application, Attendance
from registry.ledger.reading import standing_of
from tests.api.objecting import TODAY, administrator, compliance
from tests.api.officers import Program
from tests.api.papers import handed_in
from tests.api.settlement import problem
from tests.appeals.peers import expert, user_of
from tests.casework import Desk, desk
from tests.rules import sample_files
from tests.town import Town, build, score


@pytest.fixture
def here(town: Town) -> Desk:
    made = desk(town)
    score(town, 5, date(2026, 11, 2), who=town.nurse)
    return made


def training(here: Desk, **changes: Any) -> dict[str, Any]:
    return {
        "agency": here.town.agency.code,
        "kind": "training",
        "title": "医保政策学习",
        "starts_on": f"{TODAY}",
        "ends_on": f"{TODAY}",
        **changes,
    }


def offered(program: Program, here: Desk, **changes: Any) -> str:
    made: str = program.done("activities/", training(here, **changes))["id"]
    return f"activities/{made}/"


def enrolled(program: Program, activity: str, here: Desk) -> str:
    (part,) = program.done(f"{activity}enrolments/", {"practitioners": [str(here.nurse.uuid)]})["items"]
    return str(part["id"])


def completed(program: Program, here: Desk) -> str:
    """A part of the nurse that is completed, with its evidence."""
    activity = offered(program, here)
    part = enrolled(program, activity, here)
    result = {
        "part": part,
        "attended": True,
        "completed_on": f"{TODAY}",
        "evidence": handed_in(program, "签到表.pdf"),
    }
    (done,) = program.done(f"{activity}results/", {"results": [result]})["items"]
    assert (done["state"]["code"], done["evidence"]["name"]) == ("completed", "签到表.pdf")
    return part


def relief(here: Desk, part: str) -> dict[str, Any]:
    return {
        "kind": "relief",
        "agency": here.town.agency.code,
        "amount": 1,
        "parts": [part],
        "statement": "已认真整改，参加学习",
    }


def filed(program: Program, here: Desk) -> str:
    asked = relief(here, completed(program, here))
    made: str = program.done(f"practitioners/{here.nurse.uuid}/applications/", asked)["id"]
    return f"applications/{made}/"


def test_an_application_goes_from_the_activity_to_the_grant(here: Desk) -> None:
    agency, person = Program(here.another), f"practitioners/{here.nurse.uuid}/"
    asked = relief(here, completed(agency, here))
    assert [each["id"] for each in agency.read(f"{person}parts/")["items"]] == asked["parts"]
    (prospect,) = agency.read(f"{person}prospects/")["items"]
    assert (prospect["kind"]["code"], prospect["most"], prospect["usable"]) == ("relief", 1, asked["parts"])
    assert (prospect["sum"]["relief"]["points"], prospect["sum"]["shortening"]) == (5, None)
    question = {name: value for name, value in asked.items() if name != "statement"}
    seen = agency.done(f"{person}application-previews/", question)
    assert (seen["before"]["points"], seen["after"]["points"], Application.objects.count()) == (5, 4, 0)

    made = agency.done(f"{person}applications/", asked)
    address = f"applications/{made['id']}/"
    assert [each["id"] for each in made["support"]] == asked["parts"]
    people = [expert(here, name) for name in ("方静", "郭强")]
    possible = agency.read(f"{address}deliberators/")
    assert {each["id"] for each in possible["items"]} == {str(each.uuid) for each in people}
    called = agency.done(f"{address}calls/", {"experts": [each["id"] for each in possible["items"]]})
    assert (called["state"]["code"], len(called["calls"]), possible["needed"]) == ("deliberating", 2, 2)

    for each in people:
        program, mine = Program(user_of(each)), f"my/deliberations/{made['id']}/"
        shown = program.read(mine)
        assert (shown["sum"]["relief"]["points"], len(shown["support"])) == (5, 1)
        assert not any(word in json.dumps(shown, ensure_ascii=False) for word in ("李娜", here.nurse.code, "签到表"))
        signed = program.done(f"{mine}opinions/", {"in_favour": True, "reasons": "整改有效"})
        assert signed["in_favour"] is True
        assert len(program.read("my/deliberations/")["signed"]) == 1

    told = {"grounds": "经专家评议，同意", "document_number": "修复1号"}
    seen = agency.done(f"{address}grant-previews/")
    assert (seen["after"]["points"], seen["needs_second"]) == (4, True)
    problem(agency.post(f"{address}grants/", told), 409, "second-signature-missing")
    signature = {"address": f"/api/v1/{address}grants/", "body": told}
    second = Program(here.reviewer).done("signatures/", signature)["signature"]
    granted = agency.done(f"{address}grants/", told, second_signature=second)
    assert (granted["state"]["code"], granted["document_number"]) == ("granted", "修复1号")
    assert [each["act"] for each in granted["course"]] == ["file", "convene", "sign", "sign", "conclude", "grant"]
    assert standing_of(here.nurse, TODAY).points == 4


def test_the_hospital_offers_to_its_own_staff_and_files_for_them(here: Desk) -> None:
    hospital = Program(compliance(here))
    sent = training(here, institution=here.town.hospital.code)
    del sent["agency"]
    made = hospital.done("activities/", sent)
    activity = f"activities/{made['id']}/"
    assert (made["agency"], made["institution"]["code"], made["taken"]) == (None, here.town.hospital.code, 0)
    part = enrolled(hospital, activity, here)
    assert hospital.read(activity)["taken"] == 1
    seen = {"part": part, "attended": True, "completed_on": f"{TODAY}", "remark": "签到表存卷"}
    hospital.done(f"{activity}results/", {"results": [seen]})
    asked = relief(here, part)
    filed_one = hospital.done(f"practitioners/{here.nurse.uuid}/applications/", asked)
    assert filed_one["filed_by"]["username"] == hospital.user.username
    problem(hospital.post(f"applications/{filed_one['id']}/refusals/", {"grounds": "–"}), 403, "forbidden")


def test_results_are_recorded_for_all_or_for_none(here: Desk) -> None:
    agency = Program(here.another)
    activity = offered(agency, here)
    people = {"practitioners": [str(here.nurse.uuid), str(here.surgeon.uuid)]}
    parts = [each["id"] for each in agency.done(f"{activity}enrolments/", people)["items"]]
    good = {"part": parts[0], "attended": True, "completed_on": f"{TODAY}", "remark": "见签到表"}
    bad = {"part": parts[1], "attended": True, "completed_on": f"{TODAY}"}
    refused = problem(agency.post(f"{activity}results/", {"results": [good, bad]}), 409, "value-refused")
    assert refused["code"] == "evidence_missing"
    assert set(Attendance.objects.values_list("state", flat=True)) == {"enrolled"}
    strange = {**good, "part": str(here.nurse.uuid)}
    (error,) = problem(agency.post(f"{activity}results/", {"results": [good, strange]}), 409, "value-refused")["errors"]
    assert error["code"] == "not_known"


def test_an_enrolment_is_cancelled_and_an_activity_closed(here: Desk) -> None:
    agency = Program(here.another)
    activity = offered(agency, here, places=1)
    part = enrolled(agency, activity, here)
    full = agency.post(f"{activity}enrolments/", {"practitioners": [str(here.surgeon.uuid)]})
    assert problem(full, 409, "value-refused")["code"] == "activity_full"
    assert agency.done(f"parts/{part}/cancellations/", {"reason": "值班"})["state"]["code"] == "cancelled"
    person = f"practitioners/{here.nurse.uuid}/"
    (offer,) = agency.read(f"{person}offers/")["items"]
    assert (offer["left"], offer["part"]) == (1, None)
    assert agency.done(f"{activity}closings/")["closed_at"]
    assert agency.read(f"{person}offers/")["items"] == []
    assert [each["state"]["code"] for each in agency.read(f"{activity}parts/")["items"]] == ["cancelled"]


def test_an_activity_is_offered_by_one_side(here: Desk) -> None:
    both = training(here, institution=here.town.hospital.code)
    (error,) = problem(Program(here.another).post("activities/", both), 409, "value-refused")["errors"]
    assert error["code"] == "one_side"
    problem(Program(administrator()).post("activities/", training(here)), 403, "forbidden")


def test_the_same_offer_under_the_same_key_is_one_activity(here: Desk) -> None:
    agency = Program(here.another)
    first, again = (agency.post("activities/", training(here), idempotency_key="course-of-december") for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "sent", "state"),
    [("refusals", {"grounds": "整改不到位"}, "refused"), ("withdrawals", {"reason": "本人来信"}, "withdrawn")],
)
def test_an_application_ends_without_a_grant_and_its_activity_is_free_again(
    here: Desk, act: str, sent: dict[str, Any], state: str
) -> None:
    agency = Program(here.another)
    address = filed(agency, here)
    assert agency.done(f"{address}{act}/", sent)["state"]["code"] == state
    (prospect,) = agency.read(f"practitioners/{here.nurse.uuid}/prospects/")["items"]
    assert (len(prospect["usable"]), prospect["pending"]) == (1, None)


def test_an_expert_stands_aside_and_sees_only_what_they_were_asked(here: Desk) -> None:
    agency = Program(here.another)
    one, two, other = (expert(here, name) for name in ("方静", "郭强", "韩梅"))
    address = filed(agency, here)
    agency.done(f"{address}calls/", {"experts": [str(one.uuid), str(two.uuid)]})
    mine = f"my/deliberations/{address.split('/')[1]}/"
    called, idle = Program(user_of(one)), Program(user_of(other))
    assert len(called.read("my/deliberations/")["waiting"]) == 1
    assert idle.read("my/deliberations/")["waiting"] == []
    problem(idle.get(mine), 404, "not-found")
    problem(idle.post(f"{mine}opinions/", {"in_favour": True, "reasons": "–"}), 404, "not-found")
    called.done(f"{mine}standings-aside/", {"reason": "同学"})
    problem(called.get(mine), 404, "not-found")
    for closed in (address, "applications/", "activities/"):
        problem(called.get(closed), 403, "forbidden")


def test_repair_of_another_region_is_not_there(here: Desk) -> None:
    agency = Program(here.another)
    address = filed(agency, here)
    part = Attendance.objects.get()
    assert agency.get(f"parts/{part.uuid}/evidence/").content == sample_files.pdf()
    elsewhere = Program(desk(build("320100")).another)
    activity = f"activities/{part.activity.uuid}/"
    for read in (address, f"{address}sum/", f"{address}deliberators/", activity, f"parts/{part.uuid}/evidence/"):
        problem(elsewhere.get(read), 404, "not-found")
    problem(elsewhere.get(f"practitioners/{here.nurse.uuid}/prospects/"), 404, "not-found")
    for act, sent in (
        (f"{address}refusals/", {"grounds": "–"}),
        (f"{address}grant-previews/", {}),
        (f"{activity}closings/", {}),
        (f"parts/{part.uuid}/cancellations/", {}),
        (f"practitioners/{here.nurse.uuid}/applications/", relief(here, str(part.uuid))),
    ):
        problem(elsewhere.post(act, sent), 404, "not-found")
    assert elsewhere.read("applications/")["items"] == []
