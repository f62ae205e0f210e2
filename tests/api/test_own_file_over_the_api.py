"""The program of a practitioner reads the own file at the addresses of one person, asks to countersign, and no more."""

from datetime import date

import pytest

from registry.models import Assignment, Practitioner, Role, User
from tests.access.routes import Route, every_route
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.town import LAW_BEGINS, Town, score

SPRING = date(2026, 3, 2)
OWN = ("", "standing/", "changes/", "entries/", "periods/", "readings/", "own-data/")
PERSON = "api/v1/practitioners/<uuid:practitioner>/"
MINE = {Route(f"{PERSON}{what}", "GET") for what in OWN}
ASKS = Route("api/v1/objections/<uuid:objection>/countersignature-requests/", "POST")
IN_PUBLIC = {"api/v1/schema/", "api/v1/docs/"}
IDS = {"code": "H51010000001", "year": "2026", "policy": "cn-2025"}


def holder(person: Practitioner) -> User:
    user = User.objects.create_user(f"holder-{person.code}")
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=person, starts_on=LAW_BEGINS)
    return user


@pytest.fixture
def program(town: Town) -> Program:
    return Program(holder(town.surgeon))


def test_a_practitioner_reads_standing_points_and_changes_of_the_own_file(town: Town, program: Program) -> None:
    score(town, 10, SPRING)
    mine = f"practitioners/{town.surgeon.uuid}/"
    assert program.read(mine)["name"] == "王伟"
    assert program.read(f"{mine}standing/")["points"] == 10
    assert [each["points"] for each in program.read(f"{mine}entries/")["items"]] == [10]
    assert [each["kind"]["code"] for each in program.read(f"{mine}periods/")["items"]] == ["suspension"]
    assert program.read(f"{mine}changes/")["items"]
    data = program.read(f"{mine}own-data/")
    assert [each["points"] for each in data["facts"]] == [10]
    assert data["objections"] == []


@pytest.mark.parametrize("what", OWN)
def test_the_file_of_another_person_is_not_there(town: Town, program: Program, what: str) -> None:
    problem(program.get(f"practitioners/{town.nurse.uuid}/{what}"), 404, "not-found")


def test_own_data_are_for_the_holder_and_no_officer(town: Town) -> None:
    for user in (administrator(), compliance_officer(town.hospital)):
        problem(Program(user).get(f"practitioners/{town.surgeon.uuid}/own-data/"), 403, "forbidden")


def test_an_officer_with_an_own_file_gets_own_data_of_that_file_only(town: Town) -> None:
    officer = compliance_officer(town.hospital)
    Assignment.objects.create(user=officer, role=Role.PRACTITIONER, practitioner=town.nurse, starts_on=LAW_BEGINS)
    program = Program(officer)
    assert program.get(f"practitioners/{town.nurse.uuid}/own-data/").status_code == 200
    problem(program.get(f"practitioners/{town.surgeon.uuid}/own-data/"), 404, "not-found")
    assert program.get(f"practitioners/{town.surgeon.uuid}/").status_code == 200


def test_every_other_address_is_closed_to_practitioners(town: Town, program: Program) -> None:
    routes = [each for each in every_route() if each.path.startswith("api/") and each.path not in IN_PUBLIC]
    assert set(routes) >= MINE
    opened = {}
    for route in routes:
        uuids = {name: str(town.surgeon.uuid) for name in route.kinds if f"<uuid:{name}>" in route.path}
        address = route.at([uuids.get(name) or IDS.get(name, "1") for name in route.kinds])
        answer = program.get(address) if route.method == "GET" else program.post(address)
        if answer.status_code != 403:
            opened[route] = answer.status_code
    assert opened == {**dict.fromkeys(MINE, 200), ASKS: 404}, "it asks for its own objections, and this is none"
