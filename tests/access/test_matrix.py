"""Who reaches what: every method of every address, for every role, on what is one's own and on what is not.

The answers that are right stand in matrix.csv, one line for each method of an address, a column for each role: `y` the
role reaches it, `n` it does not; the first letter is for a row of one's own place, the second for one of another
province (alone where no row is in the address). `.` stands where the demo holds no such row.

``REGISTRY_MATRIX=write python3 manage.py test tests/access -n0`` writes the table anew (read every new line), and
``=check`` holds every address to it. Either takes minutes, so they are asked for.
"""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from registry.models import Role
from tests.access.routes import PROGRAMS, Route, every_route
from tests.access.world import ANYWHERE, CALLERS, KINDS, Caller, caller
from tests.desks.loads import load_at, rolled_back
from tests.desks.test_demo_loading import NOW

MATRIX = Path(__file__).with_name("matrix.csv")
NOBODY = "nobody"
SIGN_IN = ("/admin/login/", "/account/login/")
PUBLIC = ("region", "agency", "authority", "phasein")
"""Reference data that everybody in the office may read."""

DESCRIBED = {"api/v1/schema/", "api/v1/docs/", "fhir/metadata"}
DEFINED = ("fhir/StructureDefinition", "fhir/CodeSystem", "fhir/ValueSet")
"""What the faces say of themselves: open to anybody, and about nobody."""

NOT_REACHED = {401, 403, 404}


pytestmark = pytest.mark.skipif("REGISTRY_MATRIX" not in os.environ, reason="asked for by REGISTRY_MATRIX")


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo at noon of its day; nothing of it stays."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), rolled_back():
        load_at(NOW)
        yield


def matrix() -> dict[Route, dict[str, str]]:
    """The lines of the file."""
    if not MATRIX.exists():
        return {}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {
            Route(line["path"], line["method"]): {column: line.get(column) or "" for column in CALLERS}
            for line in csv.DictReader(file)
        }


def test_every_address_has_its_line_and_no_line_is_left_over() -> None:
    if os.environ.get("REGISTRY_MATRIX") != "write":
        assert sorted(matrix()) == every_route()


def test_what_lies_in_another_province_is_reached_by_roles_of_the_whole_country_only() -> None:
    everywhere = {Role.ADMINISTRATOR.value, Role.AUDITOR.value}
    for route, cells in matrix().items():
        if any(f"/registry/{kind}/" in route.path for kind in PUBLIC):
            continue
        reached = {role for role, cell in cells.items() if len(cell) == 2 and cell[1] == "y"}
        assert reached <= everywhere, route


def test_nobody_reaches_anything_without_signing_in() -> None:
    open_to_all = {route for route, cells in matrix().items() if "y" in cells[NOBODY]}
    assert {route.path for route in open_to_all if not route.path.startswith(DEFINED)} <= DESCRIBED


@pytest.mark.slow
@pytest.mark.parametrize("role", CALLERS)
def test_each_role_reaches_what_the_matrix_says_and_nothing_else(demo: None, role: str) -> None:
    asking = caller(role)
    found = {route: cell(route, asking) for route in every_route()}
    if os.environ.get("REGISTRY_MATRIX") == "write":
        return write(role, found)
    wanted = {route: cells[role] for route, cells in matrix().items()}
    assert {route: found.get(route) for route in wanted if found.get(route) != wanted[route]} == {}
    return None


def cell(route: Route, asking: Caller) -> str:
    """What the user reaches there, as a cell of the matrix."""
    keys = route.keys()
    if not all(key in KINDS or key in ANYWHERE for key in keys):
        return f"no ids for {[key for key in keys if key not in KINDS and key not in ANYWHERE]}"
    if all(key in ANYWHERE for key in keys):
        return reached(route, {key: ANYWHERE[key]() for key in keys}, asking)
    return "".join(_at(route, keys, asking, foreign) for foreign in (False, True))


def _at(route: Route, keys: list[str], asking: Caller, foreign: bool) -> str:
    ids = {}
    for key in keys:
        if key in ANYWHERE:
            ids[key] = ANYWHERE[key]()
            continue
        kind = KINDS[key]
        value = kind.of(kind.foreign() if foreign else kind.own())
        if value is None:
            return "."
        ids[key] = value
    return reached(route, ids, asking)


def reached(route: Route, ids: dict[str, str], asking: Caller) -> str:
    """`y` where the request came to what it asks for, whatever was then wrong with it; nothing of it stays."""
    with override_settings(REGISTRY_REQUESTS_PER_MINUTE=1_000_000), transaction.atomic():
        answer = _answer(route, route.at(ids), asking)
        transaction.set_rollback(True)
    away = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
    assert answer.status_code < 500, (route, answer.status_code)
    return "n" if answer.status_code in NOT_REACHED or away else "y"


def _answer(route: Route, address: str, asking: Caller) -> Any:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    headers = {"idempotency-key": "matrix-0001", "access-reason": "every-address-for-every-role"}
    if asking.key and route.path.startswith(PROGRAMS):
        headers["authorization"] = f"Bearer {asking.key}"
    elif asking.user is not None:
        client.force_login(asking.user)
    if route.method == "GET":
        return client.get(address, headers=headers)
    if route.path.startswith(PROGRAMS):
        return client.post(address, "{}", "application/json", headers=headers)
    return client.post(address, {}, headers=headers)


def write(role: str, found: dict[Route, str]) -> None:
    """Put one column into the file."""
    lines = matrix()
    for route, value in found.items():
        lines.setdefault(route, dict.fromkeys(CALLERS, ""))[role] = value
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["method", "path", *CALLERS], lineterminator="\n")
        rows.writeheader()
        for route in sorted(each for each in lines if each in found):
            rows.writerow({"method": route.method, "path": route.path, **lines[route]})
