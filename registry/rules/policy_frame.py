"""The national frame: which values a policy has, and between which bounds a region may set them.

Each key has a shape, which every file must keep, and a frame, which only a draft may leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from registry.rules.facts import LONGEST_SUSPENSION, MOST_POINTS

Check = Callable[[object], str | None]
"""Returns why a value is refused, or None where it is fine."""

CERTAINTIES = ("F", "L", "D")
"""F firm, stated by the national authority; L local or reported; D a decision of this register."""

BANDS = {1: (1, 3), 2: (4, 6), 3: (7, 9), 4: (10, 12)}
GRADES = ("general", "important", "principal")
GATES = ("handling", "procurement_notification", "impersonated_settlement", "licence_revoked")
"""What must have happened before a situation is scored: a handling of the institution, or what names the person."""
SCORES_THAT_SUSPEND = range(9, MOST_POINTS)


FOR_EVER, NEVER = "for_ever", "never"


class Rule(NamedTuple):
    """What one key may say. `needed` tells whether a national policy must say it, `national` whether no other may."""

    shape: Check
    frame: Check
    needed: bool = True
    national: bool = False


def whole(low: int, high: int) -> Check:
    """A whole number between two bounds, both included."""

    def check(value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "must be a whole number"
        return None if low <= value <= high else f"must lie between {low} and {high}"

    return check


def exactly(wanted: object) -> Check:
    """This value and no other: the nation has fixed it."""
    return lambda value: None if value == wanted else f"the national frame says {wanted}"


def one_of(*words: object) -> Check:
    """One of a few words or numbers."""
    listed = ", ".join(str(word) for word in words)
    return lambda value: None if value in words else f"must be one of: {listed}"


def flag(value: object) -> str | None:
    """true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def day(value: object) -> str | None:
    """A day, written without quotation marks."""
    return None if type(value) is date else "must be a day, as in 2025-01-01"


def words(value: object) -> str | None:
    """A list of words."""
    good = isinstance(value, list) and bool(value) and all(isinstance(word, str) and word for word in value)
    return None if good else 'must be a list of words, as in ["training", "study"]'


def whole_or(word: str, low: int, high: int) -> Check:
    """That word, or a whole number between two bounds, both included."""
    number = whole(low, high)
    return lambda value: None if value == word else number(value)


def drafts_only(_value: object) -> str | None:
    """Nothing that a policy in force may say."""
    return "only a draft may say this"


def anything(_value: object) -> str | None:
    """The frame leaves it to the regions."""
    return None


def _local(shape: Check) -> Rule:
    return Rule(shape, anything)


def _national(shape: Check, frame: Check) -> Rule:
    return Rule(shape, frame, national=True)


def _months() -> dict[str, Rule]:
    rules = {}
    for grid in ("single", "cumulative"):
        for total in range(1, MOST_POINTS):
            sanctioned = total in SCORES_THAT_SUSPEND
            frame = whole(1, LONGEST_SUSPENSION) if sanctioned else drafts_only
            for part in ("default", "min", "max"):
                rules[f"months.{grid}.{total}.{part}"] = Rule(whole(1, 60), frame, needed=sanctioned)
    return rules


def _bands() -> dict[str, Rule]:
    points = whole(1, MOST_POINTS)
    rules = {}
    for band, (low, high) in BANDS.items():
        rules[f"bands.{band}.lo"] = Rule(points, exactly(low))
        rules[f"bands.{band}.hi"] = Rule(points, exactly(high))
    return rules


KEPT_FOR_EVER = (
    "facts",
    "files",
    "answers",
    "attempts",
    "openings",
    "correction_requests",
    "certificates",
    "sharing",
)
"""Kinds of records whose tables, or their histories, nobody alters or empties: no number of days could be kept."""
PUBLISHED = ("points", "suspension", "termination")
"""What outsiders may be shown, each for so many months after it ended."""
_DAYS = whole_or(FOR_EVER, 1, 36500)
_AFTER = whole_or(NEVER, 1, 120)

