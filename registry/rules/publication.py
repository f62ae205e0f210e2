"""What outsiders may be shown of a person, and for how long after it ended, as the policy says.

Outsiders are the health and drug authorities, which are told of points, suspensions and terminations in their region.
What is in force they are shown unless the policy says never; what was annulled never was, and is never shown.
"""

from datetime import date

from registry.rules.periods import add_months
from registry.rules.policy import Policy
from registry.rules.policy_frame import NEVER


def may_be_shown(policy: Policy, kind: str, *, ended_on: date | None, annulled: bool, today: date) -> bool:
    """Whether points, a suspension or a termination may be shown to the authorities today.

    `ended_on` is the first day that no longer counts; None where there is none yet.
    """
    months = policy.get(f"publication.authorities.{kind}")
    if annulled or months == NEVER:
        return False
    return ended_on is None or today < add_months(ended_on, months)


def end_of_points(counted_on: date) -> date:
    """The day on which points end: the first one after the year that owns them."""
    return date(counted_on.year + 1, 1, 1)


def first_end_shown(policy: Policy, kind: str, *, today: date) -> date:
    """What ended on this day or later may be shown, unless it was annulled; `date.max` where nothing may be."""
    if policy.get(f"publication.authorities.{kind}") == NEVER:
        return date.max
    day = add_months(today, -policy.get(f"publication.authorities.{kind}"))
    while not may_be_shown(policy, kind, ended_on=day, annulled=False, today=today):
        day = date.fromordinal(day.toordinal() + 1)
    return day


def first_counted_shown(policy: Policy, *, today: date) -> date:
    """Points counted on this day or later may be shown, unless they were annulled."""
    first = first_end_shown(policy, "points", today=today)
    year = first.year - 1 if first == date(first.year, 1, 1) else first.year
    return date(year, 1, 1)
