"""After a correction: which past services become payable, by which correction, and which would no longer be."""

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from registry.actions.institutions import end_agreement
from registry.actions.merging import merge_files, undo_merge
from registry.actions.registrations import end_registration, register_at
from registry.claims.checking import Asked, check
from registry.claims.reading import open_claims
from registry.claims.telling import Teller
from registry.queries.eligibility import eligibilities
from tests.claims.files import as_csv, as_ndjson, told
from tests.claims.test_checking import service
from tests.entries import annul_entry
from tests.queries.random_register import ALL_KNOWN, BEGIN, build
from tests.queries.test_eligibility_naive import questions
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db
CORRECTED = date(2025, 6, 2)
REFUSED = at(date(2025, 5, 6))


def row(town: Town, on: date, **more: Any) -> dict[str, Any]:
    return {
        "practitioner": town.surgeon.code, "institution": town.hospital.code, "on": str(on), "emergency": False, **more
    }  # fmt: skip


def compared(rows: list[dict[str, Any]], *, since: datetime = REFUSED, known_at: datetime | None = None) -> Any:
    """The lines of the result, and what was counted."""
    asked = Asked(known_at=known_at or at(CORRECTED, 18), since=since, language="en")
    file = open_claims(io.BytesIO(as_ndjson(rows)))
    (chunk,) = check(file.rows(after=0, now=asked.known_at, keeps_emergencies=True), asked)
    lines = Teller("ndjson", asked).lines(chunk.told(asked))
    counts = {name: count for name, count in chunk.counts.items() if count}
    return [json.loads(line) for line in lines.splitlines()], counts


def test_services_on_days_wrongly_blocked_become_payable_with_the_annulment_named(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annulled = annul_entry(entry=entry.fact, reason="判决", by=town.officer, second=town.second, now=at(CORRECTED))
    blocked, free = TODAY + timedelta(days=2), TODAY - timedelta(days=2)
    lines, counts = compared([row(town, blocked, id="x1"), row(town, free), {**row(town, blocked), "on": "?"}])
    (became, malformed) = lines
    assert (became["row"], became["id"], became["outcome"], became["payable"]) == (1, "x1", "becomes_payable", True)
    assert [reason["code"] for reason in became["before"]["reasons"]] == ["suspended"]
    assert became["corrections"] == [
        {"kind": "entry_annulled", "fact": str(annulled.origin_id), "recorded_at": "2025-06-02T02:00:00Z"}
    ]
    assert malformed["outcome"] == "malformed"
    assert counts == {"rows": 3, "becomes_payable": 1, "unchanged": 1, "malformed": 1, "reason:suspended": 1}


def test_before_the_correction_was_learnt_nothing_becomes_payable(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul_entry(entry=entry.fact, reason="判决", by=town.officer, second=town.second, now=at(CORRECTED))
    blocked = row(town, TODAY + timedelta(days=2))
    assert compared([blocked], known_at=at(CORRECTED, 9))[1] == {"rows": 1, "unchanged": 1}
    assert compared([blocked], since=at(CORRECTED, 11))[1] == {"rows": 1, "unchanged": 1}


def test_a_registration_recorded_late_makes_payable_without_any_correction_of_points(town: Town) -> None:
    late = at(CORRECTED)
    register_at(
        practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=town.officer, now=late
    )  # fmt: skip
    lines, counts = compared([row(town, TODAY, institution=town.clinic.code)])
    assert [line["corrections"] for line in lines] == [[]]
    assert counts["reason:not_registered_here"] == 1


def test_days_newly_blocked_are_told_and_not_reclaimed(town: Town) -> None:
    registration = town.surgeon.registrations.get(institution=town.hospital)
    end_registration(registration=registration, ends_on=TODAY, reason="离职", by=town.officer, now=at(CORRECTED))
    lines, counts = compared([row(town, TODAY + timedelta(days=9))])
    (line,) = lines
    assert (line["outcome"], line["reclaimed"], line["payable"]) == ("no_longer_payable", False, False)
    assert counts == {"rows": 1, "no_longer_payable": 1, "reason:not_registered_here": 1}


def test_the_table_names_the_reasons_that_stood_against_payment(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul_entry(entry=entry.fact, reason="判决", by=town.officer, second=town.second, now=at(CORRECTED))
    asked = Asked(known_at=at(CORRECTED, 18), since=REFUSED, language="zh-hans")
    file = open_claims(io.BytesIO(as_csv([row(town, TODAY + timedelta(days=2))])))
    (chunk,) = check(file.rows(after=0, now=asked.known_at, keeps_emergencies=True), asked)
    teller = Teller("csv", asked)
    text = teller.heading() + teller.lines(chunk.told(asked))
    assert [(line["outcome"], line["codes"]) for line in told(text.encode())] == [("becomes_payable", ["suspended"])]
    assert "entry_annulled:" in text


def test_of_files_merged_and_parted_again_each_moment_knows_its_own_person(town: Town) -> None:
    score(town, 9, TODAY)
    blocked = row(town, TODAY + timedelta(days=2), practitioner=town.nurse.code)
    two = {"by": town.officer, "second": town.second}
    merge = merge_files(kept=town.surgeon, absorbed=town.nurse, reason="同一人", now=at(CORRECTED, 10), **two)
    (line,), _counts = compared([blocked], known_at=at(CORRECTED, 11))
    assert (line["outcome"], line["reasons"][0]["code"]) == ("no_longer_payable", "suspended")
    undo_merge(merge=merge, reason="不是同一人", now=at(CORRECTED, 12), **two)
    assert compared([blocked], known_at=at(CORRECTED, 11))[1]["no_longer_payable"] == 1
    (line,), _counts = compared([blocked], since=at(CORRECTED, 11), known_at=at(CORRECTED, 13))
    assert (line["outcome"], line["before"]["status"], line["status"]) == ("becomes_payable", "suspended", "normal")


def test_an_agreement_ended_late_is_known_only_since(town: Town) -> None:
    agreement = town.hospital.agreements.get()
    end_agreement(agreement=agreement, ends_on=TODAY, reason="解除", by=town.officer, now=at(CORRECTED))
    served = row(town, TODAY + timedelta(days=2))
    assert compared([served])[1] == {"rows": 1, "no_longer_payable": 1, "reason:agreement_not_in_force": 1}
    assert compared([served], known_at=at(CORRECTED, 9))[1] == {"rows": 1, "unchanged": 1}


@pytest.mark.parametrize("seed", range(2))
def test_every_row_is_compared_as_two_questions_would_be(seed: int) -> None:
    random = Random(seed)
    asked = questions(random, build(random), 300, past=0)
    since = BEGIN + timedelta(days=200)
    lines, _counts = compared([service(*each) for each in enumerate(asked)], since=since, known_at=ALL_KNOWN)
    then = [replace(question, known_at=since) for question in asked]
    answers = zip(eligibilities(then, now=ALL_KNOWN), eligibilities(asked, now=ALL_KNOWN), strict=True)
    outcomes = {(False, True): "becomes_payable", (True, False): "no_longer_payable"}
    wanted = {
        number: outcomes[was.payable, becomes.payable]
        for number, (was, becomes) in enumerate(answers, start=1)
        if was.payable != becomes.payable
    }
    assert {line["row"]: line["outcome"] for line in lines} == wanted
    assert "becomes_payable" in wanted.values()
