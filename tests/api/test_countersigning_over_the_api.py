"""The surgeon's program asks the hospital to countersign, and the hospital's program signs or says why it does not."""

import pytest

from appeals.models import Objection
from registry.models import ProcedureStep
from tests.api.objecting import compliance
from tests.api.officers import Program
from tests.api.settlement import problem
from tests.appeals.disputes import NEXT_DAY, objected
from tests.appeals.own_screens import holder
from tests.casework import Desk, desk, received
from tests.town import Town, at

WHY = "医院认为事实清楚"


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def surgeon(here: Desk) -> Program:
    return Program(holder(here.surgeon, "wang"))


@pytest.fixture
def office(here: Desk) -> Program:
    return Program(compliance(here))


@pytest.fixture
def address(here: Desk) -> str:
    return f"objections/{objected(received(here, 3), '当日不在岗').uuid}/"


def steps() -> list[str]:
    return list(ProcedureStep.objects.filter(procedure="objection").order_by("id").values_list("act", flat=True))


def ask(here: Desk, program: Program, address: str, **headers: str) -> dict[str, object]:
    asked: dict[str, object] = program.done(
        f"{address}countersignature-requests/", {"institution": here.town.hospital.code}, **headers
    )
    return asked


def test_she_finds_her_objection_in_her_own_data_and_asks(here: Desk, surgeon: Program, address: str) -> None:
    (row,) = surgeon.read(f"practitioners/{here.surgeon.uuid}/own-data/")["objections"]
    assert address == f"objections/{row['id']}/"
    asked = ask(here, surgeon, address)
    assert asked["countersignature_asked_of"] == {"code": here.town.hospital.code, "name": "第一医院"}
    assert (asked["countersigned_at"], asked["countersignature_declined_at"]) == (None, None)
    assert not {"reviewer", "filed_by", "countersigned_by", "decision"} & asked.keys(), "no officer is named to her"
    objection = Objection.objects.get()
    assert (objection.state, objection.filed_at) == ("filed", at(NEXT_DAY)), "it goes on from the day of the filing"


def test_asked_again_with_the_same_key_or_another_it_is_asked_once(here: Desk, surgeon: Program, address: str) -> None:
    first = ask(here, surgeon, address, idempotency_key="ask-my-hospital")
    assert ask(here, surgeon, address, idempotency_key="ask-my-hospital") == first
    assert ask(here, surgeon, address) == first
    assert steps() == ["file", "ask_countersignature"]


def test_what_her_pages_refuse_her_program_is_refused(here: Desk, surgeon: Program, address: str) -> None:
    ways = f"{address}countersignature-requests/"
    for code, told in ((here.town.clinic.code, "not_registered_there"), ("H00000000000", "not_known")):
        (error,) = problem(surgeon.post(ways, {"institution": code}), 409, "value-refused")["errors"]
        assert (error["field"], error["code"]) == ("institution", told)
    nurse = Program(holder(here.nurse, "li"))
    problem(nurse.post(ways, {"institution": here.town.hospital.code}), 404, "not-found")
    Objection.objects.update(countersigned_at=at(NEXT_DAY))
    refused = problem(surgeon.post(ways, {"institution": here.town.hospital.code}), 409, "refused")
    assert refused["code"] == "countersigned_already"
    assert steps() == ["file"]


def test_nobody_asks_in_her_name(here: Desk, office: Program, address: str) -> None:
    for program in (office, Program(here.another)):
        answer = program.post(f"{address}countersignature-requests/", {"institution": here.town.hospital.code})
        problem(answer, 403, "forbidden")


def test_the_hospital_says_why_not_once_and_may_still_sign(
    here: Desk, surgeon: Program, office: Program, address: str
) -> None:
    ask(here, surgeon, address)
    said = {"institution": here.town.hospital.code, "reason": WHY}
    declined = office.done(f"{address}countersignature-refusals/", said)
    assert declined["countersignature_declined_at"]
    assert declined["state"]["code"] == "filed", "it goes on"
    again = office.done(f"{address}countersignature-refusals/", {**said, "reason": "另一个理由"})
    assert again["countersignature_declined_at"] == declined["countersignature_declined_at"]
    told = surgeon.read(f"practitioners/{here.surgeon.uuid}/own-data/")
    assert WHY in [each["grounds"] for each in told["steps"] if each["act"] == "decline_countersignature"]
    signed = office.done(f"{address}countersignatures/", {"institution": here.town.hospital.code})
    assert signed["countersigned_at"]
    assert steps() == ["file", "ask_countersignature", "decline_countersignature", "countersign"]


def test_whoever_was_not_asked_answers_nothing_and_a_reason_is_needed(
    here: Desk, surgeon: Program, office: Program, address: str
) -> None:
    ways, said = f"{address}countersignature-refusals/", {"institution": here.town.hospital.code, "reason": WHY}
    (error,) = problem(office.post(ways, said), 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("institution", "not_asked")
    ask(here, surgeon, address)
    for reason in ("", "长" * 501):
        (error,) = problem(office.post(ways, {**said, "reason": reason}), 400, "malformed")["errors"]
        assert error["field"] == "reason"
    (error,) = problem(office.post(ways, {**said, "institution": here.town.clinic.code}), 409, "value-refused")[
        "errors"
    ]
    assert error["code"] == "not_known", "nobody answers for a house that is not the own one"
    problem(Program(here.another).post(ways, said), 403, "forbidden")
    assert steps() == ["file", "ask_countersignature"]
