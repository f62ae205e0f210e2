"""Which passwords are taken, and how long they last."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from django.test.utils import override_settings

from registry.config.passwords import password_validators
from registry.models import PasswordAge, User
from tests.signin.door import OFFICE, PASSWORD, is_in, knock, words

CHANGE = "/account/password/"
STRONG = "Ein Haus, 4 Türen"


def new_password(old: str, new: str) -> dict[str, str]:
    return {"oldpassword": old, "password1": new, "password2": new}


@pytest.mark.parametrize("weak", ["kurz", "password1234", "elf Zeichen"])
def test_a_short_or_common_password_is_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak)


def test_a_list_of_the_deployment_refuses_what_stands_on_it(tmp_path: Path) -> None:
    listed = tmp_path / "listed.txt"
    listed.write_text("Sommer2026Sommer2026\nyibao-yibao-yibao\n")
    with override_settings(AUTH_PASSWORD_VALIDATORS=password_validators("", str(listed))):
        validate_password(PASSWORD)
        with pytest.raises(ValidationError, match="stands on a list"):
            validate_password("sommer2026sommer2026")


def test_a_list_that_is_not_there_and_an_unknown_profile_are_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_PASSWORD_LIST"):
        password_validators("", str(tmp_path / "missing.txt"))
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_PASSWORD_PROFILE"):
        password_validators("mlps4", "")


@pytest.fixture
def mlps3() -> Iterator[None]:
    with override_settings(
        REGISTRY_PASSWORD_PROFILE="mlps3", AUTH_PASSWORD_VALIDATORS=password_validators("mlps3", "")
    ):
        yield


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("kleinbuchstaben und", False),
        ("kleine und GROSSE", True),
        ("kleinegrossenmitZ9", True),
        ("kleinegrossenMITmm", False),
        ("KLEIN-GENUG-123", True),
    ],
)
def test_the_profile_asks_for_three_of_four_kinds(mlps3: None, password: str, taken: bool) -> None:
    if taken:
        validate_password(password)
        return
    with pytest.raises(ValidationError, match="Three of these four"):
        validate_password(password)


def test_under_the_profile_a_password_lasts_ninety_days(
    mlps3: None, visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    knock(visitor, officer.username)
    assert is_in(visitor)
    clock.shift(timedelta(days=91))
    knock(visitor, officer.username)
    for address in ("/", OFFICE, "/admin/work/", "/account/factor/"):
        assert visitor.get(address)["Location"] == CHANGE
    visitor.post(CHANGE, new_password(PASSWORD, STRONG))
    assert is_in(visitor)


def test_under_the_profile_a_password_of_unknown_age_is_changed_first(
    mlps3: None, visitor: Client, officer: User
) -> None:
    PasswordAge.objects.all().delete()
    knock(visitor, officer.username)
    assert visitor.get(OFFICE)["Location"] == CHANGE


def test_without_the_profile_passwords_do_not_grow_old(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=400))
    knock(visitor, officer.username)
    assert is_in(visitor)


def test_a_changed_password_keeps_this_session_and_ends_the_others(visitor: Client, officer: User) -> None:
    elsewhere = Client()
    for client in (visitor, elsewhere):
        knock(client, officer.username)
    visitor.post(CHANGE, new_password(PASSWORD, STRONG))
    assert is_in(visitor)
    assert not is_in(elsewhere)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (new_password("falsch", STRONG), "This is not the password of the account."),
        (new_password(PASSWORD, PASSWORD), "This is the present password."),
        ({**new_password(PASSWORD, STRONG), "password2": "anders"}, "are not the same"),
        (new_password(PASSWORD, "kurz"), "at least 12 characters"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said_at_its_field(
    visitor: Client, officer: User, typed: dict[str, str], said: str
) -> None:
    knock(visitor, officer.username)
    assert said in words(visitor.post(CHANGE, typed))
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_new_hash_of_the_same_password_does_not_make_it_young(officer: User, clock: time_machine.Traveller) -> None:
    before = PasswordAge.objects.get(user=officer).changed_at
    clock.shift(timedelta(days=5))
    officer.password = "pbkdf2_sha256$1$salz$x"
    officer.save()
    assert PasswordAge.objects.get(user=officer).changed_at == before
    password_changed("neu", officer)
    assert PasswordAge.objects.get(user=officer).changed_at == before + timedelta(days=5)


def test_an_account_without_a_password_has_none_to_change(officer: User, visitor: Client) -> None:
    officer.set_unusable_password()
    officer.save()
    visitor.force_login(officer)
    assert visitor.get(CHANGE, follow=True).redirect_chain[-1][0] == OFFICE


def test_under_the_profile_an_account_without_a_password_is_not_led_in_circles(
    mlps3: None, officer: User, visitor: Client
) -> None:
    PasswordAge.objects.all().delete()
    officer.set_unusable_password()
    officer.save()
    visitor.force_login(officer)
    assert is_in(visitor)
