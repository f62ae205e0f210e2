"""A proposal becomes points in the ledger, or waits for an officer, or never becomes any."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import close_with
from registry.actions.errors import Refused
from registry.actions.points import Preview, Scoring, weigh, write_entry
from registry.actions.procedure import Acting, for_agency, locked, not_possible_now
from registry.actions.proposals import move, open_agency_task, scoring_of
from registry.actions.tasks import close_tasks
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.sheaf import Sheaf
from registry.ledger.statements import Compiled
from registry.ledger.writing import LockedPerson, lock
from registry.models import Proposal, ProposedEntry, Task, User
from registry.queries.weighing import Ground, Surroundings, ground_and_surroundings_of
from registry.rules.compute import Standing, standing

How = Proposal.Decided
State = Proposal.State
Outcome = ProposedEntry.Outcome

_READ_WITH_IT = (
    "proposal__practitioner",
    "proposal__case__agency",
    "proposal__responsibility__handling__agency",
    "proposal__responsibility__handling__institution",
    "proposal__responsibility__trigger__agency",
    "proposal__responsibility__trigger__institution",
)
"""What a decision needs of a proposal, in one query."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review found of one proposed entry; `points` only where it is reduced, at least 1."""

    outcome: ProposedEntry.Outcome
    points: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """The standing of today without and with the decision."""

    before: Standing
    after: Standing

    @property
    def terminates(self) -> bool:
        """A second person must sign."""
        return self.after.status == "terminated" and self.before != self.after


@dataclass(frozen=True, slots=True)
class _Matter:
    """A locked proposal with what deciding it looks at: its items in order, the person, and what surrounds it."""

    proposal: Proposal
    items: list[ProposedEntry]
    person: LockedPerson
    ground: Ground
    around: Surroundings


class _Waits(Exception):
    """The decision cannot be carried out by itself; the code says why."""


def preview_decision(*, proposal: Proposal, findings: Mapping[int, Finding], now: datetime) -> DecisionPreview:
    """What `decide_reviewed` would do to the standing of today, written nowhere. Raises Refused as it would."""
    with transaction.atomic():
        matter = _locked_in(proposal, State.OBJECTED)
        found = _weighed(matter, _found(matter, findings), now)
        if not found:
            unchanged = standing(matter.person.facts, shanghai_day(now), policies())
            return DecisionPreview(unchanged, unchanged)
        return DecisionPreview(found[0][2].before, found[-1][2].after)


def decide_reviewed(
    *, proposal: Proposal, findings: Mapping[int, Finding], acting: Acting, grounds: str, now: datetime
) -> Proposal:
    """Decide a proposal that was objected to, as the review found. `findings` by id of each proposed entry.

    Entries that none is given for are upheld. What is annulled never reaches the ledger; where everything is, the
    proposal is dropped. A decision that terminates needs `acting.second`, unless it was countersigned before.
    """
    with transaction.atomic():
        matter = _locked_in(proposal, State.OBJECTED)
        found = _found(matter, findings)
        if all(finding.outcome == Outcome.ANNULLED for finding in found.values()):
            sheaf = _outcomes(matter, found, acting=acting, now=now)
            move(matter.proposal, "drop", acting=acting, now=now, grounds=grounds, into=sheaf)
        else:
            weighed = _weighed(matter, found, now)
            if weighed[-1][2].terminates and matter.proposal.countersigned_by_id is None:
                require_second(by=acting.by, second=acting.second)
            sheaf = _record(matter, found, weighed, acting=acting, now=now)
            move(matter.proposal, "decide", acting=acting, now=now, grounds=grounds, into=sheaf, decided_at=now,
                 decided_how=How.REVIEW)  # fmt: skip
        return _finished(matter, sheaf, by=acting.by, acting=acting, now=now)


def decide_held(
    *, proposal: Proposal, default_months: bool = False, by: User | None, second: User | None = None, now: datetime
) -> Proposal:
    """An officer decides what waits, neither they nor the second person having identified the responsibility.

    `default_months` takes the policy's months where those proposed no longer fit.
    """
    with transaction.atomic():
        matter = _locked_in(proposal, State.HELD)
        _require_not_identified(matter, by=by, second=second)
        findings = _all_upheld(matter)
        weighed = _weighed(matter, findings, now, default_months=default_months)
        if second is not None or (weighed[-1][2].terminates and matter.proposal.countersigned_by_id is None):
            require_second(by=by, second=second)
        acting = for_agency(by, matter.proposal.case.agency, second)
        sheaf = _record(matter, findings, weighed, acting=acting, now=now, default_months=default_months)
        move(matter.proposal, "decide", acting=acting, now=now, into=sheaf, decided_at=now, decided_how=How.OFFICER,
             held_because="")  # fmt: skip
        return _finished(matter, sheaf, by=by, acting=acting, now=now)