RULES: Mapping[str, Rule] = {
    "thresholds.suspend": Rule(whole(1, MOST_POINTS), exactly(9)),
    "thresholds.terminate": Rule(whole(1, MOST_POINTS), exactly(12)),
    "thresholds.each_of_two_years": Rule(whole(1, MOST_POINTS), drafts_only, needed=False),
    "bars.cumulative": Rule(whole(1, 1200), exactly(12)),
    "bars.single": Rule(whole(1, 1200), exactly(36)),
    "counting.year": _local(one_of("handling", "decision")),
    "counting.conduct_from": _local(day),
    "suspension.start": _local(one_of("same_day", "next_day", "next_month")),
    "suspension.overlapping": _local(one_of("joined")),
    "suspension.confirm_end": _local(flag),
    **_months(),
    **_bands(),
    "bands.shift": Rule(whole(0, 3), whole(0, 1)),
    **{f"points.{grade}": _local(one_of("lowest", "middle", "highest")) for grade in GRADES},
    "emergency.suspended": Rule(flag, exactly(True)),
    "emergency.terminated": _local(flag),
    "registration.required": _local(flag),
    "clocks.objection": _local(whole(1, 250)),
    "clocks.answer": _local(whole(1, 250)),
    "clocks.review": _local(whole(1, 250)),
    "clocks.peer_review": _local(whole(1, 250)),
    "clocks.notice": _local(whole(1, 250)),
    "clocks.unopened": _local(whole(1, 250)),
    "clocks.countersign": _local(whole(1, 250)),
    "clocks.decision": _local(whole(1, 250)),
    "clocks.assignment": _local(whole(1, 250)),
    "clocks.identification": _local(whole(1, 250)),
    "clocks.talk": _local(whole(1, 250)),
    "clocks.interview": _local(whole(1, 250)),
    "clocks.training": _local(whole(1, 250)),
    "clocks.deliberation": _local(whole(1, 250)),
    "clocks.measure": _local(whole(1, 250)),
    "clocks.correction": _local(whole(1, 250)),
    "procedure.silence_decides": _local(flag),
    "procedure.countersignature_needed": _local(flag),
    "procedure.newly_blocked_days_reclaimed": _local(flag),
    "panel.size": _local(one_of(3, 5)),
    "panel.years_apart": _local(whole(0, 40)),
    "panel.outcome": _local(one_of("median")),
    "tiers.talk": _local(whole(1, 8)),
    "tiers.interview": _local(whole(1, 8)),
    "remediation.relief_per_activity": _local(whole(1, MOST_POINTS)),
    "remediation.relief_per_year": _local(whole(1, MOST_POINTS)),
    "remediation.activities": _local(words),
    "remediation.shortest_percent": _local(whole(1, 100)),
    "remediation.single_termination_shortened": _local(flag),
    "remediation.signatures": _local(whole(2, 5)),
    "ratios.settlement_paused": _local(whole(1, 100)),
    "ratios.agreement_suspended": _local(whole(1, 100)),
    "ratios.staff_counted": _local(one_of("day_asked")),
    "measures.emergency_exempt": _local(flag),
    "retention.rosters": _national(_DAYS, whole(1, 180)),
    "retention.claims": _national(_DAYS, whole(1, 180)),
    "retention.sign_in_attempts": _national(_DAYS, whole(1, 30)),
    "retention.access_codes": _national(_DAYS, whole(1, 365)),
    "retention.drafts": _national(_DAYS, whole(30, 365)),
    "retention.unfinished_attempts": _national(_DAYS, whole(1, 365)),
    "retention.mail_addresses": _national(_DAYS, whole(1, 365)),
    "retention.status_lists": _national(_DAYS, whole(2, 30)),
    **{f"retention.{kind}": _national(_DAYS, exactly(FOR_EVER)) for kind in KEPT_FOR_EVER},
    **{f"publication.authorities.{kind}": _national(_AFTER, _AFTER) for kind in PUBLISHED},
    "publication.public.fewest": _national(whole(1, 100), whole(3, 100)),
    "mail.confirmation": _national(whole(1, 30), whole(1, 14)),
    "status_list.valid": _national(whole(1, 168), whole(1, 36)),
}
"""Every key that a policy may set. Clocks are working days, retention and mail calendar days, publication is months,
`status_list` hours; ratios and `shortest_percent` are per cent.
"""
