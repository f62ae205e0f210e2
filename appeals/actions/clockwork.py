"""What moves in appeals because a day came. Every part is idempotent and may have been off for a week."""

from datetime import datetime

from appeals.actions.deliberations import replace_silent_deliberators
from appeals.actions.seats import replace_silent


def run_clocks(*, now: datetime) -> dict[str, int]:
    """Do all that is due; how much of each."""
    return {
        "replaced_experts": replace_silent(now=now),
        "replaced_deliberators": replace_silent_deliberators(now=now),
    }
