r"""The law against its second reading: random histories, golden cases and lines that are no histories.

The long form, for so many histories in place of ten thousand, and others than those of every day:

    REGISTRY_ORACLE_HISTORIES=2000000 REGISTRY_ORACLE_SEED=autumn \
        python3 manage.py test -n auto tests/rules/test_against_oracle.py
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from registry import rules
from registry.rules.policy import Policies, load_policies
from registry.rules.replay import replay_line
from tests.rules import histories, oracle

Json = dict[str, Any]

SEEDS = range(25)
SEED = os.environ.get("REGISTRY_ORACLE_SEED", "law")
HISTORIES = int(os.environ.get("REGISTRY_ORACLE_HISTORIES", "10000"))


@pytest.fixture(scope="module")
def policies() -> Policies:
    return load_policies()


def scored(points: int, on: str, policy: str = "cn-2025", **more: object) -> Json:
    return {"kind": "points_scored", "points": points, "effective_on": on, "counted_on": on, "policy": policy} | more


def asked(on: str, *facts: Json) -> Json:
    """The line of a history whose facts are called a, b, c … and were recorded at once."""
    common = [{"id": name, "seq": seq} for seq, name in enumerate("abcdefgh"[: len(facts)], start=1)]
    when = {"recorded_at": "2025-01-01T00:00:00+08:00"}
    return {"id": "golden", "facts": [one | when | fact for one, fact in zip(common, facts, strict=True)], "on": on}


def suspension(begin: str, until: str, *because: str) -> Json:
    return {"kind": "suspension", "from": begin, "until": until, "because": list(because)}


def termination(begin: str, until: str | None, barred_until: str, *because: str) -> Json:
    dates = {"from": begin, "until": until, "barred_until": barred_until}
    return {"kind": "termination", "because": list(because)} | dates


HUNAN = "cn-43-2025"
NINE_IN_SPRING = (scored(9, "2025-03-10"),)
TEN_AND_FOUR = (scored(10, "2025-07-01"), scored(4, "2025-08-15"))
TWELVE_AT_ONCE = scored(12, "2025-07-01")
TWICE_SIX_ON_A_LEAP_DAY = (scored(6, "2028-02-29"), scored(6, "2028-02-29"))
OVER_NEW_YEAR = scored(9, "2027-01-09", counted_on="2026-12-28")
HUNAN_EIGHT_AND_ONE = (scored(8, "2025-02-01", HUNAN), scored(1, "2025-05-09", HUNAN))
NINE_AGAIN = (
    scored(9, "2025-02-01"),
    {"kind": "points_relieved", "points": 1, "effective_on": "2025-02-10"},
    scored(1, "2025-02-20"),
)


def back_on(day: str) -> Json:
    return {"kind": "reregistered", "effective_on": day}


GOLDEN: list[tuple[str, Json, Json]] = [
    (
        "nine points suspend for two months, the last day included",
        asked("2025-05-09", *NINE_IN_SPRING),
        {"status": "suspended", "until": "2025-05-10", "points": 9, "changes_on": "2025-05-10"},
    ),
    (
        "points stay when the suspension is over, until New Year",
        asked("2025-05-10", *NINE_IN_SPRING),
        {"status": "normal", "until": None, "points": 9, "points_raw": 9, "changes_on": "2026-01-01"},
    ),
    (
        "a termination ends the suspension that is running",
        asked("2025-09-01", *TEN_AND_FOUR),
        {
            "status": "terminated",
            "until": "2026-08-15",
            "points": 12,
            "points_raw": 14,
            "may_reregister": False,
            "periods": [
                suspension("2025-07-01", "2025-08-15", "a"),
                termination("2025-08-15", None, "2026-08-15", "b"),
            ],
        },
    ),
    (
        "registering again a day too early is an error",
        asked("2028-06-30", TWELVE_AT_ONCE, back_on("2028-06-30")),
        {"status": "terminated", "until": "2028-07-01", "errors": ["b"], "changes_on": "2028-07-01"},
    ),
    (
        "registering again on the first possible day is good",
        asked("2028-07-01", TWELVE_AT_ONCE, back_on("2028-07-01")),
        {
            "status": "normal",
            "errors": [],
            "changes_on": None,
            "periods": [termination("2025-07-01", "2028-07-01", "2028-07-01", "a")],
        },
    ),
    (
        "six months from the end of August end on the leap day",
        asked("2027-09-01", scored(11, "2027-08-31")),
        {"status": "suspended", "until": "2028-02-29", "changes_on": "2028-01-01"},
    ),
    (
        "a bar from the leap day ends on the last of February",
        asked("2028-02-29", *TWICE_SIX_ON_A_LEAP_DAY),
        {"until": "2029-02-28", "periods": [termination("2028-02-29", None, "2029-02-28", "b")]},
    ),
    (
        "on the day the bar ends one may register again",
        asked("2029-02-28", *TWICE_SIX_ON_A_LEAP_DAY),
        {"status": "terminated", "until": "2029-02-28", "may_reregister": True, "points": 0, "changes_on": None},
    ),
    (
        "points of the old year suspend in the new one without counting in it",
        asked("2027-01-10", OVER_NEW_YEAR),
        {"status": "suspended", "until": "2027-03-09", "points": 0, "changes_on": "2027-03-09"},
    ),
    (
        "in Hunan nobody is suspended before the first of the next month",
        asked("2025-05-31", *HUNAN_EIGHT_AND_ONE),
        {
            "status": "normal",
            "changes_on": "2025-06-01",
            "periods": [suspension("2025-06-01", "2025-08-01", "b")],
        },
    ),
    (
        "in Hunan ten points of one month make one suspension",
        asked("2026-02-01", scored(9, "2026-01-10", HUNAN), scored(1, "2026-01-31", HUNAN)),
        {"status": "suspended", "periods": [suspension("2026-02-01", "2026-06-01", "a", "b")]},
    ),
    (
        "a suspension joins one that runs and one that has not begun",
        asked("2026-01-20", scored(9, "2026-01-01", months=1), scored(1, "2026-01-10", HUNAN), scored(1, "2026-01-20")),
        {"status": "suspended", "periods": [suspension("2026-01-01", "2026-07-20", "a", "b", "c")]},
    ),
    (
        "relief undoes no suspension and the next point prolongs it",
        asked("2025-02-20", *NINE_AGAIN),
        {"points": 9, "periods": [suspension("2025-02-01", "2025-04-20", "a", "c")]},
    ),
    (
        "New Year changes nothing when the shown points are the same on both sides",
        asked("2025-12-15", scored(3, "2025-12-01"), scored(3, "2026-01-01")),
        {"status": "normal", "points": 3, "changes_on": "2027-01-01"},
    ),
]


golden = pytest.mark.parametrize(("line", "expected"), [case[1:] for case in GOLDEN], ids=[case[0] for case in GOLDEN])


@golden
def test_the_oracle_gives_the_golden_case(line: Json, expected: Json) -> None:
    answer = oracle.replay(line)
    assert {name: answer[name] for name in expected} == expected


@golden
def test_golden_cases_are_read_alike(line: Json, expected: Json, policies: Policies) -> None:
    assert answered(line, policies) == oracle.replay(line)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_histories_are_read_alike(seed: int, policies: Policies) -> None:
    compare(f"{SEED}/{seed}", -(-HISTORIES // len(SEEDS)), policies, oracle.POLICIES)


def test_histories_are_read_alike_where_suspensions_start_on_the_next_day(tmp_path: Path) -> None:
    """No policy in force says so yet: Hunan's is changed for this."""
    folder = shutil.copytree(Path(rules.__file__).parent / "policies", tmp_path / "policies")
    hunan = folder / f"{HUNAN}.toml"
    hunan.write_text(hunan.read_text("utf-8").replace('"next_month"', '"next_day"'), "utf-8")
    next_day = oracle.POLICIES[HUNAN]._replace(start="next_day")
    compare(f"{SEED}/next day", 400, load_policies(folder), {**oracle.POLICIES, HUNAN: next_day})