def _require_not_identified(matter: _Matter, **signing: User | None) -> None:
    for field, user in signing.items():
        if user is not None and user.pk in matter.around.identifiers:
            raise Refused(
                "identified_and_decides",
                _("You identified this responsibility; the points are decided by somebody else. Ask a colleague.")
                if field == "by"
                else _("The second person identified this responsibility. Ask somebody else to sign."),
                field=field,
                value=str(user),
            )


def preview_held(*, proposal: Proposal, default_months: bool = False, now: datetime) -> DecisionPreview:
    """What `decide_held` would do to the standing of today, written nowhere. Raises Refused as it would."""
    with transaction.atomic():
        matter = _locked_in(proposal, State.HELD)
        weighed = _weighed(matter, _all_upheld(matter), now, default_months=default_months)
        return DecisionPreview(weighed[0][2].before, weighed[-1][2].after)


def decide_unobjected(items: list[ProposedEntry], person: LockedPerson, *, acting: Acting, now: datetime) -> bool:
    """The window closed in silence: the proposal of the items, as `lock_for_decision` gives them, becomes a decision,
    or waits for an officer. True: decided.
    """
    proposal = items[0].proposal
    try:
        with transaction.atomic():
            matter = _matter(items, person)
            findings = _all_upheld(matter)
            weighed = _weighed(matter, findings, now)
            if weighed[-1][2].terminates and proposal.countersigned_by_id is None:
                raise _Waits("countersignature_missing")
            signed = replace(acting, by=None, second=None)
            sheaf = _record(matter, findings, weighed, acting=signed, now=now)
            move(proposal, "decide", acting=acting, now=now, into=sheaf, decided_at=now, decided_how=How.SILENCE)
            _finished(matter, sheaf, by=None, acting=acting, now=now, tasks=Task.State.LAPSED)
    except Refused as refusal:
        hold(proposal, refusal.code, acting=acting, now=now)
        return False
    except _Waits as why:
        hold(proposal, str(why), acting=acting, now=now)
        return False
    return True


def hold(proposal: Proposal, because: str, *, acting: Acting, now: datetime) -> None:
    """The locked proposal waits for an officer; the agency's silence never decides against the person."""
    proposal = locked(proposal)
    move(proposal, "hold", acting=acting, now=now, held_because=because, grounds=because)
    close_tasks(proposal.uuid, now=now, state=Task.State.LAPSED)
    open_agency_task(proposal, Task.Kind.DECIDE, "decision", now)


def lock_for_decision(pk: int) -> list[ProposedEntry]:
    """The items of the proposal in order, and with each the proposal as it stands now, locked with its case, after its
    person; what a decision needs is read with it. One query.
    """
    items = _locking_items(pk)
    if not items:
        raise Proposal.DoesNotExist(f"proposal {pk} is not there any more")
    proposal = items[0].proposal
    proposal.responsibility.practitioner = proposal.practitioner
    for item in items:
        item.proposal = proposal
    return items


def _locked_in(proposal: Proposal, state: Proposal.State) -> _Matter:
    """The person and the proposal, locked, if it is in the state whose decision this is. Raises Refused."""
    person = lock(proposal.practitioner_id)
    items = lock_for_decision(proposal.pk)
    if items[0].proposal.state != state:
        raise not_possible_now(items[0].proposal)
    return _matter(items, person)


def _matter(items: list[ProposedEntry], person: LockedPerson) -> _Matter:
    proposal = items[0].proposal
    return _Matter(proposal, items, person, *ground_and_surroundings_of(proposal, person.members))


def _all_upheld(matter: _Matter) -> dict[int, Finding]:
    return {item.pk: Finding(Outcome.UPHELD) for item in matter.items}


def _found(matter: _Matter, findings: Mapping[int, Finding]) -> dict[int, Finding]:
    """A finding for each proposed entry. Raises Refused for one that is not of this proposal, or that raises."""
    items = {item.pk: item for item in matter.items}
    for pk, finding in findings.items():
        if pk not in items:
            raise Refused(
                "entry_of_another_proposal",
                _("This entry is not part of the proposal. Reload the page and try again."),
                field="findings",
                value=pk,
            )
        _require_lower(items[pk], finding)
    return {pk: findings.get(pk, Finding(Outcome.UPHELD)) for pk in items}


