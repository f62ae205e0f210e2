"""Points of the year as a row of cells, with the thresholds of the policy marked and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from registry.ledger.law import policies
from registry.queries.explain import Source, months_words, source_of
from registry.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a total of so many points in one year, and by which provision."""

    at: int
    kind: str
    text: str
    source: Source


def gauge_of(points: int, on: date, policy: Policy | None = None) -> dict[str, Any]:
    """Cells filled up to `points`, each with the threshold it reaches; by default those of the national policy."""
    law = policy or policies().national(on)
    cells = [
        {"number": cell, "on": cell <= points, "kind": _reaches(law, cell)} for cell in range(1, law.terminate_at + 1)
    ]
    return {
        "points": points,
        "most": law.terminate_at,
        "suspend": law.suspend_at,
        "before_suspend": law.suspend_at - 1,
        "cells": cells,
        "policy": law.id,
        "year": on.year,
    }


def consequences(law: Policy) -> list[Consequence]:
    """What the totals of a year lead to by this policy, the lowest first."""
    return list(_consequences(law))


def _consequences(law: Policy) -> Iterator[Consequence]:
    yield _of(law, "tiers.talk", "", _("Your institution talks with you, and records it."))
    yield _of(law, "tiers.interview", "", _("You are asked to an interview and stand on the key-supervision list."))
    months = [row for (_single, total), row in law.grids.items() if total >= law.suspend_at]
    fewest, most = min(row.min for row in months), max(row.max for row in months)
    suspended = _("You are suspended for %(fewest)s to %(most)s months: the fund pays nothing for your services.")
    yield _of(law, "thresholds.suspend", "suspends", suspended % {"fewest": fewest, "most": most})
    bars = {"total": months_words(law.bar_cumulative), "single": months_words(law.bar_single), "at": law.terminate_at}
    terminated = _(
        "You are terminated, with no registration for %(total)s; for %(single)s by one entry of %(at)s points."
    )
    yield _of(law, "thresholds.terminate", "terminates", terminated % bars)


def _of(law: Policy, rule: str, kind: str, text: str) -> Consequence:
    return Consequence(int(law.get(rule)), kind, text, source_of(law, rule))


def _reaches(law: Policy, points: int) -> str:
    if points >= law.terminate_at:
        return "terminates"
    return "suspends" if points >= law.suspend_at else ""