def test_random_histories_reach_what_is_rare() -> None:
    answers = [oracle.replay(line) for line in histories.random_lines("rare", 1500)]
    periods = [answer["periods"] for answer in answers]
    assert {answer["status"] for answer in answers} == {"normal", "suspended", "terminated"}
    assert sum(answer["may_reregister"] for answer in answers) > 20
    assert sum(bool(answer["errors"]) for answer in answers) > 20
    assert sum(any(one["kind"] == "termination" and one["until"] for one in each) for each in periods) > 20
    assert sum(any(one["kind"] == "suspension" and len(one["because"]) > 2 for one in each) for each in periods) > 5
    assert sum([one["kind"] for one in each].count("termination") > 1 for each in periods) > 5


def test_the_line_to_be_spoilt_is_valid(policies: Policies) -> None:
    assert answered(histories.valid_line(), policies) == oracle.replay(histories.valid_line())


@pytest.mark.parametrize("invalid", list(histories.invalid_lines()), ids=lambda invalid: invalid.why)
def test_what_is_no_history_is_refused_with_line_field_and_value(
    invalid: histories.InvalidLine, policies: Policies
) -> None:
    refused = replay_line(json.dumps(invalid.line).encode(), 7, policies)
    assert not refused.valid
    assert refused.output.keys() == {"id", "error"}
    assert refused.output["id"] == invalid.line.get("id")
    place = rf"line 7: (facts\[\d\]\.)?{invalid.field}(\[\d\])? = {re.escape(json.dumps(invalid.value))}: "
    assert re.match(place, refused.output["error"])


def answered(line: Json, policies: Policies) -> Json:
    """The answer of the rules to a valid line; a refusal is an answer that the oracle never gives."""
    return replay_line(json.dumps(line).encode(), 1, policies).output


def compare(seed: str, count: int, policies: Policies, numbers: Mapping[str, oracle.Policy]) -> None:
    """Fail on the first of so many random lines that is read differently, with the shortest such line near it."""

    def differs(line: Json) -> bool:
        return answered(line, policies) != oracle.replay(line, numbers)

    for line in histories.random_lines(seed, count):
        if differs(line):
            shortest = histories.shrunken(line, differs)
            pytest.fail(difference(shortest, answered(shortest, policies), oracle.replay(shortest, numbers)))


def difference(line: Json, rules_say: Json, oracle_says: Json) -> str:
    """What people need to judge by the words of the law: the line and both answers."""
    return f"line   {json.dumps(line)}\nrules  {json.dumps(rules_say)}\noracle {json.dumps(oracle_says)}"
