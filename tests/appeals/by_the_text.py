"""The lottery a second time, written from its published text alone, on draw.json as it lies there.

It shares nothing with `appeals.rules`, so that a difference between the text and the program shows.
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import json
from typing import Any

Json = dict[str, Any]
CODES = [
    "other_specialty",
    "same_institution_now",
    "same_institution_recently",
    "declared_conflict",
    "part_in_the_case",
    "unavailable",
]


def result_of(file: Json) -> Json | None:
    """What `result` must be; None where there are fewer eligible experts than seats."""
    reasons = {expert["id"]: reasons_against(expert, file["case"], file["years_apart"]) for expert in file["pool"]}
    eligible = [expert for expert in file["pool"] if not reasons[expert["id"]]]
    if len(eligible) < file["size"]:
        return None
    loads = [expert["load"] for expert in eligible]
    loads.sort()
    middle = loads[(len(loads) - 1) // 2]
    lots = [lot(bytes.fromhex(file["seed"]), file["case"]["id"], expert, middle) for expert in eligible]
    lots.sort(key=lambda each: (int(each["number"], 16), each["expert"]))
    order = [each["expert"] for each in lots]
    excluded = [{"expert": name, "reasons": reasons[name]} for name in sorted(reasons) if reasons[name]]
    case = {"case": file["case"], "size": file["size"], "years_apart": file["years_apart"]}
    return {
        "pool_digest": sha256(text(file["pool"])),
        "case_digest": sha256(text(case)),
        "middle_load": middle,
        "panel": order[: file["size"]],
        "reserves": order[file["size"] :],
        "drawn": lots,
        "excluded": excluded,
    }


def lot(seed: bytes, case: str, expert: Json, middle: int) -> Json:
    """All tickets of one expert, and the lowest of them."""
    exponent = 3 + middle - expert["load"]
    tickets = 1 if exponent < 0 else 64 if exponent > 6 else [1, 2, 4, 8, 16, 32, 64][exponent]
    numbers = {}
    for place in range(1, tickets + 1):
        message = b"panel-draw-1\x0a" + case.encode() + b"\x0a" + expert["id"].encode() + b"\x0a" + b"%d" % place
        numbers[place] = hmac.new(seed, message, hashlib.sha256).hexdigest()
    lowest = min(numbers, key=lambda place: int(numbers[place], 16))
    return {
        "expert": expert["id"],
        "load": expert["load"],
        "tickets": tickets,
        "ticket": lowest,
        "number": numbers[lowest],
    }


def reasons_against(expert: Json, case: Json, years: int) -> list[str]:
    """Days are compared as texts: years first, so the order of texts is the order of days."""
    day, found = case["day"], set()
    if case["specialty"] not in expert["specialties"]:
        found.add("other_specialty")
    for stay in expert["institutions"]:
        if stay["institution"] in case["institutions"]:
            found.add(shared(stay, day, years))
    if any(about in expert["conflicts"] for about in [case["id"], *case["institutions"], *case["people"]]):
        found.add("declared_conflict")
    if expert["id"] in case["people"]:
        found.add("part_in_the_case")
    if not [period for period in expert["available"] if within(day, period)]:
        found.add("unavailable")
    return [code for code in CODES if code in found]


def shared(stay: Json, day: str, years: int) -> str:
    """The code for the days at an institution of the case; empty where they are long past or still to come."""
    if within(day, stay):
        return "same_institution_now"
    recent = stay["from"] < day and stay["until"] > years_before(day, years)
    return "same_institution_recently" if recent else ""


def within(day: str, period: Json) -> bool:
    """From the first day on, and before the first day after."""
    return bool(period["from"] <= day and (period["until"] is None or period["until"] > day))


def years_before(day: str, years: int) -> str:
    """The same day so many years ago; 28 February where that year has no 29th."""
    year, rest = int(day[:4]) - years, day[4:]
    return f"{year:04}-02-28" if rest == "-02-29" and not calendar.isleap(year) else f"{year:04}{rest}"


def text(value: Any) -> str:
    """The canonical text."""
    if isinstance(value, list):
        return f"[{','.join(sorted(text(item) for item in value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f'"{name}":{text(value[name])}' for name in sorted(value)) + "}"
    return json.dumps(value)


def sha256(told: str) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(told.encode()).hexdigest()
