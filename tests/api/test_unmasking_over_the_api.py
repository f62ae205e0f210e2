"""A whole document number goes out once, for a reason, and is kept nowhere on the way."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from registry.actions.registrations import end_registration
from registry.models import AccessRecord, GivenAnswer, Registration
from registry.models.vault import Vault
from tests.actions.looking import NUMBER, REASON, card
from tests.api.conftest import NOW
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import Town


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def officer(here: Desk) -> Program:
    return Program(here.scorer)


def address(here: Desk) -> str:
    return f"practitioners/{here.surgeon.uuid}/unmaskings/"


def asked(here: Desk, **more: Any) -> dict[str, Any]:
    return {"document": card(here.surgeon).pk, "reason": REASON, **more}


def test_an_officer_sees_the_number_and_that_is_kept(here: Desk, officer: Program) -> None:
    answer = officer.post(address(here), asked(here))
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    shown = json.loads(answer.content)
    assert (shown["number"], shown["kind"]["code"]) == (NUMBER, "resident_id")
    (look,) = AccessRecord.objects.all()
    assert (look.practitioner, look.user, look.kind, look.reason) == (here.surgeon, here.scorer, "unmasked", REASON)
    assert look.face == "api"


def test_the_list_of_documents_names_them_with_stars(here: Desk, officer: Program) -> None:
    document = card(here.surgeon)
    (shown,) = officer.read(f"practitioners/{here.surgeon.uuid}/documents/")["items"]
    assert (shown["id"], shown["masked"]) == (document.pk, NUMBER[:3] + "*" * 13 + NUMBER[-2:])


def test_the_same_request_again_is_shown_nothing_and_keeps_nothing(here: Desk, officer: Program) -> None:
    body = asked(here)
    officer.done(address(here), body, idempotency_key="the-same-key")
    again = officer.post(address(here), body, idempotency_key="the-same-key")
    problem(again, 409, "gone")
    assert NUMBER not in again.content.decode()
    other = officer.post(address(here), {**body, "reason": REASON * 2}, idempotency_key="the-same-key")
    problem(other, 422, "idempotency-key-reused")
    assert AccessRecord.objects.count() == 1


def test_the_answer_kept_does_not_hold_the_number(here: Desk, officer: Program) -> None:
    officer.done(address(here), asked(here))
    row = GivenAnswer.objects.get()
    words = Vault(row.uuid, "answers").unseal_words(bytes(row.sealed))
    assert words == {"one_time": True}


def test_a_compliance_officer_sees_numbers_of_the_own_people(here: Desk) -> None:
    own = Program(compliance_officer(here.town.hospital))
    assert own.done(address(here), asked(here))["number"] == NUMBER
    problem(Program(compliance_officer(here.town.clinic)).post(address(here), asked(here)), 404, "not-found")


def test_administrators_see_no_numbers(here: Desk) -> None:
    problem(Program(administrator()).post(address(here), asked(here)), 403, "forbidden")
    assert not AccessRecord.objects.exists()


def test_nobody_sees_the_number_of_somebody_who_left(here: Desk, officer: Program) -> None:
    row = Registration.objects.get(practitioner=here.surgeon, superseded_at=None)
    left = NOW.date() - timedelta(days=1)
    end_registration(registration=row, ends_on=left, reason="调离", by=here.town.officer, now=NOW)
    refused = problem(officer.post(address(here), asked(here)), 409, "refused")
    assert refused["code"] == "not_ones_work"
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("reason", ["short", " " * 20 + "short"])
def test_nobody_sees_a_number_without_a_reason(here: Desk, officer: Program, reason: str) -> None:
    refused = officer.post(address(here), asked(here, reason=reason))
    assert problem(refused, 409, "value-refused")["code"] == "reason_unfit"
    assert not AccessRecord.objects.exists()


def test_a_document_of_somebody_else_is_not_known_here(here: Desk, officer: Program) -> None:
    body = {"document": card(here.nurse).pk, "reason": REASON}
    (error,) = problem(officer.post(address(here), body), 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("document", "not_known")
    assert not AccessRecord.objects.exists()


def test_no_number_gets_into_a_log(here: Desk, officer: Program, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="registry"), caplog.at_level(logging.INFO):
        officer.done(address(here), asked(here))
    assert NUMBER not in "\n".join(f"{record.__dict__} {record.getMessage()}" for record in caplog.records)
