"""A surgeon and a nurse with accounts, the day after the stories of the town begin."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.appeals.disputes import NEXT_DAY
from tests.appeals.own_screens import Screen, holder
from tests.casework import Desk, desk
from tests.town import at


@pytest.fixture
def here() -> Iterator[Desk]:
    """The desk of the town at that moment."""
    with time_machine.travel(at(NEXT_DAY), tick=False):
        yield desk()


@pytest.fixture
def surgeon(here: Desk) -> Screen:
    """Her browser."""
    return Screen(holder(here.surgeon, "wangwei"))


@pytest.fixture
def nurse(here: Desk) -> Screen:
    """The browser of somebody else."""
    return Screen(holder(here.nurse, "lina"))
