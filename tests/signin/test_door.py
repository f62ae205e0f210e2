"""Name and password: who comes in, who is refused, and what a stranger can learn from it."""

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from registry.models import Assignment, User
from tests.signin.door import LOGIN, OFFICE, PASSWORD, is_in, knock, words
from tests.town import Town


def test_an_officer_comes_in_with_name_and_password_and_lands_in_the_office(visitor: Client, officer: User) -> None:
    assert visitor.get(OFFICE, follow=True).redirect_chain[-1][0] == f"{LOGIN}?next=/admin/"
    landed = visitor.post(f"{LOGIN}?next=/admin/work/", {"login": officer.username, "password": PASSWORD})
    assert landed["Location"] == "/admin/work/"
    assert is_in(visitor)


def test_nobody_is_sent_to_another_house(visitor: Client, officer: User) -> None:
    signed = visitor.post(f"{LOGIN}?next=https://evil.example/", {"login": officer.username, "password": PASSWORD})
    assert signed["Location"] == "/"


def test_signing_out_of_the_office_ends_the_session(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    key = str(visitor.session.session_key)
    assert visitor.post("/admin/logout/")["Location"] == LOGIN
    assert not is_in(visitor)
    visitor.cookies["sessionid"] = key
    assert not is_in(visitor)


def test_an_account_that_was_closed_is_refused_like_one_that_never_was(visitor: Client, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)
    closed, unknown = knock(visitor, officer.username), knock(visitor, "niemand")
    assert "No active account has this user name and this password." in words(closed)
    assert words(closed).replace(officer.username, "niemand") == words(unknown)


def test_an_account_without_a_role_is_told_so_and_stays_outside(visitor: Client, officer: User) -> None:
    Assignment.objects.all().delete()
    assert "holds no role today" in words(knock(visitor, officer.username))
    assert "_auth_user_id" not in visitor.session


def test_who_is_in_without_a_role_for_the_office_is_told_so_and_not_led_in_circles(town: Town) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_user("leer"))
    answer = client.get(OFFICE, follow=True)
    assert answer.status_code == 403
    assert "The account leer holds no role here today." in words(answer)


def test_nobody_signs_up_or_asks_for_a_password_by_mail(visitor: Client, town: Town) -> None:
    for address in ("signup/", "password/reset/", "email/", "login/code/", "confirm-email/"):
        assert visitor.get(f"/account/{address}").status_code == 404


def test_without_a_provider_of_identities_the_door_has_no_button_for_one(visitor: Client, db: None) -> None:
    assert "provider" not in visitor.get(LOGIN).content.decode()
    for address in ("provider/", "provider/back/"):
        assert visitor.get(f"/account/{address}").status_code == 404


def test_an_unknown_name_costs_the_same_hash_as_a_known_one(visitor: Client, officer: User) -> None:
    costs = {}
    locked = User.objects.create_user("ohne")  # no usable password
    for name in (officer.username, locked.username, "niemand"):
        with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashing:
            knock(visitor, name, "falsch, aber lang genug")
        costs[name] = hashing.call_count
    assert set(costs.values()) == {1}


def test_the_key_of_the_session_is_another_one_after_signing_in(visitor: Client, officer: User) -> None:
    visitor.get(LOGIN)
    planted = visitor.session
    planted["planted"] = True
    planted.save()
    visitor.cookies["sessionid"] = str(planted.session_key)
    knock(visitor, officer.username)
    assert visitor.session.session_key != planted.session_key
    stranger = Client()
    stranger.cookies["sessionid"] = str(planted.session_key)
    assert not is_in(stranger)


@pytest.mark.parametrize("address", [LOGIN, "/account/logout/", "/admin/logout/", "/account/password/"])
def test_a_form_from_elsewhere_is_refused(officer: User, address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert strict.post(address, {"login": officer.username, "password": PASSWORD}).status_code == 403
    assert is_in(strict)
