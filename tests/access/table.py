"""The table of who reaches what, beside the tests: one line for each method of an address, a column for each caller."""

import csv
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.access.callers import CALLERS, NOBODY
from tests.access.routes import Route, every_route

MATRIX = Path(__file__).with_name("matrix.csv")
WHOLE = (NOBODY,)
"""The column that is asked whole in every run: nearly everything is refused at once, so it costs little."""

SENSITIVE = (
    "documents", "unmask", "own-data", "data.json", "access-code", "exports", "export", "keys", "users", "user",
    "files", "content", "readings", "searches", "_search", "find", "draw.json", "honoraria", "signatures",
    "votes", "evidence", "eligibility", "claims-checks", "notices", "status-list",
)  # fmt: skip
"""Words of addresses at which every cell is asked in every run: whole numbers, whole files, keys and accounts."""

OF_ONESELF = "account/"
"""Whoever is signed in reaches the own password and keys there, and nobody else's."""

Cells = dict[str, str]


@cache
def matrix() -> Mapping[Route, Cells]:
    """The lines of the file; none where it is not there."""
    if not MATRIX.exists():
        return {}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {
            Route(line["path"], line["method"]): {column: line.get(column) or "" for column in CALLERS}
            for line in csv.DictReader(file)
        }


def write(column: str, found: Mapping[Route, str]) -> None:
    """Put cells of one column into the file; lines of addresses that are no longer there go."""
    lines = {route: dict(matrix().get(route, {})) for route in every_route()}
    for route, value in found.items():
        lines[route][column] = value
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["method", "path", *CALLERS], restval="", lineterminator="\n")
        rows.writeheader()
        rows.writerows({"method": route.method, "path": route.path, **lines[route]} for route in sorted(lines))
    matrix.cache_clear()


def chosen(column: str) -> list[Route]:
    """The addresses that are asked for this column in every run, always the same ones."""
    return [route for route, cells in matrix().items() if is_asked(route, column, cells[column])]


def is_asked(route: Route, column: str, wanted: str) -> bool:
    """Whether a cell is asked in every run: each address by the caller whose turn it is; whatever is reached at a
    sensitive address, by everybody; and all of them by nobody.
    """
    return column in WHOLE or column == _turn(route) or ("y" in wanted and is_sensitive(route))


def is_sensitive(route: Route) -> bool:
    """Whether whole numbers, whole files, keys or accounts are to be had there."""
    return not route.path.startswith(OF_ONESELF) and bool({*route.path.split("/")} & {*SENSITIVE})


def _turn(route: Route) -> str:
    """The column in whose turn the address is, by the digest of its name."""
    others = [column for column in CALLERS if column not in WHOLE]
    return others[int.from_bytes(sha256(str(route).encode()).digest()[:8]) % len(others)]


def reached_by(cells: Mapping[str, str], *, foreign: bool) -> set[str]:
    """The columns that reach the row of one's own place, or that of another province."""
    at = 1 if foreign else 0
    return {column for column, cell in cells.items() if cell[at : at + 1] == "y"}
