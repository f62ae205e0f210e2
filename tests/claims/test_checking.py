"""The result of a file is what the single question answers for each of its rows, in whatever chunks, from wherever."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from registry.claims.checking import Asked, check
from registry.claims.reading import open_claims
from registry.claims.telling import Teller
from registry.queries.as_known import answers_as_known
from registry.queries.eligibility import Question, eligibilities, eligibility
from tests.claims.files import as_csv, as_ndjson, as_parquet, told
from tests.queries.measured_law import emergencies_under_measures
from tests.queries.random_register import ALL_KNOWN, RandomRegister, build
from tests.queries.test_eligibility_naive import a_past_time, questions

pytestmark = pytest.mark.django_db
MAKE: dict[str, Callable[..., bytes]] = {"csv": as_csv, "ndjson": as_ndjson, "parquet": as_parquet}


@pytest.fixture(autouse=True)
def _emergencies_under_measures_are_paid_but_in_beijing(tmp_path: Path) -> Iterator[None]:
    with emergencies_under_measures(tmp_path, cn_2025=True, cn_11_2025=False):
        yield


def service(number: int, question: Question) -> dict[str, Any]:
    """The question as a row."""
    row = {
        "id": f"单{number}",
        "practitioner": question.practitioner,
        "institution": question.institution,
        "on": question.on.isoformat(),
        "name": question.name,
        "emergency": question.emergency,
        "emergency_reason": question.emergency_reason,
    }
    return {name: value for name, value in row.items() if value not in (None, "")}


def rows_by_chance(random: Random, register: RandomRegister, count: int) -> list[dict[str, Any]]:
    """Services, some of which say something wrong."""
    rows = [service(number, each) for number, each in enumerate(questions(random, register, count, past=0))]
    alone = {"emergency": False, "emergency_reason": "y"}
    spoilt: list[dict[str, Any]] = [{"on": "x"}, {"practitioner": "D" * 70}, alone]
    return [{**row, **random.choice(spoilt)} if random.random() < 0.1 else row for row in rows]


def result_of(content: bytes, asked: Asked, *, size: int) -> tuple[bytes, Counter[str]]:
    file = open_claims(io.BytesIO(content))
    teller, counts = Teller(file.survey.kind, asked), Counter[str]()
    text = teller.heading()
    for chunk in check(file.rows(after=0, now=asked.known_at, keeps_emergencies=True), asked, size=size):
        text += teller.lines(chunk.told(asked))
        counts.update(chunk.counts)
    return text.encode(), counts


def expected(rows: list[dict[str, Any]], numbers: list[int], asked: Asked) -> list[dict[str, Any]]:
    """Each row by itself, asked as the API's single question is."""
    answers = []
    for number, row in zip(numbers, rows, strict=True):
        if row["on"] == "x" or len(row["practitioner"]) > 64 or bool(row.get("emergency_reason")) != row["emergency"]:
            answers.append({"row": number, "id": row["id"], "outcome": "malformed"})
            continue
        given = {name: value for name, value in row.items() if name not in ("id", "on")}
        question = Question(on=date.fromisoformat(row["on"]), known_at=asked.known_at if asked.past else None, **given)
        answer = eligibility(question, now=asked.known_at)
        outcome = "payable" if answer.payable else "not_payable"
        codes = [reason.code for reason in answer.reasons]
        answers.append({"row": number, "id": row["id"], "outcome": outcome, "codes": codes})
    return answers


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("past", [False, True])
def test_the_result_is_what_each_row_alone_would_be_answered(seed: int, past: bool) -> None:
    random = Random(seed)
    register = build(random)
    rows = rows_by_chance(random, register, 60)
    asked = Asked(known_at=a_past_time(random) if past else ALL_KNOWN, past=past, every=True)
    for kind, make in MAKE.items():
        first = {"csv": 2, "ndjson": 1, "parquet": 1}[kind]
        result, counts = result_of(make(rows), asked, size=random.choice([1, 7, 60, 999]))
        wanted = expected(rows, list(range(first, first + len(rows))), asked)
        found = [
            line if "codes" in want else {name: line[name] for name in want}
            for line, want in zip(told(result), wanted, strict=True)
        ]
        assert found == wanted
        assert counts["rows"] == len(rows)
        outcomes = Counter(each["outcome"] for each in wanted)
        assert {name: counts[name] for name in outcomes} == outcomes


def test_any_chunks_make_the_same_result() -> None:
    random = Random(5)
    content = as_ndjson(rows_by_chance(random, build(random), 50))
    asked = Asked(known_at=ALL_KNOWN)
    whole, counts = result_of(content, asked, size=1000)
    assert whole
    assert counts["payable"]
    assert all(result_of(content, asked, size=size) == (whole, counts) for size in (1, 3, 49, 50))


def test_only_rows_that_are_not_payable_are_told_unless_all_are_asked_for() -> None:
    random = Random(6)
    content = as_csv(rows_by_chance(random, build(random), 80))
    every, _counts = result_of(content, Asked(known_at=ALL_KNOWN, every=True), size=9)
    some, _counts = result_of(content, Asked(known_at=ALL_KNOWN), size=9)
    assert told(some) == [line for line in told(every) if line["outcome"] != "payable"]


@pytest.mark.parametrize("seed", range(200, 203))
def test_answers_as_known_at_several_moments_are_those_computed_from_the_facts(seed: int) -> None:
    random = Random(seed)
    register = build(random)
    merged = {file for merge in register.merges for file in merge.what}
    of_merged = {code.what for file in register.files if file.id in merged for code in file.codes}
    asked = [each for each in questions(random, register, 1200, past=0) if each.practitioner in of_merged]
    happened = sorted({at for merge in register.merges for at in (merge.since, merge.until) if at})
    just_before = [at - timedelta(microseconds=1) for at in happened[-4:]]
    moments = [ALL_KNOWN, *just_before, a_past_time(random)]
    slowly = [
        eligibilities([replace(question, known_at=moment) for question in asked], now=moment) for moment in moments
    ]
    assert answers_as_known(asked, *moments) == slowly
