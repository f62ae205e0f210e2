"""The country of the matrix, made once for each file of tests.

They run once, on the servers that come along: who reaches what does not depend on the server.
"""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.access.world import World, the_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Two towns in two provinces, and somebody for each column; nothing of it stays."""
    with django_db_blocker.unblock(), the_world() as world:
        yield world
