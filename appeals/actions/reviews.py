"""The review: who judges, what a decision would do, and the decision with everything it carries out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from appeals.actions.findings import PointResult, Weighed, weigh_results
from appeals.actions.moving import State, held, move, owe, settle
from appeals.models import Objection, PointOfDispute
from appeals.queries.involvement import require_reviewer, require_uninvolved
from appeals.rules.procedures import OBJECTION
from registry.actions.corrections import Difference, correct_entries, preview_corrections
from registry.actions.decisions import decide_reviewed
from registry.actions.decisions import preview_decision as preview_proposal
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import for_agency, require_possible
from registry.actions.requirements import optional_number, required
from registry.actions.tasks import close_tasks
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.reading import standing_of
from registry.models import Fact, Proposal, Task, User
from registry.queries.explain import name_of
from registry.rules.compute import Standing


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """The standing of today without and with the decision.

    `difference` is there where entries on record change, with the `entries`; what it reaches on other days, and who is
    told again, is asked of it (registry.queries.reach, registry.queries.recipients).
    """

    before: Standing
    after: Standing
    needs_second: bool
    difference: Difference | None = None
    entries: tuple[Fact, ...] = ()


def assign_reviewer(*, objection: Objection, reviewer: User, by: User, now: datetime) -> Objection:
    """Give the review to an officer of the agency, or of one above it, who had no part in the points.

    It may be given to another one later; its last day stays. The same reviewer again changes nothing.
    """
    with held(objection) as (row, _person):
        if row.reviewer_id == reviewer.pk and row.state != State.FILED:
            return row
        require_possible(OBJECTION, row, "assign")
        require_reviewer(row, reviewer, shanghai_day(now))
        acting = for_agency(by, row.agency)
        move(row, "assign", acting=acting, now=now, grounds=name_of(reviewer), reviewer=reviewer)
        close_tasks(row.uuid, kinds=[Task.Kind.ASSIGN], now=now, by=by)
        given = Task.objects.filter(subject=row.uuid, kind=Task.Kind.REVIEW, state=Task.State.OPEN)
        if row.state == State.IN_REVIEW and not given.update(user=reviewer):
            owe(row, Task.Kind.REVIEW, "review", now=now, user=reviewer)
        return row


def classify_point(
    *, point: PointOfDispute, professional: bool, grounds: str, by: User, now: datetime
) -> PointOfDispute:
    """The reviewer finds that a point is a professional question, or that it is none, with the reasons."""
    grounds = required(grounds, field="grounds")
    with held(point.objection) as (row, _person):
        _require_reviewer(row, by)
        point = row.points.get(pk=point.pk)
        if point.professional != professional:
            move(row, "classify", acting=for_agency(by, row.agency), now=now, grounds=f"{point.number}: {grounds}")
            point.professional = professional
            keep(point, by=by, now=now, why=grounds[:100])
        return point


def preview_decision(*, objection: Objection, results: Mapping[int, PointResult], now: datetime) -> DecisionPreview:
    """What the results would do. Raises Refused as decide_objection would, but asks for no reviewer and no second."""
    with held(objection) as (row, _person):
        require_possible(OBJECTION, row, "decide")
        weighed = weigh_results(row, results)
        if row.kind == Objection.Kind.PROPOSED_POINTS:
            return _of_proposal(_proposal_of(row), weighed, now)
        if not weighed.corrections:
            standing = standing_of(row.practitioner, shanghai_day(now))
            return DecisionPreview(standing, standing, needs_second=False)
        found = preview_corrections(practitioner=row.practitioner, corrections=weighed.corrections, now=now)
        entries = tuple(correction.entry for correction in weighed.corrections)
        return DecisionPreview(found.before, found.after, weighed.annuls, found, entries)


def decide_objection(
    *,
    objection: Objection,
    results: Mapping[int, PointResult],
    decision: str,
    document_number: str = "",
    by: User,
    second: User | None = None,
    now: datetime,
) -> Objection:
    """Decide every point of dispute, and carry it out: proposed points become entries or none, entries are corrected.

    `results` by id of the point; see PointResult. The reviewer decides; where it terminates or annuls, a second
    officer signs, who had no part in the points either. All of it happens, or nothing.
    """
    decision, document_number = required(decision, field="decision"), optional_number(document_number)
    with held(objection) as (row, _person):
        require_possible(OBJECTION, row, "decide")
        _require_reviewer(row, by)
        for judge, field in ((by, "by"), (second, "second")):
            if judge is not None:
                require_uninvolved(row, judge, field=field)
        if second is not None:
            require_second(by=by, second=second)
        weighed = weigh_results(row, results)
        _carry_out(row, weighed, decision, document_number, by=by, second=second, now=now)
        for point in row.points.all():
            _keep_result(point, results[point.pk], by=by, now=now)
        row.document_number = document_number
        move(
            row,
            "decide",
            acting=for_agency(by, row.agency, second),
            now=now,
            grounds=decision,
            document_number=document_number,
            decision=decision,
            decided_at=now,
        )
        settle(row, by=by, now=now)
        return row


def _of_proposal(proposal: Proposal, weighed: Weighed, now: datetime) -> DecisionPreview:
    found = preview_proposal(proposal=proposal, findings=weighed.findings, now=now)
    needs_second = found.terminates and proposal.countersigned_by_id is None
    return DecisionPreview(found.before, found.after, needs_second)


def _carry_out(
    objection: Objection,
    weighed: Weighed,
    decision: str,
    document_number: str,
    *,
    by: User,
    second: User | None,
    now: datetime,
) -> None:
    if objection.kind == Objection.Kind.PROPOSED_POINTS:
        decide_reviewed(
            proposal=_proposal_of(objection),
            findings=weighed.findings,
            acting=for_agency(by, objection.agency, second),
            grounds=decision,
            now=now,
        )
    elif weighed.corrections:
        correct_entries(
            corrections=weighed.corrections,
            reason=decision,
            document_number=document_number,
            by=by,
            second=second if weighed.annuls else None,
            now=now,
        )


def _keep_result(point: PointOfDispute, result: PointResult, *, by: User, now: datetime) -> None:
    point.result, point.points, point.grounds = result.result, result.points, result.grounds.strip()
    keep(point, by=by, now=now)


def _require_reviewer(objection: Objection, by: User) -> None:
    if objection.reviewer_id != by.pk:
        reviewer = name_of(objection.reviewer) if objection.reviewer else "–"
        raise Refused(
            "not_the_reviewer",
            _("%(number)s is reviewed by %(reviewer)s, not by %(name)s. Let it be assigned first.")
            % {"number": objection.number, "reviewer": reviewer, "name": name_of(by)},
            field="by",
            value=by.get_username(),
        )


def _proposal_of(objection: Objection) -> Proposal:
    assert objection.proposal is not None  # the database refuses an objection to proposed points without them
    return objection.proposal
