from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from registry.desks.demo_data import FEWEST, already_loaded, load
from registry.models import Fact, Region
from tests.desks.loads import load_at, rolled_back

NOW = datetime.fromisoformat("2026-07-15T12:00:00+08:00")


@pytest.fixture
def nothing_stays(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), rolled_back():
        yield


def told() -> list[tuple[Any, ...]]:
    return list(
        Fact.objects.filter(practitioner__provisional=False)
        .order_by("recorded_at", "practitioner__code", "chain_no")
        .values_list(
            "practitioner__code",
            "practitioner__name",
            "kind",
            "effective_on",
            "recorded_at",
            "points",
            "months",
            "days",
            "counted_on",
            "policy",
            "document_number",
            "reason",
        )
    )


def test_the_same_seed_tells_the_same_history_with_other_passwords(nothing_stays: None) -> None:
    histories, passwords = [], []
    for _ in range(2):
        with rolled_back():
            loaded = load_at(NOW)
            histories.append(told())
            passwords.append({account["password"] for account in loaded.accounts})
            assert len(passwords[-1]) == len(loaded.accounts) > 10

    assert histories[0] == histories[1]
    assert not passwords[0] & passwords[1]


def test_an_interrupted_load_leaves_nothing(nothing_stays: None) -> None:
    def interrupt(line: str) -> None:
        if "institutions" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(practitioners=FEWEST, now=NOW, progress=interrupt)

    assert not already_loaded()
    assert not Region.objects.exists()


def test_too_few_people_are_refused_before_anything_is_written(nothing_stays: None) -> None:
    with pytest.raises(ValueError, match=f"give it {FEWEST} or more"):
        load_at(NOW, practitioners=FEWEST - 1)

    assert not Region.objects.exists()


def test_a_clock_before_the_stories_is_refused(nothing_stays: None) -> None:
    with pytest.raises(ValueError, match="set the clock right"):
        load_at(datetime.fromisoformat("2025-11-01T12:00:00+08:00"))
