"""From a handling to a notice that was received, as the programs of three officers see it."""

import json
from datetime import date
from typing import Any

import pytest

from registry.models import Fact, GivenAnswer, Handling, Proposal
from tests.api.officers import Program
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town, build, score

MADE_ON = "2026-11-20"


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def taking_in(here: Desk) -> Program:
    return Program(here.identifier)


def handling(here: Desk, **changes: Any) -> dict[str, Any]:
    return {
        "institution": here.town.hospital.code,
        "agency": here.town.agency.code,
        "kind": "penalty",
        "document_number": "罚字9号",
        "made_on": MADE_ON,
        "conduct_from": "2026-10-01",
        "conduct_until": "2026-10-05",
        "legal_basis": "条例第四十条",
        **changes,
    }


def case_with_the_surgeon(here: Desk, taking_in: Program) -> tuple[str, int]:
    case = taking_in.done("handlings/", handling(here))["case"]
    answers = {
        "practitioner": str(here.surgeon.uuid),
        "grade": "principal",
        "grounds": "主刀并签字",
        "identified_on": MADE_ON,
    }
    made = taking_in.done(f"cases/{case}/identifications/", {"people": [answers]})
    return case, made["items"][0]["id"]


def test_a_case_goes_from_its_handling_to_a_receipt(here: Desk, taking_in: Program) -> None:
    scoring = Program(here.scorer)
    _case, responsibility = case_with_the_surgeon(here, taking_in)
    items = {"items": [{"situation": "2-99", "points": 5, "departure_reason": "按情节认定"}]}
    seen = scoring.done(f"responsibilities/{responsibility}/proposal-previews/", items)
    assert (seen["total_after"], seen["terminates"], seen["after"]["status"]["code"]) == (5, False, "normal")
    assert Proposal.objects.count() == 0
    proposal = scoring.done(f"responsibilities/{responsibility}/proposals/", items)
    address = f"proposals/{proposal['id']}/"
    assert scoring.done(f"{address}notices/", {"channel": "by_hand"})["state"]["code"] == "notified"
    receipt = {"channel": "by_hand", "received_on": "2026-12-01", "remark": "回执存卷"}
    assert scoring.done(f"{address}receipts/", receipt)["received_on"] == "2026-12-01"
    assert scoring.read(address)["state"] == {"code": "received", "text": "notice received, window open"}
    assert Fact.objects.count() == 0


def test_who_identified_does_not_propose(here: Desk, taking_in: Program) -> None:
    _case, responsibility = case_with_the_surgeon(here, taking_in)
    refused = taking_in.post(f"responsibilities/{responsibility}/proposals/", {"items": [{"situation": "2-99"}]})
    assert problem(refused, 409, "refused")["code"]


def test_the_same_write_under_the_same_key_is_done_once(here: Desk, taking_in: Program) -> None:
    first = taking_in.post("handlings/", handling(here), idempotency_key="handling-9-of-2026")
    again = taking_in.post("handlings/", handling(here), idempotency_key="handling-9-of-2026")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Handling.objects.count() == 1
    assert "王伟".encode() not in bytes(GivenAnswer.objects.get().sealed)


def test_a_key_that_stands_for_another_request_is_refused_and_nothing_is_written(
    here: Desk, taking_in: Program
) -> None:
    taking_in.done("handlings/", handling(here), idempotency_key="handling-9-of-2026")
    other = taking_in.post(
        "handlings/", handling(here, document_number="罚字10号"), idempotency_key="handling-9-of-2026"
    )
    problem(other, 422, "idempotency-key-reused")
    assert Handling.objects.count() == 1


def test_a_write_without_a_key_is_refused(here: Desk, taking_in: Program) -> None:
    problem(taking_in.post("handlings/", handling(here), idempotency_key=""), 400, "idempotency-key-missing")
    assert Handling.objects.count() == 0


def test_a_refused_write_leaves_its_key_free(here: Desk, taking_in: Program) -> None:
    late = handling(here, made_on="2026-09-01")
    assert taking_in.post("handlings/", late, idempotency_key="handling-9-of-2026").status_code == 409
    assert taking_in.post("handlings/", handling(here), idempotency_key="handling-9-of-2026").status_code == 201


def test_keys_of_two_people_do_not_meet(here: Desk, taking_in: Program) -> None:
    taking_in.done("handlings/", handling(here), idempotency_key="handling-9-of-2026")
    other = Program(here.scorer).post(
        "handlings/", handling(here, document_number="罚字10号"), idempotency_key="handling-9-of-2026"
    )
    assert other.status_code == 201


