"""Cases: a handling of an institution or a finding against one person, who answers for it, and the points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from registry.actions.handlings import identify_responsibility, record_handling, record_trigger
from registry.actions.points import record_points
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.places import Place
from registry.desks.demo_data.stage import Later, Stage
from registry.desks.demo_data.timeline import FIRST_DAY, at
from registry.models import (
    Authority,
    Category,
    Grade,
    Handling,
    HandlingKind,
    Institution,
    PersonalTrigger,
    PointsEntry,
    Practitioner,
    Responsibility,
    TriggerKind,
)

REGULATION = "《医疗保障基金使用监督管理条例》"
AGREEMENT = "医疗保障服务协议违约责任条款"
WORDS_OF_GRADE = {
    Grade.GENERAL: "对违规行为起配合作用",
    Grade.IMPORTANT: "主动参与违规行为",
    Grade.PRINCIPAL: "对违规行为起决定性作用",
}
EVERYDAY = {"1-01": 34, "1-99": 14, "2-01": 34, "2-02": 12, "2-99": 6, "3-99": 3}
"""How often the situations occur in everyday cases."""
IN_SCOPE_FROM_THE_FIRST_DAY = frozenset({Category.PHYSICIAN, Category.NURSE, Category.PHARMACY_PRINCIPAL})


@dataclass(frozen=True, slots=True)
class Conduct:
    """What an institution was handled for: the kind of handling, its legal basis, and what was found."""

    kind: HandlingKind
    legal_basis: str
    found: tuple[str, ...]


CONDUCT = {
    "1-01": Conduct(HandlingKind.DAMAGES, AGREEMENT, ("超量开药", "收费项目与医嘱不一致", "未按规定核验参保人员身份")),
    "1-99": Conduct(HandlingKind.DAMAGES, AGREEMENT, ("进销存记录不全", "外配处方留存不全")),
    "2-01": Conduct(
        HandlingKind.PENALTY, f"{REGULATION}第三十八条", ("分解项目收费", "重复收费", "过度检查", "挂床住院")
    ),
    "2-02": Conduct(
        HandlingKind.PENALTY, f"{REGULATION}第三十九条", ("未按规定保管财务账目和病历", "未按规定向医保部门报送数据")
    ),
    "2-99": Conduct(HandlingKind.AGREEMENT_SUSPENDED, AGREEMENT, ("多次违约且未按期整改",)),
    "3-99": Conduct(HandlingKind.AGREEMENT_RESCINDED, AGREEMENT, ("拒不配合核查并隐匿资料",)),
    "4-01": Conduct(HandlingKind.PENALTY, f"{REGULATION}第四十条", ("虚构医药服务项目骗取基金",)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One person's part in a case, and the agency's choice where it departs from the default."""

    person: Practitioner
    grade: Grade
    points: int | None = None
    months: int | None = None
    reason: str = ""


def case(
    stage: Stage, *, institution: Institution, situation: str, made_on: date, decided_on: date, parts: Sequence[Part]
) -> list[Later[PointsEntry]]:
    """Plan a handling made on one day and the points decided on another, two days later at the earliest."""
    conduct = CONDUCT[situation]
    made = _handling(stage, institution, conduct, made_on, number=len(parts) + made_on.day)
    return [
        _scored(stage, institution, made, part, situation, decided_on, minute=minute)
        for minute, part in enumerate(parts)
    ]


def finding(
    stage: Stage,
    *,
    institution: Institution,
    kind: TriggerKind,
    situation: str,
    made_on: date,
    decided_on: date,
    part: Part,
) -> Later[PointsEntry]:
    """Plan a finding against one person, which needs no handling of the institution."""
    officer = stage.officers_of(institution).first
    number = stage.document_number(institution.agency, made_on, "通报")
    made = stage.plan(
        at(made_on + timedelta(1), hour=9),
        lambda: record_trigger(
            practitioner=part.person,
            kind=kind,
            document_number=number,
            made_on=made_on,
            conduct_from=_conduct_from(made_on),
            conduct_until=made_on - timedelta(12),
            agency=institution.agency,
            institution=institution,
            by=officer,
            now=at(made_on + timedelta(1), hour=9),
        ),
    )
    return _scored(stage, institution, made, part, situation, decided_on, minute=0)


def gentle_handling(stage: Stage, *, institution: Institution, kind: HandlingKind, made_on: date) -> Later[Handling]:
    """Plan a talk, a warning or a correction order: nobody is scored for it."""
    return _handling(stage, institution, Conduct(kind, AGREEMENT, ("收费公示不完整",)), made_on, number=0)


