"""Points proposed for one person in one case: what they would do, and what happens before the person is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import close_if_done, open_case, reopen
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.points import Preview, Scoring, weigh
from registry.actions.procedure import Acting, advance, begin, for_agency, locked
from registry.actions.requirements import required
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Case, Proposal, ProposedEntry, Responsibility, Task, User
from registry.queries.identifiers import identifiers_of
from registry.rules.clocks import WorkingCalendar
from registry.rules.compute import Standing
from registry.rules.policy import Policy
from registry.rules.procedures import PROPOSAL

State = Proposal.State
Kind = Task.Kind
Holder = Task.Holder


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One situation of a proposal. `points` None takes the default of the grade; `months` None that of the policy."""

    situation: str
    points: int | None = None
    months: int | None = None
    departure_reason: str = ""
    act: str = ""


@dataclass(frozen=True)
class ProposalPreview:
    """What a proposal says of each situation, and what deciding it today would do. `entries` is never empty."""

    entries: tuple[Preview, ...]

    @property
    def policy(self) -> Policy:
        """The law of the proposal."""
        return self.entries[0].policy

    @property
    def before(self) -> Standing:
        """The standing of today."""
        return self.entries[0].before

    @property
    def after(self) -> Standing:
        """The standing of today with all entries."""
        return self.entries[-1].after

    @property
    def terminates(self) -> bool:
        """Deciding it would terminate, or the person is terminated anyway: a second person countersigns."""
        return self.after.status == "terminated"

    @cached_property
    def total_after(self) -> int:
        """The points of the year of the handling with all entries, not capped."""
        ours = self.entries[-1].entry.id
        return next(step.total for step in reversed(self.after.steps) if step.id == ours)

    @property
    def total_before(self) -> int:
        """The points of the year of the handling as they are."""
        return self.total_after - sum(entry.points for entry in self.entries)

    @property
    def warnings(self) -> list[str | Promise]:
        """What an officer should look at again; each once."""
        return list(dict.fromkeys(warning for entry in self.entries for warning in entry.warnings))


def preview_proposal(*, responsibility: Responsibility, items: Sequence[Item], now: datetime) -> ProposalPreview:
    """What `propose` would propose, and what deciding it would do. Raises Refused as it would."""
    with transaction.atomic():
        person = lock(responsibility.practitioner)
        responsibility.refresh_from_db(fields=["grade"])
        return weigh_items(responsibility, items, person, now)


def propose(*, responsibility: Responsibility, items: Sequence[Item], by: User | None, now: datetime) -> Proposal:
    """Propose points for the person of `responsibility`; somebody else than whoever identified it, now or before.

    Each situation once, and one act once, at the highest. What terminates must be countersigned before the person is
    told. The same proposal again is the same; another one needs the withdrawal of the open one.
    """
    with transaction.atomic():
        return propose_locked(responsibility, items, lock(responsibility.practitioner), by=by, now=now)


def propose_locked(
    responsibility: Responsibility,
    items: Sequence[Item],
    person: LockedPerson,
    *,
    by: User | None,
    now: datetime,
    case: Case | None = None,
    days: WorkingCalendar | None = None,
) -> Proposal:
    """The same for a person who is locked already; `case` and the calendar `days` where the caller has them."""
    responsibility.refresh_from_db(fields=["grade", "recorded_by"])  # somebody may have changed it meanwhile
    require_another(by, responsibility)
    if present := open_proposal(responsibility):
        return same_proposal(present, items)
    found = weigh_items(responsibility, items, person, now)
    if case is None:
        case = open_case(handling=responsibility.handling, trigger=responsibility.trigger, by=by, now=now)
        case = reopen(case, acting=for_agency(by, case.agency), now=now)
    proposal = Proposal(
        case=case,
        responsibility=responsibility,
        practitioner=responsibility.practitioner,
        policy=found.policy.id,
        proposed_at=now,
        proposed_by=by,
    )
    acting = for_agency(by, case.agency)
    begin(PROPOSAL, proposal, act="propose", acting=acting, now=now, case=case, practitioner=proposal.practitioner)
    for item, entry in zip(items, found.entries, strict=True):
        keep(_proposed(proposal, item, entry), by=by, now=now)
    kind, clock = (Kind.COUNTERSIGN, "countersign") if found.terminates else (Kind.NOTIFY, "notice")
    open_agency_task(proposal, kind, clock, now, days=days)
    return proposal


