"""A proposal becomes points in the ledger, or waits for an officer, or never becomes any."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import close_if_done
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.points import Preview, Scoring, weigh, write_entry
from registry.actions.procedure import Acting, for_agency, locked, not_possible_now
from registry.actions.proposals import move, open_agency_task, scoring_of
from registry.actions.tasks import close_tasks
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Proposal, ProposedEntry, Task, User
from registry.queries.identifiers import identifiers_of
from registry.rules.compute import Standing, standing

How = Proposal.Decided
State = Proposal.State
Outcome = ProposedEntry.Outcome


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


class _Waits(Exception):
    """The decision cannot be carried out by itself; the code says why."""


def preview_decision(*, proposal: Proposal, findings: Mapping[int, Finding], now: datetime) -> DecisionPreview:
    """What `decide_reviewed` would do to the standing of today, written nowhere. Raises Refused as it would."""
    with transaction.atomic():
        person = lock(proposal.practitioner)
        proposal = _locked_in(proposal, State.OBJECTED)
        found = _weighed(proposal, _found(proposal, findings), person, now)
        if not found:
            unchanged = standing(person.facts, shanghai_day(now), policies())
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
        person = lock(proposal.practitioner)
        proposal = _locked_in(proposal, State.OBJECTED)
        found = _found(proposal, findings)
        if all(finding.outcome == Outcome.ANNULLED for finding in found.values()):
            _keep_outcomes(proposal, found, acting=acting, now=now)
            move(proposal, "drop", acting=acting, now=now, grounds=grounds)
        else:
            weighed = _weighed(proposal, found, person, now)
            if weighed[-1][2].terminates and proposal.countersigned_by_id is None:
                require_second(by=acting.by, second=acting.second)
            _record(proposal, found, acting=acting, now=now)
            move(proposal, "decide", acting=acting, now=now, grounds=grounds, decided_at=now, decided_how=How.REVIEW)
        close_tasks(proposal.uuid, now=now, by=acting.by)
        close_if_done(proposal.case, acting=acting, now=now)
        return proposal


def decide_held(
    *, proposal: Proposal, default_months: bool = False, by: User | None, second: User | None = None, now: datetime
) -> Proposal:
    """An officer decides what waits, neither they nor the second person having identified the responsibility.

    `default_months` takes the policy's months where those proposed no longer fit.
    """
    with transaction.atomic():
        person = lock(proposal.practitioner)
        proposal = _locked_in(proposal, State.HELD)
        _require_not_identified(proposal, by=by, second=second)
        findings = {item.pk: Finding(Outcome.UPHELD) for item in proposal.items.all()}
        weighed = _weighed(proposal, findings, person, now, default_months=default_months)
        if second is not None or (weighed[-1][2].terminates and proposal.countersigned_by_id is None):
            require_second(by=by, second=second)
        acting = for_agency(by, proposal.case.agency, second)
        _record(proposal, findings, acting=acting, now=now, default_months=default_months)
        move(proposal, "decide", acting=acting, now=now, decided_at=now, decided_how=How.OFFICER, held_because="")
        close_tasks(proposal.uuid, now=now, by=by)
        close_if_done(proposal.case, acting=acting, now=now)
        return proposal


def _require_not_identified(proposal: Proposal, **signing: User | None) -> None:
    identified = identifiers_of(proposal.responsibility)
    for field, user in signing.items():
        if user is not None and user.pk in identified:
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
        person = lock(proposal.practitioner)
        proposal = _locked_in(proposal, State.HELD)
        findings = {item.pk: Finding(Outcome.UPHELD) for item in proposal.items.all()}
        weighed = _weighed(proposal, findings, person, now, default_months=default_months)
        return DecisionPreview(weighed[0][2].before, weighed[-1][2].after)


def decide_unobjected(proposal: Proposal, person: LockedPerson, *, acting: Acting, now: datetime) -> bool:
    """The window closed in silence: the locked proposal becomes a decision, or waits for an officer. True: decided."""
    findings = {item.pk: Finding(Outcome.UPHELD) for item in proposal.items.all()}
    try:
        with transaction.atomic():
            weighed = _weighed(proposal, findings, person, now)
            if weighed[-1][2].terminates and proposal.countersigned_by_id is None:
                raise _Waits("countersignature_missing")
            signed = replace(acting, by=None, second=None)
            _record(proposal, findings, acting=signed, now=now)
            move(proposal, "decide", acting=acting, now=now, decided_at=now, decided_how=How.SILENCE)
    except Refused as refusal:
        hold(proposal, refusal.code, acting=acting, now=now)
        return False
    except _Waits as why:
        hold(proposal, str(why), acting=acting, now=now)
        return False
    close_tasks(proposal.uuid, now=now, state=Task.State.LAPSED)
    close_if_done(proposal.case, acting=acting, now=now)
    return True


def hold(proposal: Proposal, because: str, *, acting: Acting, now: datetime) -> None:
    """The locked proposal waits for an officer; the agency's silence never decides against the person."""
    proposal = locked(proposal)
    move(proposal, "hold", acting=acting, now=now, held_because=because, grounds=because)
    close_tasks(proposal.uuid, now=now, state=Task.State.LAPSED)
    open_agency_task(proposal, Task.Kind.DECIDE, "decision", now)


