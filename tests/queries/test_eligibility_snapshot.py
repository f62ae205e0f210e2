"""An answer is of one moment, although it takes several reads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from registry.actions.institutions import end_agreement
from registry.ledger.families import Persons
from registry.models import ServiceAgreement
from registry.queries import holdings
from registry.queries.eligibility import Question, eligibility
from tests.actions.measuring import decide, propose
from tests.town import TODAY, Town, at, build, score

NOW = at(date(2026, 12, 1))


@pytest.fixture
def town(committed: None) -> Town:
    return build("510100")


def end_the_agreement(town: Town) -> None:
    agreement = ServiceAgreement.objects.get(institution=town.hospital, superseded_at=None)
    end_agreement(agreement=agreement, ends_on=TODAY, reason="解除", by=town.officer, now=at(TODAY))
    connection.close()


def test_what_is_recorded_while_an_answer_is_read_counts_from_the_next_one_on(town: Town) -> None:
    question = Question(practitioner=town.surgeon.code, institution=town.hospital.code, on=TODAY)

    def meanwhile(*args: Any, **options: Any) -> Persons:
        with ThreadPoolExecutor() as elsewhere:
            elsewhere.submit(end_the_agreement, town).result()
        return Persons(*args, **options)

    with mock.patch.object(holdings, "Persons", meanwhile):
        assert eligibility(question, now=NOW).payable
    assert not eligibility(question, now=NOW).payable
    assert not connection.in_atomic_block


def test_a_measure_decided_while_an_answer_is_read_counts_from_the_next_one_on(town: Town) -> None:
    question = Question(practitioner=town.nurse.code, institution=town.hospital.code, on=TODAY)
    score(town, 9, TODAY)
    measure = propose(town, "agreement_suspended")

    def decide_now() -> None:
        decide(town, measure, starts_on=TODAY)
        connection.close()

    def meanwhile(*args: Any, **options: Any) -> Persons:
        with ThreadPoolExecutor() as elsewhere:
            elsewhere.submit(decide_now).result()
        return Persons(*args, **options)

    with mock.patch.object(holdings, "Persons", meanwhile):
        assert eligibility(question, now=NOW).payable
    assert [reason.code for reason in eligibility(question, now=NOW).reasons] == ["agreement_suspended"]
