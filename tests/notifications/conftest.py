"""A system that receives; the register of Tianjin, and the surgeon of the town, who has a file there as well."""

from collections.abc import Iterator

import pytest

from tests.notifications.exchange import Ticking
from tests.notifications.other_register import Other, Person, reachable
from tests.notifications.receiver import Receiver, receiving
from tests.town import TODAY, Town, at


@pytest.fixture
def clock() -> Ticking:
    return Ticking(at(TODAY, 12))


@pytest.fixture
def tianjin(town: Town) -> Iterator[Other]:
    """The register of Tianjin, which answers."""
    other = Other().enter(at(TODAY, 9))
    with reachable(other):
        yield other


@pytest.fixture
def wang(town: Town, tianjin: Other) -> Person:
    """The surgeon, who is registered in Tianjin as well."""
    return tianjin.knows(town.surgeon)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A system that receives over TLS."""
    with receiving() as found:
        yield found