def test_an_act_on_another_version_is_refused(here: Desk, taking_in: Program) -> None:
    address = f"practitioners/{here.surgeon.uuid}/"
    tag = taking_in.get(address)["ETag"]
    assert taking_in.get(address, if_none_match=tag).status_code == 304
    named = {"name": "王卫", "reason": "户口簿"}
    assert taking_in.post(f"{address}names/", named, if_match=tag).status_code == 200
    stale = taking_in.post(f"{address}names/", {"name": "王维", "reason": "户口簿"}, if_match=tag)
    problem(stale, 412, "stale")
    assert taking_in.read(address)["name"] == "王卫"


def test_what_is_wrong_is_named_with_its_value_and_a_remedy(here: Desk, taking_in: Program) -> None:
    wrong = handling(here, kind="fine", made_on="20.11.2026", amount=5, surplus=1)
    del wrong["legal_basis"]
    shown = problem(taking_in.post("handlings/", wrong), 400, "malformed")
    found = {error["field"]: (error["value"], error["code"]) for error in shown["errors"]}
    assert found == {
        "kind": ("fine", "not_a_choice"),
        "made_on": ("20.11.2026", "not_a_day"),
        "amount": ("5", "not_an_amount"),
        "surplus": ("1", "unknown_member"),
        "legal_basis": (None, "required"),
    }
    assert all(error["message"] and error["remedy"] for error in shown["errors"])


def test_what_is_of_another_region_is_not_there(here: Desk, taking_in: Program) -> None:
    elsewhere = Program(desk(build("320100")).identifier)
    case, responsibility = case_with_the_surgeon(here, taking_in)
    for address in (f"cases/{case}/", f"cases/{case}/responsibilities/", f"practitioners/{here.surgeon.uuid}/"):
        problem(elsewhere.get(address), 404, "not-found")
    problem(elsewhere.post(f"cases/{case}/closings/", {"reason": "–"}), 404, "not-found")
    items = {"items": [{"situation": "2-99"}]}
    problem(elsewhere.post(f"responsibilities/{responsibility}/proposals/", items), 404, "not-found")
    assert elsewhere.read("cases/")["items"] == []
    assert elsewhere.done("practitioners/searches/", {"term": here.surgeon.code})["items"] == []


def test_pages_follow_each_other_without_a_gap(here: Desk, taking_in: Program) -> None:
    for number in range(5):
        taking_in.done("handlings/", handling(here, document_number=f"罚字{number}号"))
    address, seen = "handlings/?limit=2&order=oldest", []
    while address:
        page = taking_in.get(address)
        document = json.loads(page.content)
        seen += [row["document_number"] for row in document["items"]]
        address = document["next"]
        assert page.get("Link", "") == (f'<{address}>; rel="next"' if address else "")
    assert seen == [f"罚字{number}号" for number in range(5)]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "order=random", "after=-1", "colour=red"])
def test_a_parameter_that_is_wrong_is_named(taking_in: Program, query: str) -> None:
    (error,) = problem(taking_in.get(f"handlings/?{query}"), 400, "malformed")["errors"]
    assert error["field"] == query.partition("=")[0]


def test_the_standing_is_told_for_a_day_and_as_known_at_a_time(here: Desk, taking_in: Program) -> None:
    address = f"practitioners/{here.surgeon.uuid}/standing/"
    shown = taking_in.read(f"{address}?on=2026-03-04&known_at=2026-04-01T00:00:00%2B08:00")
    assert (shown["on"], shown["status"]["code"], shown["points"], shown["steps"]) == ("2026-03-04", "normal", 0, [])
    problem(taking_in.get(f"{address}?on=yesterday"), 400, "malformed")


def test_of_a_long_file_the_newest_steps_are_told_and_where_all_of_them_are(
    here: Desk, taking_in: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        score(here.town, 1, date(2026, 3, 2), number=f"{number}")
    address = f"practitioners/{here.surgeon.uuid}/standing/?on=2026-04-01"
    few = taking_in.read(address)
    assert (len(few["steps"]), few["steps_in_all"], few["all_steps"]) == (4, 4, None)
    monkeypatch.setattr("registry.queries.explain.LONG", 3)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 2)
    newest = taking_in.read(address)
    assert newest["steps"] == few["steps"][-2:]
    assert newest["steps_in_all"] == 4
    assert newest["all_steps"].endswith("/standing/?on=2026-04-01&steps=all")
    assert taking_in.read(newest["all_steps"]) == few
    problem(taking_in.get(f"{address}&steps=some"), 400, "malformed")


def test_a_settlement_key_opens_no_file(here: Desk, issued: tuple[Any, str]) -> None:
    program = Program(here.identifier)
    program.key = issued[1]
    problem(program.get("cases/"), 403, "forbidden")


def test_somebody_without_a_role_today_is_refused(here: Desk) -> None:
    here.identifier.assignments.update(ends_on=date(2026, 6, 1))
    problem(Program(here.identifier).get("cases/"), 401, "unauthenticated")