def _locked_in(proposal: Proposal, state: Proposal.State) -> Proposal:
    """The locked proposal, if it is in the state whose decision this is. Raises Refused."""
    proposal = locked(proposal)
    if proposal.state != state:
        raise not_possible_now(proposal)
    return proposal


def _found(proposal: Proposal, findings: Mapping[int, Finding]) -> dict[int, Finding]:
    """A finding for each proposed entry. Raises Refused for one that is not of this proposal, or that raises."""
    items = {item.pk: item for item in proposal.items.all()}
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


Weighed = list[tuple[ProposedEntry, Scoring, Preview]]


def _weighed(
    proposal: Proposal,
    findings: Mapping[int, Finding],
    person: LockedPerson,
    now: datetime,
    *,
    default_months: bool = False,
) -> Weighed:
    """The entries that will be, each on top of the ones before it."""
    weighed: Weighed = []
    for item in proposal.items.order_by("pk"):
        finding = findings[item.pk]
        if finding.outcome == Outcome.ANNULLED:
            continue
        scoring = _scoring(proposal, item, finding, default_months=default_months)
        scoring, preview = _with_fitting_months(scoring, person, now, reviewed=proposal.state == State.OBJECTED)
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
    scoring: Scoring, person: LockedPerson, now: datetime, *, reviewed: bool
) -> tuple[Scoring, Preview]:
    """After a review the total may be lower than proposed: months that fit no longer give way to the policy's."""
    try:
        return scoring, weigh(scoring, person, now)
    except Refused as refusal:
        if not reviewed or refusal.field != "months":
            raise
    scoring = replace(scoring, months=None)
    return scoring, weigh(scoring, person, now)


def _record(
    proposal: Proposal,
    findings: Mapping[int, Finding],
    *,
    acting: Acting,
    now: datetime,
    default_months: bool = False,
) -> None:
    """Write the entries, one after the other, each weighed against the ledger as it then is."""
    by = acting.by or proposal.proposed_by
    second = acting.second or proposal.countersigned_by
    for item in proposal.items.order_by("pk"):
        finding = findings[item.pk]
        item.outcome = finding.outcome
        if finding.outcome != Outcome.ANNULLED:
            person = lock(proposal.practitioner)
            scoring = _scoring(proposal, item, finding, default_months=default_months)
            scoring, preview = _with_fitting_months(scoring, person, now, reviewed=proposal.state == State.OBJECTED)
            signed = second if preview.terminates else None
            item.entry = write_entry(scoring, preview, person, by=by, second=signed, now=now)
            item.decided_points = preview.points
        keep(item, by=acting.by, now=now)


def _keep_outcomes(proposal: Proposal, findings: Mapping[int, Finding], *, acting: Acting, now: datetime) -> None:
    for item in proposal.items.order_by("pk"):
        item.outcome = findings[item.pk].outcome
        keep(item, by=acting.by, now=now)
