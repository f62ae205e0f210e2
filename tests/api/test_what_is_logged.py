"""Codes and names of people do not get into logs, whatever goes wrong."""

import logging
from unittest import mock

import pytest
from django.db import OperationalError

from tests.api.settlement import Settlement, problem

NAME, REASON = "王伟", "心跳骤停"


def secrets(settlement: Settlement) -> list[str]:
    return [settlement.town.surgeon.code, NAME, REASON, settlement.key]


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(f"{record.__dict__} {record.getMessage()} {record.exc_text}" for record in caplog.records)


def test_answers_and_refusals_leave_no_person_in_the_log(
    settlement: Settlement, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        settlement.ask(name=NAME, emergency=True, emergency_reason=REASON)
        settlement.ask(name=NAME, on=settlement.town.surgeon.code)
        settlement.batch(settlement.item(name=NAME), 1)
    assert not [secret for secret in secrets(settlement) if secret in logged(caplog)]


def test_an_unforeseen_failure_is_a_problem_and_is_logged_by_type_and_place_only(
    settlement: Settlement, caplog: pytest.LogCaptureFixture
) -> None:
    message = " ".join(secrets(settlement))
    with mock.patch("registry.api.eligibility.nearest_answers", side_effect=RuntimeError(message)):
        response = settlement.ask(name=NAME)
    problem(response, 500, "internal")
    assert "RuntimeError" in logged(caplog)
    assert "eligibility.py" in logged(caplog)
    assert not [secret for secret in secrets(settlement) if secret in logged(caplog) + response.content.decode()]


def test_while_the_database_is_away_a_system_is_told_when_to_ask_again(settlement: Settlement) -> None:
    with mock.patch("registry.api.eligibility.nearest_answers", side_effect=OperationalError(NAME)):
        response = settlement.ask(name=NAME)
    problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert NAME not in response.content.decode()


def test_if_the_emergency_cannot_be_kept_there_is_no_answer(settlement: Settlement) -> None:
    with mock.patch("registry.api.eligibility.keep_emergency_claims", side_effect=RuntimeError):
        problem(settlement.ask(emergency=True, emergency_reason=REASON), 500, "internal")
