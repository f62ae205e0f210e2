"""The reader's language."""

import pytest
from django.test import Client

from registry.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.create(username="zhao", language="en", is_staff=True, is_superuser=True))
    return client


def spoken(client: Client) -> str:
    return client.get("/admin/").headers["Content-Language"]


def test_the_account_s_language_goes_before_the_browser_s(reader: Client) -> None:
    assert spoken(reader) == "en"


def test_what_was_just_chosen_goes_before_the_account_s(reader: Client) -> None:
    reader.cookies["django_language"] = "zh-hans"
    assert spoken(reader) == "zh-hans"


def test_without_a_choice_the_browser_s_language_is_spoken_and_else_chinese() -> None:
    assert Client(headers={"accept-language": "en"}).get("/account/login/").headers["Content-Language"] == "en"
    assert Client(headers={"accept-language": "fr"}).get("/account/login/").headers["Content-Language"] == "zh-hans"
