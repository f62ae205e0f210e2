"""The advance notice: sent, opened or handed over, and the window that opens with its receipt."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.procedure import Acting, Capacity, for_agency, locked
from registry.actions.proposals import Item, move, open_agency_task, open_window, weigh_items
from registry.actions.requirements import require_choice
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Delivery, Proposal, Registration, StoredFile, Task, User
from registry.queries.explain import day
from registry.rules.clocks import WorkingCalendar

Channel = Delivery.Channel
Event = Delivery.Event
State = Proposal.State
UNDELIVERED = (Task.Kind.OPEN_NOTICE, Task.Kind.SERVE)


def notify(*, proposal: Proposal, channel: str, by: User | None, now: datetime) -> Proposal:
    """Send the advance notice: on the portal, through the institution, or to be handed over by the agency.

    Sending is not receipt. What terminates, alone or with the points that the person has by now, must be countersigned
    before. Sending it twice is sending it once.
    """
    require_choice("channel", channel, Channel.values)
    with transaction.atomic():
        person = lock(proposal.practitioner)
        return notify_locked(locked(proposal), person, channel=channel, by=by, now=now)


def notify_locked(
    proposal: Proposal,
    person: LockedPerson,
    *,
    channel: str,
    by: User | None,
    now: datetime,
    days: WorkingCalendar | None = None,
) -> Proposal:
    """The same for a proposal that is locked already, and its person before it."""
    sent = proposal.deliveries.filter(channel=channel, event=Event.SENT)
    if proposal.state != State.PROPOSED and sent.exists():
        return proposal
    _require_countersignature(proposal, person, now)
    move(proposal, "notify", acting=for_agency(by, proposal.case.agency), now=now, notified_at=now)
    _delivered(proposal, channel, Event.SENT, shanghai_day(now), by=by, now=now)
    close_tasks(proposal.uuid, kinds=[Task.Kind.NOTIFY, Task.Kind.COUNTERSIGN], now=now, by=by)
    _await_receipt(proposal, channel, now, days)
    return proposal


def open_notice(*, proposal: Proposal, acting: Acting, now: datetime) -> Proposal:
    """The person opened the notice on the portal: that is its receipt. Opening it again changes nothing."""
    return record_receipt(
        proposal=proposal, channel=Channel.PORTAL, received_on=shanghai_day(now), acting=acting, now=now
    )


def record_receipt(
    *,
    proposal: Proposal,
    channel: str,
    received_on: date,
    receipt: StoredFile | None = None,
    remark: str = "",
    acting: Acting,
    now: datetime,
) -> Proposal:
    """The person has the notice since `received_on`: the window runs from the day after.

    Handed over by the agency or the institution it needs a dated receipt: the file, or where it is kept. A receipt
    that is recorded already stays as it is.
    """
    require_receipt(channel, receipt, remark)
    with transaction.atomic():
        lock(proposal.practitioner)
        return receive_locked(
            locked(proposal),
            channel=channel,
            received_on=received_on,
            receipt=receipt,
            remark=remark,
            acting=acting,
            now=now,
        )


def receive_locked(
    proposal: Proposal,
    *,
    channel: str,
    received_on: date,
    receipt: StoredFile | None,
    remark: str,
    acting: Acting,
    now: datetime,
    days: WorkingCalendar | None = None,
) -> Proposal:
    """The same for a proposal that is locked already, and its person before it."""
    if proposal.received_on is not None:
        return proposal
    _require_own_eyes(channel, acting)
    _require_day(proposal, received_on, shanghai_day(now))
    move(proposal, "receive", acting=acting, now=now, received_on=received_on, grounds=remark)
    _delivered(proposal, channel, Event.RECEIVED, received_on, by=acting.by, now=now, receipt=receipt,
               remark=remark.strip())  # fmt: skip
    close_tasks(proposal.uuid, kinds=UNDELIVERED, now=now, by=acting.by)
    open_window(proposal, now=now, days=days)
    return proposal


def require_receipt(channel: str, receipt: StoredFile | None, remark: str) -> None:
    """Refuse a receipt that nothing proves: only the portal knows by itself that a notice was opened."""
    require_choice("channel", channel, Channel.values)
    if channel != Channel.PORTAL and receipt is None and not remark.strip():
        raise Refused(
            "receipt_missing",
            _("A notice that was handed over needs the dated receipt: attach it, or say where it is kept."),
            field="receipt",
        )


def _require_own_eyes(channel: str, acting: Acting) -> None:
    """On the portal only the person opens the notice; who else knows of a receipt has it on paper."""
    if channel == Channel.PORTAL and acting.role != Capacity.PRACTITIONER:
        raise Refused(
            "portal_opened_by_another",
            _("Only the person opens the notice on the portal. Record a receipt by hand, with its dated paper."),
            field="channel",
            value=channel,
        )
    if channel == Channel.BY_HAND and acting.role == Capacity.INSTITUTION:
        raise Refused(
            "served_by_the_agency",
            _("An institution records only what went through it. What the agency handed over, the agency records."),
            field="channel",
            value=channel,
        )


def leave_unopened(proposal: Proposal, *, acting: Acting, now: datetime) -> None:
    """Nobody opened or handed over the notice in time: from today on the agency has to serve it by hand."""
    move(proposal, "leave_unopened", acting=acting, now=now)
    close_tasks(proposal.uuid, kinds=UNDELIVERED, now=now, state=Task.State.LAPSED)
    open_agency_task(proposal, Task.Kind.SERVE, "notice", now)


def terminates_now(proposal: Proposal, person: LockedPerson, now: datetime) -> bool:
    """Whether the proposal, decided now, would terminate or find the person terminated."""
    items = [
        Item(situation=each.situation, points=each.points, departure_reason=each.departure_reason or "·", act=each.act)
        for each in proposal.items.all()
    ]
    return weigh_items(proposal.responsibility, items, person, now).terminates


def _require_countersignature(proposal: Proposal, person: LockedPerson, now: datetime) -> None:
    if proposal.countersigned_by_id is None and terminates_now(proposal, person, now):
        raise Refused(
            "countersignature_missing",
            _("This proposal terminates the person. A second officer must countersign it before the person is told."),
            field="proposal",
            value=proposal.case.number,
        )


def _require_day(proposal: Proposal, received_on: date, today: date) -> None:
    if received_on > today:
        raise Refused(
            "received_in_the_future",
            _("The day of receipt, %(day)s, has not come yet. Enter the day on the receipt, %(today)s at the latest.")
            % {"day": day(received_on), "today": day(today)},
            field="received_on",
            value=received_on,
        )
    sent_on = shanghai_day(proposal.notified_at) if proposal.notified_at else None
    if sent_on is None or received_on < sent_on:
        raise Refused(
            "received_before_sent",
            _("The notice was sent on %(sent)s; it cannot have been received on %(day)s. Enter the day on the receipt.")
            % {"sent": day(sent_on) if sent_on else "–", "day": day(received_on)},
            field="received_on",
            value=received_on,
        )


def _await_receipt(proposal: Proposal, channel: str, now: datetime, days: WorkingCalendar | None) -> None:
    if channel == Channel.BY_HAND:
        open_agency_task(proposal, Task.Kind.SERVE, "notice", now, days=days)
        return
    through = _place_of_work(proposal, shanghai_day(now)) if channel == Channel.INSTITUTION else None
    open_task(
        kind=Task.Kind.SERVE if through else Task.Kind.OPEN_NOTICE,
        holder=Task.Holder.INSTITUTION if through else Task.Holder.PRACTITIONER,
        subject=proposal.uuid,
        policy=policies()[proposal.policy],
        clock="unopened",
        starts_on=shanghai_day(now),
        now=now,
        agency=proposal.case.agency,
        institution=through.institution if through else None,
        practitioner=proposal.practitioner,
        case=proposal.case,
        proposal=proposal,
        days=days,
    )


def _place_of_work(proposal: Proposal, today: date) -> Registration:
    """Where the person is registered: at the institution of the case, else anywhere. Raises Refused."""
    present = Registration.objects.filter(practitioner=proposal.practitioner, superseded_at=None, starts_on__lte=today)
    present = present.filter(Q(ends_on=None) | Q(ends_on__gt=today)).select_related("institution")
    at = proposal.case.cause.institution
    found = present.filter(institution=at).first() or present.order_by("-starts_on").first()
    if found is None:
        raise Refused(
            "registered_nowhere",
            _("On %(day)s the person is registered nowhere: no institution can hand it over. Choose another way.")
            % {"day": day(today)},
            field="channel",
            value=Channel.INSTITUTION,
        )
    return found


def _delivered(
    proposal: Proposal,
    channel: str,
    event: Delivery.Event,
    on_day: date,
    *,
    by: User | None,
    now: datetime,
    receipt: StoredFile | None = None,
    remark: str = "",
) -> None:
    Delivery.objects.create(
        proposal=proposal,
        channel=channel,
        event=event,
        on_day=on_day,
        recorded_at=now,
        recorded_by=by,
        receipt=receipt,
        remark=remark,
    )
