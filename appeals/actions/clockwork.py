"""The clockwork of appeals: what time alone moves here. It may be off for a week, and runs as often as it likes."""

from collections.abc import Callable, Mapping
from datetime import datetime

from appeals.actions.deliberations import replace_silent_deliberators
from appeals.actions.seats import replace_silent
from registry.actions.clockwork import run_parts

PARTS: Mapping[str, Callable[..., int]] = {
    "replaced_experts": replace_silent,
    "replaced_deliberators": replace_silent_deliberators,
}
"""By what they came to: experts who did not vote in time and gave their seats to reserves, and those who
did not deliberate in time."""


def run_clocks(*, now: datetime) -> dict[str, int]:
    """Do once what time asks for by `now`: how much each part moved, and how many failed."""
    return run_parts(PARTS, now=now)
