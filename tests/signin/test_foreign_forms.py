"""What another page makes a browser send: forms without the token of ours, to any address with any method."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from notifications.api.inbound import letters
from registry.models import User
from tests.signin.door import is_in

PROGRAMS = ("/api/", "/fhir/", "/registers/")
"""Where a key or a signature says who asks, and no session does."""

UNSAFE = ("post", "put", "patch", "delete")
SAMPLES = {"int": "1", "uuid": str(UUID(int=1)), "slug": "x", "str": "x", "path": "x"}
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")


def addresses(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address of the register with something in the place of its parameters, and what answers there."""
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            yield _sample(path), each.callback


def _sample(path: str) -> str:
    plain = re.sub(r"\(\?P<\w+>\.\*\)|\$|\\Z", "", path)  # what catches everything else catches nothing, too
    plain = re.sub(r"\(\?P<\w+>(\w+)\|[^)]*\)", r"\1", plain).replace("([^/]+)", "1")
    return PARAMETER.sub(lambda found: SAMPLES.get(found[1] or "str", "x"), plain)


ALL = list(addresses(get_resolver().url_patterns))
PAGES = sorted({path for path, _view in ALL if not path.startswith(PROGRAMS)})
FOR_PROGRAMS = sorted({path for path, _view in ALL if path.startswith(PROGRAMS)})
SELDOM = 3
"""Every address is asked by a browser's own method; every so-manieth by those that only a script can send."""


def some(paths: list[str], method: str) -> list[str]:
    """All of them for `post`, a fixed part for the others, which every page refuses in the same place."""
    return paths if method == "post" else paths[UNSAFE.index(method) % SELDOM :: SELDOM]


@pytest.fixture
def strict(officer: User) -> Client:
    """The browser of an officer who is signed in."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(officer)
    assert is_in(client)
    return client


def test_the_addresses_are_all_there() -> None:
    assert {"/account/login/", "/account/factor/code/", "/admin/logout/", "/i18n/setlang/", "/my/"} <= set(PAGES)
    assert len(PAGES) > 150
    assert len(FOR_PROGRAMS) > 150
    assert not [path for path in (*PAGES, *FOR_PROGRAMS) if re.search(r"[<>()?\\^]", path)]


@pytest.mark.parametrize("method", UNSAFE)
def test_no_page_takes_a_form_without_the_token(strict: Client, method: str) -> None:
    taken = {path: getattr(strict, method)(path).status_code for path in some(PAGES, method)}
    assert {path: status for path, status in taken.items() if status != 403} == {}
    assert is_in(strict)


def test_a_token_of_another_browser_is_none(strict: Client, officer: User) -> None:
    other = Client()
    other.get("/account/login/")
    token = other.cookies["csrftoken"].value
    strict.get("/admin/")
    for address in ("/account/logout/", "/account/password/", "/admin/logout/"):
        assert strict.post(address, {"csrfmiddlewaretoken": token}).status_code == 403
    assert is_in(strict)


@pytest.mark.parametrize("method", UNSAFE)
def test_a_session_opens_nothing_that_is_for_programs_even_with_the_token(strict: Client, method: str) -> None:
    strict.get("/account/login/")
    token = strict.cookies["csrftoken"].value if "csrftoken" in strict.cookies else ""
    refused = {401, 404, 405}
    for sent in ({}, {"x-csrftoken": token}):
        asked = some(FOR_PROGRAMS, method if sent else "delete")
        said = {path: getattr(strict, method)(path, headers=sent).status_code for path in asked}
        assert {path: status for path, status in said.items() if status not in refused} == {}


def test_what_is_exempt_from_the_token_takes_keys_only() -> None:
    """Whoever adds a way in for sessions to the API has to take the token along. A letter of another register proves
    itself, and no session is asked there.
    """
    exempt = [(path, view) for path, view in ALL if getattr(view, "csrf_exempt", False) and view is not letters]
    assert exempt
    assert [path for path, _view in exempt if not path.startswith(PROGRAMS)] == []
    ways = {way.__name__ for _path, view in exempt for way in view.cls.authentication_classes}
    assert ways == {"BearerKey"}