def _require_lower(item: ProposedEntry, finding: Finding) -> None:
    reduced = finding.outcome == Outcome.REDUCED
    if reduced and not 1 <= (finding.points or 0) < item.points:
        raise Refused(
            "reduction_does_not_lower",
            _("%(proposed)s points were proposed; a reduction names 1 to %(most)s, not %(points)s.")
            % {"proposed": item.points, "most": item.points - 1, "points": finding.points},
            field="points",
            value=finding.points,
        )
    if not reduced and finding.points is not None:
        raise Refused(
            "points_without_reduction",
            _("Only a reduction names points; leave %(points)s out.") % {"points": finding.points},
            field="points",
            value=finding.points,
        )


_locking_items = Compiled(
    lambda pk: (
        ProposedEntry.objects.filter(proposal_id=pk)
        .select_related(*_READ_WITH_IT)
        .select_for_update(of=("proposal", "proposal__case"), no_key=True)
        .order_by("pk")
    )
)

Weighed = list[tuple[ProposedEntry, Scoring, Preview]]


def _weighed(
    matter: _Matter, findings: Mapping[int, Finding], now: datetime, *, default_months: bool = False
) -> Weighed:
    """The entries that will be, each on top of the ones before it."""
    weighed: Weighed = []
    person, reviewed = matter.person, matter.proposal.state == State.OBJECTED
    for item in matter.items:
        finding = findings[item.pk]
        if finding.outcome == Outcome.ANNULLED:
            continue
        scoring = _scoring(matter.proposal, item, finding, default_months=default_months)
        scoring, preview = _with_fitting_months(scoring, person, now, matter.ground, reviewed=reviewed)
        person = replace(person, facts=[*person.facts, replace(preview.entry, id=f"preview-{len(weighed)}")])
        weighed.append((item, scoring, preview))
    return weighed


def _scoring(proposal: Proposal, item: ProposedEntry, finding: Finding, *, default_months: bool) -> Scoring:
    scoring = scoring_of(proposal.responsibility, item)
    if finding.outcome == Outcome.REDUCED:
        reason = str(_("Reduced after review from %(points)s points.") % {"points": item.points})
        reason = f"{scoring.departure_reason} {reason}".strip()
        return replace(scoring, points=finding.points, months=None, departure_reason=reason, reduced=True)
    return replace(scoring, months=None) if default_months else scoring


def _with_fitting_months(
    scoring: Scoring, person: LockedPerson, now: datetime, ground: Ground | None = None, *, reviewed: bool
) -> tuple[Scoring, Preview]:
    """After a review the total may be lower than proposed: months that fit no longer give way to the policy's."""
    try:
        return scoring, weigh(scoring, person, now, ground)
    except Refused as refusal:
        if not reviewed or refusal.field != "months":
            raise
    scoring = replace(scoring, months=None)
    return scoring, weigh(scoring, person, now, ground)


def _record(
    matter: _Matter,
    findings: Mapping[int, Finding],
    weighed: Weighed,
    *,
    acting: Acting,
    now: datetime,
    default_months: bool = False,
) -> Sheaf:
    """The entries, one after the other, each weighed against the ledger as it then is, and their items, in a sheaf."""
    proposal, sheaf = matter.proposal, Sheaf()
    by = acting.by or proposal.proposed_by
    second = acting.second or proposal.countersigned_by
    person, (first, scoring, preview) = matter.person, weighed[0]
    for item in matter.items:
        finding = findings[item.pk]
        item.outcome = finding.outcome
        if finding.outcome != Outcome.ANNULLED:
            if item is not first:
                sheaf.write()
                person = lock(proposal.practitioner_id)
                scoring = _scoring(proposal, item, finding, default_months=default_months)
                reviewed = proposal.state == State.OBJECTED
                scoring, preview = _with_fitting_months(scoring, person, now, reviewed=reviewed)
            signed = second if preview.terminates else None
            item.entry = write_entry(scoring, preview, person, by=by, second=signed, now=now, into=sheaf)
            item.decided_points = preview.points
        sheaf.change(item, ("outcome", "entry", "decided_points"), by=acting.by, now=now)
    return sheaf


def _outcomes(matter: _Matter, findings: Mapping[int, Finding], *, acting: Acting, now: datetime) -> Sheaf:
    sheaf = Sheaf()
    for item in matter.items:
        item.outcome = findings[item.pk].outcome
        sheaf.change(item, ("outcome",), by=acting.by, now=now)
    return sheaf


def _finished(
    matter: _Matter,
    sheaf: Sheaf,
    *,
    by: User | None,
    acting: Acting,
    now: datetime,
    tasks: Task.State = Task.State.DONE,
) -> Proposal:
    """Write the sheaf of the decision, with the tasks that it ends, and the case where nothing else in it waits."""
    close_tasks(matter.proposal.uuid, now=now, by=by, state=tasks, into=sheaf)
    if matter.around.last:
        close_with(matter.proposal, sheaf, acting=acting, now=now)
    sheaf.write()
    return matter.proposal
