"""A department in one step: proposed, countersigned, told and received for many people at once, all or nothing."""

from typing import Any

import pytest

from registry.actions.files import keep_file
from registry.models import CaseFile, Delivery, Proposal
from tests.api.conftest import NOW
from tests.api.officers import Program
from tests.api.people_of_a_case import Ward, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.rules.sample_files import pdf
from tests.town import Town, build

RECEIPT = {"channel": "by_hand", "received_on": "2026-12-01", "remark": "签收表存卷"}


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def ward(here: Desk) -> Ward:
    return Ward(here)


@pytest.fixture
def scoring(here: Desk) -> Program:
    return Program(here.scorer)


def states() -> list[str]:
    return list(Proposal.objects.order_by("pk").values_list("state", flat=True))


def test_both_are_proposed_told_and_received_at_once(ward: Ward, scoring: Program) -> None:
    seen = scoring.done(f"{ward.address}proposal-previews/", ward.people(2, 3))["items"]
    assert [(each["total_after"], each["terminates"]) for each in seen] == [(2, False), (3, False)]
    assert Proposal.objects.count() == 0
    made = scoring.done(f"{ward.address}proposals/", ward.people(2, 3))["items"]
    assert [each["items"][0]["points"] for each in made] == [2, 3]
    ids = [each["id"] for each in made]
    told = scoring.done(f"{ward.address}notices/", {"proposals": ids, "channel": "by_hand"})["items"]
    assert [each["state"]["code"] for each in told] == ["notified", "notified"]
    done = scoring.done(f"{ward.address}receipts/", {"proposals": ids[::-1], **RECEIPT})["items"]
    assert [each["id"] for each in done] == ids[::-1]
    assert states() == ["received", "received"]


def test_one_wrong_row_stops_all_and_is_named(ward: Ward, scoring: Program) -> None:
    body = ward.people(2, 3)
    body["people"][1]["items"][0]["situation"] = "9-99"
    shown = problem(scoring.post(f"{ward.address}proposals/", body), 409, "refused")
    assert shown["code"] == "rows_refused"
    assert [error["field"].partition(".")[0] for error in shown["errors"]] == ["people[1]"]
    assert Proposal.objects.count() == 0


def test_a_receipt_that_one_of_two_cannot_have_is_recorded_for_neither(ward: Ward, scoring: Program) -> None:
    first, second = ward.proposed(2, 3)
    scoring.done(f"proposals/{first}/notices/", {"channel": "by_hand"})
    shown = problem(scoring.post(f"{ward.address}receipts/", {"proposals": [first, second], **RECEIPT}), 409, "refused")
    assert [error["field"].partition(".")[0] for error in shown["errors"]] == ["proposals[1]"]
    assert states() == ["notified", "proposed"]


def test_what_terminates_is_countersigned_by_another_for_all(ward: Ward, here: Desk, scoring: Program) -> None:
    ids = ward.proposed(12, 12)
    problem(scoring.post(f"{ward.address}countersignatures/", {"proposals": ids}), 409, "refused")
    done = Program(here.second).done(f"{ward.address}countersignatures/", {"proposals": ids})["items"]
    assert {each["countersigned_by"]["username"] for each in done} == {here.second.username}


