"""Stories about standing, each with a person in the leading part.

They are told in days before today, so that on any day somebody is suspended, somebody was, somebody is barred, and
somebody could be registered again.
"""

from datetime import date, timedelta

from registry.actions.remediation import reregister
from registry.desks.demo_data.cases import case, finding, gentle_handling
from registry.desks.demo_data.cast import (
    BEIJING,
    BEIJING_TCM,
    CHANGSHA_CENTRE,
    CHANGSHA_PHARMACY,
    CHENGDU,
    DALIAN,
    HAIKOU,
    HANGZHOU,
    HENGYANG,
    MIANYANG,
    NINGBO,
    SHENYANG,
    TIANJIN,
    TIANJIN_TCM,
    ZHENGZHOU,
    ZHUZHOU,
)
from registry.desks.demo_data.course import Course, Part, days_until
from registry.desks.demo_data.places import BUSY_HOSPITAL, RESCINDED
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import at, same_year
from registry.models import (
    Grade,
    HandlingKind,
    Practitioner,
    TriggerKind,
)


def tell_all(stage: Stage) -> None:
    """Plan every story."""
    for story in (
        suspended_by_one_entry,
        suspended_by_two_entries,
        fraud_at_the_busy_hospital,
        suspended_from_next_month,
        suspension_long_over,
        terminated_by_the_total_of_a_year,
        terminated_by_one_entry,
        bar_over_and_nobody_registered_again,
        bar_over_and_registered_again,
        decided_and_appealed_later,
        points_relieved_for_training,
        suspension_shortened,
        findings_against_single_people,
        points_beside_the_default,
        agreement_rescinded,
        only_a_talk,
    ):
        story(stage)


def suspended_by_one_entry(stage: Stage) -> None:
    """Ten points a few weeks ago, four months: suspended today."""
    for role, place, grade in (
        ("suspended", SHENYANG, Grade.GENERAL),
        ("suspended in Hangzhou", HANGZHOU, Grade.IMPORTANT),
        ("suspended in Beijing", BEIJING, Grade.GENERAL),
    ):
        _case(stage, place, "4-01", stage.ago(55), Part(person=stage.role(role), grade=grade))


def suspended_by_two_entries(stage: Stage) -> None:
    """Six and four points in one year: ten, four months."""
    person = stage.role("suspended by two entries")
    first, second = same_year(stage.ago(42), days_before=14)
    _case(stage, DALIAN, "2-01", first, Part(person=person, grade=Grade.PRINCIPAL))
    _case(stage, DALIAN, "2-02", second, Part(person=person, grade=Grade.GENERAL))


def fraud_at_the_busy_hospital(stage: Stage) -> None:
    """One penalty, three people, three grades: terminated, suspended for six months, suspended for four.

    In Hunan suspensions begin with the next month, which has come.
    """
    made_on = stage.today.replace(day=1) - timedelta(45)
    parts = [
        Part(person=stage.role("head of the fraud"), grade=Grade.PRINCIPAL),
        Part(person=stage.role("important part in the fraud"), grade=Grade.IMPORTANT),
        Part(person=stage.role("general part in the fraud"), grade=Grade.GENERAL),
    ]
    _case(stage, BUSY_HOSPITAL, "4-01", made_on, *parts)


def suspended_from_next_month(stage: Stage) -> None:
    """Nine points some days ago in Hunan, one month instead of two: the suspension begins with the next month."""
    person = stage.role("suspended from next month")
    part = Part(person=person, grade=Grade.PRINCIPAL, months=1, reason="主动退回全部违规费用并配合调查")
    days = days_until(stage, stage.workdays.received_for(stage.ago(2)))
    made_on = stage.workdays.before(days.identified_on, 3)
    case(stage, place=ZHUZHOU, situation="3-99", made_on=made_on, parts=[part], days=days)


def suspension_long_over(stage: Stage) -> None:
    """Nine points more than half a year ago, two months: normal again by itself."""
    for role, place in (("suspension over", CHENGDU), ("suspension over in Changsha", CHANGSHA_CENTRE)):
        _case(stage, place, "3-99", stage.ago(230), Part(person=stage.role(role), grade=Grade.PRINCIPAL))


def terminated_by_the_total_of_a_year(stage: Stage) -> None:
    """Six, then six in the same year: terminated, barred for twelve months, which still run."""
    for role, place in (("terminated", HANGZHOU), ("terminated in Hengyang", HENGYANG)):
        _two_sixes(stage, place, stage.role(role), stage.ago(120))


def terminated_by_one_entry(stage: Stage) -> None:
    """Twelve points at once: barred for thirty-six months."""
    person = stage.role("terminated by one entry")
    _case(stage, BEIJING_TCM, "4-01", stage.ago(150), Part(person=person, grade=Grade.PRINCIPAL))


