"""draw.json: a draw with all it was made from, so that anybody can make it again.

Read strictly: every field must be there, nothing else may be, and each is what it must be; `InvalidDraw` names the
field, its value and what is wrong with it. The README of the appeals shows the form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from appeals.rules.digests import case_as_json, expert_as_json, terms_as_json
from appeals.rules.draw import LOTTERY, Drawn, Result
from appeals.rules.exclusions import REASONS, Excluded
from appeals.rules.pool import Case, Days, Expert, InvalidDraw, Stay, Terms, check
from appeals.rules.reading import (
    day,
    day_or_none,
    digest,
    list_of,
    loaded,
    name,
    names_once,
    object_of,
    one_of,
    seed_of,
    whole,
)


@dataclass(frozen=True, slots=True)
class DrawFile:
    """A draw as it was published; whether it is a good one is another question (see `verify`)."""

    commitment: str
    seed: bytes
    pool: tuple[Expert, ...]
    case: Case
    terms: Terms
    result: Result


def write(file: DrawFile) -> str:
    """The text of a draw.json, the pool in the order of ids, with a line feed at the end."""
    source = {
        "lottery": LOTTERY,
        "commitment": file.commitment,
        "seed": file.seed.hex(),
        "pool": [expert_as_json(expert) for expert in sorted(file.pool, key=lambda expert: expert.id)],
        "case": case_as_json(file.case),
        **terms_as_json(file.terms),
        "result": _result_as_json(file.result),
    }
    return json.dumps(source, indent=1) + "\n"


def parse(content: bytes) -> DrawFile:
    """A draw from the bytes of a draw.json. Raises `InvalidDraw` for the first thing that is wrong."""
    source = _read_file(loaded(content))
    terms = Terms(source["size"], source["years_apart"])
    check(source["pool"], source["case"], terms)
    return DrawFile(source["commitment"], source["seed"], source["pool"], source["case"], terms, source["result"])


def _stay(institution: str, from_: date, until: date | None) -> Stay:
    return Stay(institution, Days(from_, until))


def _expert(id_: str, institutions: tuple[Stay, ...], **fields: Any) -> Expert:
    return Expert(id=id_, stays=institutions, **fields)


def _case(id_: str, **fields: Any) -> Case:
    return Case(id=id_, **fields)


_NAMES = list_of(name)
_NAMES_ONCE = list_of(name, names_once)
_EXPERT = object_of(
    _expert,
    id_=name,
    specialties=_NAMES_ONCE,
    institutions=list_of(object_of(_stay, institution=name, from_=day, until=day_or_none)),
    available=list_of(object_of(Days, from_=day, until=day_or_none)),
    load=whole,
    conflicts=_NAMES_ONCE,
)
_RESULT = object_of(
    Result,
    pool_digest=digest,
    case_digest=digest,
    middle_load=whole,
    panel=_NAMES,
    reserves=_NAMES,
    drawn=list_of(object_of(Drawn, expert=name, load=whole, tickets=whole, ticket=whole, number=digest)),
    excluded=list_of(object_of(Excluded, expert=name, reasons=list_of(one_of(*REASONS)))),
)
_FILE = object_of(
    lottery=one_of(LOTTERY),
    commitment=digest,
    seed=seed_of,
    pool=list_of(_EXPERT),
    case=object_of(_case, id_=name, day=day, specialty=name, institutions=_NAMES_ONCE, people=_NAMES_ONCE),
    size=whole,
    years_apart=whole,
    result=_RESULT,
)


def _read_file(value: object) -> dict[str, Any]:
    try:
        source: dict[str, Any] = _FILE(value)
    except InvalidDraw as error:
        raise InvalidDraw(error.field.lstrip(".") or "file", error.value, error.reason) from None
    return source


def _result_as_json(result: Result) -> dict[str, Any]:
    return {
        "pool_digest": result.pool_digest,
        "case_digest": result.case_digest,
        "middle_load": result.middle_load,
        "panel": list(result.panel),
        "reserves": list(result.reserves),
        "drawn": [_drawn_as_json(each) for each in result.drawn],
        "excluded": [{"expert": each.expert, "reasons": list(each.reasons)} for each in result.excluded],
    }


def _drawn_as_json(drawn: Drawn) -> dict[str, Any]:
    return {field: getattr(drawn, field) for field in ("expert", "load", "tickets", "ticket", "number")}
