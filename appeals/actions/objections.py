"""Objections to proposed points: filed, admitted though late, supplemented, countersigned, withdrawn, closed.

Of an objection and the decision by silence, the one that locks the person first holds. Where silence was first and the
objection was handed in within the window, it is kept as an appeal against the entries recorded: nothing is lost.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.disputes import Dispute, Exhibit, add_exhibits, add_points, itemised
from appeals.actions.filing import Filing, check_filing, optional, require_registered
from appeals.actions.moving import OPEN, State, held, move, owe, settle, start
from appeals.actions.panels import cancel_open_panel
from appeals.models import Objection, Panel, PointOfDispute
from appeals.queries.involvement import require_uninvolved
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.numbering import next_number
from registry.actions.procedure import Acting, Capacity, for_agency, for_institution, locked
from registry.actions.proposals import object_to, release
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import Fact, Institution, Proposal, ProposedEntry, StoredFile, Task, User
from registry.queries.explain import day
from registry.rules.clocks import NotYetComputable, in_time

Kind = Objection.Kind


def file_objection(
    *,
    proposal: Proposal,
    points: Sequence[Dispute] = (),
    statement: str = "",
    via: str,
    institution: Institution | None = None,
    signature: StoredFile | None = None,
    filed_by: User | None,
    received_on: date | None = None,
    good_cause: str = "",
    uuid: UUID | None = None,
    now: datetime,
) -> Objection:
    """Object to proposed points, point by point; a statement alone disputes all of them.

    In time is what was handed in before the end of the window, or on paper by its last day (`received_on`); as long as
    the calendar of its year is missing, the window is open. Late is refused, but with `good_cause` kept until a named
    officer admits or refuses it. Where the points were decided meanwhile, what was in time becomes an appeal.
    """
    filing = Filing(
        via=via, by=filed_by, now=now, institution=institution, signature=signature, received_on=received_on, uuid=uuid
    )
    statement, good_cause = optional(statement, field="statement"), optional(good_cause, field="good_cause")
    with transaction.atomic():
        person = lock(proposal.practitioner)
        proposal = locked(proposal)
        check_filing(filing, person, not_before=_told_on(proposal))
        _require_first(proposal)
        disputes = itemised(points, statement, list(proposal.items.all()))
        objection = _new(proposal, filing, statement)
        due = due_day(proposal)
        objection.window_ended_on = due if isinstance(due, date) else None
        if due is not None and not in_time(filing.handed_in_at, due):
            _keep_late(objection, filing, due, good_cause)
        elif proposal.state == Proposal.State.DECIDED:
            disputes = _become_appeal(objection, disputes)
            start(objection, act="file", acting=filing.acting(objection.agency), now=now)
        else:
            object_to(proposal=proposal, acting=filing.acting(objection.agency), now=now)
            start(objection, act="file", acting=filing.acting(objection.agency), now=now)
        add_points(objection, disputes, by=filed_by, now=now)
        late = objection.state == State.LATE
        owe(objection, Task.Kind.ADMIT if late else Task.Kind.ASSIGN, "answer" if late else "assignment", now=now)
        return objection


def due_day(proposal: Proposal) -> date | NotYetComputable | None:
    """The last day of the window, as it was told last; None as long as no window is open."""
    window = Task.objects.filter(subject=proposal.uuid, kind=Task.Kind.OBJECT).order_by("-id").first()
    if window is None:
        return None
    return window.due_on or NotYetComputable(window.missing_year or 0)


def admit_late(*, objection: Objection, grounds: str, by: User, now: datetime) -> Objection:
    """A named officer accepts the good cause: the objection counts as filed. Points decided meanwhile are appealed."""
    grounds = required(grounds, field="grounds")
    with held(objection) as (row, _person):
        proposal = locked(_proposal_of(row))
        acting = for_agency(by, row.agency)
        kind = Kind.PROPOSED_POINTS
        if proposal.state == Proposal.State.DECIDED:
            kind = Kind.RECORDED_POINTS
            _point_at_entries(row, by=by, now=now)
        move(row, "admit", acting=acting, now=now, grounds=grounds, kind=kind)
        if kind == Kind.PROPOSED_POINTS:
            object_to(proposal=proposal, acting=acting, now=now)
        settle(row, by=by, now=now)
        owe(row, Task.Kind.ASSIGN, "assignment", now=now)
        return row


def refuse_late(*, objection: Objection, grounds: str, by: User, now: datetime) -> Objection:
    """A named officer without a part in the points does not accept the cause; the grounds and the last day are kept."""
    grounds = required(grounds, field="grounds")
    with held(objection) as (row, _person):
        require_uninvolved(row, by)
        move(row, "refuse", acting=for_agency(by, row.agency), now=now, grounds=grounds)
        settle(row, by=by, now=now)
        return row


def countersign_objection(*, objection: Objection, institution: Institution, by: User, now: datetime) -> Objection:
    """The institution countersigns what the person filed. It may; where it does not, nothing is lost."""
    with held(objection) as (row, person):
        require_registered(person, institution)
        if row.countersigned_at is None:
            acting = for_institution(by, institution)
            move(row, "countersign", acting=acting, now=now, countersigned_at=now, countersigned_by=by)
        return row


def add_evidence(
    *, point: PointOfDispute, exhibits: Sequence[Exhibit], acting: Acting, now: datetime
) -> PointOfDispute:
    """Hand in evidence for a point, as long as the objection is open."""
    if not exhibits:
        raise Refused("evidence_missing", _("Choose at least one file."), field="evidence")
    with held(point.objection) as (row, _person):
        listed = ", ".join(title.strip() for title, _file in exhibits)
        move(row, "supplement", acting=acting, now=now, grounds=f"{point.number}: {listed}")
        add_exhibits(point, exhibits, by=acting.by, now=now)
        return point


def add_words(*, objection: Objection, words: str, acting: Acting, now: datetime) -> Objection:
    """Say more, as long as the objection is open. The first statement stays as it was given."""
    words = required(words, field="words")
    with held(objection) as (row, _person):
        move(row, "supplement", acting=acting, now=now, grounds=words)
        return row


def withdraw_objection(*, objection: Objection, reason: str = "", acting: Acting, now: datetime) -> Objection:
    """The practitioner takes the objection back. Proposed points wait for the end of their window again.

    What came on paper is recorded with its `reason` by an officer who had no part in the points; nobody else may.
    """
    reason = optional(reason, field="reason")
    with held(objection) as (row, _person):
        _require_the_persons_will(row, reason, acting)
        return close(row, "withdraw", acting=acting, now=now, grounds=reason)


def declare_out_of_scope(*, objection: Objection, grounds: str, by: User, now: datetime) -> Objection:
    """It is about something that cannot be decided here; an officer without a part in the points says what and why.

    What a panel has judged is decided as it judged.
    """
    grounds = required(grounds, field="grounds")
    with held(objection) as (row, _person):
        require_uninvolved(row, by)
        _require_unjudged(row)
        return close(row, "declare_out_of_scope", acting=for_agency(by, row.agency), now=now, grounds=grounds)


def close(objection: Objection, act: str, *, acting: Acting, now: datetime, grounds: str) -> Objection:
    """End the locked objection without a decision: its panel is cancelled, its proposal released."""
    waited = objection.kind == Kind.PROPOSED_POINTS and objection.state != State.LATE
    cancel_open_panel(objection=objection, acting=acting, now=now)
    move(objection, act, acting=acting, now=now, grounds=grounds)
    settle(objection, by=acting.by, now=now, cancelled=True)
    if waited:
        release(proposal=_proposal_of(objection), acting=acting, now=now, grounds=grounds)
    return objection


def _require_the_persons_will(objection: Objection, reason: str, acting: Acting) -> None:
    if acting.role == Capacity.PRACTITIONER:
        return
    if acting.role != Capacity.AGENCY or acting.by is None:
        raise Refused(
            "only_the_person_withdraws",
            _("Only the person withdraws objection %(number)s; on paper it is taken in by the agency.")
            % {"number": objection.number},
            field="objection",
            value=objection.number,
        )
    require_uninvolved(objection, acting.by)
    required(reason)


def _require_unjudged(objection: Objection) -> None:
    if objection.panels.filter(state=Panel.State.CONCLUDED).exists():
        raise Refused(
            "panel_has_judged",
            _("A panel has judged points of %(number)s. Decide the objection; it is in scope.")
            % {"number": objection.number},
            field="objection",
            value=objection.number,
        )


def _told_on(proposal: Proposal) -> date:
    """The day on which the notice was sent. Raises Refused where the person was not told, or nothing is proposed."""
    if proposal.state == Proposal.State.DROPPED:
        raise Refused(
            "proposal_dropped",
            _("The proposal was taken back or dropped; nothing is proposed any more, so nothing is to object to."),
            field="proposal",
            value=proposal.case.number,
        )
    if proposal.notified_at is None:
        raise Refused(
            "not_told_yet",
            _("The advance notice was not sent yet. An objection can be filed as soon as it is."),
            field="proposal",
            value=proposal.case.number,
        )
    return shanghai_day(proposal.notified_at)


def _require_first(proposal: Proposal) -> None:
    decided = proposal.objections.filter(state=State.DECIDED).first()
    if decided is not None:
        raise Refused(
            "objection_decided",
            _("Objection %(number)s against these points is decided. Against the recorded points there is the appeal.")
            % {"number": decided.number},
            field="proposal",
            value=decided.number,
        )
    present = proposal.objections.filter(state__in=OPEN).first()
    if present is not None:
        raise Refused(
            "objection_open",
            _("Objection %(number)s against these points is open already. Add evidence or words to it.")
            % {"number": present.number},
            field="proposal",
            value=present.number,
        )


def _shown(due: date | NotYetComputable) -> str:
    return day(due) if isinstance(due, date) else str(due)


def _new(proposal: Proposal, filing: Filing, statement: str) -> Objection:
    agency = proposal.case.agency
    return Objection(
        number=next_number("O", agency.region_id, shanghai_day(filing.now)),
        kind=Kind.PROPOSED_POINTS,
        practitioner=proposal.practitioner,
        case=proposal.case,
        proposal=proposal,
        agency=agency,
        policy=proposal.policy,
        statement=statement,
        **filing.fields(),
    )


def _keep_late(objection: Objection, filing: Filing, due: date | NotYetComputable, good_cause: str) -> None:
    """Keep what came too late until an officer looks at its cause. Raises Refused without one."""
    proposal = _proposal_of(objection)
    if proposal.state == Proposal.State.DECIDED:
        raise Refused(
            "objection_late_decided",
            _("The window ended on %(day)s and the points are recorded. File an appeal against them; it has no window.")
            % {"day": _shown(due)},
            field="good_cause",
            value=str(due),
        )
    if not good_cause:
        raise Refused(
            "objection_late",
            _(
                "The window ended on %(day)s at 24:00; the objection came on %(on)s. With good cause it can still be"
                " admitted: state it. Once the points are recorded, an appeal is possible."
            )
            % {"day": _shown(due), "on": day(filing.on)},
            field="good_cause",
            value=str(due),
        )
    objection.state, objection.good_cause = State.LATE, good_cause
    start(objection, act="file_late", acting=filing.acting(objection.agency), now=filing.now, grounds=good_cause)


def _become_appeal(objection: Objection, disputes: Sequence[Dispute]) -> list[Dispute]:
    """The points became entries while the objection was on its way: it is against those entries now."""
    objection.kind = Kind.RECORDED_POINTS
    return [
        Dispute(
            item=_entry_of(dispute.item) if isinstance(dispute.item, ProposedEntry) else dispute.item,
            text=dispute.text,
            professional=dispute.professional,
            evidence=dispute.evidence,
        )
        for dispute in disputes
    ]


def _point_at_entries(objection: Objection, *, by: User, now: datetime) -> None:
    """The points of a late objection name the entries that were made meanwhile; their history keeps the proposal."""
    for point in objection.points.select_related("item__entry__fact"):
        assert point.item is not None  # a late objection is against proposed points
        point.entry, point.item = _entry_of(point.item), None
        keep(point, by=by, now=now, why="the points were decided meanwhile")


def _entry_of(item: ProposedEntry) -> Fact:
    """The fact that the item became, read again: whoever hands it in may have read it before silence decided."""
    item = ProposedEntry.objects.select_related("entry__fact").get(pk=item.pk)
    if item.entry is None:
        raise Refused(
            "nothing_recorded",
            _("These points never reached the register; there is nothing left to object to."),
            field="points",
            value=item.situation,
        )
    return item.entry.fact


def _proposal_of(objection: Objection) -> Proposal:
    assert objection.proposal is not None  # the database refuses an objection to proposed points without them
    return objection.proposal