def bar_over_and_nobody_registered_again(stage: Stage) -> None:
    """The bar ended a month ago, after a shortening; nothing but an act makes the person normal again."""
    for role, place in (("bar over", NINGBO), ("bar over in Zhengzhou", ZHENGZHOU)):
        person = stage.role(role)
        _two_sixes(stage, place, person, stage.ago(278))


def bar_over_and_registered_again(stage: Stage) -> None:
    """Terminated, the bar shortened, and registered again when it was over: normal, the points stay in the file."""
    person = stage.role("registered again")
    _two_sixes(stage, TIANJIN, person, stage.ago(312))
    institution = stage.institutions[TIANJIN]
    now = at(stage.ago(60), hour=10)
    stage.plan(
        now,
        lambda: reregister(
            practitioner=person,
            institutions=[institution],
            reason="不得登记备案期限届满，经培训考核后重新登记备案",
            agency=institution.agency,
            by=stage.officers_of(institution).scorer,
            now=now,
        ),
    )


def decided_and_appealed_later(stage: Stage) -> None:
    """Points that an appeal annuls or lowers afterwards (see `heard`)."""
    for role, place, situation, grade, days in (
        ("annulled", CHENGDU, "4-01", Grade.GENERAL, 105),
        ("revised", MIANYANG, "4-01", Grade.IMPORTANT, 125),
        ("revised below nine", HAIKOU, "3-99", Grade.PRINCIPAL, 125),
    ):
        _case(stage, place, situation, stage.ago(days), Part(person=stage.role(role), grade=grade))


def points_relieved_for_training(stage: Stage) -> None:
    """Four points, one of them relieved in the same year for training; the original four stay in the file."""
    first, _relieved_on = same_year(stage.ago(8), days_before=60)
    for role, place in (("relieved", TIANJIN_TCM), ("relieved in Changsha", BUSY_HOSPITAL)):
        person = stage.role(role)
        _case(stage, place, "2-01", first, Part(person=person, grade=Grade.GENERAL))


def suspension_shortened(stage: Stage) -> None:
    """Eleven points, six months, forty days less for taking part in the management: suspended today."""
    person = stage.role("suspension shortened")
    _case(stage, TIANJIN, "4-01", stage.ago(95), Part(person=person, grade=Grade.IMPORTANT))


def findings_against_single_people(stage: Stage) -> None:
    """A procurement notification, a settlement under another's name, a revoked licence: nobody else was handled."""
    for role, kind, situation, place, grade, days in (
        ("procurement notification", TriggerKind.PROCUREMENT_NOTIFICATION, "1-02", BUSY_HOSPITAL, Grade.IMPORTANT, 75),
        ("settled for somebody else", TriggerKind.IMPERSONATED_SETTLEMENT, "3-01", ZHENGZHOU, Grade.IMPORTANT, 130),
        ("licence revoked", TriggerKind.LICENCE_REVOKED, "4-02", SHENYANG, Grade.PRINCIPAL, 55),
    ):
        part = Part(person=stage.role(role), grade=grade)
        finding(stage, place=place, kind=kind, situation=situation, made_on=stage.ago(days), part=part)


def points_beside_the_default(stage: Stage) -> None:
    """Five instead of four with a reason; in Hainan, whose policy lets points leave the band, seven instead of six."""
    inside = Part(
        person=stage.role("five instead of four"),
        grade=Grade.GENERAL,
        points=5,
        reason="同一行为持续时间较长、涉及金额较大",
    )
    _case(stage, BUSY_HOSPITAL, "2-01", stage.ago(70), inside)
    outside = Part(
        person=stage.role("seven instead of six"),
        grade=Grade.PRINCIPAL,
        points=7,
        reason="曾因同类行为被约谈，按省规定提高一档",
    )
    _case(stage, HAIKOU, "2-01", stage.ago(58), outside)


def agreement_rescinded(stage: Stage) -> None:
    """A pharmacy loses its agreement and its principal is suspended."""
    part = Part(person=stage.role("principal of the rescinded pharmacy"), grade=Grade.PRINCIPAL)
    _case(stage, RESCINDED, "3-99", stage.ago(45), part)


def only_a_talk(stage: Stage) -> None:
    """A talk, a warning and a correction order: kept, and no gate to points."""
    for days, kind in ((160, HandlingKind.TALK), (85, HandlingKind.WARNING), (33, HandlingKind.CORRECTION_ORDER)):
        gentle_handling(stage, place=CHANGSHA_PHARMACY, kind=kind, made_on=stage.ago(days))


def _case(stage: Stage, place: str, situation: str, made_on: date, *parts: Part) -> Course:
    return case(stage, place=place, situation=situation, made_on=made_on, parts=parts)


def _two_sixes(stage: Stage, place: str, person: Practitioner, last: date) -> None:
    first, second = same_year(last, days_before=35)
    for made_on, situation in ((first, "2-01"), (second, "2-02")):
        _case(stage, place, situation, made_on, Part(person=person, grade=Grade.PRINCIPAL))
