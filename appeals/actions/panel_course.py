"""What several acts on a panel share: locking it, seating an expert, and giving the objection back to its reviewer."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from appeals.actions.moving import advance_in, begin_in, move, owe, policy_of
from appeals.models import Expert, Objection, Panel, Seat, VoteDraft
from appeals.rules.procedures import PANEL, SEAT
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, locked
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import Task

Kind = Task.Kind


def locked_with_objection(panel: Panel) -> tuple[Panel, Objection]:
    """The panel and its objection as they stand now, behind the lock of the person."""
    lock(panel.objection.practitioner)
    objection = locked(panel.objection)
    found = locked(panel)
    found.objection = objection
    return found, objection


def give_seat(panel: Panel, expert: Expert, *, acting: Acting, now: datetime) -> Seat:
    """Give the expert a place on the panel, and the time of the policy to vote."""
    objection = panel.objection
    place = Seat(panel=panel, expert=expert, seated_at=now)
    begin_in(objection, SEAT, place, act="seat", acting=acting, now=now)
    open_task(
        kind=Kind.VOTE,
        holder=Task.Holder.EXPERT,
        subject=place.uuid,
        policy=policy_of(objection),
        clock="peer_review",
        starts_on=shanghai_day(now),
        now=now,
        practitioner=objection.practitioner,
        user=expert.user,
        case=objection.case,
    )
    return place


def leave_seat(place: Seat, act: str, *, acting: Acting, now: datetime, ended: Task.State, reason: str = "") -> None:
    """End a seat without a vote; what was written for one is forgotten."""
    changes = {"closed_at": now, "reason": reason}
    advance_in(place.panel.objection, SEAT, place, act, acting=acting, now=now, grounds=reason, **changes)
    close_tasks(place.uuid, now=now, kinds=[Kind.VOTE], by=acting.by, state=ended)
    forget_draft(place)


def forget_draft(place: Seat) -> None:
    """Forget what the expert has written and not cast."""
    VoteDraft.objects.filter(seat=place.pk).delete()


def disband(panel: Panel, act: str, *, acting: Acting, now: datetime, grounds: str = "") -> None:
    """End the panel before its votes are opened: who was still asked is released, what was voted stays sealed."""
    for place in _still_asked(panel):
        leave_seat(place, "release", acting=acting, now=now, ended=Task.State.CANCELLED)
    close_tasks(panel.uuid, now=now, kinds=[Kind.DRAW], by=acting.by, state=Task.State.CANCELLED)
    advance_in(panel.objection, PANEL, panel, act, acting=acting, now=now, grounds=grounds)


def give_back(objection: Objection, *, acting: Acting, now: datetime, grounds: str = "") -> None:
    """The objection is in review again, and the clock of the review begins anew: the panel's time was not its time."""
    move(objection, "report", acting=acting, now=now, grounds=grounds)
    owe(objection, Kind.REVIEW, "review", now=now, user=objection.reviewer)


def give_up(panel: Panel, act: str = "fail", *, acting: Acting, now: datetime, grounds: str = "") -> None:
    """The panel fails or is cancelled, and the objection is with its reviewer again, who may refer it anew."""
    disband(panel, act, acting=acting, now=now, grounds=grounds)
    give_back(panel.objection, acting=acting, now=now, grounds=grounds)


def require_expert(place: Seat, by: object) -> None:
    """Refuse whoever is not the expert of the seat."""
    if by is None or place.expert.user != by:
        raise Refused("not_your_seat", _("Only the expert who was drawn acts on this seat."), field="seat")


def _still_asked(panel: Panel) -> Iterable[Seat]:
    rows = panel.seats.filter(state=Seat.State.SEATED).select_for_update(of=("self",), no_key=True).order_by("pk")
    for place in rows:
        place.panel = panel
        yield place
