"""Who may ask: a key that is in force, looked at before the body; issued once, revoked at once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http.request import HttpRequest
from django.test import Client
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.keys import issue_key, revoke_key
from registry.models import ApiKey, Assignment, Region, Role
from registry.queries.keys import holder
from tests.api.conftest import NOW
from tests.api.settlement import ONE, Settlement, problem
from tests.town import LAW_BEGINS, Town

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

HERE = "127.0.0.1"


def refused(response: Response) -> dict[str, Any]:
    assert response["WWW-Authenticate"].startswith('Bearer realm="register"')
    return problem(response, 401, "unauthenticated")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer drk_00000000_" + "0" * 43,
        "Bearer drk_00000000_" + "é" * 43,
        "Basic dXNlcjpwYXNz",
        "Token abc",
        "Bearer " + "x" * 10_000,
        "Bearer drk_\u0000",
    ],
)
def test_without_a_good_key_nothing_is_answered(settlement: Settlement, header: str) -> None:
    refused(settlement.post(ONE, "{}", authorization=header))


def test_no_header_at_all(settlement: Settlement) -> None:
    response = Client().post(ONE, "{}", "application/json")
    assert response["WWW-Authenticate"] == 'Bearer realm="register"'
    refused(response)


def test_wrong_expired_and_revoked_keys_are_refused_alike(settlement: Settlement, issued: tuple[ApiKey, str]) -> None:
    key, key_text = issued
    wrong = refused(settlement.post(ONE, "{}", authorization=f"Bearer {key_text[:-1]}{'AB'[key_text[-1] == 'A']}"))
    with time_machine.travel(key.expires_at, tick=False):
        expired = refused(settlement.ask())
    revoke_key(key=key, by=None, now=NOW)
    revoked = refused(settlement.ask())
    assert wrong == expired == revoked


def test_a_key_counts_up_to_its_last_moment(settlement: Settlement, issued: tuple[ApiKey, str]) -> None:
    with time_machine.travel(issued[0].expires_at - timedelta(microseconds=1), tick=False):
        assert settlement.ask().status_code == 200


def test_the_scheme_is_written_in_any_case(settlement: Settlement) -> None:
    assert settlement.post(ONE, "{}", authorization=f"bearer {settlement.key}").status_code == 400


def test_the_key_is_looked_at_before_body_type_and_method(settlement: Settlement) -> None:
    with mock.patch.object(HttpRequest, "read", side_effect=AssertionError("the body was read")):
        refused(settlement.post(ONE, "{", authorization="", content_type="text/plain", accept="text/html"))
    refused(settlement.post(ONE, b" " * 100_000, authorization=""))


def test_a_system_of_another_kind_may_not_ask(settlement: Settlement, issued: tuple[ApiKey, str]) -> None:
    officer = settlement.town.officer
    Assignment.objects.create(
        user=officer, role=Role.AGENCY_OFFICER, agency=settlement.town.agency, starts_on=LAW_BEGINS
    )
    ApiKey.objects.filter(pk=issued[0].pk).update(scope="person", user=officer)
    problem(settlement.ask(), 403, "forbidden")


def test_only_a_digest_of_a_key_is_kept(issued: tuple[ApiKey, str]) -> None:
    key, key_text = issued
    assert bytes(key.digest) == hashlib.sha256(key_text.encode()).digest()
    stored = ApiKey.objects.filter(pk=key.pk).values().get()
    assert not any(key_text[13:] in str(value) for value in stored.values())
    assert key_text.startswith(f"drk_{key.prefix}_")


def test_a_wrong_secret_is_compared_in_constant_time(issued: tuple[ApiKey, str]) -> None:
    with mock.patch("registry.queries.keys.hmac.compare_digest", return_value=False) as compare:
        assert holder(issued[1], NOW, HERE) is None
        assert holder("drk_00000000_" + "0" * 43, NOW, HERE) is None
    assert compare.call_count == 2


def test_issuing_and_revoking_stand_in_the_history_with_the_actor(town: Town, issued: tuple[ApiKey, str]) -> None:
    revoke_key(key=issued[0], by=town.second, now=NOW + timedelta(hours=1))
    revoke_key(key=issued[0], by=town.officer, now=NOW + timedelta(hours=2))
    revoked, made = issued[0].history.order_by("-history_id")
    assert (made.history_user, made.history_date) == (town.officer, NOW)
    assert (revoked.history_user, revoked.revoked_at) == (town.second, NOW + timedelta(hours=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "key_name_malformed"),
        ({"name": "x" * 121}, "key_name_malformed"),
        ({"name": "a\x00b"}, "key_name_malformed"),
        ({"scope": "everything"}, "key_scope_unknown"),
        ({"expires_at": NOW}, "key_end_refused"),
        ({"expires_at": NOW + timedelta(days=365, microseconds=1)}, "key_end_refused"),
    ],
)
def test_a_key_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {"name": "结算", "scope": "settlement_system", "expires_at": NOW + timedelta(days=365)}
    with pytest.raises(Refused) as refusal:
        issue_key(**{**good, **changes}, by=None, now=NOW)
    assert (refusal.value.code, ApiKey.objects.exists()) == (code, False)


@pytest.mark.django_db
def test_the_command_prints_the_key_once_and_alone() -> None:
    out, err = StringIO(), StringIO()
    call_command("issue_key", name="市结算系统", days=30, stdout=out, stderr=err)
    (key_text,) = out.getvalue().splitlines()
    key = holder(key_text, NOW, HERE)
    assert key is not None
    assert (key.name, key.scope, key.expires_at) == ("市结算系统", "settlement_system", NOW + timedelta(days=30))
    assert key_text not in err.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 366}, {"days": 10**12}, {"name": " "}])
def test_the_command_refuses_what_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        call_command("issue_key", **{"name": "结算", "days": 30, **wrong}, stdout=StringIO(), stderr=StringIO())
    assert not ApiKey.objects.exists()


@translation.override("en")
def test_a_key_of_a_program_names_its_person_and_no_other_key_does(town: Town) -> None:
    good: dict[str, Any] = {"name": "程序", "expires_at": NOW + timedelta(days=1), "by": None, "now": NOW}
    for scope, user, words in (
        ("person", None, "Enter its user name"),
        ("settlement_system", town.officer, town.officer.username),
    ):
        with pytest.raises(Refused) as refused:
            issue_key(scope=scope, user=user, **good)
        assert refused.value.code == "key_person_refused"
        assert words in str(refused.value.message)


@translation.override("en")
def test_a_key_of_another_register_names_its_province_and_no_other_key_does(town: Town) -> None:
    good: dict[str, Any] = {"name": "川", "expires_at": NOW + timedelta(days=1), "by": None, "now": NOW}
    province = Region.objects.get_or_create(code="510000", defaults={"name_zh": "四川省"})[0]
    refusals = [("other_region", None), ("other_region", town.region)]
    refusals += [("settlement_system", each) for each in (province, town.region)]
    for scope, region in refusals:
        with pytest.raises(Refused) as refused:
            issue_key(scope=scope, region=region, **good)
        assert refused.value.code == "key_region_refused"
        assert "names its province" in str(refused.value.message)


def test_the_register_of_another_region_reads_what_is_published_to_all_and_nobody(client: Client, town: Town) -> None:
    province = Region.objects.get_or_create(code="510000", defaults={"name_zh": "四川省"})[0]
    ends = NOW + timedelta(days=1)
    _key, text = issue_key(name="川", scope="other_region", region=province, expires_at=ends, by=None, now=NOW)
    headers = {"authorization": f"Bearer {text}"}
    with time_machine.travel(NOW, tick=False):
        for address in ("regions/", "agencies/", "policies/"):
            assert client.get(f"/api/v1/{address}", headers=headers).status_code == 200
        for address in ("entries/", "changes/", "cases/", "institutions/", f"practitioners/{town.surgeon.uuid}/"):
            assert client.get(f"/api/v1/{address}", headers=headers).status_code == 403
        assert client.get("/fhir/Practitioner", headers=headers).status_code == 403


def test_nobody_is_assigned_the_role_of_a_register(town: Town) -> None:
    with pytest.raises(IntegrityError, match="a_role_is_held_where_it_belongs"), transaction.atomic():
        Assignment.objects.create(user=town.officer, role=Role.OTHER_REGION, region=town.region, starts_on=LAW_BEGINS)
