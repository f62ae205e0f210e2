"""Which caller is shown which field about a person: the answers on rows of one's own place, searched whole.

The answers that are right stand in fields.csv, one line for each address and field that somebody is shown there; no
other field of `tests/access/shown.py` stands in the answer, and no link to what the matrix refuses. Every run asks a
fixed choice of addresses, ``REGISTRY_MATRIX=check`` all of them, and ``REGISTRY_MATRIX=write … -n0`` writes the table
anew.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from registry.models import Role
from tests.access import shown
from tests.access.asking import ask
from tests.access.callers import CALLERS, NOBODY, SETTLEMENT
from tests.access.links import dead_ends
from tests.access.routes import Route
from tests.access.table import is_asked, matrix
from tests.access.world import World

ASKED_FOR = os.environ.get("REGISTRY_MATRIX", "")
WITHOUT_NAMES = ("expert/", "api/v1/my/", "admin/panels/<int:pk>/file/")
"""What experts see of a case."""

ON_A_CERTIFICATE = "verify/<str:number>/<str:code>/"
"""Whoever holds the paper with its code reads what the person had certified."""

OF_ACCOUNTS = {"account of an officer", "name of an expert"}


def read_by(column: str) -> list[Route]:
    """What the caller reads on rows of the own place, or where no row is named."""
    return [each for each, cells in matrix().items() if each.method == "GET" and cells[column][:1] == "y"]


def answers_to(world: World, column: str, routes: list[Route]) -> Iterator[tuple[Route, Any]]:
    """What each address answers, on rows of the own place."""
    asking = world.callers[column]
    for route in routes:
        yield route, ask(route, world.address(route, asking, False) or "", asking)


def fields_of(world: World, column: str, routes: list[Route]) -> dict[Route, set[str]]:
    """What each answer shows."""
    words = shown.words_of(world)
    found = {route: shown.shown_in(answer, words) for route, answer in answers_to(world, column, routes)}
    return {route: fields for route, fields in found.items() if fields}


@pytest.mark.slow
@pytest.mark.parametrize("column", CALLERS)
def test_each_caller_is_shown_what_the_table_says_and_no_link_that_refuses(world: World, column: str) -> None:
    if ASKED_FOR in ("write", "new"):
        return
    routes = [each for each in read_by(column) if ASKED_FOR == "check" or is_asked(each, column, "y")]
    wanted = {str(each): shown.table()[each][column] for each in routes if shown.table().get(each, {}).get(column)}
    words, found, refused = shown.words_of(world), {}, {}
    for route, answer in answers_to(world, column, routes):
        found[str(route)] = shown.shown_in(answer, words)
        refused[str(route)] = dead_ends(answer, column)
    assert {route: fields for route, fields in found.items() if fields} == wanted
    assert {route: links for route, links in refused.items() if links} == {}, "links that refuse"


@pytest.mark.skipif(ASKED_FOR != "write", reason="asked for by REGISTRY_MATRIX=write")
def test_the_table_is_written(world: World) -> None:
    found: dict[Route, dict[str, set[str]]] = {}
    for column in CALLERS:
        for route, fields in fields_of(world, column, read_by(column)).items():
            found.setdefault(route, {})[column] = fields
    shown.write(found)


def test_whole_document_numbers_stand_in_no_answer_that_is_only_read() -> None:
    for columns in shown.table().values():
        assert all("whole document number" not in fields for fields in columns.values())


def test_who_reads_no_files_is_shown_no_person_but_those_who_hold_accounts() -> None:
    for route, columns in shown.table().items():
        if route.path == ON_A_CERTIFICATE:
            continue
        for column in (NOBODY, SETTLEMENT, Role.SUPPORT.value):
            assert columns[column] == frozenset(), (route, column)
        assert columns[Role.SECURITY_ADMINISTRATOR.value] <= OF_ACCOUNTS, route


def test_experts_are_shown_no_name_of_a_case() -> None:
    for route, columns in shown.table().items():
        if route.path.startswith(WITHOUT_NAMES):
            assert not columns[Role.EXPERT.value] & {"name of the person", "name of another person", "personal code"}
