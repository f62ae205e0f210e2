"""What a court decided, recorded by the program of an agency."""

from datetime import date
from typing import Any

import pytest

from appeals.models import ExternalOutcome
from registry.ledger.reading import standing_of
from registry.models import PointsEntry
from tests.api.objecting import TODAY, compliance
from tests.api.officers import Program
from tests.api.papers import handed_in
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def entry(here: Desk) -> PointsEntry:
    return score(here.town, 5, date(2026, 11, 2))


def judgment(here: Desk, entry: PointsEntry, result: str = "annulled", points: int | None = None) -> dict[str, Any]:
    return {
        "body": "court",
        "name": "中级人民法院",
        "document_number": "行终1号",
        "decided_on": "2026-11-28",
        "grounds": "事实不清",
        "agency": here.town.agency.code,
        "rulings": [{"entry": str(entry.fact.origin_id), "result": result, "points": points}],
    }


def test_a_judgment_is_previewed_signed_by_two_and_carried_out(here: Desk, entry: PointsEntry) -> None:
    recording, address = Program(here.another), f"practitioners/{here.surgeon.uuid}/outcomes/"
    sent = {**judgment(here, entry), "document": handed_in(recording, "判决书.pdf")}
    seen = recording.done(f"practitioners/{here.surgeon.uuid}/outcome-previews/", {"rulings": sent["rulings"]})
    assert (seen["before"]["points"], seen["after"]["points"], seen["needs_second"]) == (5, 0, True)
    assert seen["reach"]["totals"] == [{"year": 2026, "before": 5, "after": 0}]
    problem(recording.post(address, sent), 409, "second-signature-missing")
    assert not ExternalOutcome.objects.exists()
    signed = {"address": f"/api/v1/{address}", "body": sent}
    second = Program(here.reviewer).done("signatures/", signed)["signature"]
    made = recording.done(address, sent, second_signature=second)
    assert (made["second"]["username"], made["document"]["name"]) == (here.reviewer.username, "判决书.pdf")
    assert standing_of(here.surgeon, TODAY).points == 0
    (listed,) = recording.read(f"outcomes/?practitioner={here.surgeon.uuid}")["items"]
    assert listed["rulings"][0]["result"]["code"] == "annulled"


def test_a_reduction_needs_one_person_and_the_same_document_is_recorded_once(here: Desk, entry: PointsEntry) -> None:
    recording, address = Program(here.another), f"practitioners/{here.surgeon.uuid}/outcomes/"
    sent = judgment(here, entry, "reduced", 2)
    first, again = (recording.post(address, sent, idempotency_key="judgment-1-of-2026") for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert standing_of(here.surgeon, TODAY).points == 2
    assert ExternalOutcome.objects.count() == 1


def test_what_upholds_changes_nothing(here: Desk, entry: PointsEntry) -> None:
    rulings = judgment(here, entry, "upheld")["rulings"]
    seen = Program(here.another).done(f"practitioners/{here.surgeon.uuid}/outcome-previews/", {"rulings": rulings})
    assert seen == {"before": None, "after": None, "needs_second": False, "reach": None}


def test_neither_another_region_nor_the_hospital_records_it(here: Desk, entry: PointsEntry) -> None:
    address = f"practitioners/{here.surgeon.uuid}/outcomes/"
    elsewhere = Program(desk(build("320100")).another)
    problem(elsewhere.post(address, judgment(here, entry)), 404, "not-found")
    assert elsewhere.read("outcomes/")["items"] == []
    problem(Program(compliance(here)).post(address, judgment(here, entry)), 403, "forbidden")
    strange = judgment(here, entry)
    strange["rulings"][0]["entry"] = str(here.surgeon.uuid)
    (error,) = problem(Program(here.another).post(address, strange), 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("rulings[0].entry", "not_known")
