from typing import Any

import pytest
from django.test import Client

from registry.models import Assignment, Role, User
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import text_of, url
from tests.town import Town


@pytest.fixture
def guan(sign_in: SignIn, security: User) -> Client:
    return sign_in(security)


def save(client: Client, user: User, **assignment: Any) -> Any:
    data = {
        "username": user.username,
        "is_active": "on",
        "language": "",
        "assignments-TOTAL_FORMS": "1",
        "assignments-INITIAL_FORMS": "0",
        "assignments-0-user": user.pk,
        "assignments-0-starts_on": "2025-03-01",
        **{f"assignments-0-{name}": value for name, value in assignment.items()},
    }
    return client.post(url("registry_user_change", user.pk), data)


def test_an_assignment_says_at_the_field_which_place_its_role_needs(guan: Client, town: Town) -> None:
    zhou = User.objects.create_user("zhou")
    page = text_of(save(guan, zhou, role="agency_officer", institution=town.hospital.pk))
    assert "The role “agency officer” is held at one of these: choose it." in page
    assert "The role “agency officer” is not held at one of these: leave it empty." in page
    assert "violated" not in page
    assert not Assignment.objects.filter(user=zhou).exists()
    assert save(guan, zhou, role="agency_officer", agency=town.agency.pk).status_code == 302
    assert Assignment.objects.get(user=zhou).agency == town.agency


def test_an_assignment_that_ends_before_it_begins_is_refused_with_both_days(guan: Client, town: Town) -> None:
    zhou = User.objects.create_user("zhou")
    page = text_of(save(guan, zhou, role="agency_officer", agency=town.agency.pk, ends_on="2025-02-01"))
    assert "ends on Feb. 1, 2025, before it begins on March 1, 2025" in page
    assert "violated" not in page


def test_a_key_that_would_be_over_is_refused_at_its_last_day(guan: Client, town: Town) -> None:
    page = guan.post(url("issue_key"), {"name": "HIS", "scope": "settlement_system", "last_day": "2020-01-01"})
    assert page.context["form"].errors["last_day"] == [
        "A key cannot end on Jan. 1, 2020: choose a day from today on, at most 365 days ahead."
    ]


@pytest.mark.parametrize("field", ["agency", "institution", "authority", "region"])
def test_who_gives_a_role_finds_the_place_for_it(guan: Client, town: Town, field: str) -> None:
    asked = {"app_label": "registry", "model_name": "assignment", "field_name": field}
    answer = guan.get("/admin/autocomplete/", asked)
    assert answer.status_code == 200
    names = str(answer.json()["results"])
    assert field == "authority" or {"agency": "市医保中心", "institution": "第一医院", "region": "某市"}[field] in names
    assert guan.get(url("registry_institution_changelist")).status_code == 404
    assert guan.get(url("registry_institution_change", town.hospital.pk)).status_code == 404


def test_the_page_of_an_account_says_that_a_password_is_set_and_nothing_of_its_hash(
    guan: Client, sign_in: SignIn, town: Town
) -> None:
    zhou = User.objects.create_user("zhou", password="eine lange Parole für Proben")
    auditor = sign_in(assign(User.objects.create_user("shen"), Role.AUDITOR))
    algorithm, *_iterations, salt, kept = zhou.password.split("$")
    for client, may_change in ((guan, True), (auditor, False)):
        page = client.get(url("registry_user_change", zhou.pk)).content.decode()
        assert "A password is set." in page
        assert ('href="../password/"' in page) is may_change
        assert not [part for part in (algorithm, salt[:4], kept[:6]) if part in page]


def test_the_page_of_an_account_without_a_password_says_so(guan: Client, town: Town) -> None:
    page = text_of(guan.get(url("registry_user_change", User.objects.create_user("zhou").pk)))
    assert "No password set." in page
    assert "A password is set." not in page
