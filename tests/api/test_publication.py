"""What the system of a health authority is shown: what is in force, what ended lately, and nothing that never was."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.models import ApiKey, Assignment, Authority, Fact, Role, User
from tests.api.officers import Program
from tests.api.reading_fhir import Reader, extension, outcome
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.entries import annul_entry
from tests.town import LAW_BEGINS, Town, at, score

SCORED = date(2026, 11, 20)
ENDED = date(2027, 1, 20)
YEAR_OVER, YEAR_AFTER = date(2027, 12, 31), date(2028, 1, 1)
LAST, DAY_AFTER = date(2028, 1, 19), date(2028, 1, 20)
WORDS = "supervision of the fund"


@pytest.fixture
def here(town: Town) -> Desk:
    made = desk(town)
    score(made.town, 9, SCORED)
    return made


def outsiders(here: Desk, kind: str = "health") -> tuple[Program, Reader]:
    """The API and FHIR with the key of an authority's system."""
    health, _ = Authority.objects.get_or_create(
        code=f"W{kind}", defaults={"name": "市卫健委", "kind": kind, "region": here.town.region}
    )
    program, reader = Program(here.scorer), Reader(here.scorer)
    _key, program.key = issue_key(
        name="卫健系统",
        scope=ApiKey.Scope.AUTHORITY,
        authority=health,
        expires_at=timezone.now() + timedelta(days=9),
        by=here.scorer,
        now=timezone.now(),
    )
    reader.key = program.key
    return program, reader


def counts(here: Desk, program: Program, reader: Reader) -> tuple[int, int, int, int]:
    """How many entries, entries of the surgeon, periods and flags are shown."""
    person = f"practitioners/{here.surgeon.uuid}"
    lists = ("entries/", f"{person}/entries/", f"{person}/periods/")
    found = [len(program.read(address)["items"]) for address in lists]
    return found[0], found[1], found[2], len(reader.find("Flag", subject=str(here.surgeon.uuid)))


@pytest.mark.parametrize(
    ("today", "entries", "sanctions"),
    [(SCORED, 1, 1), (ENDED, 1, 1), (YEAR_OVER, 1, 1), (YEAR_AFTER, 0, 1), (LAST, 0, 1), (DAY_AFTER, 0, 0)],
)
def test_a_health_authority_is_shown_points_and_suspensions_until_their_last_day(
    here: Desk, today: date, entries: int, sanctions: int
) -> None:
    with time_machine.travel(at(today), tick=False):
        assert counts(here, *outsiders(here)) == (entries, entries, sanctions, sanctions)


def test_the_healthcare_security_authority_goes_on_seeing_everything(here: Desk) -> None:
    with time_machine.travel(at(DAY_AFTER), tick=False):
        assert counts(here, *outsiders(here, "healthcare_security")) == (1, 1, 1, 1)


def test_a_system_signs_nothing_whatever_it_sends(here: Desk) -> None:
    problem(outsiders(here)[0].post("signatures/", {}), 403, "forbidden")


def test_an_officer_of_both_sees_what_the_office_sees(here: Desk) -> None:
    health = Authority.objects.create(code="W1", name="市卫健委", kind="drug", region=here.town.region)
    user = User.objects.create_user("both")
    Assignment.objects.create(user=user, role=Role.HEALTH_OR_DRUG_OFFICER, authority=health, starts_on=LAW_BEGINS)
    with time_machine.travel(at(DAY_AFTER), tick=False):
        assert counts(here, Program(user), Reader(user)) == (0, 0, 0, 0)
        Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=here.town.agency, starts_on=LAW_BEGINS)
        assert counts(here, Program(user), Reader(user)) == (1, 1, 1, 1)


