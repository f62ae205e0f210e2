"""Experts who step back or stay silent are replaced by the next reserve of the draw; nothing is drawn anew."""

from datetime import datetime

from django.db import transaction

from appeals.actions.moving import advance_in
from appeals.actions.panel_course import give_seat, give_up, leave_seat, locked_with_objection, require_expert
from appeals.actions.panels import PASSED_OVER, SEATED, WAITING
from appeals.models import Panel, Seat
from appeals.queries.pool import expert_named, reasons_now
from appeals.rules.procedures import PANEL, SEAT
from registry.actions.one_by_one import one_by_one
from registry.actions.procedure import CLOCK, Acting, for_expert, locked, require_possible
from registry.actions.requirements import required
from registry.actions.silence import ON_ITS_WAY
from registry.actions.tasks import overdue, whose
from registry.ledger.days import shanghai_day
from registry.models import Task, User
from registry.rules.clocks import closes_at


def recuse(*, seat: Seat, reason: str, by: User, now: datetime) -> Seat:
    """The expert steps back, with a reason, before voting; the next reserve takes the seat."""
    reason = required(reason)
    with transaction.atomic():
        panel, _objection = locked_with_objection(seat.panel)
        place = _of_panel(seat, panel)
        require_expert(place, by)
        require_possible(SEAT, place, "recuse")
        acting = for_expert(by)
        leave_seat(place, "recuse", acting=acting, now=now, reason=reason, ended=Task.State.CANCELLED)
        _replace(panel, acting=acting, now=now)
        return place


def replace_silent(*, now: datetime) -> int:
    """Replace the experts whose time to vote is over; how many there were. Raises SomeFailed."""
    found = overdue(shanghai_day(now), Task.Kind.VOTE)
    return one_by_one("silent_experts", found, lambda task: _replace_if_silent(task, now), of=whose)


def _replace_if_silent(task: Task, now: datetime) -> bool:
    assert task.due_on is not None  # what is overdue has a due day
    if now < closes_at(task.due_on) + ON_ITS_WAY:
        return False
    with transaction.atomic():
        asked = Seat.objects.select_related("panel__objection__practitioner").get(uuid=task.subject)
        panel, _objection = locked_with_objection(asked.panel)
        place = _of_panel(asked, panel)
        if place.state != Seat.State.SEATED or not _still_open(task):
            return False
        leave_seat(place, "replace", acting=CLOCK, now=now, ended=Task.State.LAPSED)
        _replace(panel, acting=CLOCK, now=now)
        return True


def _still_open(task: Task) -> bool:
    """Whether the task is open with the due day it was found with; a corrected calendar may have moved it."""
    return Task.objects.filter(pk=task.pk, state=Task.State.OPEN, due_on=task.due_on).exists()


def _of_panel(place: Seat, panel: Panel) -> Seat:
    found = locked(place)
    found.panel = panel
    return found


def _replace(panel: Panel, *, acting: Acting, now: datetime) -> None:
    """Seat the next reserve that still may sit; without one the panel fails."""
    name = _next_reserve(panel, now)
    if name is None:
        give_up(panel, acting=acting, now=now)
        return
    advance_in(panel.objection, PANEL, panel, "seat", acting=acting, now=now)
    give_seat(panel, expert_named(panel, name), acting=acting, now=now)


def _next_reserve(panel: Panel, now: datetime) -> str | None:
    """The name of the next one; whose situation has changed since the draw is passed over, with the reasons kept."""
    today = shanghai_day(now)
    told = {"on": today.isoformat()}
    for reserve in panel.reserves:
        if reserve["state"] != WAITING:
            continue
        if reasons := reasons_now(panel, expert_named(panel, reserve["expert"]), today=today):
            reserve.update(told, state=PASSED_OVER, reasons=list(reasons))
        else:
            reserve.update(told, state=SEATED)
            return str(reserve["expert"])
    return None
