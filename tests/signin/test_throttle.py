"""Guessing: five attempts, counted before the password is looked at, however many come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client

from registry.actions import sign_in
from registry.actions.retention import purge
from registry.models import Assignment, Role, SignInAttempt, User
from tests.signin.door import CODE, PASSWORD, code_now, is_in, knock, with_app, words
from tests.town import LAW_BEGINS, at

NOON = at(LAW_BEGINS, 12)
MINUTE = timedelta(minutes=1)


def attempt(name: str = "zhao", address: str = "192.0.2.1", *, after: timedelta = timedelta(0)) -> None:
    sign_in.count_sign_in(name=name, address=address, now=NOON + after)


def test_two_hundred_guesses_at_once_cost_five_looks_at_the_password(committed: None) -> None:
    User.objects.create_user("zhao", password=PASSWORD)

    def guess(number: int) -> str:
        try:
            return words(knock(Client(REMOTE_ADDR=f"10.0.{number}.1"), "zhao", f"geraten und falsch {number}"))
        finally:
            connection.close()

    whole = patch.object(MD5PasswordHasher, "verify", autospec=True, side_effect=MD5PasswordHasher.verify)
    with whole as looking, ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(guess, range(200)))
    assert looking.call_count == 5
    assert sum("尝试次数过多" in answer for answer in answers) == 195


def test_fifty_guesses_of_a_second_factor_at_once_cost_five_looks_at_the_code(committed: None) -> None:
    with_app(User.objects.create_user("zhao", password=PASSWORD))
    user = User.objects.get(username="zhao")
    Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, starts_on=LAW_BEGINS)
    clients = [Client(headers={"accept-language": "en"}) for _ in range(50)]
    for client in clients:
        assert knock(client, "zhao")["Location"] == CODE
    wrong = f"{(int(code_now()) + 5) % 1_000_000:06}"

    def guess(client: Client) -> str:
        try:
            return words(client.post(CODE, {"code": wrong}))
        finally:
            connection.close()

    whole = patch.object(TOTP, "validate_code", autospec=True, side_effect=TOTP.validate_code)
    with whole as looking, ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(guess, clients))
    assert looking.call_count == 5
    assert sum("Too many attempts" in answer for answer in answers) == 45


@pytest.mark.django_db
def test_the_sixth_attempt_waits_even_with_the_right_password() -> None:
    for _ in range(5):
        attempt()
    with pytest.raises(sign_in.TooManyAttempts) as refused:
        attempt(after=MINUTE)
    assert refused.value.wait == 14 * MINUTE


@pytest.mark.django_db
def test_no_quarter_of_an_hour_holds_more_than_five() -> None:
    attempt()
    for _ in range(4):
        attempt(after=14 * MINUTE)
    with pytest.raises(sign_in.TooManyAttempts):
        attempt(after=16 * MINUTE)  # the first one is old, the four are not
    attempt(after=29 * MINUTE)


@pytest.mark.django_db
def test_asking_again_while_refused_does_not_make_the_wait_longer() -> None:
    for _ in range(5):
        attempt()
    for minutes in range(15):
        with pytest.raises(sign_in.TooManyAttempts):
            attempt(after=minutes * MINUTE)
    attempt(after=15 * MINUTE)


@pytest.mark.django_db
def test_from_one_address_many_names_are_not_tried_for_ever() -> None:
    for number in range(20):
        attempt(f"name-{number}")
    with pytest.raises(sign_in.TooManyAttempts):
        attempt("another")
    attempt("another", "192.0.2.2")


@pytest.mark.django_db
def test_a_subscriber_with_a_whole_network_is_one_address() -> None:
    for number in range(20):
        attempt(f"name-{number}", f"2001:db8::{number}")
    with pytest.raises(sign_in.TooManyAttempts):
        attempt("another", "2001:db8::ffff:1")
    attempt("another", "2001:db8:0:1::1")


@pytest.mark.django_db
def test_success_forgets_the_attempts_on_the_account_and_only_its_own_from_the_address() -> None:
    for number in range(19):
        attempt(f"name-{number}")
    attempt("own")
    sign_in.sign_in_succeeded(name="own", address="192.0.2.1")
    attempt("own")
    with pytest.raises(sign_in.TooManyAttempts):
        attempt("own")


@pytest.mark.django_db
def test_the_table_names_nobody_and_is_emptied() -> None:
    attempt("zhao")
    assert not any("zhao" in row.subject or "192" in row.subject for row in SignInAttempt.objects.all())
    purge(now=NOON + timedelta(days=1))
    assert SignInAttempt.objects.count() == 2
    purge(now=NOON + timedelta(days=2))
    assert SignInAttempt.objects.count() == 0


def test_the_page_says_how_long_to_wait_and_says_the_same_of_unknown_names(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    for name in (officer.username, "niemand"):
        for _ in range(5):
            knock(visitor, name, "geraten")
        assert "Nothing was checked; try again in 15 minutes." in words(knock(visitor, name))
    clock.shift(15 * 60)
    knock(visitor, officer.username)
    assert is_in(visitor)


def test_the_present_password_is_guessed_no_more_often_where_it_is_changed(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    for _ in range(5):
        visitor.post("/account/password/", {"oldpassword": "geraten", "password1": "x", "password2": "x"})
    right = {"oldpassword": PASSWORD, "password1": "eine ganz andere", "password2": "eine ganz andere"}
    assert "Too many attempts" in words(visitor.post("/account/password/", right))
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