def test_a_flag_that_is_not_shown_any_more_is_not_there(here: Desk) -> None:
    address = f"Flag/{Reader(here.reviewer).find('Flag', subject=str(here.surgeon.uuid))[0]['id']}"
    with time_machine.travel(at(LAST), tick=False):
        assert outsiders(here)[1].read(address)["status"] == "inactive"
    with time_machine.travel(at(DAY_AFTER), tick=False):
        reader = outsiders(here)[1]
        for each in ("", "/_history", "/_history/1"):
            outcome(reader.get(address + each), 404, "not-found")


def test_what_was_annulled_is_gone_for_the_authority_with_everything_it_said(here: Desk) -> None:
    office = Reader(here.reviewer)
    address = f"Flag/{office.find('Flag', subject=str(here.surgeon.uuid))[0]['id']}"
    annul_entry(
        entry=Fact.objects.get(), reason="mistaken person", by=here.scorer, second=here.second, now=timezone.now()
    )
    program, reader = outsiders(here)
    assert counts(here, program, reader) == (0, 0, 0, 0)
    for each in ("", "/_history/1", "/_history/2"):
        outcome(reader.get(address + each), 410, "gone")
    assert office.read(f"{address}/_history/1")["status"] == "active"


def test_older_versions_of_a_person_hold_no_standing_that_is_not_shown_any_more(here: Desk) -> None:
    person = f"Practitioner/{here.surgeon.uuid}"
    with time_machine.travel(at(DAY_AFTER), tick=False):
        office, reader = Reader(here.reviewer), outsiders(here)[1]
        versions = [each["resource"] for each in office.read(f"{person}/_history")["entry"]]
        suspended = next(
            each["meta"]["versionId"]
            for each in versions
            if extension(each, "standing")["status"]["code"] == "suspended"
        )
        assert "extension" not in reader.read(f"{person}/_history/{suspended}")
        assert extension(reader.read(person), "standing")["status"]["code"] == "normal"
    with time_machine.travel(at(LAST), tick=False):
        shown = outsiders(here)[1].read(f"{person}/_history/{suspended}")
        assert extension(shown, "standing")["status"]["code"] == "suspended"


def test_a_health_authority_is_told_how_somebody_stands_today_and_of_no_other_day(here: Desk) -> None:
    standing = f"practitioners/{here.surgeon.uuid}/standing/"
    with time_machine.travel(at(DAY_AFTER), tick=False):
        program, office = outsiders(here)[0], outsiders(here, "healthcare_security")[0]
        told, whole = program.read(standing), office.read(standing)
        assert (told["status"]["code"], told["periods"], told["steps"]) == ("normal", [], [])
        assert len(whole["periods"]) == len(whole["steps"]) == 1
        for asked in (f"on={ENDED}", f"known_at={ENDED}T00:00:00%2B08:00"):
            assert program.get(f"{standing}?{asked}").status_code == 403
            assert office.get(f"{standing}?{asked}").status_code == 200
        assert program.get(f"standings/?on={ENDED}").status_code == 403


def test_a_termination_in_force_is_explained_to_a_health_authority_however_old_its_points_are(here: Desk) -> None:
    score(here.town, 3, SCORED)
    with time_machine.travel(at(DAY_AFTER), tick=False):
        told = outsiders(here)[0].read(f"practitioners/{here.surgeon.uuid}/standing/")
        assert told["status"]["code"] == "terminated"
        assert [each["kind"]["code"] for each in told["periods"]] == ["termination"]
        assert told["steps"][-1]["caused"] == "terminated"


@pytest.mark.parametrize(
    "address",
    [
        "practitioners/{person}/facts/",
        "practitioners/{person}/changes/",
        "changes/",
        "handlings/",
        "cases/",
        "proposals/",
        "objections/",
        "applications/",
        "measures/",
        "rosters/",
        "statistics/points/",
        "statistics/objections/",
    ],
)
def test_what_the_office_keeps_beside_points_and_sanctions_is_no_matter_of_health_authorities(
    here: Desk, address: str
) -> None:
    address = address.format(person=here.surgeon.uuid)
    assert outsiders(here)[0].get(address).status_code == 403
    assert outsiders(here, "healthcare_security")[0].get(address).status_code == 200
