"""Procedures: states are reached, named and come to an end, and every act is done by somebody."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db.models import Model
from django.utils import translation

from appeals import models as of_appeals
from appeals.rules import procedures as appeal_procedures
from notifications import models as of_notifications
from notifications.rules import procedures as notice_procedures
from registry import models as of_registry
from registry.config.bootstrap import HOUSE
from registry.models import ProcedureStep
from registry.rules import procedures as register_procedures
from registry.rules.diagrams import Unknown, drawn
from registry.rules.procedure import NotPossible, Procedure

ROWS: Mapping[str, type[Model]] = {
    "case": of_registry.Case,
    "proposal": of_registry.Proposal,
    "task": of_registry.Task,
    "measure": of_registry.InstitutionMeasure,
    "objection": of_appeals.Objection,
    "panel": of_appeals.Panel,
    "seat": of_appeals.Seat,
    "attendance": of_appeals.Attendance,
    "application": of_appeals.Application,
    "push": of_notifications.Push,
    "endpoint": of_notifications.Endpoint,
    "mail": of_notifications.Mail,
    "register": of_notifications.Register,
    "letter": of_notifications.Letter,
}
"""What each procedure moves."""

PROCEDURES = (*register_procedures.PROCEDURES, *appeal_procedures.PROCEDURES, *notice_procedures.PROCEDURES)
each = pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.name)


def column(table: type[Model], name: str) -> Any:
    return table._meta.get_field(name)


def test_every_procedure_moves_a_table() -> None:
    assert {procedure.name for procedure in PROCEDURES} == set(ROWS)
    assert len(ROWS) == len(PROCEDURES)


@each
def test_every_state_is_reached_and_comes_to_an_end(procedure: Procedure) -> None:
    assert list(procedure.faults()) == []


@each
def test_the_states_are_those_that_its_table_keeps(procedure: Procedure) -> None:
    field = column(ROWS[procedure.name], "state")
    assert [value for value, _ in field.choices] == list(procedure.states)
    longest = max(map(len, procedure.states))
    assert longest <= min(field.max_length, column(ProcedureStep, "state_after").max_length)


@each
def test_every_state_is_named_in_both_languages(procedure: Procedure) -> None:
    for _, name in column(ROWS[procedure.name], "state").choices:
        with translation.override("en"):
            english = str(name)
        with translation.override("zh-hans"):
            assert re.search(r"[\u4e00-\u9fff]", str(name)), f"{procedure.name}: “{english}” has no Chinese"


@each
def test_names_fit_into_a_step(procedure: Procedure) -> None:
    assert len(procedure.name) <= column(ProcedureStep, "procedure").max_length
    assert max(map(len, procedure.acts)) <= column(ProcedureStep, "act").max_length


@each
def test_an_act_that_is_not_possible_says_which_are(procedure: Procedure) -> None:
    for state in procedure.states:
        with pytest.raises(NotPossible) as refused:
            procedure.after(state, "fly")
        assert refused.value.possible == tuple(procedure.transitions[state])
        assert not procedure.allows(state, "fly")


def test_a_procedure_with_a_fault_is_found_out() -> None:
    broken = Procedure(
        name="broken",
        starts=frozenset({"first"}),
        ends=frozenset({"last"}),
        transitions={"first": {"go": "round"}, "round": {"go": "round", "fall": "nowhere"}, "last": {}},
    )
    assert list(broken.faults()) == [
        "broken: nowhere has no line of its own",
        "broken: last is never reached",
        "broken: first never comes to an end",
        "broken: round never comes to an end",
    ]


@each
def test_a_diagram_shows_every_way_once(procedure: Procedure) -> None:
    lines = procedure.diagram().splitlines()
    ways = sum(len(ways) for ways in procedure.transitions.values())
    assert len(lines) == len(set(lines)) == 1 + len(procedure.starts) + ways + len(procedure.ends)


def test_a_text_without_the_marks_of_a_procedure_is_refused() -> None:
    text = "before\n<!-- diagram case -->\nold\n<!-- end -->\nafter\n"
    new = drawn(text, [register_procedures.CASE])
    assert new.startswith("before\n<!-- diagram case -->\n```mermaid\nstateDiagram-v2\n")
    assert new.endswith("    closed --> [*]\n```\n<!-- end -->\nafter\n")
    assert drawn(new, [register_procedures.CASE]) == new
    with pytest.raises(Unknown, match="marks for case; procedures are case, task"):
        drawn(text, [register_procedures.CASE, register_procedures.TASK])


# every act is done by somebody ----------------------------------------------------------------------------------------


def test_every_act_is_done_by_somebody() -> None:
    wanted = {(procedure.name, act) for procedure in PROCEDURES for act in procedure.acts}
    assert sorted(wanted - done()) == []


def done() -> set[tuple[str, str]]:
    """Procedure and act of every call that moves a procedure on, directly or over a function that passes the act on."""
    trees = [
        ast.parse(path.read_text())
        for part in ("registry", "appeals", "notifications")
        for path in sorted((HOUSE / part / "actions").rglob("*.py"))
    ]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    movers: dict[str, set[str]] = {}
    before = -1
    while before != len(movers):
        before = len(movers)
        for function in functions:
            if moved := set(_passed_on(function, movers)):
                movers.setdefault(function.name, set()).update(moved)
    return {(name, act) for call in calls for name in _procedures(call, movers) for act in _acts(call)}


def _passed_on(function: ast.FunctionDef, movers: Mapping[str, set[str]]) -> Iterator[str]:
    """The procedures that the function moves by an act it is given."""
    given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and any(isinstance(a, ast.Name) and a.id in given & {"act"} for a in _told(call)):
            yield from _procedures(call, movers)


def _procedures(call: ast.Call, movers: Mapping[str, set[str]]) -> set[str]:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "after":
        return {procedure.name for procedure in PROCEDURES if ast.unparse(call.func.value) == procedure.name.upper()}
    if not isinstance(call.func, ast.Name):
        return set()
    if call.func.id in ("advance", "begin", "advance_in", "begin_in"):
        names = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
        return {procedure.name for procedure in PROCEDURES if procedure.name.upper() in names}
    if call.func.id == "close_tasks":
        return {"task"}
    return movers.get(call.func.id, set())


CLOSING = {"LAPSED": "lapse", "CANCELLED": "cancel"}


def _acts(call: ast.Call) -> Iterator[str]:
    for argument in _told(call):
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.Attribute) and node.attr in CLOSING:
                yield CLOSING[node.attr]


def _told(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in ("act", "state"))]
