"""Which fields about people an answer shows: unmistakable words of the home town, looked for in the whole of it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.models.sealing import masked
from tests.access.callers import CALLERS
from tests.access.furnishing import REQUEST, number_of
from tests.access.routes import Route
from tests.access.world import HOME
from tests.fuzz.things import SUSPECTED

if TYPE_CHECKING:
    from tests.access.world import World

FIELDS = Path(__file__).with_name("fields.csv")


def words_of(world: World) -> Mapping[str, tuple[str, ...]]:
    """What stands for each field in answers; the person is the surgeon of the home town."""
    here = world.home.here
    return {
        "whole document number": (number_of(HOME),),
        "masked document number": (masked(number_of(HOME)),),
        "date of birth": ("1971-03-04", "March 4, 1971", "4 March 1971"),
        "name of the person": (here.surgeon.name,),
        "name of another person": (here.nurse.name,),
        "personal code": (here.surgeon.code,),
        "grounds of the responsibility": ("主刀并签字",),
        "why the points depart from the usual": ("按情节认定",),
        "statement of an objection": ("手术必要，记录齐全。",),
        "question to a panel": ("手术指征是否成立",),
        "statement of an application": ("已认真整改",),
        "request for a correction": (REQUEST,),
        "remark on a receipt": ("回执存卷",),
        "reason of a merge": ("同一人",),
        "why the police have it": (SUSPECTED,),
        "name of an expert": tuple(_experts(world)),
        "account of an officer": tuple(each.username for each in (here.identifier, here.scorer, here.reviewer)),
    }


def _experts(world: World) -> list[str]:
    from appeals.models import Expert

    return list(Expert.objects.filter(places__institution__region=HOME).values_list("name", flat=True))


def shown_in(answer: Any, words: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The fields that the answer shows."""
    text = answer.whole.decode(errors="ignore")
    return {field for field, found in words.items() if any(each in text for each in found)}


@cache
def table() -> Mapping[Route, Mapping[str, frozenset[str]]]:
    """By address and caller the fields that are shown."""
    found: dict[Route, dict[str, frozenset[str]]] = defaultdict(lambda: dict.fromkeys(CALLERS, frozenset()))
    with FIELDS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            fields = found[Route(line["path"], "GET")]
            for column in CALLERS:
                if line[column] == "y":
                    fields[column] |= {line["field"]}
    return dict(found)


def write(found: Mapping[Route, Mapping[str, set[str]]]) -> None:
    """The whole file; only what somebody is shown has a line."""
    with FIELDS.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["path", "field", *CALLERS])
        for route, columns in sorted(found.items()):
            for field in sorted(set().union(*columns.values())):
                rows.writerow(
                    [route.path, field, *("y" if field in columns.get(each, ()) else "n" for each in CALLERS)]
                )
    table.cache_clear()
