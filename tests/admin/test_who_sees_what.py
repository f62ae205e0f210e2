import pytest
from django.test import Client

from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.models import Practitioner, Role, User
from tests.admin.conftest import PASSWORD, SignIn, assign
from tests.admin.deeds import text_of, url
from tests.town import LAW_BEGINS, Town, at, blame, handle

PEOPLE_AND_PLACES = ("practitioner", "registration", "institution", "serviceagreement", "rosterjob")
CASES = ("handling", "personaltrigger", "case", "proposal", "pointsentry", "standingchange")
HOUSE = ("user", "apikey")


@pytest.fixture
def clinic_nurse(town: Town) -> Practitioner:
    """Works at the clinic only."""
    person = register_practitioner(
        code="N430100000009", name="赵敏", category="nurse", by=town.officer, now=at(LAW_BEGINS)
    )
    register_at(practitioner=person, institution=town.clinic, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS))
    return person


def test_nobody_comes_in_without_signing_in(client: Client, town: Town) -> None:
    response = client.get(url("registry_practitioner_changelist"))
    assert response.status_code == 302
    assert url("login") in response["Location"]


def test_an_account_without_a_role_is_told_what_to_do(client: Client, town: Town) -> None:
    User.objects.create_user("leer", password=PASSWORD)
    account = {"login": "leer", "password": PASSWORD}
    response = client.post("/account/login/", account, headers={"accept-language": "en"})
    assert "holds no role today" in text_of(response)


def test_an_assignment_that_is_over_opens_nothing(sign_in: SignIn, compliance: User) -> None:
    compliance.assignments.update(ends_on=LAW_BEGINS)
    assert sign_in(compliance).get(url("index")).status_code == 302


@pytest.mark.parametrize("name", PEOPLE_AND_PLACES + CASES)
def test_every_officer_opens_the_lists(
    sign_in: SignIn, town: Town, compliance: User, administrator: User, name: str
) -> None:
    for user in (town.officer, compliance, administrator):
        assert sign_in(user).get(url(f"registry_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", HOUSE)
def test_users_and_keys_are_kept_by_security_administrators_and_read_by_auditors(
    sign_in: SignIn, town: Town, compliance: User, administrator: User, security: User, name: str
) -> None:
    auditor = assign(User.objects.create_user("shen"), Role.AUDITOR)
    for user in (security, auditor):
        assert sign_in(user).get(url(f"registry_{name}_changelist")).status_code == 200
    for user in (town.officer, compliance, administrator):
        assert sign_in(user).get(url(f"registry_{name}_changelist")).status_code == 403
    assert sign_in(auditor).get(url("registry_user_add")).status_code == 403
    assert sign_in(auditor).get(url("issue_key")).status_code == 403


@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.SUPPORT])
def test_who_reads_no_files_finds_no_page_of_people(sign_in: SignIn, town: Town, role: Role) -> None:
    client = sign_in(assign(User.objects.create_user("zhi"), role))
    for name in (
        *(f"registry_{name}_changelist" for name in PEOPLE_AND_PLACES + CASES),
        "work_list",
        "key_supervision",
    ):
        assert client.get(url(name)).status_code == 404, name
    for name in ("find_by_document", "appeals_objection_changelist"):
        assert client.get(url(name)).status_code == 404, name
    assert client.get(url("registry_practitioner_change", town.surgeon.pk)).status_code == 404
    assert client.get(url("index")).status_code == 302
    for name in ("registry_region_changelist", "registry_calendaryear_changelist", "policies"):
        assert client.get(url(name)).status_code == 200, name


def test_a_reviewer_reads_cases_of_the_region_and_records_nothing(sign_in: SignIn, town: Town) -> None:
    client = sign_in(assign(User.objects.create_user("fu"), Role.REVIEWER, agency=town.agency))
    handling = handle(town)
    assert "王伟" in text_of(client.get(url("registry_practitioner_changelist")))
    assert client.get(url("registry_case_change", handling.case.pk)).status_code == 200
    assert client.get(url("identify", handling.case.pk)).status_code == 403
    assert client.get(url("record_handling", town.hospital.pk)).status_code == 403


