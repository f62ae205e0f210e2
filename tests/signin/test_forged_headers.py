"""What a client claims about itself in headers that a proxy would set: nobody believes it, unless a proxy is named."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from registry.actions.keys import issue_key
from registry.models import ApiKey, User
from tests.enrolling import issued
from tests.gunicorn import Browser, gunicorn
from tests.signin.door import LOGIN, knock, words
from tests.town import LAW_BEGINS, TODAY, Town, at

FORGED = {
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-host": "evil.example",
    "x-forwarded-port": "444",
    "x-forwarded-proto": "https",
    "x-forwarded-protocol": "ssl",
    "x-forwarded-ssl": "on",
    "x-real-ip": "192.0.2.1",
    "client-ip": "192.0.2.1",
    "forwarded": "for=192.0.2.1;proto=https;host=evil.example",
}
OFFICE, ELSEWHERE = "192.0.2.1", "198.51.100.9"
BEHIND_A_PROXY = {
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
}


@pytest.fixture
def key(town: Town) -> str:
    """Of a settlement system, taken from the network of its office only."""
    ends = at(TODAY) + timedelta(days=90)
    told = {"name": "省结算系统", "scope": ApiKey.Scope.SETTLEMENT, "networks": [f"{OFFICE}/32"], "expires_at": ends}
    return issue_key(**told, by=town.officer, now=at(LAW_BEGINS))[1]  # type: ignore[arg-type]


def status(key: str, town: Town, address: str, **headers: str) -> int:
    asked = {"practitioner": town.surgeon.code, "institution": town.hospital.code, "on": TODAY.isoformat()}
    headers = {"authorization": f"Bearer {key}", **headers}
    client = Client(REMOTE_ADDR=address)
    return client.post("/api/v1/eligibility", asked, "application/json", headers=headers).status_code


def test_a_client_is_neither_secure_nor_elsewhere_nor_another_host_by_saying_so(visitor: Client, officer: User) -> None:
    request = visitor.get(LOGIN, headers=FORGED).wsgi_request
    assert not request.is_secure()
    assert request.get_host() == "testserver"
    for number in range(25):
        refused = knock(visitor, f"name-{number}", headers={**FORGED, "x-forwarded-for": f"192.0.2.{number}"})
    assert "Too many attempts" in words(refused)


def test_guesses_of_codes_on_paper_count_for_the_real_peer(visitor: Client, town: Town) -> None:
    issued(town)
    for number in range(settings.REGISTRY_SIGN_INS_PER_ADDRESS + 1):
        typed = {"step": "code", "personal_code": f"D{number}", "code": "3333-4444-6666"}
        refused = visitor.post("/account/enrol/", typed, headers={**FORGED, "x-forwarded-for": f"192.0.2.{number}"})
    assert "Too many attempts" in words(refused)


def test_behind_a_proxy_attempts_count_for_the_address_that_it_saw(visitor: Client, officer: User) -> None:
    with override_settings(**BEHIND_A_PROXY):
        for number in range(25):  # what the client wrote itself stands before what the proxy added
            refused = knock(visitor, f"name-{number}", headers={"x-forwarded-for": f"10.0.0.{number}, {ELSEWHERE}"})
        assert "Too many attempts" in words(refused)
        assert "Too many attempts" not in words(knock(visitor, "anna", headers={"x-forwarded-for": OFFICE}))


def test_a_key_of_one_network_is_not_taken_from_another_that_claims_to_be_it(key: str, town: Town) -> None:
    assert status(key, town, OFFICE) == 200
    assert status(key, town, ELSEWHERE) == 401
    assert status(key, town, ELSEWHERE, **FORGED) == 401
    with override_settings(**BEHIND_A_PROXY):
        assert status(key, town, "10.0.0.1", **{"x-forwarded-for": f"{ELSEWHERE}, {OFFICE}"}) == 200
        assert status(key, town, "10.0.0.1", **{"x-forwarded-for": f"{OFFICE}, {ELSEWHERE}"}) == 401


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_sent_to_tls_of_this_house_whatever_it_claims(visitor: Client, db: None) -> None:
    sent = visitor.get(LOGIN, headers=FORGED)
    assert (sent.status_code, sent["Location"]) == (301, f"https://testserver{LOGIN}")
    with override_settings(**BEHIND_A_PROXY):
        assert visitor.get(LOGIN, headers=FORGED).status_code == 200


def test_the_server_itself_believes_no_neighbour_on_its_machine(committed: None, tmp_path: Path) -> None:
    with gunicorn(tmp_path, REGISTRY_HTTPS="true") as house:
        for claimed in ({}, FORGED, {"SCRIPT_NAME": "/account"}):
            sent = Browser(house).get(LOGIN, claimed)
            assert (sent.status_code, sent.headers["Location"]) == (301, house.replace("http:", "https:") + LOGIN)
    assert "192.0.2.1" not in (tmp_path / "web.log").read_text()


def test_the_server_believes_the_proxy_that_is_named(committed: None, tmp_path: Path) -> None:
    with gunicorn(tmp_path, REGISTRY_HTTPS="true", REGISTRY_BEHIND_PROXY="true") as house:
        assert (
            Browser(house).get(LOGIN, {"x-forwarded-proto": "https", "x-forwarded-for": ELSEWHERE}).status_code == 200
        )
        assert Browser(house).get(LOGIN, {"x-forwarded-ssl": "on"}).status_code == 301
