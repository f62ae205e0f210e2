"""Measures against institutions: a small centre with too many sanctions, and a hospital that is near the line."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil

from registry.actions.measures import decide_measure, propose_measure
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.cast import NEAR_THE_LINE, SMALL_CENTRE
from registry.desks.demo_data.course import Part
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import at
from registry.models import Grade, Institution, InstitutionMeasure, Practitioner, Registration
from registry.queries.measures import kind_of, ratio_of_year

LINE = 20
"""Per cent of staff from which the policy pauses settlement."""


def tell_all(stage: Stage) -> None:
    """Plan the cases, all of the same month, and the measure, which is in force since the month after."""
    first = stage.today.replace(day=1)
    made_on = first - timedelta(75)
    centre, near = stage.institutions[SMALL_CENTRE], stage.institutions[NEAR_THE_LINE]
    head = stage.role("at the small centre")
    over = [head, *_free(stage, SMALL_CENTRE, ceil(_staff(centre, stage.today) * (LINE + 4) / 100) - 1)]
    _sanctioned(stage, SMALL_CENTRE, made_on, over)
    _sanctioned(stage, NEAR_THE_LINE, made_on, _free(stage, NEAR_THE_LINE, _staff(near, stage.today) * LINE // 101))
    _measured(stage, centre, since=(first - timedelta(1)).replace(day=1))


def _sanctioned(stage: Stage, place: str, made_on: date, people: Sequence[Practitioner]) -> None:
    """Ten points for each, four months, in Hunan from the first of the next month."""
    parts = [Part(person=person, grade=Grade.GENERAL) for person in people]
    if parts:
        case(stage, place=place, situation="4-01", made_on=made_on, parts=parts)


def _measured(stage: Stage, institution: Institution, *, since: date) -> None:
    """Proposed by one officer some days after the sanctions began, decided by another, in force from the week after."""
    proposed_on = stage.workdays.since(since + timedelta(10))
    decided_on = stage.workdays.after(proposed_on, 4)
    officers, number = stage.officers_of(institution), stage.document_number(institution.agency, decided_on, "措施")

    def propose(now: datetime) -> InstitutionMeasure | None:
        reached = ratio_of_year(institution, since.year, today=now.date()).reached
        if reached is None:
            return None  # in a demo of another size the people who are free may be too few
        return propose_measure(
            institution=institution,
            kind=kind_of(reached),
            year=since.year,
            grounds="暂停资格人次占登记人员比例超过规定标准",
            agency=institution.agency,
            by=officers.scorer,
            now=now,
        )

    def decide(measure: InstitutionMeasure | None, now: datetime) -> None:
        if measure is not None:
            decide_measure(
                measure=measure,
                starts_on=now.date() + timedelta(3),
                document_number=number,
                by=officers.reviewer,
                second=officers.second,
                now=now,
            )

    first, second = at(proposed_on, hour=10), at(decided_on, hour=15)
    measure = stage.plan(first, lambda: propose(first))
    stage.plan(second, lambda: decide(measure.made, second))


def _staff(institution: Institution, on: date) -> int:
    present = Registration.objects.filter(institution=institution, superseded_at=None, starts_on__lte=on)
    return present.values("practitioner").distinct().count()


def _free(stage: Stage, place: str, count: int) -> list[Practitioner]:
    codes = [profile.code for profile in stage.mainly_at[place] if stage.is_free(profile.code)][: max(0, count)]
    for code in codes:
        stage.reserve(code)
    return [stage.people[code] for code in codes]
