"""The office and people's own files: codes on paper that are shown once, and answers to what people ask."""

import re

import pytest
from django.test import Client

from registry.actions.own_access import enrol
from registry.actions.own_corrections import ask_for_correction
from registry.models import CorrectionRequest, EnrolmentCode, Role, Task, User
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import text_of, url
from tests.casework import Desk
from tests.enrolling import ADDRESS, CARD, PASSWORD, enrolled, with_card
from tests.town import TODAY, Town, at


@pytest.fixture
def desk_of_compliance(town: Town, compliance: User, sign_in: SignIn) -> Client:
    with_card(town)
    return sign_in(compliance)


def shown(town: Town, **other: str) -> dict[str, str]:
    right = {
        "institution": str(town.hospital.pk),
        "code": town.surgeon.code,
        "name": town.surgeon.name,
        "document_number": CARD,
        "step": "form",
    }
    return {**right, **other}


def test_a_compliance_officer_prints_a_code_that_is_shown_once_and_opens_the_file(
    town: Town, desk_of_compliance: Client
) -> None:
    assert "Issue a code of access" in text_of(
        desk_of_compliance.get(url("registry_practitioner_change", town.surgeon.pk))
    )
    address = url("issue_access_code", town.surgeon.pk)
    form = desk_of_compliance.get(address).content.decode()
    assert f'value="{town.hospital.pk}" selected' in form
    assert CARD not in form
    page = desk_of_compliance.post(address, shown(town))
    (text,) = re.findall(r'id="access-code"[^>]*>([^<]+)<', page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert "http://testserver/account/enrol/" in text_of(page)
    assert text not in desk_of_compliance.get(address).content.decode()
    enrol(
        personal_code=town.surgeon.code,
        code=text,
        username="wangwei",
        password=PASSWORD,
        address=ADDRESS,
        now=at(TODAY, 16),
    )


@pytest.mark.parametrize("field", ["code", "name", "document_number"])
def test_what_does_not_fit_is_said_at_its_field_and_tells_nothing(
    town: Town, desk_of_compliance: Client, field: str
) -> None:
    page = desk_of_compliance.post(url("issue_access_code", town.surgeon.pk), shown(town, **{field: "110105X"}))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert CARD not in page.content.decode().replace(f'value="{CARD}"', "")
    assert not EnrolmentCode.objects.exists()


def test_no_other_institution_is_offered_nor_taken(town: Town, desk_of_compliance: Client) -> None:
    page = desk_of_compliance.post(
        url("issue_access_code", town.surgeon.pk), shown(town, institution=str(town.clinic.pk))
    )
    assert "institution" in page.context["form"].errors


def test_only_keepers_of_staff_issue_codes(town: Town, sign_in: SignIn, stranger: User, administrator: User) -> None:
    reviewer = assign(User.objects.create_user("pruefer"), Role.REVIEWER, agency=town.agency)
    address = url("issue_access_code", town.surgeon.pk)
    assert sign_in(stranger).get(address).status_code == 404
    for user in (administrator, reviewer):
        assert sign_in(user).get(address).status_code == 403


def test_the_agency_answers_from_the_work_list(town: Town, here: Desk, sign_in: SignIn, compliance: User) -> None:
    surgeon = enrolled(town)
    task = ask_for_correction(practitioner=town.surgeon, what="姓名应为王玮", by=surgeon, now=at(TODAY, 12))
    client, address = sign_in(here.scorer), url("answer_correction", task.pk)
    assert address in client.get(url("work_list")).content.decode()
    assert "姓名应为王玮" in text_of(client.get(address))
    assert client.post(address, {"answer": "", "step": "form"}).status_code == 422
    assert client.post(address, {"answer": "已更正", "step": "form"})["Location"] == url("work_list")
    assert CorrectionRequest.objects.get().answer == "已更正"
    assert Task.objects.get(pk=task.pk).state == "done"
    assert client.get(address).status_code == 404
    assert sign_in(compliance).get(address).status_code == 403


def test_an_agency_elsewhere_does_not_find_the_request(town: Town, stranger: User, sign_in: SignIn) -> None:
    task = ask_for_correction(practitioner=town.surgeon, what="错", by=enrolled(town), now=at(TODAY, 12))
    assert sign_in(stranger).get(url("answer_correction", task.pk)).status_code == 404


def test_an_officer_with_an_own_file_finds_it_from_the_office(town: Town, here: Desk, sign_in: SignIn) -> None:
    client = sign_in(here.scorer)
    assert 'href="/my/"' not in client.get("/admin/").content.decode()
    here.scorer.assignments.create(role=Role.PRACTITIONER, practitioner=town.nurse, starts_on=TODAY)
    assert 'href="/my/"' in sign_in(here.scorer).get("/admin/").content.decode()
