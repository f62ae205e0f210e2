"""Each of the two walls holds alone: with the scope of the queries taken away no foreign row is read, and neither with
the sight of the database taken away. Every address that is read and names a row of a place is asked for one of another
province.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registry.models import Role
from registry.queries.scope import Scope
from registry.queries.sight import FULL, Sight
from tests.access.asking import NOT, reached
from tests.access.callers import AUTHORITY
from tests.access.routes import Route
from tests.access.rows import is_placed
from tests.access.table import matrix
from tests.access.world import World

ASKING = (
    Role.AGENCY_OFFICER.value,
    Role.REVIEWER.value,
    Role.AUTHORITY_OFFICER.value,
    Role.COMPLIANCE_OFFICER.value,
    Role.PRACTITIONER.value,
    AUTHORITY,
)
BEFORE_THE_WALL = {
    "institutions.pk": "institutions are published",
    "institution.object_id": "institutions are published",
    "code": "institutions are published",
    "organization": "institutions are published",
    "agreements.pk": "agreements are published",
    "serviceagreement.object_id": "agreements are published",
    "activities.pk": "activities name nobody",
    "activity.object_id": "activities name nobody",
    "activity": "activities name nobody",
    "endpoint": "endpoints name bodies and their systems, and nobody",
    "endpoint.object_id": "endpoints name bodies and their systems, and nobody",
}
"""Rows of tables that stand before the wall (`registry/ledger/walls.py`): the scope alone hides them."""


def asked(column: str) -> Iterator[Route]:
    """What the column reads of its own, and not of another province: where a role refuses both, no wall is asked."""
    for route, cells in matrix().items():
        if route.method == "GET" and is_placed(route) and cells[column] == "yn":
            yield route


def read_by(world: World, column: str, routes: Iterator[Route]) -> list[str]:
    """The addresses at which the foreign row is reached."""
    asking = world.callers[column]
    return [str(each) for each in routes if reached(each, world.address(each, asking, True), asking) != NOT]


@pytest.fixture
def without_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every scope sees everything, but the database is told what it was told before."""
    everything, sight = _function(Scope, "sees_everything"), _function(Scope, "sight")
    telling: list[Scope] = []

    def told(seen: Scope) -> Sight:
        telling.append(seen)
        try:
            found: Sight = sight(seen)
        finally:
            telling.pop()
        return found

    monkeypatch.setattr(Scope, "sees_everything", property(lambda seen: everything(seen) if telling else True))
    monkeypatch.setattr(Scope, "sight", property(told))


@pytest.fixture
def without_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database shows everything, but every scope is what it was."""
    monkeypatch.setattr(Scope, "sight", property(lambda _seen: FULL))


def _function(owner: type[Any], name: str) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = vars(owner)[name].func
    return found


@pytest.mark.slow
@pytest.mark.parametrize("column", ASKING)
def test_with_the_scope_taken_away_the_database_still_hides_what_is_foreign(
    world: World, without_scope: None, column: str
) -> None:
    behind = (route for route in asked(column) if not {*route.kinds} & {*BEFORE_THE_WALL})
    assert read_by(world, column, behind) == []


@pytest.mark.slow
@pytest.mark.parametrize("column", ASKING)
def test_with_the_sight_taken_away_the_scope_still_hides_what_is_foreign(
    world: World, without_sight: None, column: str
) -> None:
    assert read_by(world, column, asked(column)) == []


def test_what_stands_before_the_wall_is_reached_once_the_scope_is_gone(world: World, without_scope: None) -> None:
    """The list of exemptions holds nothing that the database hides after all."""
    reached_kinds: set[str] = set()
    for column in ASKING:
        exempt = [route for route in asked(column) if {*route.kinds} & {*BEFORE_THE_WALL}]
        reached_at = {*read_by(world, column, iter(exempt))}
        reached_kinds |= {kind for route in exempt if str(route) in reached_at for kind in route.kinds}
    assert {*BEFORE_THE_WALL} <= reached_kinds