def test_a_compliance_officer_lists_the_people_of_the_own_institution_only(
    sign_in: SignIn, compliance: User, clinic_nurse: Practitioner
) -> None:
    shown = text_of(sign_in(compliance).get(url("registry_practitioner_changelist")))
    assert "王伟" in shown
    assert "赵敏" not in shown


def test_what_is_not_yours_is_not_there(
    sign_in: SignIn, town: Town, compliance: User, stranger: User, clinic_nurse: Practitioner
) -> None:
    handling = handle(town)
    elsewhere = sign_in(compliance)
    assert elsewhere.get(url("registry_practitioner_change", clinic_nurse.pk)).status_code == 404
    assert elsewhere.get(url("registry_institution_change", town.clinic.pk)).status_code == 404
    assert elsewhere.get(url("upload_roster", town.clinic.pk)).status_code == 404
    assert elsewhere.get(url("export_roster", town.clinic.pk)).status_code == 404
    far = sign_in(stranger)
    for page in (
        url("registry_practitioner_change", town.surgeon.pk),
        url("registry_handling_change", handling.pk),
        url("identify", handling.case.pk),
        url("reregister", town.surgeon.pk),
        url("cases_of_person", town.surgeon.pk),
    ):
        assert far.get(page).status_code == 404, page


def test_an_institution_is_a_link_to_whom_its_page_opens_and_words_to_others(
    sign_in: SignIn, town: Town, compliance: User
) -> None:
    register_at(practitioner=town.surgeon, institution=town.clinic, starts_on=LAW_BEGINS, by=None, now=at(LAW_BEGINS))
    page, clinic = (
        url("registry_practitioner_change", town.surgeon.pk),
        url("registry_institution_change", town.clinic.pk),
    )
    shown = sign_in(compliance).get(page)
    assert "社区卫生中心" in text_of(shown)
    assert clinic not in shown.content.decode()
    assert url("registry_institution_change", town.hospital.pk) in shown.content.decode()
    assert clinic in sign_in(town.officer).get(page).content.decode()


def test_compliance_officers_and_administrators_record_no_points(
    sign_in: SignIn, town: Town, compliance: User, administrator: User
) -> None:
    responsibility = blame(town, handle(town))
    for user in (compliance, administrator):
        client = sign_in(user)
        for page in (
            url("propose", responsibility.pk),
            url("record_handling", town.hospital.pk),
            url("cases_of_person", town.surgeon.pk),
        ):
            response = client.get(page)
            assert response.status_code == 403
            assert "Your role does not include this act." in text_of(response)


def test_a_person_is_found_by_code_by_the_beginning_of_the_name_and_by_part_of_it(sign_in: SignIn, town: Town) -> None:
    client = sign_in(town.officer)
    for term in ("d430100000001", "王", "伟"):
        shown = text_of(client.get(url("registry_practitioner_changelist"), {"q": term}))
        assert "王伟" in shown
        assert "李娜" not in shown


def test_an_autocomplete_offers_nobody_from_elsewhere(sign_in: SignIn, town: Town, stranger: User) -> None:
    asked = {"app_label": "registry", "model_name": "responsibility", "field_name": "practitioner", "term": "王"}
    assert "王伟" in sign_in(town.officer).get(url("autocomplete"), asked).json()["results"][0]["text"]
    assert sign_in(stranger).get(url("autocomplete"), asked).json()["results"] == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "or it is not yours to see"), ("zh-hans", '<html lang="zh-hans">')]
)
def test_what_is_not_there_and_what_is_not_yours_is_one_page_with_a_way_back(
    sign_in: SignIn, stranger: User, town: Town, language: str, words: str
) -> None:
    client = sign_in(stranger)
    client.cookies["django_language"] = language
    foreign = client.get(url("registry_practitioner_change", town.surgeon.pk))
    missing = client.get(url("registry_practitioner_change", 999_999))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert words in foreign.content.decode()
    assert f'href="{url("index")}"' in foreign.content.decode()


def test_a_form_without_its_token_is_refused_in_words(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = strict.post("/account/login/", {"login": "x"})
    assert response.status_code == 403
    assert "nothing was recorded" in response.content.decode()
