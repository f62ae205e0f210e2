"""Planning the course of a case: step by step by the acts, or, where nobody answered, at once when silence decides."""

from collections.abc import Sequence
from functools import partial

from registry.actions.many import (
    Identified,
    ManyRefused,
    Proposed,
    identify_many,
    notify_many,
    propose_many,
    record_receipts_many,
)
from registry.actions.proposals import countersign
from registry.desks.demo_data.at_once import Cause, write_course
from registry.desks.demo_data.conduct import WORDS_OF_GRADE
from registry.desks.demo_data.course import RECEIPTS, Channel, Course, Days, Part, Team, Upto
from registry.desks.demo_data.stage import Later, Stage
from registry.desks.demo_data.timeline import night_after
from registry.models import Handling, Institution, PersonalTrigger, Proposal, Responsibility, Task


def follow(
    stage: Stage,
    *,
    cause: Later[Handling] | Later[PersonalTrigger],
    institution: Institution,
    situation: str,
    parts: Sequence[Part],
    days: Days,
    channel: Channel = Channel.PORTAL,
    by_acts: bool = False,
) -> Course:
    """Plan everything after the handling or the finding was recorded, until the clock decides.

    What silence decided before today is written at once, in the night of the decision, unless `by_acts` says that
    something else happens to it first.
    """
    compliance = stage.compliance[institution.pk]
    team = Team(
        officers=stage.officers_of(institution), institution=institution, compliance=compliance, channel=channel
    )
    ends = stage.workdays.window_ends(days.received_on)
    if days.upto == Upto.RECEIVED and ends is not None and ends < stage.ago(1) and not by_acts:
        night = night_after(ends)
        decided = stage.plan(
            night, lambda: write_course(cause.made, parts, situation, days, team, stage.workdays, night)
        )
        course = Course(decided, days.received_on)
    else:
        course = _by_acts(stage, cause, situation, parts, days, team)
    if len(parts) == 1:
        stage.remember(course, parts[0].person)
    return course


def _by_acts(
    stage: Stage,
    cause: Later[Handling] | Later[PersonalTrigger],
    situation: str,
    parts: Sequence[Part],
    days: Days,
    team: Team,
) -> Course:
    identified = stage.plan(days.identified_at, lambda: _identify(cause.made, parts, days, team))
    proposals = Later(lambda: _propose(cause.made, identified.made, parts, situation, days, team))
    if days.reach(Upto.PROPOSED):
        stage.plan_that(days.proposed_at, proposals)
    if days.reach(Upto.TOLD):
        stage.plan(days.signed_at, lambda: _sign(proposals.made, days, team))
        stage.plan(days.told_at, lambda: _tell(proposals.made, days, team))
        stage.clock_after(stage.workdays.opened_until(days.told_on))
    if days.reach(Upto.RECEIVED):
        stage.plan(days.received_at, lambda: _receive(proposals.made, days, team))
        stage.clock_after(stage.workdays.window_ends(days.received_on))
    return Course(proposals, days.received_on)


def _identify(cause: Cause, parts: Sequence[Part], days: Days, team: Team) -> list[Responsibility]:
    rows = [
        Identified(
            number=number,
            practitioner=part.person,
            grade=part.grade,
            grounds=WORDS_OF_GRADE[part.grade],
            identified_on=days.identified_on,
        )
        for number, part in enumerate(parts, start=1)
    ]
    return identify_many(case=cause.case, rows=rows, by=team.officers.identifier, now=days.identified_at)


def _propose(
    cause: Cause,
    answering: Sequence[Responsibility],
    parts: Sequence[Part],
    situation: str,
    days: Days,
    team: Team,
) -> list[Proposal]:
    rows = [
        Proposed(number=number, responsibility=responsibility, items=part.items(situation))
        for number, (responsibility, part) in enumerate(zip(answering, parts, strict=True), start=1)
    ]
    return propose_many(case=cause.case, rows=rows, by=team.officers.scorer, now=days.proposed_at)


def _sign(proposals: Sequence[Proposal], days: Days, team: Team) -> None:
    by_subject = {proposal.uuid: proposal for proposal in proposals}
    asked = Task.objects.filter(subject__in=by_subject, kind=Task.Kind.COUNTERSIGN, state=Task.State.OPEN)
    for subject in asked.order_by("pk").values_list("subject", flat=True):
        countersign(proposal=by_subject[subject], by=team.officers.second, now=days.signed_at)


def _tell(proposals: Sequence[Proposal], days: Days, team: Team) -> None:
    tell = partial(
        notify_many,
        case=proposals[0].case,
        proposals=proposals,
        channel=team.channel,
        by=team.officers.scorer,
        now=days.told_at,
    )
    try:
        tell()
    except ManyRefused as refused:  # of somebody another case was decided meanwhile, and both together terminate
        if {row.refusal.code for row in refused.rows} != {"countersignature_missing"}:
            raise
        for row in refused.rows:
            countersign(proposal=proposals[row.number - 1], by=team.officers.second, now=days.told_at)
        tell()


def _receive(proposals: Sequence[Proposal], days: Days, team: Team) -> None:
    record_receipts_many(
        case=proposals[0].case,
        proposals=proposals,
        channel=team.channel,
        received_on=days.received_on,
        remark=RECEIPTS[team.channel],
        acting=team.receiving,
        now=days.received_at,
    )
