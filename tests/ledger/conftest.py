"""Stories about what somebody with the owner's log-in could do behind the register's back."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.committed import Furniture


@pytest.fixture
def owner(committed: None, furniture: Furniture) -> Iterator[psycopg.Connection]:
    """The database as its owner, who may alter tables; everything commits at once and is put back afterwards."""
    with psycopg.connect(**furniture.parameters, autocommit=True) as connection:
        yield connection
