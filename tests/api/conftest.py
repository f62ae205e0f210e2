"""A settlement system that asks the register over HTTP."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from registry.actions.keys import issue_key
from registry.models import ApiKey
from tests.api.settlement import Settlement
from tests.town import Town, at, build

NOW = at(date(2026, 12, 1))


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """It is the first of December 2026, ten in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


@pytest.fixture
def issued(town: Town) -> tuple[ApiKey, str]:
    """A key of ninety days and its text."""
    return issue_key(
        name="省结算系统",
        scope=ApiKey.Scope.SETTLEMENT,
        expires_at=NOW + timedelta(days=90),
        by=town.officer,
        now=NOW,
    )


@pytest.fixture
def settlement(town: Town, issued: tuple[ApiKey, str]) -> Settlement:
    return Settlement(town, issued[1])
