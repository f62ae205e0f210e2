"""Signing in at a provider of identities, from end to end: a real provider, the register as it is served, a browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.utils import translation
from django.utils.translation import gettext

from registry.actions.identities import give_identity
from registry.models import Assignment, OutsideIdentity, Role, User
from tests.enrolling import enrolled
from tests.gunicorn import Browser, gunicorn, hashed
from tests.signin.door import CODE, FACTOR, LOGIN, OFFICE, PASSWORD, code_now, with_app
from tests.signin.identities import CLIENT, GOOD_KEY, OTHER_KEY, SECRET, IdentityProvider, identity_provider
from tests.town import LAW_BEGINS, TODAY, Town, at, build

BEGIN, BACK = "/account/provider/", "/account/provider/back/"
NAME = "省统一身份认证"


@pytest.fixture(scope="module")
def running(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, IdentityProvider]]:
    """The register with a provider, started once; its log must name nobody."""
    logs: Path = tmp_path_factory.mktemp("provider")
    with identity_provider() as provider:
        named = {
            "REGISTRY_OIDC_SERVER": provider.address,
            "REGISTRY_OIDC_CLIENT": CLIENT,
            "REGISTRY_OIDC_SECRET": SECRET,
            "REGISTRY_OIDC_NAME": NAME,
            "REGISTRY_SECOND_FACTOR": "true",
            "REGISTRY_LOG_LEVEL": "INFO",
        }
        with gunicorn(logs, **named) as house:
            yield house, provider
    log = (logs / "web.log").read_text()
    assert "not signed in at the provider" in log
    assert not [each for each in ("zhao", SECRET, "eyJ", "Traceback") if each in log]


@pytest.fixture
def provider(running: tuple[str, IdentityProvider]) -> IdentityProvider:
    running[1].begin_anew()
    return running[1]


@pytest.fixture
def browser(running: tuple[str, IdentityProvider]) -> Browser:
    return Browser(running[0])


@pytest.fixture
def town(committed: None) -> Town:
    return build()


@pytest.fixture
def zhao(town: Town, provider: IdentityProvider) -> User:
    """An officer whom the provider knows."""
    user = with_app(User.objects.create(username="zhao", password=hashed(PASSWORD)))
    Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    link(user, town, provider)
    return user


def link(user: User, town: Town, provider: IdentityProvider, identifier: str = "zhao.wei") -> None:
    give_identity(user=user, server=provider.address, identifier=identifier, by=town.second, now=at(TODAY))


def way_back(browser: Browser, **asked: str) -> str:
    """Press the button of the door, say yes at the provider: where the browser is sent then."""
    sent = browser.send(BEGIN, page=LOGIN, **asked)
    return at_the_provider(sent)


def at_the_provider(sent: requests.Response) -> str:
    """Say yes: where the browser is sent back to."""
    assert sent.status_code == 302, sent.text
    return requests.get(sent.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]


def come_in(browser: Browser, **asked: str) -> requests.Response:
    return browser.get(way_back(browser, **asked))


def is_in(browser: Browser) -> bool:
    return browser.get(OFFICE).status_code == 200


def test_an_officer_comes_in_by_the_provider_and_shows_the_second_factor_of_ours(
    browser: Browser, zhao: User, provider: IdentityProvider
) -> None:
    provider.claims = {"amr": ["pwd", "mfa", "otp"], "acr": "urn:mace:incommon:iap:gold"}
    door = browser.get(LOGIN)
    assert f"Sign in with {NAME}" in door.text
    assert f"form-action 'self' {provider.address}" in door.headers["Content-Security-Policy"]
    assert provider.address not in browser.get("/account/enrol/").headers["Content-Security-Policy"]
    landed = come_in(browser, next="/admin/work/")
    assert landed.headers["Location"] == CODE
    assert not is_in(browser)
    half_way = browser.session.cookies["sessionid"]
    assert browser.send(CODE, code=code_now()).headers["Location"] == "/admin/work/"
    assert is_in(browser)
    assert browser.session.cookies["sessionid"] != half_way
    zhao.refresh_from_db()
    assert zhao.last_login is not None


def test_an_officer_without_a_second_factor_sets_one_up_first(
    browser: Browser, town: Town, provider: IdentityProvider
) -> None:
    user = User.objects.create(username="neu")
    Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    link(user, town, provider)
    come_in(browser)
    assert browser.get(OFFICE).headers["Location"] == FACTOR


def test_the_browser_says_where_it_wants_to_go_and_nothing_else(
    browser: Browser, zhao: User, provider: IdentityProvider
) -> None:
    address = f"{BEGIN}?scope=offline_access&auth_params=nonce%3Dmine%26prompt%3Dnone&process=connect"
    sent = browser.send(address, page=LOGIN, process="connect", next="https://evil.example/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == browser.house + BACK
    assert asked["nonce"] != "mine"
    assert "prompt" not in asked
    browser.get(at_the_provider(sent))
    assert browser.send(CODE, code=code_now()).headers["Location"] == "/"


def test_whoever_is_signed_in_links_nothing_by_coming_back_as_somebody_else(
    browser: Browser, zhao: User, town: Town, provider: IdentityProvider
) -> None:
    other = with_app(User.objects.create(username="qian", password=hashed(PASSWORD)))
    Assignment.objects.create(user=other, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    browser.send(LOGIN, login="qian", password=PASSWORD)
    browser.send(CODE, code=code_now())
    for identifier, status in (("nobody", 403), ("zhao.wei", 302)):
        provider.person = identifier
        sent = browser.send(BEGIN, page="/account/password/", process="connect")
        assert browser.get(at_the_provider(sent)).status_code == status
    assert not is_in(browser)  # nor does qian come in: the second factor of zhao is asked
    assert list(OutsideIdentity.objects.values_list("user__username", "identifier")) == [("zhao", "zhao.wei")]


def test_nothing_begins_by_a_link(browser: Browser, zhao: User, provider: IdentityProvider) -> None:
    assert browser.get(BEGIN).headers["Location"] == LOGIN
    assert provider.asked == []


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "of another browser"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": int(time.time()) - 60, "iat": int(time.time()) - 600}},
    "no end": {"claims": {"exp": None}},
    "from tomorrow": {"claims": {"iat": int(time.time()) + 86_400}},
    "for another client": {"claims": {"aud": "another"}},
    "for several, and another one asked": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for several, and nobody says who asked": {"claims": {"aud": [CLIENT, "another"]}},
    "of another issuer": {"claims": {"iss": "https://id.example"}},
    "nobody": {"claims": {"sub": None}},
    "a number": {"claims": {"sub": 7}},
    "signed by another": {"signs_with": (OTHER_KEY, "ES256", {"kid": "one"})},
    "by a key that is not published": {"signs_with": (OTHER_KEY, "ES256", {"kid": "two"})},
    "by a key without a name": {"signs_with": (GOOD_KEY, "ES256", {})},
    "not signed": {"signs_with": (None, "none", {"kid": "one"})},
    "signed with the secret": {"signs_with": (SECRET, "HS256", {"kid": "one"})},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_id_token_that_proves_nothing_opens_nothing(
    browser: Browser, zhao: User, provider: IdentityProvider, lie: str
) -> None:
    vars(provider).update(LIES[lie])
    refused = come_in(browser)
    assert refused.status_code == 403
    assert says(refused, "unproved")
    assert not is_in(browser)
    assert browser.get(CODE).headers["Location"] == LOGIN


WORDS = {
    "unknown": "No active account belongs to who you are at %(provider)s. A security administrator links it.",
    "unproved": "What %(provider)s answered does not prove who you are. Begin again here.",
    "down": "%(provider)s does not answer, or not as it should. Try again in a few minutes, or sign in here.",
    "stale": "This way in was begun in another browser, or too long ago. Begin again here.",
    "cancelled": "You were not signed in at %(provider)s.",
    "no_office": "Your account holds no role of the office today. The own file opens with its own password.",
}


def says(answer: requests.Response, why: str, language: str = "en") -> bool:
    with translation.override(language):
        return gettext(WORDS[why]) % {"provider": NAME} in answer.text


def test_unknown_and_closed_accounts_are_refused_alike(
    browser: Browser, zhao: User, town: Town, provider: IdentityProvider
) -> None:
    provider.person = "somebody.else"
    unknown = come_in(browser)
    provider.person = "zhao.wei"
    User.objects.filter(pk=zhao.pk).update(is_active=False)
    closed = come_in(browser)
    User.objects.filter(pk=zhao.pk).update(is_active=True)
    give_identity(user=zhao, server="https://before.example", identifier="zhao.wei", by=town.second, now=at(TODAY))
    of_another_server = come_in(browser)
    pages = [re.sub(r'value="\w{64}"', "", each.text) for each in (unknown, closed, of_another_server)]
    assert len(set(pages)) == 1
    assert says(unknown, "unknown")
    assert {unknown.status_code, closed.status_code} == {403}
    assert User.objects.filter(username__contains="somebody").count() == 0


def test_an_own_file_is_not_opened_from_there_nor_an_account_whose_roles_ended(
    browser: Browser, zhao: User, town: Town, provider: IdentityProvider
) -> None:
    link(enrolled(town), town, provider, "wang.wei")
    Assignment.objects.filter(user=zhao).update(ends_on=TODAY)
    for provider.person in ("wang.wei", "zhao.wei"):
        refused = come_in(browser)
        assert refused.status_code == 403
        assert says(refused, "no_office")


def test_one_way_back_is_good_once_and_in_one_browser(browser: Browser, zhao: User) -> None:
    back = way_back(browser)
    stranger = Browser(browser.house)
    for refused in (
        stranger.get(back),
        browser.get(f"{BACK}?code=code-0&state=made-up"),
        browser.get(f"{BACK}?code=x"),
    ):
        assert refused.status_code == 403
        assert WORDS["stale"][0] in refused.text
    assert browser.get(back).headers["Location"] == CODE
    assert WORDS["stale"][0] in browser.get(back).text


def test_a_code_of_another_persons_way_is_refused(browser: Browser, zhao: User) -> None:
    """Whoever gets hold of a code cannot use it: the verifier and the nonce are those of another browser."""
    stolen = parse_qs(urlsplit(way_back(Browser(browser.house))).query)["code"][0]
    mine = parse_qs(urlsplit(way_back(browser)).query)["state"][0]
    refused = browser.get(f"{BACK}?code={stolen}&state={mine}")
    assert says(refused, "unproved")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_refusal_is_said_in_both_languages(
    running: tuple[str, IdentityProvider], zhao: User, provider: IdentityProvider, language: str
) -> None:
    browser = Browser(running[0], language)
    said = {"stale": browser.get(f"{BACK}?code=x&state=y")}
    back = way_back(browser)
    said["cancelled"] = browser.get(f"{back.replace('code=', 'x=')}&error=access_denied")
    provider.fails_at = "/.well-known/openid-configuration"
    said["down"] = browser.send(BEGIN, page=LOGIN)
    provider.begin_anew()
    provider.person = "somebody.else"
    said["unknown"] = come_in(browser)
    provider.begin_anew()
    provider.claims = {"aud": "another"}
    said["unproved"] = come_in(browser)
    provider.begin_anew()
    Assignment.objects.filter(user=zhao).update(ends_on=TODAY)
    said["no_office"] = come_in(browser)
    assert {why for why in WORDS if says(said[why], why, language)} == set(WORDS)
    assert {f'<html lang="{language}">' in answer.text for answer in said.values()} == {True}


@pytest.mark.parametrize("place", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_fails_is_said_to_fail_and_the_password_still_opens(
    browser: Browser, zhao: User, provider: IdentityProvider, place: str
) -> None:
    provider.fails_at = place
    begun = browser.send(BEGIN, page=LOGIN)
    if begun.status_code == 302:
        begun = browser.get(
            requests.get(begun.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
        )
    assert begun.status_code == 503
    assert says(begun, "down")
    assert browser.send(LOGIN, login="zhao", password=PASSWORD).headers["Location"] == CODE


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
def test_nobody_is_asked_but_the_server_of_the_settings(
    browser: Browser, zhao: User, provider: IdentityProvider, name: str
) -> None:
    with identity_provider() as elsewhere:
        provider.described = {name: f"{elsewhere.address}/keys"}
        refused = browser.send(BEGIN, page=LOGIN)
        assert refused.status_code == 403
        assert elsewhere.asked == []


def test_attempts_count_as_with_a_password(browser: Browser, zhao: User, provider: IdentityProvider) -> None:
    for _ in range(5):
        browser.send(LOGIN, login="zhao", password="geraten")
    refused = come_in(browser)
    assert refused.status_code == 429
    assert "Too many attempts" in refused.text
    assert not is_in(browser)


def test_coming_back_again_and_again_is_not_asked_of_the_provider_for_ever(
    browser: Browser, zhao: User, provider: IdentityProvider
) -> None:
    provider.person = "somebody.else"
    ways = [way_back(browser) for _ in range(8)]
    for _ in range(3):
        answers = [browser.get(way).status_code for way in ways]
        asked = provider.asked.count("/token")
        ways = [way_back(browser) for _ in range(8)]
    assert answers == [403] * 4 + [429] * 4
    assert asked == 20
