"""What the database cannot hold, in addresses and forms of pages: a mistake of the sender, told as such."""

from django.test import Client
from django.urls import reverse

from registry.models import User
from tests.admin.conftest import SignIn
from tests.town import Town

ADVICE = "Go back, load the page again, and repeat what you entered."


def test_an_address_of_everybody_s_pages_with_a_null_character_is_answered_by_advice(db: None) -> None:
    answer = Client(headers={"accept-language": "en"}).get("/verify/a%00b/c/")
    assert (answer.status_code, ADVICE in answer.text) == (400, True)


def test_a_filter_of_a_list_is_answered_by_advice(administrator: User, sign_in: SignIn) -> None:
    answer = sign_in(administrator).get("/admin/appeals/expert/?specialty=a%00b")
    assert (answer.status_code, ADVICE in answer.text) == (400, True)


def test_a_picker_of_a_form_is_answered_by_advice(town: Town, administrator: User, sign_in: SignIn) -> None:
    sent = {"code": town.agency.code, "name": "改名", "region": "a\0b"}
    answer = sign_in(administrator).post(reverse("admin:registry_agency_change", args=[town.agency.pk]), sent)
    assert (answer.status_code, ADVICE in answer.text) == (400, True)
