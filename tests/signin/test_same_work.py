"""What a stranger could learn by measuring: nothing. Whoever is asked for, the same hashes and the same questions."""

import hmac
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from unittest.mock import patch

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.keys import issue_key, revoke_key
from registry.models import ApiKey, EnrolmentCode, SignInAttempt, User
from tests.enrolling import compliance_officer, enrolled, issued
from tests.signin.door import CODE, PASSWORD, code_now, knock, with_app, words
from tests.town import LAW_BEGINS, TODAY, Town, at

WRONG = "falsch, aber lang genug"
ENROL = "/account/enrol/"
VALUES = re.compile(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b")
"""What differs from one question to the next without saying anything: values, and the names of savepoints."""

SCRIPT = re.compile(rb"<script.*?</script>", re.DOTALL)
"""Where a challenge stands that is another one every time."""


class Work(NamedTuple):
    """What an answer says, with what was typed left out, and what it cost."""

    status: int
    said: str
    hashes: int
    questions: tuple[str, ...]


def work(ask: Callable[..., Any], *told: Any, hide: tuple[str, ...] = ()) -> Work:
    """What asking with what is told costs; `hide` is left out of what is said."""
    with (
        patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashing,
        CaptureQueriesContext(connection) as asked,
    ):
        answer = ask(*told)
    answer.content = SCRIPT.sub(b"", answer.content)
    said = words(answer)
    for each in hide:
        said = said.replace(each, "…")
    questions = tuple(VALUES.sub("?", query["sql"]) for query in asked.captured_queries)
    return Work(answer.status_code, said, hashing.call_count, questions)


def at_the_door(name: str, password: str = WRONG) -> Work:
    return work(knock, Client(headers={"accept-language": "en"}), name, password, hide=(name,))


def type_code(who: str, what: str, step: str = "code") -> Any:
    chosen = {"username": "neu", "password1": PASSWORD, "password2": PASSWORD}
    client = Client(headers={"accept-language": "en"})
    return client.post(ENROL, {"step": step, "personal_code": who, "code": what, **chosen})


def everybody(town: Town, officer: User) -> list[tuple[str, str]]:
    """Name and password of accounts of every kind, each of which is refused."""
    closed = User.objects.create_user("closed", password=PASSWORD, is_active=False)
    without_password, without_role = (
        User.objects.create_user("ohne"),
        User.objects.create_user("leer", password=PASSWORD),
    )
    with_factor = with_app(User.objects.create_user("app", password=PASSWORD))
    practitioner = enrolled(town)
    accounts = [officer, closed, without_password, without_role, with_factor, practitioner]
    return [("niemand", WRONG), (closed.username, PASSWORD), *((user.username, WRONG) for user in accounts)]


def test_a_refused_sign_in_costs_the_same_whoever_it_was_for(town: Town, officer: User) -> None:
    done = {at_the_door(*typed) for typed in everybody(town, officer)}
    assert len(done) == 1
    assert done.pop().hashes == 1


def test_once_attempts_are_used_up_nothing_is_hashed_for_anybody(town: Town, officer: User) -> None:
    typed = [("niemand", WRONG), (officer.username, WRONG), (officer.username, PASSWORD), ("nobody", PASSWORD)]
    for name in {name for name, _password in typed}:
        for _ in range(5):
            at_the_door(name)
    done = {at_the_door(*each) for each in typed}
    assert len(done) == 1
    refused = done.pop()
    assert "Too many attempts" in refused.said
    assert refused.hashes == 0


def test_a_refused_code_on_paper_costs_the_same_whatever_is_wrong_with_it(town: Town) -> None:
    _code, text = issued(town)
    nurse_code, nurses = issued(town, town.nurse, number="E12345678")
    EnrolmentCode.objects.filter(pk=nurse_code.pk).update(expires_at=at(TODAY))
    typed = [
        (town.surgeon.code, "3333-4444-6666"),  # another code
        (town.surgeon.code, nurses),  # that of somebody else
        (town.nurse.code, nurses),  # late
        ("D000", text),  # nobody's
    ]
    for step in ("code", "account", "password"):
        SignInAttempt.objects.all().delete()
        done = {work(type_code, who, what, step, hide=(who, what)) for who, what in typed}
        assert len(done) == 1
        refused = done.pop()
        assert "do not open a file" in refused.said
        assert refused.hashes == 0


def test_a_right_code_of_recovery_for_a_closed_account_is_refused_like_a_wrong_one(town: Town) -> None:
    closed = enrolled(town)
    text = issued(town, number="E87654321", by=compliance_officer(town, "kollegin"))[1]
    User.objects.filter(pk=closed.pk).update(is_active=False)
    code = town.surgeon.code
    done = {work(type_code, code, what, hide=(what,)) for what in (text, "3333-4444-6666")}
    assert len(done) == 1
    assert "do not open a file" in done.pop().said


def test_a_refused_second_factor_costs_the_same_whatever_was_typed(officer: User) -> None:
    """One that never was, one of the recovery codes that was used, and the code that was used: all alike."""
    with_app(officer)
    used = RecoveryCodes.activate(officer).get_unused_codes()[0]
    code = code_now()
    for right in (used, code):
        visitor = Client()
        knock(visitor, officer.username)
        assert visitor.post(CODE, {"code": right}).status_code == 302
    never = f"{(int(code) + 1) % 1_000_000:06}"
    done = {}
    for typed in (used, code, never, "0" * 8):
        visitor = Client(headers={"accept-language": "en"})
        knock(visitor, officer.username)
        done[typed] = work(visitor.post, CODE, {"code": typed}, hide=(typed,))
    assert len({(each.said, each.hashes) for each in done.values()}) == 1
    assert "was used already" in done[never].said


def test_a_refused_key_costs_the_same_whatever_is_wrong_with_it(town: Town) -> None:
    told: dict[str, Any] = {"scope": ApiKey.Scope.SETTLEMENT, "by": town.officer, "now": at(LAW_BEGINS)}
    kept = {
        name: issue_key(name=name, expires_at=at(ends), networks=networks, **told)
        for name, ends, networks in (
            ("revoked", TODAY + timedelta(days=9), []),
            ("late", TODAY - timedelta(days=9), []),
            ("elsewhere", TODAY + timedelta(days=9), ["192.0.2.0/24"]),
        )
    }
    revoke_key(key=kept["revoked"][0], by=town.officer, now=at(TODAY))
    texts = [text for _key, text in kept.values()]
    wrong_secret = texts[0][:-1] + ("A" if texts[0][-1] != "A" else "B")
    nobodys = "drk_00000000_" + "A" * 43

    def ask(text: str) -> Any:
        return Client().post("/api/v1/eligibility", {}, "application/json", headers={"authorization": f"Bearer {text}"})

    refused = (*texts, wrong_secret, nobodys)
    with patch("registry.queries.keys.hmac.compare_digest", side_effect=hmac.compare_digest) as comparing:
        done = {work(ask, text) for text in refused}
    assert comparing.call_count == len(refused)
    assert len(done) == 1
    assert done.pop().status == 401