def countersign(*, proposal: Proposal, by: User | None, now: datetime) -> Proposal:
    """The second person signs a proposal that terminates: neither who proposed it nor whoever identified the person."""
    with transaction.atomic():
        lock(proposal.practitioner)
        return countersign_locked(locked(proposal), by=by, now=now)


def countersign_locked(
    proposal: Proposal, *, by: User | None, now: datetime, days: WorkingCalendar | None = None
) -> Proposal:
    """The same for a proposal that is locked already, and its person before it."""
    if proposal.countersigned_by_id is not None:
        return proposal
    require_other_signature(by, proposal)
    move(proposal, "countersign", acting=for_agency(by, proposal.case.agency), now=now, countersigned_at=now,
         countersigned_by=by)  # fmt: skip
    close_tasks(proposal.uuid, kinds=[Kind.COUNTERSIGN], now=now, by=by)
    if proposal.state == State.PROPOSED:
        open_agency_task(proposal, Kind.NOTIFY, "notice", now, days=days)
    return proposal


def withdraw_proposal(*, proposal: Proposal, reason: str, by: User | None, now: datetime) -> Proposal:
    """The agency takes the proposal back: it never becomes points. Another one may follow."""
    reason = required(reason)
    with transaction.atomic():
        lock(proposal.practitioner)
        proposal = locked(proposal)
        acting = for_agency(by, proposal.case.agency)
        move(proposal, "withdraw", acting=acting, now=now, grounds=reason)
        close_tasks(proposal.uuid, now=now, by=by, state=Task.State.CANCELLED)
        close_if_done(proposal.case, acting=acting, now=now)
        return proposal


def object_to(*, proposal: Proposal, acting: Acting, now: datetime) -> Proposal:
    """An objection was filed: nothing is decided until it is answered. Whether it is in time is checked by the caller.

    Who objects has received the notice: where no receipt was recorded yet, it is that of today.
    """
    with transaction.atomic():
        lock(proposal.practitioner)
        proposal = locked(proposal)
        if proposal.state in (State.NOTIFIED, State.TO_SERVE):
            move(proposal, "receive", acting=acting, now=now, received_on=shanghai_day(now))
        move(proposal, "object", acting=acting, now=now, held_because="")
        close_tasks(proposal.uuid, now=now, by=acting.by)
        return proposal


def release(*, proposal: Proposal, acting: Acting, now: datetime, grounds: str = "") -> Proposal:
    """The objection is gone without a decision: the window is open again as long as it was, and no shorter."""
    with transaction.atomic():
        lock(proposal.practitioner)
        proposal = locked(proposal)
        move(proposal, "release", acting=acting, now=now, grounds=grounds)
        open_window(proposal, now=now)
        return proposal


def open_window(proposal: Proposal, *, now: datetime, days: WorkingCalendar | None = None) -> Task:
    """The days in which the person may object; a last day that was told before is never moved earlier."""
    assert proposal.received_on is not None  # the database refuses a window without receipt
    windows = Task.objects.filter(subject=proposal.uuid, kind=Kind.OBJECT)
    told = windows.order_by(F("due_on").desc(nulls_last=True)).first()
    return open_task(
        kind=Kind.OBJECT,
        holder=Holder.PRACTITIONER,
        subject=proposal.uuid,
        policy=policies()[proposal.policy],
        clock="objection",
        starts_on=proposal.received_on,
        not_before=told.due_on if told else None,
        now=now,
        practitioner=proposal.practitioner,
        agency=proposal.case.agency,
        case=proposal.case,
        proposal=proposal,
        days=days,
    )


def open_agency_task(
    proposal: Proposal, kind: Task.Kind, clock: str, now: datetime, *, days: WorkingCalendar | None = None
) -> Task:
    """What the agency of the case owes from today on."""
    return open_task(
        kind=kind,
        holder=Holder.AGENCY,
        subject=proposal.uuid,
        policy=policies()[proposal.policy],
        clock=clock,
        starts_on=shanghai_day(now),
        now=now,
        agency=proposal.case.agency,
        practitioner=proposal.practitioner,
        case=proposal.case,
        proposal=proposal,
        days=days,
    )


