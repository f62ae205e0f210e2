"""Figures about objections as programs read them: within the scope, by what is asked."""

from typing import Any

import pytest

from tests.api.objecting import TOLD_ON, compliance, in_review, proposed, results, taken_in
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator
from tests.api.settlement import problem
from tests.casework import Desk, desk, received
from tests.town import Town, build

ADDRESS, REVIEWERS = "statistics/objections/", "statistics/reviewers/"


@pytest.fixture
def here(town: Town) -> Desk:
    """The surgeon's objection is decided, the nurse's is withdrawn. The calendar of 2027 is not there.

    So the last day of the review is not yet computable, and the decision is neither in time nor late.
    """
    found = desk(town)
    address = taken_in(found, proposed(found, 4, 2), "不是我做的", "情节较轻")
    in_review(found, address)
    sent = {"results": results("annulled", "upheld"), "decision": "部分成立", "document_number": "复核1号"}
    Program(found.reviewer).done(f"{address}decisions/", sent)
    nurses = taken_in(found, received(found, 3, who=found.nurse, number="罚字2号", on=TOLD_ON), "不是我做的")
    Program(found.another).done(f"{nurses}withdrawals/", {"reason": "本人来信"})
    return found


def groups(program: Program, query: str = "") -> dict[str, dict[str, Any]]:
    return {group["key"]: group for group in program.read(f"{ADDRESS}{query}")["groups"]}


def test_objections_are_told_with_what_became_of_them(here: Desk) -> None:
    (group,) = groups(Program(here.scorer)).values()
    assert group == {
        "key": "510100", "name": group["name"], "filed": 2, "late": 0, "open": 0, "overdue": 0, "decided": 1,
        "decided_in_time": 0, "decided_late": 0, "refused": 0, "withdrawn": 1, "out_of_scope": 0, "upheld": 1,
        "reduced": 0, "annulled": 1, "days": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("situation", {"1-99", "2-99"}),
        ("grade", {"principal"}),
        ("category", {"physician", "nurse"}),
        ("month", {"2026-12"}),
        ("institution", {"H51010000001"}),
    ],
)
def test_they_are_told_by_what_is_asked(here: Desk, by: str, keys: set[str]) -> None:
    found = groups(Program(here.scorer), f"?by={by}")
    assert found.keys() == keys
    assert sum(group["annulled"] for group in found.values()) == 1


def test_nothing_is_told_of_another_region_nor_to_another_hospital(here: Desk) -> None:
    assert groups(Program(desk(build("320100")).scorer)) == {}
    assert groups(Program(administrator()), "?region=320000") == {}
    assert groups(Program(administrator()), "?by=province&region=510000").keys() == {"510000"}
    assert groups(Program(compliance(here)), "?by=category").keys() == {"physician", "nurse"}
    problem(Program(here.scorer).get(f"{ADDRESS}?by=reviewer"), 400, "malformed")


def test_reviewers_stand_beside_each_other_for_those_who_may_compare_them(here: Desk) -> None:
    shown = Program(administrator()).read(f"{REVIEWERS}?fewest=1")
    (one,) = shown["reviewers"]
    assert (one["outcomes"]["key"], one["objections"], one["in_time"], one["late"]) == (
        here.reviewer.username, 1, 0, 0
    )  # fmt: skip
    assert (one["outcomes"]["changed"], one["days"]) == (0.5, 0.0)
    assert {each["situation"]: each["reviewers"][0]["changed"] for each in shown["situations"]} == {
        "1-99": 0.0,
        "2-99": 1.0,
    }
    assert Program(desk(build("320100")).scorer).read(REVIEWERS)["reviewers"] == []
    problem(Program(compliance(here)).get(REVIEWERS), 403, "forbidden")
