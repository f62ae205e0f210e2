"""A security administrator says who an account is at the provider of identities, where there is one."""

import pytest
from django.test import Client
from django.test.utils import override_settings

from registry.config.oidc import Provider
from registry.models import OutsideIdentity, User
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url

PROVIDER = Provider("省统一身份认证", "https://id.example", "register", "secret", "sub", ("openid",))


@pytest.fixture
def guan(sign_in: SignIn, security: User) -> Client:
    return sign_in(security)


@pytest.fixture
def zhao(db: None) -> User:
    return User.objects.create_user("zhao")


@override_settings(REGISTRY_OIDC=PROVIDER)
def test_a_security_administrator_gives_an_identity_and_takes_it_back(guan: Client, zhao: User, security: User) -> None:
    assert "Sign-in at the provider" in text_of(guan.get(url("registry_user_change", zhao.pk)))
    act = url("give_identity", zhao.pk)
    assert "The claim “sub” of 省统一身份认证" in text_of(guan.get(act))
    assert guan.post(act, {"identifier": "zhao.wei"}).status_code == 302
    assert guan.get(act).context["form"].initial["identifier"] == "zhao.wei"
    assert guan.post(act, {"identifier": ""}).status_code == 302
    kept = OutsideIdentity.objects.get()
    assert (kept.identifier, kept.server) == ("", "https://id.example")
    assert list(kept.history.values_list("history_user__username", flat=True)) == [security.username] * 2


@override_settings(REGISTRY_OIDC=PROVIDER)
def test_what_cannot_be_is_said_at_the_form(guan: Client, zhao: User, security: User) -> None:
    guan.post(url("give_identity", zhao.pk), {"identifier": "zhao.wei"})
    qian = User.objects.create_user("qian")
    taken = guan.post(url("give_identity", qian.pk), {"identifier": "zhao.wei"})
    assert "“zhao.wei” is the account “zhao” already." in text_of(taken)
    own = guan.post(url("give_identity", security.pk), {"identifier": "an"})
    assert "Nobody says this of themselves." in text_of(own)
    assert OutsideIdentity.objects.count() == 1


@override_settings(REGISTRY_OIDC=PROVIDER)
def test_nobody_else_says_who_an_account_is(sign_in: SignIn, zhao: User, compliance: User) -> None:
    answer = sign_in(compliance).post(url("give_identity", zhao.pk), {"identifier": "zhao.wei"})
    assert answer.status_code == 403
    assert not OutsideIdentity.objects.exists()


def test_without_a_provider_there_is_nothing_of_it(guan: Client, zhao: User) -> None:
    assert "Sign-in at the provider" not in text_of(guan.get(url("registry_user_change", zhao.pk)))
    assert guan.get(url("give_identity", zhao.pk)).status_code == 404
