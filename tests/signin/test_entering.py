"""The page for a code on paper: to a new account, to one there is, to a new password; and the own file behind it."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.test.utils import override_settings

from registry.actions import own_corrections
from registry.actions.access_log import record_access
from registry.models import Assignment, EnrolmentCode, Role, User
from tests.enrolling import CARD, PASSWORD, compliance_officer, enrolled, issued
from tests.signin.door import FACTOR, LOGIN, is_in, knock, with_app, words
from tests.town import TODAY, Town, at, score

ENROL, MINE, DATA = "/account/enrol/", "/my/", "/my/data/"
OTHER = "Ganz andere Parole 88"


def typed(code: str, text: str, **more: str) -> dict[str, str]:
    return {"step": "code", "personal_code": code, "code": text, **more}


def account(code: str, text: str, **more: str) -> dict[str, str]:
    chosen = {"username": "wangwei", "password1": PASSWORD, "password2": PASSWORD}
    return {**typed(code, text), "step": "account", **chosen, **more}


def test_a_surgeon_makes_an_account_signs_in_and_lands_on_her_own_file(visitor: Client, town: Town) -> None:
    score(town, 10, TODAY)
    code, text = issued(town)
    assert "I have a code on paper" in words(visitor.get(LOGIN))
    chosen = visitor.post(ENROL, typed(town.surgeon.code, text))
    assert "Make your account" in words(chosen)
    assert "no-store" in chosen["Cache-Control"]
    made = visitor.post(ENROL, account(town.surgeon.code, text))
    assert made["Location"] == LOGIN
    assert "_auth_user_id" not in visitor.session
    assert "Your account is made." in words(visitor.get(LOGIN))
    for start in ("/", "/admin/", "/admin/work/"):
        client = Client(headers={"accept-language": "en"})
        door = client.get(start, follow=True).redirect_chain[-1][0]
        landed = client.post(door, {"login": "wangwei", "password": PASSWORD}, follow=True)
        assert (landed.status_code, landed.redirect_chain[-1][0]) == (200, MINE)
    page = words(landed)
    assert "王伟" in page
    assert "Suspended from April 1, 2025" in page
    assert "10 of 12 points; suspended from 9, terminated from 12" in landed.content.decode()
    assert "第一医院" in page
    assert "李娜" not in page
    code.refresh_from_db()
    assert code.used_at is not None


def test_whatever_is_wrong_is_refused_alike(visitor: Client, town: Town) -> None:
    _old, ended = issued(town)
    _code, text = issued(town)
    pages = {
        words(visitor.post(ENROL, typed(who, what))).replace(who, "X").replace(what, "Y")
        for who, what in [
            (town.surgeon.code, "3333-4444-6666"),
            (town.surgeon.code, ended),
            (town.nurse.code, text),
            (CARD, text),
            ("D000", text),
        ]
    }
    assert len(pages) == 1
    assert "do not open a file" in pages.pop()


def test_no_password_is_hashed_for_a_code_that_opens_nothing(visitor: Client, town: Town) -> None:
    issued(town)
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashing:
        for code in (town.surgeon.code, "D000"):
            visitor.post(ENROL, account(code, "3333-4444-6666"))
    assert hashing.call_count == 0


def test_five_guesses_rest_the_file_and_nothing_is_looked_at(visitor: Client, town: Town) -> None:
    _code, text = issued(town)
    for _ in range(5):
        visitor.post(ENROL, typed(town.surgeon.code, "X"))
    tired = visitor.post(ENROL, account(town.surgeon.code, text))
    assert "Too many attempts" in words(tired)
    assert not User.objects.filter(username="wangwei").exists()


def test_a_weak_password_and_a_taken_name_are_said_at_their_fields_and_the_code_stays_good(
    visitor: Client, town: Town
) -> None:
    _code, text = issued(town)
    compliance_officer(town)
    for wrong, said in (
        ({"password1": "12345678", "password2": "12345678"}, "too common"),
        ({"password2": OTHER}, "The two passwords are not the same."),
        ({"username": "he"}, "Somebody else has the user name"),
    ):
        page = visitor.post(ENROL, account(town.surgeon.code, text, **wrong))
        assert page.status_code == 422
        assert said in words(page)
    assert visitor.post(ENROL, account(town.surgeon.code, text))["Location"] == LOGIN


def test_a_code_of_recovery_sets_a_new_password_forgets_factors_and_ends_sessions(visitor: Client, town: Town) -> None:
    user = enrolled(town)
    with_app(user)
    here = Client(headers={"accept-language": "en"})
    here.force_login(user)
    assert here.get(MINE).status_code == 200
    _code, text = issued(town)
    page = visitor.post(ENROL, typed(town.surgeon.code, text))
    assert "It is for the account wangwei." in words(page)
    assert "second factors are forgotten" in words(page)
    answer = {**typed(town.surgeon.code, text), "step": "password", "password1": OTHER, "password2": OTHER}
    told = visitor.post(ENROL, answer, follow=True)
    assert "Second factors were forgotten, and it is signed out everywhere." in words(told)
    assert here.get(MINE)["Location"].startswith(LOGIN)
    assert not Authenticator.objects.filter(user=user).exists()
    assert visitor.post(LOGIN, {"login": "wangwei", "password": PASSWORD}).status_code == 200
    assert visitor.post(LOGIN, {"login": "wangwei", "password": OTHER}, follow=True).redirect_chain[-1][0] == MINE


def test_an_officer_who_is_a_nurse_too_joins_her_file_to_her_account(visitor: Client, town: Town) -> None:
    nurse = compliance_officer(town)
    nurse.set_password(PASSWORD)
    nurse.save()
    _code, text = issued(town, town.nurse, number="E12345678", by=compliance_officer(town, "kollegin"))
    assert "I have an account already" in words(visitor.get(ENROL))
    signed = visitor.post(f"{LOGIN}?next={ENROL}", {"login": "he", "password": PASSWORD}, follow=True)
    assert "You are signed in as he." in words(signed)
    assert "holds your own file from now on" in words(visitor.post(ENROL, typed(town.nurse.code, text), follow=True))
    assert "_auth_user_id" not in visitor.session
    knock(visitor, "he", PASSWORD)
    assert is_in(visitor)
    assert "To the office" in words(visitor.get(MINE))
    assert set(Assignment.objects.filter(user=nurse).values_list("role", flat=True)) == {
        Role.COMPLIANCE_OFFICER,
        Role.PRACTITIONER,
    }


def test_whoever_is_signed_in_is_told_that_a_code_of_recovery_is_not_for_joining(visitor: Client, town: Town) -> None:
    enrolled(town)
    _code, text = issued(town)
    visitor.force_login(compliance_officer(town, "kollegin"))
    assert "This file has an account already." in words(visitor.post(ENROL, typed(town.surgeon.code, text)))
    assert EnrolmentCode.objects.filter(used_at=None, ended_at=None).exists()


def test_whoever_signed_in_meanwhile_joins_nothing_without_being_asked(visitor: Client, town: Town) -> None:
    _code, text = issued(town)
    visitor.force_login(compliance_officer(town, "kollegin"))
    page = visitor.post(ENROL, account(town.surgeon.code, text))
    assert "You are signed in as kollegin." in words(page)
    assert not Assignment.objects.filter(role=Role.PRACTITIONER).exists()


@override_settings(REGISTRY_SECOND_FACTOR=True)
def test_a_practitioner_needs_no_second_factor_and_may_remove_one(visitor: Client, town: Town) -> None:
    user = enrolled(town)
    knock(visitor, "wangwei", PASSWORD)
    assert visitor.get(MINE).status_code == 200
    assert "You may sign in with your password alone." in words(visitor.get(FACTOR))
    with_app(user)
    visitor.post("/account/factor/app/remove/")
    assert not Authenticator.objects.filter(user=user).exists()


def test_the_own_file_is_nobody_elses(visitor: Client, town: Town) -> None:
    assert visitor.get(MINE)["Location"] == f"{LOGIN}?next=/my/"
    assert visitor.get("/my/data.json")["Location"].startswith(LOGIN)
    visitor.force_login(compliance_officer(town))
    for address in (MINE, "/my/data.json"):
        assert visitor.get(address)["Location"] == "/"


def test_a_practitioner_reaches_no_page_of_the_office(visitor: Client, town: Town) -> None:
    visitor.force_login(enrolled(town))
    for address in (
        "/admin/registry/practitioner/",
        f"/admin/registry/practitioner/{town.surgeon.pk}/change/",
        f"/admin/practitioners/{town.surgeon.pk}/access-code/",
        "/admin/find/document/",
    ):
        assert visitor.get(address, follow=True).redirect_chain[-1][0] == MINE


def test_a_role_that_ended_ends_the_own_file(visitor: Client, town: Town, clock: time_machine.Traveller) -> None:
    user = enrolled(town)
    knock(visitor, "wangwei", PASSWORD)
    Assignment.objects.filter(user=user).update(ends_on=TODAY)
    assert visitor.get(MINE)["Location"].startswith(LOGIN)
    clock.shift(timedelta(minutes=1))
    assert "holds no role today" in words(knock(visitor, "wangwei", PASSWORD))


def test_the_data_are_downloaded_as_a_file(visitor: Client, town: Town) -> None:
    score(town, 10, TODAY)
    visitor.force_login(enrolled(town))
    answer: Any = visitor.get("/my/data.json")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data-2025-03-10.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert data["standing"]["points"] == 10
    assert data["documents"][0]["number"] == "110" + "*" * 13 + "2X"


def test_the_holder_reads_who_looked_and_why(visitor: Client, town: Town) -> None:
    user = enrolled(town)
    visitor.force_login(user)
    assert "Nobody has looked into this file yet." in words(visitor.get(DATA))
    for person, why in ((town.surgeon, "核对投诉材料，编号一二三"), (town.nurse, "核对其他材料，编号四五六")):
        record_access(
            practitioner=person, by=compliance_officer(town), key=None, kind="opened", reason=why, now=at(TODAY)
        )
    page = words(visitor.get(DATA))
    assert "核对投诉材料" in page
    assert "核对其他材料" not in page
    assert [each["reason"] for each in json.loads(visitor.get("/my/data.json").content)["looks"]] == [
        "核对投诉材料，编号一二三"
    ]


def test_a_correction_is_asked_for_answered_and_read(visitor: Client, town: Town) -> None:
    visitor.force_login(enrolled(town))
    assert "kept with the record" not in words(visitor.get(DATA))
    asked = visitor.post(DATA, {"what": "姓名应为王玮"}, follow=True)
    assert "Your request is with the agency." in words(asked)
    assert "姓名应为王玮" in words(asked)
    assert "Answer due by" in words(asked)
    assert visitor.post(DATA, {"what": ""}).status_code == 422
    for number in range(own_corrections.MOST_OPEN - 1):
        visitor.post(DATA, {"what": f"错误{number}"})
    assert "wait for an answer already" in words(visitor.post(DATA, {"what": "还有"}))