def weigh_items(
    responsibility: Responsibility, items: Sequence[Item], person: LockedPerson, now: datetime
) -> ProposalPreview:
    """The entries one after the other, each on top of the ones before it."""
    _require_each_once(items)
    entries: list[Preview] = []
    for item in items:
        found = weigh(scoring_of(responsibility, item), person, now)
        entry = replace(found.entry, id=f"preview-{len(entries)}")
        person = replace(person, facts=[*person.facts, entry])
        entries.append(found)
    return ProposalPreview(tuple(entries))


def scoring_of(responsibility: Responsibility, item: Item | ProposedEntry) -> Scoring:
    """The item as the points of the ledger are weighed."""
    return Scoring(
        responsibility=responsibility,
        situation=item.situation,
        points=item.points,
        months=item.months,
        departure_reason=item.departure_reason.strip(),
        act=item.act.strip(),
    )


def _proposed(proposal: Proposal, item: Item, entry: Preview) -> ProposedEntry:
    return ProposedEntry(
        proposal=proposal,
        situation=item.situation,
        act=item.act.strip(),
        points=entry.points,
        default_points=entry.default_points,
        months=item.months,
        departure_reason=item.departure_reason.strip(),
    )


def move(proposal: Proposal, act: str, *, acting: Acting, now: datetime, grounds: str = "", **changes: Any) -> None:
    """Do the act on the locked proposal. Raises Refused where its state does not allow it."""
    advance(
        PROPOSAL,
        proposal,
        act,
        acting=acting,
        now=now,
        case=proposal.case,
        practitioner=proposal.practitioner,
        grounds=grounds,
        **changes,
    )


def open_proposal(responsibility: Responsibility) -> Proposal | None:
    """The proposal that is not decided or dropped yet."""
    return responsibility.proposals.exclude(state__in=PROPOSAL.ends).first()


def same_proposal(present: Proposal, items: Sequence[Item]) -> Proposal:
    """The open proposal, if it says the same. Raises Refused where it says something else."""
    default = {item.situation: item.default_points for item in present.items.all()}
    asked = {
        (item.situation, item.act.strip(), default.get(item.situation) if item.points is None else item.points,
         item.months)
        for item in items
    }  # fmt: skip
    if asked != {(item.situation, item.act, item.points, item.months) for item in present.items.all()}:
        raise Refused(
            "proposal_open",
            _("Other points are proposed for this person in this case already. Withdraw that proposal first."),
            field="responsibility",
            value=present.case.number,
        )
    return present


def require_other_signature(by: User | None, proposal: Proposal) -> None:
    """Refuse the countersignature of who proposed or identified."""
    if by is None or by.pk == proposal.proposed_by_id:
        message = _("You proposed these points. Ask a colleague who did not identify the responsibility to sign.")
    elif by.pk in identifiers_of(proposal.responsibility):
        message = _("You identified this responsibility. Ask a colleague who did not propose the points to sign.")
    else:
        return
    raise Refused("second_person_same", message, field="by", value=str(by))


def require_another(by: User | None, responsibility: Responsibility) -> None:
    """Refuse that somebody proposes points for whom they identified themselves."""
    if by is not None and by.pk in identifiers_of(responsibility):
        raise Refused(
            "identified_and_proposes",
            _("You identified this responsibility; the points are proposed by somebody else. Ask a colleague."),
            field="by",
            value=str(by),
        )


def _require_each_once(items: Sequence[Item]) -> None:
    if not items:
        raise Refused("situation_missing", _("Name at least one situation."), field="situation", value="")
    for field, values in (
        ("situation", [item.situation for item in items]),
        ("act", [item.act.strip() for item in items if item.act.strip()]),
    ):
        twice = next((value for value, count in Counter(values).items() if count > 1), None)
        if twice is not None:
            raise Refused(
                f"{field}_twice",
                _("“%(value)s” is named twice. One act is scored once, at the highest situation: keep that one.")
                % {"value": twice},
                field=field,
                value=twice,
            )
