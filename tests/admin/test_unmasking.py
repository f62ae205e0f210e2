"""A whole document number is shown once, for a reason, and stands in no address, message, session or log."""

import logging

import pytest

from registry.models import AccessRecord, IdentityDocument, User
from tests.actions.deeds import merge
from tests.actions.looking import NUMBER, REASON, card
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url
from tests.admin.test_opening_files import file_of, give_reason, leaves
from tests.town import TODAY, Town


@pytest.fixture
def document(town: Town) -> IdentityDocument:
    return card(town.surgeon)


def test_the_number_is_shown_once_and_that_is_kept(sign_in: SignIn, town: Town, document: IdentityDocument) -> None:
    client = sign_in(town.officer)
    page = client.get(file_of(town.surgeon)).content.decode()
    assert url("unmask_document", document.pk) in page
    assert NUMBER not in page
    asked = client.get(url("unmask_document", document.pk))
    assert NUMBER not in asked.content.decode()
    answer = client.post(url("unmask_document", document.pk), {"reason": REASON, "step": "form"})
    assert NUMBER in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    look = AccessRecord.objects.get(kind="unmasked")
    assert (look.practitioner, look.user, look.reason) == (town.surgeon, town.officer, REASON)


def test_the_number_stays_nowhere(
    sign_in: SignIn, town: Town, document: IdentityDocument, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in(town.officer)
    with caplog.at_level(logging.INFO):
        answer = client.post(url("unmask_document", document.pk), {"reason": REASON, "step": "form"})
    assert NUMBER not in str(dict(client.session.items()))
    assert NUMBER not in str(client.cookies)
    assert NUMBER not in str(answer.headers)
    assert NUMBER not in "\n".join(f"{record.__dict__} {record.getMessage()}" for record in caplog.records)
    for page in (file_of(town.surgeon), url("readings", town.surgeon.pk), url("unmask_document", document.pk)):
        assert NUMBER not in client.get(page).content.decode()


@pytest.mark.parametrize("reason", ["", "short"])
def test_without_a_reason_no_number_is_shown(
    sign_in: SignIn, town: Town, document: IdentityDocument, reason: str
) -> None:
    answer = sign_in(town.officer).post(url("unmask_document", document.pk), {"reason": reason, "step": "form"})
    assert answer.status_code == 422
    assert NUMBER not in answer.content.decode()
    assert not AccessRecord.objects.exists()


def test_a_compliance_officer_sees_numbers_of_the_own_people(
    sign_in: SignIn, town: Town, compliance: User, stranger: User, document: IdentityDocument
) -> None:
    data = {"reason": REASON, "step": "form"}
    assert NUMBER in text_of(sign_in(compliance).post(url("unmask_document", document.pk), data))
    assert sign_in(stranger).post(url("unmask_document", document.pk), data).status_code == 404


def test_an_administrator_sees_no_number(
    sign_in: SignIn, town: Town, administrator: User, document: IdentityDocument
) -> None:
    client = sign_in(administrator)
    give_reason(client, town.surgeon)
    assert url("unmask_document", document.pk) not in client.get(file_of(town.surgeon)).content.decode()
    answer = client.post(url("unmask_document", document.pk), {"reason": REASON, "step": "form"})
    assert answer.status_code == 403


def test_a_reason_that_opens_a_file_opens_no_number(
    sign_in: SignIn, town: Town, compliance: User, document: IdentityDocument
) -> None:
    leaves(town.surgeon)
    client = sign_in(compliance)
    give_reason(client, town.surgeon)
    assert url("unmask_document", document.pk) not in client.get(file_of(town.surgeon)).content.decode()
    answer = client.post(url("unmask_document", document.pk), {"reason": REASON, "step": "form"})
    assert answer.status_code == 422
    assert "is not part of your work" in text_of(answer)
    assert not AccessRecord.objects.filter(kind="unmasked").exists()


def test_a_document_of_a_merged_file_is_one_of_the_person(sign_in: SignIn, town: Town) -> None:
    merge(town, town.surgeon, town.nurse, TODAY)
    document = card(town.nurse)
    client = sign_in(town.officer)
    assert url("unmask_document", document.pk) in client.get(file_of(town.surgeon)).content.decode()
    answer = client.post(url("unmask_document", document.pk), {"reason": REASON, "step": "form"})
    assert NUMBER in text_of(answer)
