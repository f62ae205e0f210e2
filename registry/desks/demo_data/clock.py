"""What time alone moves in the demo: nights in which something was due, and every Monday what the week brought.

The real clockwork runs all day and night; here it runs when something is known to be due, and once at the end.
"""

from datetime import date, datetime, timedelta
from functools import partial

from appeals.actions import clockwork as of_appeals
from appeals.actions.deliberations import replace_silent_deliberators
from appeals.actions.seats import replace_silent
from registry.actions import clockwork as of_the_register
from registry.actions.procedure import Acting, for_agency, for_institution
from registry.actions.silence import decide_by_silence, mark_unopened
from registry.actions.sweep import tell_what_day_brought
from registry.actions.talks import TALKS, finish_talks, open_talks
from registry.actions.tasks import escalate
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import FIRST_DAY, at
from registry.ledger.days import shanghai_day
from registry.models import ChangeSeen, StandingChange, Task

DAYS_OF_TALKS = 55
"""Talks are told of so many days before today; what came before was talked about, and nothing of it is kept here."""
HELD = 0.8
"""How many of the talks that are owed take place within the week."""

NOT_TALKED_TO = ("five instead of four", "important part in the fraud")
"""Whose talks nobody holds: they are overdue."""


class ClockFailed(AssertionError):
    """The clock could not do what was due: the demo's data or the register is wrong; the log says what it was."""


def wind(stage: Stage, *, seed: int) -> None:
    """Plan the nights that something is due in, and the weeks."""
    stage.wind(_night)
    first_talks = stage.ago(DAYS_OF_TALKS)
    monday = FIRST_DAY + timedelta(-FIRST_DAY.weekday() % 7)
    while monday < stage.today:
        now = at(monday, hour=0, minute=10)
        stage.plan(now, partial(tell_what_day_brought, today=monday, now=now, since=monday - timedelta(6)))
        if monday >= first_talks:
            stage.plan(now, partial(_talks_are_owed, now, first=monday < first_talks + timedelta(7)))
            stage.plan(at(monday + timedelta(4), hour=15), partial(_talks_are_held, stage, monday, seed))
        monday += timedelta(7)


def run_up_to(now: datetime) -> None:
    """Do what the clock has to do by now, so that nothing of the demo is left for its first night."""
    tell_what_day_brought(today=shanghai_day(now), now=now, since=FIRST_DAY)
    for clockwork in (of_the_register, of_appeals):
        came = clockwork.run_clocks(now=now)
        if came[of_the_register.FAILED]:
            raise ClockFailed(str(came))


def _night(now: datetime) -> None:
    for move in (mark_unopened, decide_by_silence, replace_silent, replace_silent_deliberators):
        move(now=now)


def _talks_are_owed(now: datetime, *, first: bool) -> None:
    if first:
        ChangeSeen.objects.bulk_create(ChangeSeen(change=each, seen_at=now) for each in StandingChange.objects.all())
    open_talks(now=now)
    escalate(now=now)


def _talks_are_held(stage: Stage, monday: date, seed: int) -> None:
    """Most of what is owed since Monday or longer; those that owe it record it with the same words."""
    random, friday = dice(f"talks {monday}", seed), monday + timedelta(4)
    skipped = {stage.role(role).pk for role in NOT_TALKED_TO}
    owed: dict[tuple[int | None, int | None], list[Task]] = {}
    tasks = Task.objects.filter(kind__in=TALKS, state=Task.State.OPEN).select_related("institution", "agency")
    for task in tasks.order_by("pk"):
        if random.random() < HELD and task.practitioner_id not in skipped:
            owed.setdefault((task.institution_id, task.agency_id), []).append(task)
    for of_one in owed.values():
        finish_talks(
            tasks=of_one,
            held_on=friday,
            result="已谈话提醒，本人知悉记分情况并承诺整改。",
            acting=_holder(stage, of_one[0]),
            now=at(friday, hour=15),
        )


def _holder(stage: Stage, task: Task) -> Acting:
    if task.institution is not None:
        return for_institution(stage.compliance[task.institution.pk], task.institution)
    assert task.agency is not None  # a talk is owed by an institution or by an agency
    return for_agency(stage.officers[task.agency.pk].scorer, task.agency)
