"""The second factor: nothing opens before it is set up, no code opens twice, and no officer is without."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from registry.models import Assignment, User
from tests.gunicorn import Browser, gunicorn, hashed
from tests.signin.door import (
    CODE,
    FACTOR,
    LOGIN,
    OFFICE,
    PASSWORD,
    SECRET,
    code_now,
    is_in,
    kept_secret,
    knock,
    opened,
    with_app,
    words,
)
from tests.town import LAW_BEGINS, build


@pytest.fixture(autouse=True)
def _required() -> Iterator[None]:
    with override_settings(REGISTRY_SECOND_FACTOR=True):
        yield


def test_an_officer_without_a_second_factor_reaches_nothing_but_setting_one_up(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    for address in (
        "/",
        OFFICE,
        "/admin/work/",
        "/admin/registry/practitioner/",
        "/account/password/",
        "/api/v1/eligibility",
    ):
        assert visitor.get(address)["Location"] == FACTOR
    assert visitor.post("/admin/calendar/enter/")["Location"] == FACTOR
    assert "Set up a second factor" in words(visitor.get(FACTOR))


def test_setting_up_an_app_shows_recovery_codes_once_and_opens_the_office(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    page = visitor.get("/account/factor/app/")
    secret = page.context["form"].secret
    assert secret in words(page)
    recovery = visitor.post("/account/factor/app/", {"code": code_now(secret)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", recovery.content.decode())
    assert len(codes) == 10
    assert is_in(visitor)
    assert codes[0] not in words(visitor.get("/account/factor/recovery/"))
    visitor.post("/account/logout/")
    assert knock(visitor, officer.username)["Location"] == CODE
    visitor.post(CODE, {"code": codes[0]})
    assert is_in(visitor)
    visitor.post("/account/logout/")
    knock(visitor, officer.username)
    assert "was used already" in words(visitor.post(CODE, {"code": codes[0]}))


def test_after_the_password_alone_nothing_opens(visitor: Client, officer: User) -> None:
    with_app(officer)
    assert knock(visitor, officer.username)["Location"] == CODE
    assert "use_key" not in visitor.get(CODE).content.decode(), "who has no key is offered none"
    assert not is_in(visitor)
    visitor.post(CODE, {"code": code_now()})
    assert is_in(visitor)


def test_a_code_that_was_used_opens_nothing_any_more(officer: User) -> None:
    with_app(officer)
    code = code_now()
    answers = []
    for _ in range(2):
        client = Client(headers={"accept-language": "en"})
        knock(client, officer.username)
        answers.append(client.post(CODE, {"code": code}))
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "This code is not right, or was used already." in words(answers[1])


def test_the_code_that_set_up_the_app_does_not_open_the_door(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    code = code_now(visitor.get("/account/factor/app/").context["form"].secret)
    visitor.post("/account/factor/app/", {"code": code})
    assert is_in(visitor)
    visitor.post("/account/logout/")
    knock(visitor, officer.username)
    assert "was used already" in words(visitor.post(CODE, {"code": code}))


def test_of_many_who_come_with_one_code_at_once_one_comes_in(committed: None) -> None:
    town = build()
    town.officer.set_password(PASSWORD)
    town.officer.save()
    Assignment.objects.create(user=with_app(town.officer), role="administrator", starts_on=LAW_BEGINS)
    clients = [Client() for _ in range(5)]
    for client in clients:
        knock(client, town.officer.username)
    code = code_now()

    def come(client: Client) -> int:
        try:
            return client.post(CODE, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(come, clients)) == [200, 200, 200, 200, 302]


def test_of_processes_that_get_one_code_at_once_one_lets_somebody_in(committed: None, tmp_path: Path) -> None:
    user = with_app(User.objects.create(username="zhao", password=hashed(PASSWORD)))
    Assignment.objects.create(user=user, role="administrator", starts_on=LAW_BEGINS)
    with gunicorn(tmp_path, REGISTRY_SECOND_FACTOR="true") as first, ExitStack() as others:
        houses = [first, others.enter_context(gunicorn(tmp_path / "second", REGISTRY_SECOND_FACTOR="true"))]
        browsers = [Browser(house) for house in houses * 3]
        for browser in browsers:
            assert browser.send(LOGIN, login="zhao", password=PASSWORD).headers["Location"] == CODE
        code = code_now()
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda browser: browser.send(CODE, code=code).status_code, browsers))
        assert sorted(answers) == [200] * 5 + [302]


def test_a_code_is_taken_a_little_late_and_not_much_later(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    with_app(officer)
    old = code_now()
    clock.shift(61)
    knock(visitor, officer.username)
    visitor.post(CODE, {"code": old})
    assert not is_in(visitor)
    code = code_now()
    clock.shift(30)
    visitor.post(CODE, {"code": code})
    assert is_in(visitor)


def test_used_codes_are_remembered_where_every_process_looks() -> None:
    assert type(cache._connections[cache._alias]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]


def test_a_code_is_guessed_five_times(visitor: Client, officer: User, clock: time_machine.Traveller) -> None:
    with_app(officer)
    wrong = f"{(int(code_now()) + 1) % 1_000_000:06}"
    knock(visitor, officer.username)
    for _ in range(5):
        assert "This code is not right" in words(visitor.post(CODE, {"code": wrong}))
    assert "Too many attempts" in words(visitor.post(CODE, {"code": code_now()}))
    assert not is_in(visitor)


def test_the_secret_of_the_app_is_kept_sealed(officer: User) -> None:
    with_app(officer)
    assert SECRET not in kept_secret(officer)
    assert opened(kept_secret(officer)) == SECRET


def test_the_last_factor_of_an_officer_stays(visitor: Client, officer: User) -> None:
    with_app(officer)
    knock(visitor, officer.username)
    visitor.post(CODE, {"code": code_now()})
    assert "officers need one" in words(visitor.post("/account/factor/app/remove/"))
    assert Authenticator.objects.filter(user=officer, type="totp").exists()
    key = Authenticator.objects.create(user=officer, type="webauthn", data={"name": "Schlüssel", "credential": {}})
    visitor.post("/account/factor/app/remove/")
    assert not Authenticator.objects.filter(user=officer, type="totp").exists()
    assert "officers need one" in words(visitor.post(f"/account/factor/keys/{key.pk}/remove/"))
    assert visitor.delete(f"/account/factor/keys/{key.pk}/remove/").status_code == 405
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_nobody_removes_the_key_of_another(visitor: Client, officer: User) -> None:
    theirs = Authenticator.objects.create(
        user=User.objects.create_user("anders"), type="webauthn", data={"name": "x", "credential": {}}
    )
    with_app(officer)
    knock(visitor, officer.username)
    visitor.post(CODE, {"code": code_now()})
    assert visitor.post(f"/account/factor/keys/{theirs.pk}/remove/").status_code == 404
    assert visitor.delete(f"/account/factor/keys/{theirs.pk}/remove/").status_code == 405
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_changing_the_factor_asks_for_a_proof_that_is_not_old(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    with_app(officer)
    knock(visitor, officer.username)
    visitor.post(CODE, {"code": code_now()})
    clock.shift(11 * 60)
    asked = visitor.get("/account/factor/recovery/new/")
    assert asked["Location"].startswith("/account/again/?next=")
    visitor.post(asked["Location"], {"password": PASSWORD})
    assert visitor.get("/account/factor/recovery/new/").status_code == 200


def test_without_the_setting_an_officer_comes_in_without(visitor: Client, officer: User) -> None:
    with override_settings(REGISTRY_SECOND_FACTOR=False):
        knock(visitor, officer.username)
        assert is_in(visitor)


def test_the_page_of_the_code_is_there_only_after_the_password(visitor: Client, officer: User) -> None:
    assert visitor.get(CODE)["Location"] == LOGIN


def test_who_lost_everything_sets_up_another_one_after_the_command(visitor: Client, officer: User) -> None:
    with_app(officer)
    knock(visitor, officer.username)
    visitor.post(CODE, {"code": code_now()})
    assert is_in(visitor)
    call_command("forget_second_factor", officer.username, stdout=StringIO())
    assert not is_in(visitor)
    knock(visitor, officer.username)
    assert visitor.get(OFFICE)["Location"] == FACTOR
    for name, said in ((officer.username, "has no second factor"), ("niemand", "There is no account")):
        with pytest.raises(CommandError, match=said):
            call_command("forget_second_factor", name)
