"""A town, a settlement system's key, and the first of December 2026."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from registry.actions.keys import issue_key
from registry.models import ApiKey
from tests.town import Town, at, build

NOW = at(date(2026, 12, 1))


@pytest.fixture
def now() -> Iterator[None]:
    """It is ten in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


@pytest.fixture
def key(town: Town) -> ApiKey:
    ends = NOW + timedelta(days=90)
    return issue_key(name="结算", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=town.officer, now=NOW)[0]