def everyday_cases(stage: Stage, *, count: int, seed: int, places: Sequence[Place]) -> int:
    """Plan the many smaller cases, spread over the time since the first day; the number of parts in them."""
    random = dice("cases", seed)
    first, last = FIRST_DAY + timedelta(45), stage.ago(9)
    known: dict[str, list[str]] = {place.code: [] for place in places}
    parts_played = 0
    for made_on in sorted(first + timedelta(random.randrange((last - first).days)) for _ in range(count)):
        place = random.choices(places, weights=[place.weight for place in places])[0]
        codes = _people_of_a_case(random, stage, place, made_on, known[place.code])
        known[place.code] += codes
        situation = random.choices(list(EVERYDAY), weights=list(EVERYDAY.values()))[0]
        case(
            stage,
            institution=stage.institutions[place.code],
            situation=situation,
            made_on=made_on,
            decided_on=min(made_on + timedelta(random.randrange(3, 28)), stage.ago(1)),
            parts=[_everyday_part(random, stage.people[code]) for code in codes],
        )
        parts_played += len(codes)
    return parts_played


def _people_of_a_case(random: Random, stage: Stage, place: Place, made_on: date, known: Sequence[str]) -> list[str]:
    """Up to four people without a story who work there; now and then one of them had a case before."""
    early = made_on < FIRST_DAY + timedelta(260)
    free = [
        profile.code
        for profile in stage.mainly_at[place.code]
        if stage.is_free(profile.code) and (not early or profile.category in IN_SCOPE_FROM_THE_FIRST_DAY)
    ]
    wanted = random.choices((1, 2, 3, 4), weights=(5, 3, 2, 1))[0]
    again = [random.choice(known)] if known and random.random() < 0.4 else []
    return list(dict.fromkeys(again + random.sample(free, min(wanted, len(free)))))


def _everyday_part(random: Random, person: Practitioner) -> Part:
    return Part(person=person, grade=random.choices(list(Grade), weights=(6, 3, 1))[0])


def _handling(
    stage: Stage, institution: Institution, conduct: Conduct, made_on: date, *, number: int
) -> Later[Handling]:
    penalty = conduct.kind == HandlingKind.PENALTY
    document_number = stage.document_number(institution.agency, made_on, "罚" if penalty else "协处")
    now = at(made_on + timedelta(1), hour=9, minute=30)
    return stage.plan(
        now,
        lambda: record_handling(
            institution=institution,
            kind=conduct.kind,
            document_number=document_number,
            made_on=made_on,
            conduct_from=_conduct_from(made_on),
            conduct_until=made_on - timedelta(12),
            agency=institution.agency,
            authority=_authority(stage, institution) if penalty else None,
            legal_basis=conduct.legal_basis,
            amount=_amount(conduct.kind, number),
            facts=conduct.found[number % len(conduct.found)],
            by=stage.officers_of(institution).first,
            now=now,
        ),
    )


def _scored(
    stage: Stage,
    institution: Institution,
    cause: Later[Handling] | Later[PersonalTrigger],
    part: Part,
    situation: str,
    decided_on: date,
    *,
    minute: int,
) -> Later[PointsEntry]:
    officers = stage.officers_of(institution)
    identified = stage.plan(
        at(decided_on, hour=9, minute=40 + minute),
        lambda: _identified(stage, institution, cause.made, part, decided_on),
    )
    now = at(decided_on, hour=15, minute=minute)
    return stage.plan(
        now,
        lambda: record_points(
            responsibility=identified.made,
            situation=situation,
            points=part.points,
            months=part.months,
            departure_reason=part.reason,
            by=officers.first,
            second=officers.second,
            now=now,
        ),
    )


def _identified(
    stage: Stage, institution: Institution, cause: Handling | PersonalTrigger, part: Part, day: date
) -> Responsibility:
    return identify_responsibility(
        handling=cause if isinstance(cause, Handling) else None,
        trigger=cause if isinstance(cause, PersonalTrigger) else None,
        practitioner=part.person,
        grade=part.grade,
        grounds=WORDS_OF_GRADE[part.grade],
        identified_on=day,
        by=stage.officers_of(institution).first,
        now=at(day, hour=9, minute=40),
    )


def _authority(stage: Stage, institution: Institution) -> Authority:
    return stage.authorities[f"YB{institution.agency.region_id}"]


def _conduct_from(made_on: date) -> date:
    return max(FIRST_DAY, made_on - timedelta(75))


def _amount(kind: HandlingKind, number: int) -> Decimal | None:
    if kind not in {HandlingKind.PENALTY, HandlingKind.DAMAGES}:
        return None
    return Decimal(3_000 + 1_750 * number) + Decimal("0.50") * (number % 2)
