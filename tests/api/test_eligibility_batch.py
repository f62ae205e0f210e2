"""Up to 10,000 questions at once: in order, each with its own answer or problem, in a fixed number of queries."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import EmergencyCheck
from tests.api.settlement import BATCH, Settlement, errors, fields, problem
from tests.town import TODAY, score


def test_answers_come_in_the_order_of_the_items(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    nurse = settlement.town.nurse.code
    items = [settlement.item(), settlement.item(practitioner=nurse), settlement.item(practitioner="D9")]
    results = settlement.batch(*items).json()["results"]
    assert [result["status"] for result in results] == ["suspended", "normal", None]


def test_every_result_is_what_the_question_alone_would_have_got(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    variants: list[dict[str, Any]] = [
        {},
        {"emergency": True, "emergency_reason": "车祸"},
        {"known_at": "2025-02-01T00:00:00+08:00"},
        {"name": "李四"},
        {"institution": "H9"},
    ]
    results = settlement.batch(*(settlement.item(**variant) for variant in variants)).json()["results"]
    assert results == [settlement.ask(**variant).json() for variant in variants]


def test_a_malformed_item_gets_its_problem_in_its_place(settlement: Settlement) -> None:
    items = [settlement.item(), settlement.item(on="10.03.2025"), "D510100000001", settlement.item()]
    response = settlement.batch(*items)
    assert response.status_code == 200
    first, second, third, fourth = response.json()["results"]
    assert first["payable"]
    assert fourth["payable"]
    assert second["type"] == "urn:problem-type:demerit-register:malformed"
    assert (second["status"], fields(second)) == (400, [("on", "not_a_day")])
    assert fields(third) == [("", "wrong_type")]


def test_an_item_with_a_repeated_member_spoils_only_itself(settlement: Settlement) -> None:
    good = json.dumps(settlement.item())
    twice = good.replace('"on":', '"on": "2024-01-01", "on":')
    results = settlement.post(BATCH, f'{{"items": [{good}, {twice}]}}').json()["results"]
    assert results[0]["payable"]
    assert fields(results[1]) == [("on", "repeated_member")]


def test_no_items_give_no_results(settlement: Settlement) -> None:
    assert settlement.batch().json() == {"results": []}


def test_emergencies_of_a_batch_are_kept(settlement: Settlement) -> None:
    settlement.batch(*(settlement.item(emergency=True, emergency_reason=reason) for reason in ("车祸", "溺水")), {})
    assert sorted(EmergencyCheck.objects.values_list("reason", flat=True)) == sorted(["车祸", "溺水"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{}", [("items", "required")]),
        ('{"items": null}', [("items", "wrong_type")]),
        ('{"items": {}}', [("items", "wrong_type")]),
        ("[]", [("", "wrong_type")]),
        ('{"items": [], "item": []}', [("item", "unknown_member")]),
        ('{"items": [], "items": []}', [("items", "repeated_member")]),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(
    settlement: Settlement, body: str, expected: list[tuple[str, str]]
) -> None:
    assert errors(settlement.post(BATCH, body)) == expected


def test_one_item_too_many_is_too_large(settlement: Settlement) -> None:
    item = json.dumps(settlement.item())
    shown = problem(settlement.post(BATCH, f'{{"items": [{",".join([item] * 10_001)}]}}'), 413, "too-large")
    assert "10001" in shown["detail"]


def test_a_body_beyond_eight_mebibytes_is_not_read(settlement: Settlement) -> None:
    problem(settlement.post(BATCH, b" " * (8 * 1024 * 1024 + 1)), 413, "too-large")


@pytest.mark.parametrize("number", [4, 400, 10_000])
def test_the_number_of_queries_does_not_grow_with_the_number_of_items(settlement: Settlement, number: int) -> None:
    score(settlement.town, 9, TODAY)
    kinds = [
        settlement.item(name="王伟"),
        settlement.item(known_at="2025-03-11T00:00:00+08:00"),
        settlement.item(known_at="2025-03-09T00:00:00+08:00"),
        settlement.item(emergency=True, emergency_reason="车祸"),
    ]
    with CaptureQueriesContext(connection) as queries:
        results = settlement.batch(*(kinds * (number // 4))).json()["results"]
    assert [result["payable"] for result in results] == [False, False, True, True] * (number // 4)
    assert len(queries) <= 12, [query["sql"][:80] for query in queries]
