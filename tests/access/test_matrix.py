"""Who reaches what: every method of every address, for every caller, on what is one's own and on what is not.

The answers that are right stand in matrix.csv, one line for each method of an address, a column for each caller: `y`
the caller reaches it, `n` not; the first letter is for a row of one's own place, the second for one of another
province (alone where no row is in the address). `.` stands where there is no such row.

Every run asks a fixed choice of the cells (`tests/access/table.py` says which). ``REGISTRY_MATRIX=check python3
manage.py test tests/access/test_matrix.py`` asks all of them, ``REGISTRY_MATRIX=write … -n0`` writes the table anew,
and ``REGISTRY_MATRIX=new … -n0`` the cells that are not there: read every new line.
"""

import os

import pytest

from registry.models import Role
from tests.access.asking import cell
from tests.access.callers import AUTHORITY, CALLERS, FROM_ELSEWHERE, NOBODY, REVOKED, SETTLEMENT, WITHOUT_REASON
from tests.access.routes import Route, every_route
from tests.access.table import WHOLE, chosen, matrix, reached_by, write
from tests.access.world import World

ASKED_FOR = os.environ.get("REGISTRY_MATRIX", "")
WRITING = ("write", "new")
DESCRIBED = ("api/v1/schema/", "api/v1/docs/", "fhir/metadata")
DEFINED = ("fhir/StructureDefinition", "fhir/CodeSystem", "fhir/ValueSet")
"""What the faces say of themselves: open to anybody, and about nobody."""

CHECKED = ("notices/verify/", "verify/", "shared/")
"""Whether a paper is genuine, and a standing that was shared: asked by whoever holds the paper or the code."""

FOR_EVERYBODY = ("public/",)
"""Pages to read, which name nobody."""

THE_DOOR = (
    "account/",
    "i18n/",
    "healthz",
    "readyz",
    "admin/login/",
    "admin/logout/",
    "admin/jsi18n/",
    "admin/password_change/",
)
TO_SETTLE = ("api/v1/eligibility", "api/v1/claims-checks/", "api/v1/status-list")
"""The settlement check, of one service, of many or of a file, and its list for when the line is down."""

PUBLISHED = ("region", "agency", "authority", "phasein")
"""Reference data that everybody in the office may read."""

OF_ACCESS = ("user", "users", "apikey", "keys")
"""Accounts and keys, which have administrators of their own for the whole register."""

OF_THE_COUNTRY = ("admin/calendar/", "api/v1/calendar/")
ONLY_ASKED = ("searches/", "_search", "previews/", "what-if/", "table/", "exports/")
"""What is asked by POST and changes nothing."""

EVERYWHERE = {Role.ADMINISTRATOR.value, Role.AUDITOR.value}
"""Whose scope is the whole country."""


def test_every_method_of_every_address_has_its_line_and_no_line_is_left_over() -> None:
    if ASKED_FOR not in WRITING:
        assert sorted(matrix()) == list(every_route())
        assert {cells[column] for cells in matrix().values() for column in CALLERS} <= {
            "y", "n", "yy", "yn", "nn", "ny", ".", "n.", "y.", ".n", ".y", "..",
        }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("column", CALLERS)
def test_each_caller_reaches_what_the_matrix_says_and_nothing_else(world: World, column: str) -> None:
    asking = world.callers[column]
    if ASKED_FOR in WRITING:
        missing = [route for route in every_route() if ASKED_FOR == "write" or not matrix().get(route, {}).get(column)]
        return write(column, {route: cell(route, asking, world) for route in missing})
    routes = matrix() if ASKED_FOR == "check" else chosen(column)
    wanted = {str(route): matrix()[route][column] for route in routes}
    found = {str(route): cell(route, asking, world) for route in routes}
    assert {route: (found[route], wanted[route]) for route in wanted if found[route] != wanted[route]} == {}
    return None


def is_published(route: Route) -> bool:
    """Whether rows of everywhere are read there by everybody in the office, or by those who keep accounts."""
    leads_on = route.path.startswith("admin/") and route.path.endswith("<path:object_id>/")
    return leads_on or bool({*route.path.split("/")} & {*PUBLISHED, *OF_ACCESS})


def test_every_address_and_every_caller_is_in_the_choice_of_every_run() -> None:
    asked = {column: chosen(column) for column in CALLERS if column not in WHOLE}
    assert {route for routes in asked.values() for route in routes} == {*every_route()}
    reaching = {column for column, routes in asked.items() if any("y" in matrix()[route][column] for route in routes)}
    assert {*asked} - reaching <= {FROM_ELSEWHERE, REVOKED}


def test_what_lies_in_another_province_is_reached_by_those_of_the_whole_country_only() -> None:
    for route, cells in matrix().items():
        if not is_published(route):
            assert reached_by(cells, foreign=True) <= EVERYWHERE | {WITHOUT_REASON}, route


def test_nobody_reaches_anything_without_signing_in_but_the_door_papers_and_what_the_faces_say_of_themselves() -> None:
    for route, cells in matrix().items():
        if NOBODY in reached_by(cells, foreign=False):
            assert not route.path or route.path.startswith(
                (*THE_DOOR, *DESCRIBED, *DEFINED, *CHECKED, *FOR_EVERYBODY)
            ), route


def test_keys_that_are_taken_nowhere_open_nothing_and_those_of_settlement_systems_the_check_alone() -> None:
    for route, cells in matrix().items():
        for column in (FROM_ELSEWHERE, REVOKED):
            assert cells[column] == cells[NOBODY], route
        if SETTLEMENT in reached_by(cells, foreign=False) - reached_by(cells, foreign=True):
            assert NOBODY in reached_by(cells, foreign=False) or route.path.startswith(TO_SETTLE), route


def test_systems_of_authorities_read_and_do_nothing() -> None:
    for route, cells in matrix().items():
        if route.method != "GET" and AUTHORITY in reached_by(cells, foreign=False):
            assert NOBODY in reached_by(cells, foreign=False) or route.path.endswith(ONLY_ASKED), route


def test_what_holds_in_the_whole_country_is_changed_by_its_administrators_only() -> None:
    for route, cells in matrix().items():
        if route.method == "POST" and route.path.startswith(OF_THE_COUNTRY):
            assert reached_by(cells, foreign=False) == {Role.ADMINISTRATOR.value}, route
