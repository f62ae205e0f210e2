"""The clockwork: everything of the register that time alone moves, in one fixed order.

What it does is in the rows of the database and is found again by the next run: so it may be off for as long as it
likes, run as often as it likes, and twice at once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from registry.actions.measures import propose_due
from registry.actions.one_by_one import SomeFailed, tell_failure
from registry.actions.silence import decide_by_silence, mark_unopened
from registry.actions.sweep import tell_what_day_brought
from registry.actions.talks import open_talks
from registry.actions.tasks import escalate, recount
from registry.ledger.days import shanghai_day

FAILED = "failed"
"""How many things could not be done, in the answer of a run; what they were is in the log."""


def _told(*, now: datetime) -> int:
    return tell_what_day_brought(today=shanghai_day(now), now=now)


PARTS: Mapping[str, Callable[..., int]] = {
    "recounted": recount,
    "unopened": mark_unopened,
    "decided": decide_by_silence,
    "told": _told,
    "talks": open_talks,
    "measures": propose_due,
    "escalated": escalate,
}
"""By what they came to: due days that calendars moved, notices that nobody opened, proposals that silence decided, what
the day brought, talks opened or taken back, institutions to look at, overdue tasks handed up.

Due days come first, so that nothing lapses by a calendar that was corrected; handing up comes last, so that what the
others did is not late."""


def run_clocks(*, now: datetime) -> dict[str, int]:
    """Do once what time asks for by `now`: how much each part moved, and how many failed."""
    return run_parts(PARTS, now=now)


def run_parts(parts: Mapping[str, Callable[..., int]], *, now: datetime) -> dict[str, int]:
    """Do each part once, in their order: how much it moved, and how many failed. One that fails holds up no other."""
    came: dict[str, int] = {}
    failed = 0
    for part, move in parts.items():
        try:
            came[part] = move(now=now)
        except SomeFailed as some:
            came[part], failed = some.moved, failed + some.failed
        except Exception as error:  # noqa: BLE001 - logged, counted and told
            tell_failure(part, error)
            came[part], failed = 0, failed + 1
    return {**came, FAILED: failed}
