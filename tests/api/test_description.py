"""The description of the API is read by people too: without the internet, in parts that say what they are about."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def test_the_readable_description_needs_nothing_that_the_browser_would_not_take() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    ours = [each.removeprefix("/static/") for each in addresses if each.startswith("/static/")]
    assert {"registry/api-docs.css", "registry/api-docs.js"} <= set(ours)
    assert all(finders.find(each) for each in ours)
    assert all(each.startswith("/") and not each.startswith("//") for each in addresses)


def test_every_part_says_what_it_is_about(description: dict[str, Any]) -> None:
    told = [tag["name"] for tag in description["tags"] if tag["description"]]
    used = {tag for methods in description["paths"].values() for each in methods.values() for tag in each["tags"]}
    assert sorted(told) == sorted(used)


def test_what_is_read_and_what_is_done_at_one_address_have_words_of_their_own(description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        words = [each["summary"] for each in methods.values()]
        assert len(set(words)) == len(words), path
        assert not any("registry." in each for each in words), path