def test_the_same_key_sends_the_notices_once(ward: Ward, scoring: Program) -> None:
    body = {"proposals": ward.proposed(2, 3), "channel": "by_hand"}
    answers = [scoring.post(f"{ward.address}notices/", body, idempotency_key="notices-of-case-20") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Delivery.objects.count() == 2


def test_the_institution_records_only_what_it_had_to_hand_over(ward: Ward, here: Desk, scoring: Program) -> None:
    first, second = ward.proposed(2, 3)
    scoring.done(f"proposals/{first}/notices/", {"channel": "institution"})
    scoring.done(f"proposals/{second}/notices/", {"channel": "by_hand"})
    serving = Program(compliance_officer(here.town.hospital))
    problem(serving.post(f"proposals/{second}/receipts/", RECEIPT), 404, "not-found")
    by_hand = serving.post(f"proposals/{first}/receipts/", RECEIPT)
    assert b"served_by_the_agency" in by_hand.content
    own = {**RECEIPT, "channel": "institution"}
    both = serving.post(f"{ward.address}receipts/", {"proposals": [first, second], **own})
    assert b"proposals[1]" in both.content
    assert states() == ["notified", "notified"]
    assert serving.done(f"{ward.address}receipts/", {"proposals": [first], **own})["items"][0]["id"] == first
    assert states() == ["received", "notified"]
    assert Delivery.objects.get(event="received").recorded_by == serving.user


def test_a_clinic_that_serves_nothing_records_no_receipt(ward: Ward, here: Desk, scoring: Program) -> None:
    first, _second = ward.proposed(2, 3)
    scoring.done(f"proposals/{first}/notices/", {"channel": "institution"})
    clinic = Program(compliance_officer(here.town.clinic))
    receipt = {**RECEIPT, "channel": "institution"}
    problem(clinic.post(f"proposals/{first}/receipts/", receipt), 404, "not-found")
    problem(clinic.post(f"{ward.address}receipts/", {"proposals": [first], **receipt}), 404, "not-found")


@pytest.mark.parametrize(
    ("act", "more"),
    [
        ("proposals/", {}),
        ("proposal-previews/", {}),
        ("countersignatures/", {}),
        ("notices/", {"channel": "by_hand"}),
        ("receipts/", RECEIPT),
    ],
)
def test_many_of_another_region_are_not_there_and_an_institution_does_not_score(
    ward: Ward, here: Desk, act: str, more: dict[str, Any]
) -> None:
    body = ward.people(2, 3) if act.startswith("proposal") else {"proposals": ward.proposed(2, 3), **more}
    elsewhere = Program(desk(build("320100")).scorer)
    problem(elsewhere.post(f"{ward.address}{act}", body), 404, "not-found")
    if act != "receipts/":
        hospital = Program(compliance_officer(here.town.hospital))
        problem(hospital.post(f"{ward.address}{act}", body), 403, "forbidden")


def test_a_document_goes_into_the_file_of_a_case_and_only_the_agency_reads_it(
    ward: Ward, here: Desk, scoring: Program
) -> None:
    mine = keep_file(name="处罚决定.pdf", content=pdf(), by=here.scorer, now=NOW)
    body = {"title": "处罚决定书", "file": str(mine.uuid)}
    address = f"{ward.address}files/"
    assert scoring.done(address, body)["file"]["media_type"] == "application/pdf"
    assert [row["title"] for row in Program(here.second).read(address)["items"]] == ["处罚决定书"]
    assert Program(here.second).post(address, body).status_code in {400, 409}
    hospital = Program(compliance_officer(here.town.hospital))
    assert hospital.read(ward.address)["number"] == ward.case.number
    problem(hospital.get(address), 403, "forbidden")
    problem(hospital.post(address, body), 403, "forbidden")
    problem(Program(desk(build("320100")).scorer).get(address), 404, "not-found")
    assert CaseFile.objects.count() == 1


def test_what_was_done_is_told_step_by_step(ward: Ward, here: Desk, scoring: Program) -> None:
    first, _second = ward.proposed(2, 3)
    scoring.done(f"proposals/{first}/notices/", {"channel": "by_hand"})
    steps = scoring.read(f"proposals/{first}/steps/?order=oldest")["items"]
    assert [(step["act"]["code"], step["actor"]["username"]) for step in steps] == [
        ("propose", here.scorer.username),
        ("notify", here.scorer.username),
    ]
    assert [step["act"]["code"] for step in scoring.read(f"{ward.address}steps/")["items"]] == ["open"]
    hospital = Program(compliance_officer(here.town.hospital))
    assert len(hospital.read(f"proposals/{first}/steps/")["items"]) == 2
    problem(hospital.get(f"{ward.address}steps/"), 403, "forbidden")
    problem(Program(desk(build("320100")).scorer).get(f"proposals/{first}/steps/"), 404, "not-found")
