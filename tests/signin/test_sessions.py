"""How long somebody stays in: a quarter of an hour without a request, a working day in all, never with another role."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.utils import override_settings

from registry.models import Assignment, Role, User
from registry.tasks import purge
from tests.signin.door import CODE, LOGIN, OFFICE, PASSWORD, code_now, is_in, knock, with_app, words
from tests.town import TODAY, Town, at


def test_a_quarter_of_an_hour_without_a_request_ends_the_session(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    knock(visitor, officer.username)
    clock.shift(timedelta(minutes=14))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=14))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=15, seconds=1))
    assert not is_in(visitor)


def test_eight_hours_end_the_session_of_an_officer_who_never_rests(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    knock(visitor, officer.username)
    for _ in range(47):
        clock.shift(timedelta(minutes=10))
        visitor.get("/healthz")
    assert is_in(visitor)
    clock.shift(timedelta(minutes=10))
    ended = visitor.get("/admin/work/", follow=True)
    assert ended.redirect_chain == [(f"{LOGIN}?next=/admin/work/", 302)]
    assert "You were signed in for eight hours." in words(ended)
    assert "_auth_user_id" not in visitor.session


def test_a_role_that_is_given_or_taken_ends_the_session(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    assert is_in(visitor)
    Assignment.objects.update(ends_on=TODAY + timedelta(days=30))
    assert "What your account may do has changed." in words(visitor.get(OFFICE, follow=True))
    knock(visitor, officer.username)
    assert is_in(visitor)


def test_an_assignment_that_runs_out_overnight_ends_the_session(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    Assignment.objects.update(ends_on=TODAY + timedelta(days=1))
    clock.move_to(at(TODAY, 23) + timedelta(minutes=55))
    knock(visitor, officer.username)
    assert is_in(visitor)
    clock.shift(timedelta(minutes=6))
    assert not is_in(visitor)


def test_a_form_that_comes_after_the_end_does_nothing(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    knock(visitor, officer.username)
    Assignment.objects.all().delete()
    assert visitor.post("/admin/calendar/enter/", {"text": "x"})["Location"] == f"{LOGIN}?next=/"


def test_an_account_that_is_closed_is_out_at_once(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert not is_in(visitor)


def test_reading_writes_to_the_session_once_a_minute(
    visitor: Client, officer: User, clock: time_machine.Traveller
) -> None:
    knock(visitor, officer.username)
    clock.shift(61)
    assert "sessionid" in visitor.get(OFFICE).cookies
    assert "sessionid" not in visitor.get(OFFICE).cookies


def test_sessions_that_are_over_are_forgotten(visitor: Client, officer: User, clock: time_machine.Traveller) -> None:
    knock(visitor, officer.username)
    clock.shift(timedelta(days=2))
    purge()
    assert not Session.objects.exists()


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def opens(key: str) -> bool:
    """Whether somebody who knows this key, because it was planted or overheard, comes in."""
    stranger = Client()
    stranger.cookies["sessionid"] = key
    return is_in(stranger)


@override_settings(REGISTRY_SECOND_FACTOR=True)
def test_a_key_that_was_known_before_the_second_factor_opens_nothing_after_it(visitor: Client, officer: User) -> None:
    with_app(officer)
    planted = visitor.session
    planted["planted"] = True
    planted.save()
    visitor.cookies["sessionid"] = str(planted.session_key)
    knock(visitor, officer.username)
    half_way = key_of(visitor)
    visitor.post(CODE, {"code": code_now()})
    assert is_in(visitor)
    assert key_of(visitor) not in {str(planted.session_key), half_way}
    assert not opens(str(planted.session_key))
    assert not opens(half_way)


@pytest.mark.parametrize("change", ["a role is given", "a role ends"])
def test_a_key_from_before_a_change_of_roles_opens_nothing_after_it(
    visitor: Client, officer: User, town: Town, change: str
) -> None:
    knock(visitor, officer.username)
    before = key_of(visitor)
    assert opens(before)
    if change == "a role is given":
        Assignment.objects.create(user=officer, role=Role.EXPERT, starts_on=TODAY)
    else:
        Assignment.objects.create(user=officer, role=Role.REVIEWER, agency=town.agency, starts_on=TODAY)
        knock(visitor, officer.username)
        before = key_of(visitor)
        Assignment.objects.filter(role=Role.REVIEWER).update(ends_on=TODAY)
    assert not opens(before)
    knock(visitor, officer.username)
    assert is_in(visitor)
    assert key_of(visitor) != before
    assert not opens(before)


def test_a_key_from_before_a_new_password_opens_nothing_after_it(visitor: Client, officer: User) -> None:
    knock(visitor, officer.username)
    before = key_of(visitor)
    new = "eine ganz andere Parole"
    visitor.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(visitor)
    assert key_of(visitor) != before
    assert not opens(before)
