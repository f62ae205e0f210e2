"""Points of the year as a row of cells, with the thresholds of the policy marked."""

from datetime import date
from typing import Any

from registry.ledger.law import policies
from registry.rules.policy import Policy


def gauge_of(points: int, on: date, policy: Policy | None = None) -> dict[str, Any]:
    """Cells filled up to `points`, each with the threshold it reaches; by default those of the national policy."""
    law = policy or policies().national(on)
    cells = [{"on": cell <= points, "kind": _reaches(law, cell)} for cell in range(1, law.terminate_at + 1)]
    return {
        "points": points,
        "most": law.terminate_at,
        "suspend": law.suspend_at,
        "before_suspend": law.suspend_at - 1,
        "cells": cells,
        "policy": law.id,
        "year": on.year,
    }


def _reaches(law: Policy, points: int) -> str:
    if points >= law.terminate_at:
        return "terminates"
    return "suspends" if points >= law.suspend_at else ""
