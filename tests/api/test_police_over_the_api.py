"""What goes to the police and comes back, by the programs of an agency's officers."""

from typing import Any

import pytest

from registry.models import Case, PoliceTransfer
from tests.api.objecting import administrator, compliance
from tests.api.officers import Program
from tests.api.papers import handed_in
from tests.api.people_of_a_case import signed
from tests.api.settlement import problem
from tests.casework import Desk, desk, identified
from tests.town import Town, build


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def case(here: Desk) -> Case:
    return identified(here).cause.case


def letter(here: Desk, program: Program, **more: Any) -> dict[str, Any]:
    return {
        "practitioner": str(here.surgeon.uuid),
        "organ": "市公安局",
        "document_number": "医保移送1号",
        "transferred_on": "2026-11-30",
        "legal_basis": "移送规定第三条",
        "grounds": "涉嫌诈骗医保基金",
        "document": handed_in(program, "移送书.pdf"),
        **more,
    }


def passed_on(here: Desk, case: Case) -> dict[str, Any]:
    program, address = Program(here.scorer), f"cases/{case.uuid}/police-transfers/"
    sent = letter(here, program)
    made: dict[str, Any] = program.done(address, sent, second_signature=signed(address, sent, here.second))
    return made


def test_it_is_signed_by_two_recorded_once_and_read_with_its_document(here: Desk, case: Case) -> None:
    program, address = Program(here.scorer), f"cases/{case.uuid}/police-transfers/"
    sent = letter(here, program)
    problem(program.post(address, sent), 409, "second-signature-missing")
    by_two = {"second_signature": signed(address, sent, here.second), "idempotency_key": "transfer-1-of-2026"}
    first, again = (program.post(address, sent, **by_two) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert PoliceTransfer.objects.count() == 1
    (listed,) = Program(here.reviewer).read(address)["items"]
    assert listed == first.json()
    assert (listed["practitioner"]["code"], listed["second"]["username"]) == (here.surgeon.code, here.second.username)
    content = f"files/{listed['document']['id']}/content/"
    assert Program(here.reviewer).get(content).status_code == 200
    steps = program.read(f"cases/{case.uuid}/steps/")["items"]
    assert steps[0]["act"] == {"code": "transfer_to_police", "text": "transferred to the police"}


def test_what_came_back_stands_with_it(here: Desk, case: Case) -> None:
    made, program = passed_on(here, case), Program(here.scorer)
    address = f"police-transfers/{made['id']}/answers/"
    answer = {"outcome": "not_accepted", "answered_on": "2026-12-01", "document_number": "不立1号"}
    answer |= {"document": handed_in(program, "不予立案.pdf")}
    (error,) = problem(program.post(address, {**answer, "reason": ""}), 409, "value-refused")["errors"]
    assert error["code"] == "reason_missing"
    found = program.done(address, {**answer, "reason": "情节轻微"})
    assert [each["outcome"]["code"] for each in found["answers"]] == ["not_accepted"]
    assert Program(here.reviewer).read(f"police-transfers/{made['id']}/") == found


def test_a_mistake_takes_a_second_signature(here: Desk, case: Case) -> None:
    made, program = passed_on(here, case), Program(here.scorer)
    address, said = f"police-transfers/{made['id']}/answers/", {"outcome": "mistaken", "answered_on": "2026-12-01"}
    sent = {**said, "reason": "案号录错"}
    problem(program.post(address, sent), 409, "second-signature-missing")
    found = program.done(address, sent, second_signature=signed(address, sent, here.second))
    assert found["answers"][0]["document"] is None


def test_who_does_not_answer_in_the_case_is_not_known_in_it(here: Desk, case: Case) -> None:
    program, address = Program(here.scorer), f"cases/{case.uuid}/police-transfers/"
    sent = letter(here, program, practitioner=str(here.nurse.uuid))
    by_two = {"second_signature": signed(address, sent, here.second)}
    (error,) = problem(program.post(address, sent, **by_two), 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("practitioner", "not_known")


def test_neither_the_hospital_nor_another_province_comes_to_it_and_the_administrator_only_reads(
    here: Desk, case: Case
) -> None:
    made = passed_on(here, case)
    addresses = (f"cases/{case.uuid}/police-transfers/", f"police-transfers/{made['id']}/")
    document = f"files/{made['document']['id']}/content/"
    hospital, elsewhere = Program(compliance(here)), Program(desk(build("320100")).reviewer)
    for address in addresses:
        problem(hospital.get(address), 403, "forbidden")
        problem(elsewhere.get(address), 404, "not-found")
    for program in (hospital, elsewhere):
        problem(program.get(document), 404, "not-found")
    watching = Program(administrator())
    assert all(watching.get(address).status_code == 200 for address in addresses)
    problem(watching.post(f"{addresses[1]}answers/", {}), 403, "forbidden")
