import base64
import os
import subprocess
import sys

import pytest

from registry.config.bootstrap import HOUSE
from registry.config.environment import throwaway_keys
from registry.config.variables import broker_address

LOAD = "from django.conf import settings; settings.INSTALLED_APPS"
PRODUCTION = {
    **throwaway_keys(),
    "DATABASE_URL": "postgres://registry_app:secret@db.example/registry",
    "ALLOWED_HOSTS": "register.example",
    "DJANGO_SETTINGS_MODULE": "registry.config.settings",
    "PATH": os.environ["PATH"],
}


def run(*arguments: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in {**PRODUCTION, **changed}.items() if value is not None}
    return subprocess.run(
        [sys.executable, *arguments], cwd=HOUSE, env=environ, capture_output=True, text=True, check=False
    )


def test_production_passes_djangos_own_deployment_check() -> None:
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_production_asks_every_officer_for_a_second_factor_unless_told_otherwise() -> None:
    tell = "from django.conf import settings; print(settings.REGISTRY_SECOND_FACTOR, settings.SESSION_COOKIE_SECURE)"
    assert run("-c", tell).stdout.split() == ["True", "True"]
    assert run("-c", tell, REGISTRY_SECOND_FACTOR="false").stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("name", "value"), [("REGISTRY_PASSWORD_PROFILE", "mlps4"), ("REGISTRY_PASSWORD_LIST", "/nonexistent/list")]
)
def test_a_rule_for_passwords_that_cannot_be_kept_is_refused(name: str, value: str) -> None:
    refused = run("-c", LOAD, **{name: value})
    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {name} " in refused.stderr


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "DATABASE_URL",
        "REGISTRY_DOCUMENT_KEY",
        "REGISTRY_INDEX_KEY",
        "REGISTRY_CHAIN_KEY",
        "REGISTRY_CERTIFICATE_KEY",
    ],
)
def test_production_does_not_start_without(name: str) -> None:
    refused = run("-c", LOAD, **{name: None})
    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {name} is not set: " in refused.stderr


def test_days_of_keys_that_are_none_are_refused_with_how_to_write_them() -> None:
    assert run("-c", LOAD, REGISTRY_CERTIFICATE_DAYS="1:2026-01-01/2028-01-01,2:2027-07-01/").returncode == 0
    for wrong in ("1", "1:2026-01-01", "1:2026-13-01/", "x:/"):
        refused = run("-c", LOAD, REGISTRY_CERTIFICATE_DAYS=wrong)
        assert "Write 1:2026-01-01/2028-01-01,2:2027-07-01/" in refused.stderr


def test_a_key_of_the_wrong_length_is_refused_without_showing_it() -> None:
    refused = run("-c", LOAD, REGISTRY_CHAIN_KEY="dG9vIHNob3J0")
    assert "REGISTRY_CHAIN_KEY is not 32 bytes in base64" in refused.stderr
    assert "dG9vIHNob3J0" not in refused.stderr


OIDC = {
    "REGISTRY_OIDC_SERVER": "https://id.example/realms/health",
    "REGISTRY_OIDC_CLIENT": "register",
    "REGISTRY_OIDC_SECRET": "known to few",
}
TELL_LOADED = """
import sys
import django
from django.urls import NoReverseMatch, reverse
django.setup()
try:
    print(reverse("provider_begin"))
except NoReverseMatch:
    print("no address")
print(sorted({"allauth.socialaccount.models", "jwt", "registry.pages.sign_in.provider"} & set(sys.modules)))
"""


def test_without_a_provider_nothing_of_it_is_loaded() -> None:
    assert run("-c", TELL_LOADED).stdout == "no address\n[]\n"
    address, loaded = run("-c", TELL_LOADED, **OIDC).stdout.splitlines()
    assert address == "/account/provider/"
    assert loaded.count("'") == 6


