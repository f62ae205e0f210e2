"""How long records are kept, as the policy says: for ever, or so many calendar days after what ended their purpose."""

from datetime import date, timedelta

from registry.rules.policy import Policy
from registry.rules.policy_frame import FOR_EVER


def first_day_kept(policy: Policy, kind: str, *, today: date) -> date:
    """Records of this kind whose purpose ended on this day or later are kept; those of earlier days are forgotten.

    `date.min` for what is kept for ever.
    """
    days = policy.get(f"retention.{kind}")
    return date.min if days == FOR_EVER else today - timedelta(days=days)


def is_kept(policy: Policy, kind: str, *, ended_on: date, today: date) -> bool:
    """Whether a record whose purpose ended on that day is still kept."""
    return ended_on >= first_day_kept(policy, kind, today=today)
