"""One digest for one content: what is published before the seed, so that nobody can change it afterwards.

A digest is the SHA-256, in 64 lower-case hexadecimal digits, of the *canonical text* of a JSON value in ASCII: no white
space; the names of an object in the order of their bytes; the items of a list in the order of the bytes of their own
canonical text, because no list of a pool or case has an order that means anything; days as `"2026-03-10"`; an absent
`until` as `null`.

* `pool_digest`: of the list of experts, each written as in draw.json.
* `case_digest`: of the object with `case`, `size` and `years_apart`, written as in draw.json.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from appeals.rules.pool import Case, Days, Expert, Stay, Terms


def pool_digest(pool: Iterable[Expert]) -> str:
    """The digest of the frozen pool; the order of the experts does not matter."""
    return _digest([expert_as_json(expert) for expert in pool])


def case_digest(case: Case, terms: Terms) -> str:
    """The digest of the case with the terms of its draw."""
    return _digest({"case": case_as_json(case), **terms_as_json(terms)})


def expert_as_json(expert: Expert) -> dict[str, Any]:
    """The expert as draw.json writes them."""
    return {
        "id": expert.id,
        "specialties": sorted(expert.specialties),
        "institutions": [_stay(stay) for stay in expert.stays],
        "available": [_days(days) for days in expert.available],
        "load": expert.load,
        "conflicts": sorted(expert.conflicts),
    }


def case_as_json(case: Case) -> dict[str, Any]:
    """The case as draw.json writes it."""
    return {
        "id": case.id,
        "day": case.day.isoformat(),
        "specialty": case.specialty,
        "institutions": sorted(case.institutions),
        "people": sorted(case.people),
    }


def terms_as_json(terms: Terms) -> dict[str, int]:
    """The terms as draw.json writes them."""
    return {"size": terms.size, "years_apart": terms.years_apart}


def canonical(value: Any) -> str:
    """The canonical text of a JSON value."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(canonical, value))) + "]"
    return json.dumps(value)


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def _stay(stay: Stay) -> dict[str, str | None]:
    return {"institution": stay.institution, **_days(stay.days)}


def _days(days: Days) -> dict[str, str | None]:
    return {"from": days.from_.isoformat(), "until": days.until.isoformat() if days.until else None}