def test_production_with_a_provider_passes_djangos_own_deployment_check_and_wants_no_migration() -> None:
    for words in (["check", "--deploy", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]):
        checked = run("manage.py", *words, **OIDC)
        assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"REGISTRY_OIDC_SECRET": ""}, "REGISTRY_OIDC_SECRET is not set"),
        ({"REGISTRY_OIDC_SERVER": ""}, "REGISTRY_OIDC_SERVER is not set"),
        ({"REGISTRY_OIDC_SERVER": "http://id.example"}, "REGISTRY_OIDC_SERVER is 'http://id.example'"),
        ({"REGISTRY_OIDC_SERVER": "id.example"}, "REGISTRY_OIDC_SERVER is 'id.example'"),
    ],
)
def test_half_a_provider_is_refused_at_the_start(changed: dict[str, str], said: str) -> None:
    refused = run("-c", LOAD, **{**OIDC, **changed})
    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {said}" in refused.stderr
    assert "known to few" not in refused.stderr


KEY = "REGISTRY_DOCUMENT_KEY"
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
NUMBERS = "from django.conf import settings; print(*settings.REGISTRY_DOCUMENT_KEYS)"


@pytest.mark.parametrize(("value", "numbers"), [(OLD, "1"), (f"7:{OLD}", "7"), (f"2:{NEW}, 1:{OLD}", "2 1")])
def test_keys_come_with_numbers_and_the_first_one_is_first(value: str, numbers: str) -> None:
    assert run("-c", NUMBERS, **{KEY: value}).stdout.strip() == numbers


@pytest.mark.parametrize(
    "value", [f"0:{OLD}", f"256:{OLD}", f"x:{OLD}", f"1:{NEW},1:{OLD}", f"{NEW},{OLD}", f"2:{OLD},1:{OLD}", f"{OLD},"]
)
def test_keys_that_cannot_be_told_apart_are_refused_without_showing_them(value: str) -> None:
    refused = run("-c", LOAD, **{KEY: value})
    assert f"ImproperlyConfigured: {KEY} " in refused.stderr
    assert OLD not in refused.stderr
    assert NEW not in refused.stderr


def test_another_kind_of_database_is_refused() -> None:
    assert "the register needs PostgreSQL" in run("-c", LOAD, DATABASE_URL="sqlite:///file.db").stderr


def test_a_socket_is_written_as_celery_reads_it() -> None:
    assert broker_address("unix:///tmp/x/valkey?db=2") == "redis+socket:///tmp/x/valkey?virtual_host=2"
    assert broker_address("redis://127.0.0.1:6379/0") == "redis://127.0.0.1:6379/0"


MAIL = {
    "EMAIL_URL": "smtp+tls://register:known-to-few@mail.example:587",
    "REGISTRY_MAIL_FROM": "register@example.cn",
    "REGISTRY_ADDRESS": "https://register.example/",
}
TELL_MAIL = """
from django.conf import settings as s
print(s.REGISTRY_MAIL, s.EMAIL_BACKEND.split(".")[-2], s.EMAIL_HOST, s.EMAIL_USE_TLS)
print(s.DEFAULT_FROM_EMAIL, s.EMAIL_TIMEOUT)
"""


def test_e_mail_goes_where_the_address_says_and_nowhere_without_one() -> None:
    assert run("-c", TELL_MAIL, **MAIL).stdout == "True smtp mail.example True\nregister@example.cn 10\n"
    assert run("-c", TELL_MAIL).stdout.split()[:2] == ["False", "dummy"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"REGISTRY_MAIL_FROM": ""}, "REGISTRY_MAIL_FROM is not set"),
        ({"REGISTRY_ADDRESS": ""}, "REGISTRY_ADDRESS is not set"),
        ({"EMAIL_URL": "pigeon://known-to-few@mail.example"}, "EMAIL_URL cannot be read"),
        ({"EMAIL_URL": "smtp://a:known-to-few@mail.example:post"}, "EMAIL_URL cannot be read"),
    ],
)
def test_half_a_mail_server_is_refused_at_the_start(changed: dict[str, str], said: str) -> None:
    refused = run("-c", LOAD, **{**MAIL, **changed})
    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {said}" in refused.stderr
    assert "known-to-few" not in refused.stderr
