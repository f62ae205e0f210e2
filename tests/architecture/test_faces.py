"""Points, annulments, revisions and reliefs arise from decided cases only: no face calls these acts by itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import python_files, told

FACES = ("registry/admin/", "registry/api/", "registry/pages/", "appeals/admin/", "appeals/api/", "appeals/pages/")
DIRECT = {"write_entry", "append_all", "correct_entries", "relieve_points", "shorten_period"}
STILL_THERE: set[tuple[str, str]] = set()
"""What faces still do directly; whoever takes one away strikes it here, and nothing is ever added."""


def names_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_no_face_records_or_corrects_points_by_itself() -> None:
    faces = [path for path in python_files() if told(path).startswith(FACES)]
    assert faces
    assert {(told(path), name) for path in faces for name in names_in(path) if name in DIRECT} == STILL_THERE
