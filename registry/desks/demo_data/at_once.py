"""A case that nobody objected to, written at once in the night in which silence decides it.

The rows are those that the acts would have left one after the other, at the same instants and by the same people: a
test lets the acts make such a case and compares. What goes into the ledger goes through its one writer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from registry.actions.cases import answered, close_if_done
from registry.actions.points import Preview, write_entry
from registry.actions.procedure import CLOCK, Acting, for_agency
from registry.actions.proposals import Item, ProposalPreview, scoring_of, weigh_items
from registry.desks.demo_data.conduct import WORDS_OF_GRADE
from registry.desks.demo_data.course import RECEIPTS, Channel, Days, Part, Team
from registry.desks.demo_data.workdays import Workdays
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import lock
from registry.models import (
    Case,
    Delivery,
    Handling,
    PersonalTrigger,
    PointsEntry,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Responsibility,
    Task,
    User,
)
from registry.rules.procedures import PROPOSAL

Cause = Handling | PersonalTrigger
State = Proposal.State
Kind = Task.Kind
Holder = Task.Holder


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """One act on a proposal: what it is, who did it when, the state after it and what else it changed."""

    act: str
    state: State
    acting: Acting
    at: datetime
    changes: Mapping[str, Any] = field(default_factory=dict)
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """One proposal with what was proposed and what was decided."""

    proposal: Proposal
    items: Sequence[ProposedEntry]
    steps: Sequence[_Step]

    @property
    def signed(self) -> bool:
        return self.proposal.countersigned_by_id is not None


def write_course(
    cause: Cause, parts: Sequence[Part], situation: str, days: Days, team: Team, workdays: Workdays, night: datetime
) -> list[Proposal]:
    """Everything from the identification to the decision in that night; the proposals in the order of the parts."""
    case = cause.case
    responsibilities = [_responsibility(cause, part, days, team) for part in parts]
    _keep(Responsibility, responsibilities, [[(team.officers.identifier, days.identified_at, {})]] * len(parts))
    answered(case, by=team.officers.identifier, now=days.identified_at)
    told = [
        _decided(case, responsibility, part.items(situation), days, team, night)
        for responsibility, part in zip(responsibilities, parts, strict=True)
    ]
    _keep(Proposal, [each.proposal for each in told], [_versions(each.steps) for each in told])
    items = [item for each in told for item in each.items]
    undecided = {"outcome": "", "decided_points": None, "entry_id": None}
    of_item: list[Version] = [(team.officers.scorer, days.proposed_at, undecided), (None, night, {})]
    _keep(ProposedEntry, items, [of_item] * len(items))
    ProcedureStep.objects.bulk_create([row for each in told for row in _steps(each)])
    Delivery.objects.bulk_create([row for each in told for row in _deliveries(each, days, team)])
    Task.objects.bulk_create([row for each in told for row in _tasks(each, days, team, workdays, night)])
    close_if_done(case, acting=CLOCK, now=night)
    return [each.proposal for each in told]


def _responsibility(cause: Cause, part: Part, days: Days, team: Team) -> Responsibility:
    return Responsibility(
        handling=cause if isinstance(cause, Handling) else None,
        trigger=cause if isinstance(cause, PersonalTrigger) else None,
        practitioner=part.person,
        grade=part.grade,
        grounds=WORDS_OF_GRADE[part.grade],
        identified_on=days.identified_on,
        recorded_at=days.identified_at,
        recorded_by=team.officers.identifier,
    )


def _decided(
    case: Case, responsibility: Responsibility, items: Sequence[Item], days: Days, team: Team, night: datetime
) -> _Told:
    found = weigh_items(responsibility, items, lock(responsibility.practitioner), night)
    steps = list(_course(days, team, night, signed=found.terminates))
    proposal = Proposal(
        case=case, responsibility=responsibility, practitioner=responsibility.practitioner, policy=found.policy.id,
        proposed_at=days.proposed_at, proposed_by=team.officers.scorer,
    )  # fmt: skip
    for step in steps:
        for name, value in {**step.changes, "state": step.state}.items():
            setattr(proposal, name, value)
    entries = _written(responsibility, items, found, team, night)
    rows = [_item(proposal, *each) for each in zip(items, found.entries, entries, strict=True)]
    return _Told(proposal, rows, steps)


def _written(
    responsibility: Responsibility, items: Sequence[Item], found: ProposalPreview, team: Team, night: datetime
) -> list[PointsEntry]:
    """The entries in the ledger, one after the other."""
    return [
        write_entry(
            scoring_of(responsibility, item),
            preview,
            lock(responsibility.practitioner),
            by=team.officers.scorer,
            second=team.officers.second if preview.terminates else None,
            now=night,
        )
        for item, preview in zip(items, found.entries, strict=True)
    ]


def _item(proposal: Proposal, item: Item, preview: Preview, entry: PointsEntry) -> ProposedEntry:
    return ProposedEntry(
        proposal=proposal,
        situation=item.situation,
        act=item.act,
        points=preview.points,
        default_points=preview.default_points,
        months=item.months,
        departure_reason=item.departure_reason,
        outcome=ProposedEntry.Outcome.UPHELD,
        decided_points=preview.points,
        entry=entry,
    )


def _course(days: Days, team: Team, night: datetime, *, signed: bool) -> Iterator[_Step]:
    officers = team.officers
    scoring = for_agency(officers.scorer, team.institution.agency)
    yield _Step(act="propose", state=State.PROPOSED, acting=scoring, at=days.proposed_at)
    if signed:
        yield _Step(
            act="countersign",
            state=State.PROPOSED,
            acting=for_agency(officers.second, team.institution.agency),
            at=days.signed_at,
            changes={"countersigned_at": days.signed_at, "countersigned_by_id": officers.second.pk},
        )
    yield _Step(
        act="notify", state=State.NOTIFIED, acting=scoring, at=days.told_at, changes={"notified_at": days.told_at}
    )
    yield _Step(
        act="receive",
        state=State.RECEIVED,
        acting=team.receiving,
        at=days.received_at,
        changes={"received_on": days.received_on},
        grounds=RECEIPTS[team.channel],
    )
    yield _Step(
        act="decide",
        state=State.DECIDED,
        acting=CLOCK,
        at=night,
        changes={"decided_at": night, "decided_how": Proposal.Decided.SILENCE},
    )


def _steps(told: _Told) -> Iterator[ProcedureStep]:
    before = ""
    for step in told.steps:
        yield ProcedureStep(
            procedure=PROPOSAL.name,
            subject=told.proposal.uuid,
            act=step.act,
            state_before=before,
            state_after=step.state,
            case=told.proposal.case,
            practitioner=told.proposal.practitioner,
            actor=step.acting.by,
            role=step.acting.role,
            agency=step.acting.agency,
            institution=step.acting.institution,
            on_day=shanghai_day(step.at),
            recorded_at=step.at,
            grounds=step.grounds,
        )
        before = step.state


def _deliveries(told: _Told, days: Days, team: Team) -> Iterator[Delivery]:
    for event, on_day, instant, by, remark in (
        (Delivery.Event.SENT, days.told_on, days.told_at, team.officers.scorer, ""),
        (Delivery.Event.RECEIVED, days.received_on, days.received_at, team.receiving.by, RECEIPTS[team.channel]),
    ):
        yield Delivery(
            proposal=told.proposal,
            channel=team.channel,
            event=event,
            on_day=on_day,
            recorded_at=instant,
            recorded_by=by,
            remark=remark,
        )


def _tasks(told: _Told, days: Days, team: Team, workdays: Workdays, night: datetime) -> Iterator[Task]:
    officers, agency, proposed_at = team.officers, Holder.AGENCY, days.proposed_at
    task = partial(_task, told.proposal, team, workdays)
    if told.signed:
        yield task(Kind.COUNTERSIGN, agency, "countersign", proposed_at, days.signed_at, officers.second)
        yield task(Kind.NOTIFY, agency, "notice", days.signed_at, days.told_at, officers.scorer)
    else:
        yield task(Kind.NOTIFY, agency, "notice", proposed_at, days.told_at, officers.scorer)
    kind, holder, clock = _HANDING_OVER[team.channel]
    yield task(kind, holder, clock, days.told_at, days.received_at, team.receiving.by)
    yield task(Kind.OBJECT, Holder.PRACTITIONER, "objection", days.received_at, night, None)


_HANDING_OVER = {
    Channel.PORTAL: (Kind.OPEN_NOTICE, Holder.PRACTITIONER, "unopened"),
    Channel.INSTITUTION: (Kind.SERVE, Holder.INSTITUTION, "unopened"),
    Channel.BY_HAND: (Kind.SERVE, Holder.AGENCY, "notice"),
}
"""Who owes the receipt of a notice, and until when."""


def _task(
    proposal: Proposal,
    team: Team,
    workdays: Workdays,
    kind: Task.Kind,
    holder: Task.Holder,
    clock: str,
    opened_at: datetime,
    closed_at: datetime,
    closed_by: User | None,
) -> Task:
    working_days = policies()[proposal.policy].clock(clock)
    return Task(
        kind=kind,
        state=Task.State.LAPSED if kind == Kind.OBJECT else Task.State.DONE,
        holder=holder,
        agency=team.institution.agency,
        institution=team.institution if holder == Holder.INSTITUTION else None,
        practitioner=proposal.practitioner,
        case=proposal.case,
        proposal=proposal,
        subject=proposal.uuid,
        policy=proposal.policy,
        clock=clock,
        working_days=working_days,
        starts_on=shanghai_day(opened_at),
        due_on=workdays.ends(shanghai_day(opened_at), working_days),
        opened_at=opened_at,
        closed_at=closed_at,
        closed_by=closed_by,
    )


Version = tuple[User | None, datetime, Mapping[str, Any]]
"""Who made a row what it was, when, and which of its fields were other than they are in the end."""


def _versions(steps: Sequence[_Step]) -> list[Version]:
    blank = Proposal()
    values = {name: getattr(blank, name) for step in steps for name in step.changes}
    found: list[Version] = []
    for step in steps:
        values = {**values, **step.changes, "state": step.state}
        found.append((step.acting.by, step.at, values))
    return found


def _keep(model: Any, rows: Sequence[Any], versions: Sequence[Sequence[Version]]) -> None:
    """Insert the rows as they are in the end, and the history of how they came to be so."""
    model.objects.bulk_create(rows)
    kept = model.history.model
    fields = [each.attname for each in kept.tracked_fields]
    kept.objects.bulk_create(
        kept(
            **{**{name: getattr(row, name) for name in fields}, **values},
            history_date=instant,
            history_user=by,
            history_type="~" if number else "+",
        )
        for row, of_row in zip(rows, versions, strict=True)
        for number, (by, instant, values) in enumerate(of_row)
    )
