"""An objection from the paper to its decision, as the programs of an agency and of a hospital see it."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.models import Objection
from registry.actions.registrations import register_at
from registry.ledger.reading import standing_of
from registry.models import Assignment, Fact, Role, User
from tests.api.objecting import TODAY, TOLD_ON, compliance, in_review, on_paper, proposed, results, taken_in
from tests.api.officers import Program
from tests.api.papers import handed_in
from tests.api.settlement import problem
from tests.casework import Desk, desk, received
from tests.rules import sample_files
from tests.town import LAW_BEGINS, Town, at, build, score


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def test_an_objection_with_two_points_is_won_on_one(here: Desk) -> None:
    proposal = proposed(here, 3, 5)
    agency, reviewing = Program(here.another), Program(here.reviewer)
    sent = on_paper(proposal, "不是我做的", "情节较轻", statement="第一段。\n第二段。")
    sent["points"][0]["evidence"] = [{"file": handed_in(agency), "title": "手术记录"}]
    made = agency.done(f"proposals/{proposal.uuid}/paper-objections/", sent)
    address = f"objections/{made['id']}/"
    assert (made["state"]["code"], made["statement"]) == ("filed", "第一段。\n第二段。")
    assert [(each["number"], each["at_stake"]) for each in made["points"]] == [(1, 3), (2, 5)]

    possible = [each["username"] for each in agency.read(f"{address}reviewers/")["items"]]
    assert here.reviewer.username in possible
    assert here.scorer.username not in possible
    in_review(here, address)

    (evidence,) = reviewing.read(address)["points"][0]["evidence"]
    assert evidence["title"] == "手术记录"
    assert reviewing.get(f"files/{evidence['file']['id']}/content/").content == sample_files.pdf()

    outcome = {"results": results("annulled", "upheld")}
    seen = reviewing.done(f"{address}decision-previews/", outcome)
    assert (seen["before"]["points"], seen["after"]["points"], seen["needs_second"]) == (0, 5, False)
    assert not Fact.objects.exists()
    tag = reviewing.get(address)["ETag"]
    told = {**outcome, "decision": "第一项撤销，第二项维持。", "document_number": "复核1号"}
    decided = reviewing.done(f"{address}decisions/", told, if_match=tag)
    assert [each["result"] for each in decided["points"]] == ["annulled", "upheld"]
    assert standing_of(here.surgeon, TODAY).points == 5

    course = reviewing.read(f"{address}course/")
    assert [each["act"] for each in course["stages"]] == ["file", "assign", "decide"]
    assert course["next"] == []


def test_the_hospital_objects_with_the_signed_page_and_adds_what_comes_later(here: Desk) -> None:
    proposal, program = proposed(here, 6), Program(compliance(here))
    sent = {
        "institution": here.town.hospital.code,
        "signature": handed_in(program, "签字页.pdf"),
        "statement": "手术必要",
    }
    made = program.done(f"proposals/{proposal.uuid}/signed-objections/", sent)
    assert (made["via"]["code"], made["signature"]["name"]) == ("institution", "签字页.pdf")
    address = f"objections/{made['id']}/"
    program.done(f"{address}words/", {"words": "另有会诊记录"})
    added = program.done(f"{address}points/1/evidence/", {"evidence": [{"file": handed_in(program, "会诊.pdf")}]})
    assert [each["title"] for each in added["points"][0]["evidence"]] == ["会诊.pdf"]
    problem(program.post(f"{address}assignments/", {"reviewer": here.reviewer.username}), 403, "forbidden")
    problem(program.post(f"proposals/{proposal.uuid}/paper-objections/", on_paper(proposal, "–")), 403, "forbidden")


def test_the_same_filing_under_the_same_key_is_one_objection(here: Desk) -> None:
    proposal, program = proposed(here, 6), Program(here.another)
    address, sent = f"proposals/{proposal.uuid}/paper-objections/", on_paper(proposal, "不是我")
    first, again = (program.post(address, sent, idempotency_key="letter-of-1-december") for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert again["Idempotency-Replayed"] == "true"
    assert Objection.objects.count() == 1


def test_a_late_objection_is_refused_or_kept_with_its_cause_until_an_officer_admits_it(here: Desk) -> None:
    proposal = received(here, 6, on=date(2026, 9, 1))
    program = Program(here.another)
    address = f"proposals/{proposal.uuid}/paper-objections/"
    refused = program.post(address, on_paper(proposal, "不是我"))
    assert problem(refused, 409, "refused")["code"]
    made = program.done(address, on_paper(proposal, "不是我", good_cause="住院"))
    assert made["state"]["code"] == "late"
    admitted = program.done(f"objections/{made['id']}/admissions/", {"grounds": "住院证明属实"})
    assert admitted["state"]["code"] == "filed"


def test_a_late_objection_can_be_refused(here: Desk) -> None:
    proposal = received(here, 6, on=date(2026, 9, 1))
    address = taken_in(here, proposal, "不是我", good_cause="忘记了")
    refused = Program(here.another).done(f"{address}refusals/", {"grounds": "不是正当理由"})
    assert refused["state"]["code"] == "refused"


@pytest.mark.parametrize(
    ("act", "sent", "state"),
    [
        ("withdrawals", {"reason": "本人来信"}, "withdrawn"),
        ("closings", {"grounds": "属人事争议"}, "out_of_scope"),
    ],
)
def test_an_objection_ends_without_a_decision(here: Desk, act: str, sent: dict[str, Any], state: str) -> None:
    address = taken_in(here, proposed(here, 6), "不是我")
    assert Program(here.another).done(f"{address}{act}/", sent)["state"]["code"] == state


def test_the_hospital_countersigns_and_the_reviewer_classifies(here: Desk) -> None:
    address = taken_in(here, proposed(here, 6), "指征明确")
    program = Program(compliance(here))
    signed = program.done(f"{address}countersignatures/", {"institution": here.town.hospital.code})
    assert signed["countersigned_by"]["username"] == program.user.username
    in_review(here, address)
    professional = {"professional": True, "grounds": "手术指征"}
    (point,) = Program(here.reviewer).done(f"{address}points/1/classifications/", professional)["points"]
    assert point["professional"] is True
    other = Program(here.another).post(f"{address}points/1/classifications/", {**professional, "professional": False})
    assert problem(other, 409, "refused")["code"] == "not_the_reviewer"
    problem(Program(here.reviewer).post(f"{address}points/2/classifications/", professional), 404, "not-found")


def test_what_is_wrong_with_a_point_is_named_at_its_member(here: Desk) -> None:
    proposal = proposed(here, 3, 5)
    address = taken_in(here, proposal, "不是我", "算错了")
    in_review(here, address)
    reviewing = Program(here.reviewer)
    raised = results("upheld", "reduced")
    raised[1]["points"] = 7
    shown = problem(reviewing.post(f"{address}decision-previews/", {"results": raised}), 409, "value-refused")
    assert [(each["field"], each["code"]) for each in shown["errors"]] == [
        ("results[1].points", "reduction_does_not_lower")
    ]
    wrong = [*results("upheld"), {**results("upheld")[0]}, {**results("upheld")[0], "point": 9}]
    shown = problem(reviewing.post(f"{address}decision-previews/", {"results": wrong}), 409, "value-refused")
    assert [(each["field"], each["code"]) for each in shown["errors"]] == [
        ("results[1].point", "repeated_member"),
        ("results[2].point", "not_known"),
    ]
    strange = on_paper(proposal, "–")
    strange["points"][0]["item"] = 999_999
    answer = Program(here.another).post(f"proposals/{proposal.uuid}/paper-objections/", strange)
    (error,) = problem(answer, 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("points[0].item", "not_known")


def test_a_decision_that_annuls_an_entry_needs_two_people(here: Desk) -> None:
    entry = score(here.town, 5, date(2026, 11, 2))
    entries = {"received_on": f"{TODAY}", "entries": [str(entry.fact.origin_id)], "statement": "不是我"}
    made = Program(here.another).done(f"practitioners/{here.surgeon.uuid}/paper-appeals/", entries)
    assert (made["kind"]["code"], made["points"][0]["entry"]) == ("recorded_points", str(entry.fact.origin_id))
    address = f"objections/{made['id']}/"
    in_review(here, address)
    reviewing = Program(here.reviewer)
    told = {"results": results("annulled"), "decision": "撤销", "document_number": "复核2号"}
    seen = reviewing.done(f"{address}decision-previews/", {"results": told["results"]})
    assert (seen["needs_second"], seen["reach"]["totals"]) == (True, [{"year": 2026, "before": 5, "after": 0}])
    assert "practitioner" in [each["kind"]["code"] for each in seen["reach"]["recipients"]]
    problem(reviewing.post(f"{address}decisions/", told), 409, "second-signature-missing")
    signed = {"address": f"/api/v1/{address}decisions/", "body": told}
    part = Program(compliance(here)).done("signatures/", signed)["signature"]
    problem(reviewing.post(f"{address}decisions/", told, second_signature=part), 409, "second-signature-refused")
    second = Program(here.another).done("signatures/", signed)["signature"]
    decided = reviewing.done(f"{address}decisions/", told, second_signature=second)
    assert decided["state"]["code"] == "decided"
    assert standing_of(here.surgeon, TODAY).points == 0


def test_an_appeal_against_the_standing_is_about_the_entries_behind_it(here: Desk) -> None:
    entry = score(here.town, 5, date(2026, 11, 2))
    program = Program(compliance(here))
    sent = {
        "institution": here.town.hospital.code,
        "signature": handed_in(program),
        "standing": True,
        "statement": "处理过重",
    }
    made = program.done(f"practitioners/{here.surgeon.uuid}/signed-appeals/", sent)
    assert made["kind"]["code"] == "standing"
    assert [each["entry"] for each in made["points"]] == [str(entry.fact.origin_id)]


def test_an_objection_of_another_region_is_not_there(here: Desk) -> None:
    proposal = proposed(here, 6)
    address = taken_in(here, proposal, "不是我")
    elsewhere = desk(build("320100"))
    for user in (elsewhere.reviewer, compliance(elsewhere)):
        program = Program(user)
        problem(program.get(address), 404, "not-found")
        problem(program.get(f"{address}course/"), 404, "not-found")
        problem(program.post(f"{address}words/", {"words": "–"}), 404, "not-found")
        assert program.read("objections/")["items"] == []
    officer = Program(elsewhere.reviewer)
    problem(officer.post(f"{address}decision-previews/", {"results": results("upheld")}), 404, "not-found")
    problem(officer.post(f"proposals/{proposal.uuid}/paper-objections/", on_paper(proposal, "–")), 404, "not-found")
    appeal = {"received_on": f"{TODAY}", "standing": True, "statement": "–"}
    problem(officer.post(f"practitioners/{here.surgeon.uuid}/paper-appeals/", appeal), 404, "not-found")


def test_an_agency_reads_but_does_not_act_on_what_is_before_another_one(here: Desk) -> None:
    address, elsewhere = taken_in(here, proposed(here, 6), "不是我"), desk(build("320100"))
    register_at(
        practitioner=here.surgeon,
        institution=elsewhere.town.hospital,
        starts_on=LAW_BEGINS,
        by=elsewhere.town.officer,
        now=at(LAW_BEGINS),
    )
    program = Program(elsewhere.reviewer)
    assert program.read(address)["state"]["code"] == "filed"
    problem(program.get(f"{address}reviewers/"), 404, "not-found")
    problem(program.post(f"{address}words/", {"words": "–"}), 404, "not-found")
    problem(program.post(f"{address}closings/", {"grounds": "–"}), 404, "not-found")
    problem(program.post(f"{address}decision-previews/", {"results": results("upheld")}), 404, "not-found")


def test_experts_read_no_objection(here: Desk) -> None:
    user = User.objects.create_user("expert")
    Assignment.objects.create(user=user, role=Role.EXPERT, starts_on=LAW_BEGINS)
    address = taken_in(here, proposed(here, 6), "不是我")
    problem(Program(user).get(address), 403, "forbidden")
    problem(Program(user).get("objections/"), 403, "forbidden")


def test_the_list_is_narrowed(here: Desk) -> None:
    address = taken_in(here, proposed(here, 6), "不是我")
    in_review(here, address)
    program = Program(here.another)
    assert len(program.read(f"objections/?state=in_review&reviewer={here.reviewer.username}")["items"]) == 1
    assert program.read("objections/?state=decided")["items"] == []
    assert len(program.read(f"objections/?practitioner={here.surgeon.uuid}")["items"]) == 1


def test_a_longer_page_asks_the_database_no_more_often(here: Desk) -> None:
    taken_in(here, proposed(here, 6), "不是我")
    program = Program(here.another)
    with CaptureQueriesContext(connection) as short:
        assert len(program.read("objections/")["items"]) == 1
    for number, person in enumerate((here.nurse, here.surgeon), start=2):
        taken_in(here, received(here, 4, who=person, on=TOLD_ON, number=f"罚字{number}号"), "不是我")
    with CaptureQueriesContext(connection) as longer:
        assert len(program.read("objections/")["items"]) == 3
    assert len(longer) == len(short)
