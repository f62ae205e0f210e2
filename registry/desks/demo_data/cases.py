"""Cases: a handling of an institution or a finding against one person, and what it leads to."""

from collections.abc import Sequence
from datetime import date

from registry.actions.handlings import record_handling, record_trigger
from registry.desks.demo_data.conduct import AGREEMENT, CONDUCT, Conduct, amount_of, period_of
from registry.desks.demo_data.course import Channel, Course, Days, Part, days_until
from registry.desks.demo_data.procedure import follow
from registry.desks.demo_data.stage import Later, Stage
from registry.desks.demo_data.timeline import at
from registry.models import Authority, Handling, HandlingKind, Institution, TriggerKind

DAYS_UNTIL_RECEIVED = 7
"""Working days from the handling to the receipt of the advance notice, where the story says nothing else."""


def case(
    stage: Stage,
    *,
    place: str,
    situation: str,
    made_on: date,
    parts: Sequence[Part],
    days: Days | None = None,
    channel: Channel = Channel.PORTAL,
    department: str = "",
    by_acts: bool = False,
) -> Course:
    """Plan a handling made on a day, and its course (see `follow`).

    Without `days` silence decides 21 days later at the earliest, and after 35 where a long holiday comes between.
    """
    institution, conduct = stage.institutions[place], CONDUCT[situation]
    made_on = stage.workdays.near(made_on)
    made = _handling(stage, institution, conduct, made_on, number=len(parts) + made_on.day, department=department)
    return follow(
        stage,
        cause=made,
        institution=institution,
        situation=situation,
        parts=parts,
        days=days or days_until(stage, stage.workdays.after(made_on, DAYS_UNTIL_RECEIVED)),
        channel=channel,
        by_acts=by_acts,
    )


def finding(stage: Stage, *, place: str, kind: TriggerKind, situation: str, made_on: date, part: Part) -> Course:
    """Plan a finding against one person, which needs no handling of the institution."""
    institution = stage.institutions[place]
    made_on = stage.workdays.near(made_on)
    number = stage.document_number(institution.agency, made_on, "通报")
    conduct_from, conduct_until = period_of(made_on)
    now = at(made_on, hour=16)
    made = stage.plan(
        now,
        lambda: record_trigger(
            practitioner=part.person,
            kind=kind,
            document_number=number,
            made_on=made_on,
            conduct_from=conduct_from,
            conduct_until=conduct_until,
            agency=institution.agency,
            institution=institution,
            by=stage.officers_of(institution).identifier,
            now=now,
        ),
    )
    days = days_until(stage, stage.workdays.after(made_on, DAYS_UNTIL_RECEIVED))
    return follow(stage, cause=made, institution=institution, situation=situation, parts=[part], days=days)


def gentle_handling(stage: Stage, *, place: str, kind: HandlingKind, made_on: date) -> Later[Handling]:
    """Plan a talk, a warning or a correction order: nobody is scored for it."""
    conduct = Conduct(kind, AGREEMENT, ("收费公示不完整",))
    return _handling(stage, stage.institutions[place], conduct, stage.workdays.near(made_on), number=0)


def _handling(
    stage: Stage, institution: Institution, conduct: Conduct, made_on: date, *, number: int, department: str = ""
) -> Later[Handling]:
    penalty = conduct.kind == HandlingKind.PENALTY
    document_number = stage.document_number(institution.agency, made_on, "罚" if penalty else "协处")
    conduct_from, conduct_until = period_of(made_on)
    now = at(made_on, hour=16, minute=30)
    return stage.plan(
        now,
        lambda: record_handling(
            institution=institution,
            kind=conduct.kind,
            document_number=document_number,
            made_on=made_on,
            conduct_from=conduct_from,
            conduct_until=conduct_until,
            agency=institution.agency,
            authority=_authority(stage, institution) if penalty else None,
            legal_basis=conduct.legal_basis,
            amount=amount_of(conduct.kind, number),
            department=department,
            facts=conduct.found[number % len(conduct.found)],
            by=stage.officers_of(institution).identifier,
            now=now,
        ),
    )


def _authority(stage: Stage, institution: Institution) -> Authority:
    return stage.authorities[f"YB{institution.agency.region_id}"]
