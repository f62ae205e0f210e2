"""Codes of access: issued to whoever shows who they are, typed once, counted before they are looked at."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions import enrolment
from registry.actions.access import give_role
from registry.actions.enrolment import issue_enrolment_code, look_at_code
from registry.actions.errors import Refused
from registry.actions.merging import merge_files
from registry.actions.own_access import claim, enrol, recover
from registry.actions.people import register_practitioner
from registry.actions.registrations import end_registration
from registry.actions.sign_in import TooManyAttempts
from registry.models import (
    Assignment,
    EnrolmentCode,
    Practitioner,
    Registration,
    Role,
    SignInAttempt,
    User,
    paper_codes,
)
from registry.queries.scope import scope_of
from tests.enrolling import ADDRESS, CARD, PASSWORD, compliance_officer, enrolled, issued, with_card
from tests.town import TODAY, Town, at, build

NOW = at(TODAY, 11)
LATER = TODAY + timedelta(days=1)
VALUES = re.compile(r"'[^']*'|SAVEPOINT.*|\d+")
"""What differs from one asking of a question to the next."""


@pytest.fixture
def town(db: None) -> Town:
    return build()


def shown(town: Town, **other: Any) -> dict[str, Any]:
    """What an officer enters of the surgeon, all of it right but for `other`."""
    right = {
        "practitioner": town.surgeon,
        "institution": town.hospital,
        "code": town.surgeon.code,
        "name": town.surgeon.name,
        "document_number": CARD,
        "by": compliance_officer(town),
        "now": NOW,
    }
    return {**right, **other}


def entered(code: str, text: str, **other: Any) -> dict[str, Any]:
    """What somebody types to make an account."""
    typed = {
        "personal_code": code,
        "code": text,
        "username": "wangwei",
        "password": PASSWORD,
        "address": ADDRESS,
        "now": NOW,
    }
    return {**typed, **other}


def test_a_surgeon_shows_who_she_is_and_makes_an_account_for_her_own_file(town: Town) -> None:
    code, text = issued(town)
    assert (code.kind, code.expires_at - code.issued_at) == ("enrol", timedelta(days=7))
    held = enrol(**entered(town.surgeon.code.lower(), f" {text.lower().replace('-', ' ')}"))
    assert (held.role, held.practitioner, held.starts_on) == (Role.PRACTITIONER, town.surgeon, TODAY)
    assert held.user.check_password(PASSWORD)
    assert set(scope_of(held.user, TODAY).practitioners()) == {town.surgeon}
    code.refresh_from_db()
    assert code.used_at == NOW


def test_the_register_keeps_no_code(town: Town) -> None:
    code, text = issued(town)
    assert set(text.replace("-", "")) <= set(paper_codes.CHARACTERS)
    assert [len(group) for group in text.split("-")] == [4, 4, 4]
    assert text.replace("-", "").encode() not in bytes(code.digest)
    assert len(bytes(code.digest)) == 32
    assert paper_codes.digest_of(text, town.nurse) != bytes(code.digest)
    assert not {name for name in vars(EnrolmentCode.history.get()) if name in {"digest", "attempts"}}


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("code", "N4301000000002", "other_code"),
        ("name", "王玮", "other_name"),
        ("document_number", "110105194912310038", "other_document"),
        ("document_number", "", "other_document"),
    ],
)
def test_whoever_shows_something_else_gets_no_code(town: Town, field: str, wrong: str, code: str) -> None:
    with_card(town)
    with pytest.raises(Refused) as refusal:
        issue_enrolment_code(**shown(town, **{field: wrong}))
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert CARD not in f"{refusal.value} {refusal.value.value}"
    assert not EnrolmentCode.objects.exists()


def test_a_name_is_the_same_however_it_is_spaced(town: Town) -> None:
    with_card(town)
    row, _text = issue_enrolment_code(**shown(town, name="王 伟", document_number="１１０１０５ 19491231002x"))
    assert row.practitioner == town.surgeon


def test_the_card_of_somebody_else_opens_no_file(town: Town) -> None:
    with_card(town)
    with_card(town, town.nurse, "E12345678")
    with pytest.raises(Refused) as refusal:
        issue_enrolment_code(**shown(town, document_number="E12345678"))
    assert refusal.value.code == "other_document"


def test_only_the_institution_where_the_person_works_today_issues_a_code(town: Town) -> None:
    with_card(town)
    for place in (town.clinic, town.pharmacy):
        with pytest.raises(Refused) as refusal:
            issue_enrolment_code(**shown(town, institution=place))
        assert refusal.value.field == "institution"
    row = Registration.objects.get(practitioner=town.surgeon)
    end_registration(registration=row, ends_on=TODAY, reason="离职", by=town.officer, now=at(TODAY))
    with pytest.raises(Refused) as gone:
        issue_enrolment_code(**shown(town))
    assert gone.value.code == "not_registered_here"


def test_an_officer_of_another_place_issues_no_code(town: Town) -> None:
    with_card(town)
    stranger = User.objects.create_user("fremd")
    Assignment.objects.create(
        user=stranger, role=Role.COMPLIANCE_OFFICER, institution=town.clinic, starts_on=at(TODAY).date()
    )
    with pytest.raises(Refused) as refusal:
        issue_enrolment_code(**shown(town, by=stranger))
    assert refusal.value.code == "not_registered_here"


def test_an_officer_compares_five_times_and_not_until_something_fits(town: Town) -> None:
    with_card(town)
    for last in range(5):
        with pytest.raises(Refused):
            issue_enrolment_code(**shown(town, document_number=f"11010519491231{last:04}"))
    with pytest.raises(TooManyAttempts):
        issue_enrolment_code(**shown(town))


def wrong_ways(town: Town) -> dict[str, Callable[[], Any]]:
    """Everything that opens nothing."""
    _old, ended = issued(town)
    code, text = issued(town)
    whose = code.practitioner.code
    other = town.nurse.code
    EnrolmentCode.objects.create(
        practitioner=town.nurse,
        kind="enrol",
        digest=paper_codes.digest_of("used", town.nurse),
        institution=town.hospital,
        issued_at=NOW,
        expires_at=at(LATER),
        used_at=NOW,
    )
    return {
        "used": lambda: look_at_code(personal_code=other, code="used", address=ADDRESS, now=NOW),
        "ended": lambda: look_at_code(personal_code=whose, code=ended, address=ADDRESS, now=NOW),
        "another code": lambda: look_at_code(personal_code=whose, code="3333-4444-6666", address=ADDRESS, now=NOW),
        "nothing": lambda: look_at_code(personal_code=whose, code="", address=ADDRESS, now=NOW),
        "another person": lambda: look_at_code(personal_code=other, code=text, address=ADDRESS, now=NOW),
        "nobody": lambda: look_at_code(personal_code="D9999", code=text, address=ADDRESS, now=NOW),
        "an identity number": lambda: look_at_code(personal_code=CARD, code=text, address=ADDRESS, now=NOW),
        "too late": lambda: look_at_code(
            personal_code=whose, code=text, address=ADDRESS, now=at(TODAY + timedelta(days=7))
        ),
    }


WAYS = ["used", "ended", "another code", "nothing", "another person", "nobody", "an identity number", "too late"]


@pytest.mark.parametrize("way", WAYS)
def test_what_opens_nothing_is_refused_in_the_same_words_after_the_same_questions(town: Town, way: str) -> None:
    ways = wrong_ways(town)
    asked = {}
    for name in (way, "another code"):
        with CaptureQueriesContext(connection) as queries, pytest.raises(Refused) as refusal:
            ways[name]()
        assert (str(refusal.value), refusal.value.field) == (str(enrolment.refused()), None)
        asked[name] = [VALUES.sub("", query["sql"]) for query in queries]
    assert asked[way] == asked["another code"]


def test_a_code_opens_once(town: Town) -> None:
    code, text = issued(town)
    enrol(**entered(code.practitioner.code, text))
    for again in (enrol, recover):
        typed = entered(code.practitioner.code, text, username="zweiter")
        if again is recover:
            del typed["username"]
        with pytest.raises(Refused) as refusal:
            again(**typed)
        assert refusal.value.code == "access_code_refused"
    assert Assignment.objects.filter(role=Role.PRACTITIONER).count() == 1


def test_a_newer_code_ends_the_older(town: Town) -> None:
    old, old_text = issued(town)
    new, new_text = issued(town)
    old.refresh_from_db()
    assert (old.ended_at, new.ended_at) == (at(TODAY), None)
    with pytest.raises(Refused):
        look_at_code(personal_code=old.practitioner.code, code=old_text, address=ADDRESS, now=NOW)
    assert look_at_code(personal_code=old.practitioner.code, code=new_text, address=ADDRESS, now=NOW).code == new


def test_a_code_that_was_guessed_at_five_times_is_worth_nothing_even_days_later(town: Town) -> None:
    code, text = issued(town)
    for number in range(5):
        with pytest.raises(Refused):
            look_at_code(personal_code=code.practitioner.code, code="X", address=f"192.0.2.{number}", now=NOW)
    with pytest.raises(TooManyAttempts):
        look_at_code(personal_code=code.practitioner.code, code=text, address=ADDRESS, now=NOW)
    with pytest.raises(Refused) as refusal:
        look_at_code(personal_code=code.practitioner.code, code=text, address=ADDRESS, now=at(LATER))
    assert refusal.value.code == "access_code_refused"


def test_an_address_is_tired_of_guessing_at_many_files(town: Town) -> None:
    for number in range(20):
        with pytest.raises(Refused):
            look_at_code(personal_code=f"D{number}", code="X", address=ADDRESS, now=NOW)
    with pytest.raises(TooManyAttempts):
        look_at_code(personal_code="D-new", code="X", address=ADDRESS, now=NOW)


def test_an_attempt_is_counted_before_the_code_is_looked_at(town: Town) -> None:
    code, _text = issued(town)
    seen = []

    def compare(one: bytes, other: bytes) -> bool:
        code.refresh_from_db()
        seen.append((code.attempts, sorted(SignInAttempt.objects.values_list("tries", flat=True))))
        return False

    with patch.object(enrolment, "constant_time_compare", compare):
        for _ in range(2):
            with pytest.raises(Refused):
                look_at_code(personal_code=code.practitioner.code, code="X", address=ADDRESS, now=NOW)
    assert seen == [(1, [1, 1, 1]), (2, [1, 2, 2])]  # the first 1 is the officer's comparison


def test_a_right_code_takes_its_attempt_back_and_survives_a_weak_password_and_a_taken_name(town: Town) -> None:
    code, text = issued(town)
    for bad in [{"password": "123"}, {"username": "HE"}, {"username": "a b"}, {"username": " "}] * 2:
        with pytest.raises(Refused) as refusal:
            enrol(**entered(code.practitioner.code, text, **bad))
        assert refusal.value.field in {"password1", "username"}
    code.refresh_from_db()
    assert (code.attempts, code.used_at) == (0, None)
    assert not User.objects.filter(username__in=["wangwei", "a b"]).exists()
    enrol(**entered(code.practitioner.code, text))


def test_a_merged_file_is_opened_by_each_of_its_codes(town: Town) -> None:
    absorbed = register_practitioner(code="D430100000099", name="王伟", category="physician", by=None, now=at(TODAY))
    merge_files(
        kept=town.surgeon, absorbed=absorbed, reason="同一人", by=town.officer, second=town.second, now=at(TODAY)
    )
    with_card(town)
    row, text = issue_enrolment_code(**shown(town, practitioner=absorbed, code=absorbed.code))
    assert row.practitioner == town.surgeon
    assert enrol(**entered(absorbed.code, text)).practitioner == town.surgeon


def test_with_a_code_of_recovery_the_account_gets_a_new_password_and_loses_its_second_factors(town: Town) -> None:
    user = enrolled(town)
    Authenticator.objects.create(user=user, type="totp", data={})
    before = user.get_session_auth_hash()
    code, text = issued(town)
    assert code.kind == "recover"
    typed = entered(code.practitioner.code, text, password="Ganz andere Parole 8")
    del typed["username"]
    recovered = recover(**typed)
    assert recovered == user
    assert recovered.check_password("Ganz andere Parole 8")
    assert not recovered.check_password(PASSWORD)
    assert recovered.get_session_auth_hash() != before
    assert not Authenticator.objects.filter(user=user).exists()
    assert Assignment.objects.filter(user=user).count() == 1


def test_no_code_on_paper_opens_an_account_that_holds_an_office(town: Town) -> None:
    user = enrolled(town)
    give_role(user=user, role=Role.AGENCY_OFFICER, place=town.agency, starts_on=LATER, by=None, now=NOW)
    with pytest.raises(Refused) as refusal:
        issued(town)
    assert refusal.value.code == "account_of_the_office"


def test_a_code_of_recovery_is_worth_nothing_once_the_account_holds_an_office(town: Town) -> None:
    user = enrolled(town)
    code, text = issued(town)
    give_role(user=user, role=Role.AGENCY_OFFICER, place=town.agency, starts_on=LATER, by=None, now=NOW)
    with pytest.raises(Refused) as refusal:
        recover(personal_code=code.practitioner.code, code=text, password="Neue Parole 99!", address=ADDRESS, now=NOW)
    assert refusal.value.code == "access_code_refused"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_no_code_is_issued_for_an_account_that_was_closed(town: Town) -> None:
    User.objects.filter(pk=enrolled(town).pk).update(is_active=False)
    with pytest.raises(Refused) as refusal:
        issued(town)
    assert refusal.value.code == "account_of_the_office"


def test_a_compliance_officer_who_is_a_nurse_too_uses_the_account_there_is(town: Town) -> None:
    nurse, colleague = compliance_officer(town), compliance_officer(town, "kollegin")
    code, text = issued(town, town.nurse, number="E12345678", by=colleague)
    held = claim(personal_code=code.practitioner.code, code=text, user=nurse, address=ADDRESS, now=NOW)
    assert (held.user, held.practitioner) == (nurse, town.nurse)
    assert scope_of(nurse, TODAY).roles == {Role.COMPLIANCE_OFFICER, Role.PRACTITIONER}


def test_nobody_claims_a_file_with_a_code_of_their_own_making_nor_a_second_file(town: Town) -> None:
    officer, colleague = compliance_officer(town), compliance_officer(town, "kollegin")
    code, text = issued(town)
    typed: dict[str, Any] = {"personal_code": code.practitioner.code, "code": text, "address": ADDRESS, "now": NOW}
    with pytest.raises(Refused) as own:
        claim(user=officer, **typed)
    assert own.value.code == "own_code"
    claim(user=colleague, **typed)
    code, text = issued(town, town.nurse, number="E12345678")
    with pytest.raises(Refused) as second:
        claim(personal_code=code.practitioner.code, code=text, user=colleague, address=ADDRESS, now=NOW)
    assert second.value.code == "account_has_file"
    code.refresh_from_db()
    assert code.used_at is None


def test_a_code_of_one_kind_does_not_do_the_other(town: Town) -> None:
    enrolled(town)
    code, text = issued(town)
    with pytest.raises(Refused) as refusal:
        enrol(**entered(code.practitioner.code, text, username="zweiter"))
    assert refusal.value.code == "file_has_account"
    first: Practitioner = town.nurse
    code, text = issued(town, first, number="E12345678")
    with pytest.raises(Refused) as none:
        recover(personal_code=first.code, code=text, password=PASSWORD, address=ADDRESS, now=NOW)
    assert none.value.code == "file_has_no_account"
