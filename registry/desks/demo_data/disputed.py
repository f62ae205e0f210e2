"""Objections and appeals that are under way today, one at each stage, at the agency whose officers sign in."""

from datetime import datetime

from appeals.actions.objections import countersign_objection, refuse_late, withdraw_objection
from appeals.actions.panels import fail_panel
from appeals.models import Objection, Panel, Specialty
from registry.actions.procedure import for_practitioner
from registry.desks.demo_data.answers import Answer, Said, appeals, objects
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.cast import CHANGSHA_CENTRE, HENGYANG
from registry.desks.demo_data.course import Course, Part, days_until
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Later, Officers, Stage
from registry.desks.demo_data.underway import overtaken
from registry.models import Grade

INDICATION = "该患者有明确手术指征，术前检查并非过度检查。"
QUESTION = "术前检查与手术是否符合诊疗规范？"


def tell_all(stage: Stage) -> None:
    """Plan every answer that is not decided yet."""
    for story in (
        filed_by_the_hospital,
        in_review,
        panel_to_be_drawn,
        panel_voting,
        panel_that_could_not_be_drawn,
        withdrawn,
        too_late,
        appeals_against_points_and_standing,
    ):
        story(stage)


def filed_by_the_hospital(stage: Stage) -> None:
    """Filed yesterday by the hospital, with the person's signature; nobody reviews it yet."""
    course = _received(stage, "objection filed", days_ago=4)
    said = Said(text="病历已如实记录，收费与医嘱一致。", evidence="an excerpt of the record")
    on = stage.workdays.before(stage.today, 1)
    statement = "本人对认定的事实有异议。"
    objects(stage, course, on, said, statement=statement, place=BUSY_HOSPITAL, through_the_institution=True)


def in_review(stage: Stage) -> None:
    """With the reviewer since yesterday; the hospital has countersigned. Late in a year nobody knows until when."""
    course = _received(stage, "objection in review", days_ago=9)
    said = Said(text="重复收费系系统故障，已主动退回。", evidence="the receipt of the refund")
    answer = _objected(stage, course, 5, said, statement="请予复核。")
    hospital, compliance = answer.institution, stage.compliance[answer.institution.pk]
    answer.then(
        stage.workdays.before(stage.today, 3),
        lambda objection, _officers, now: countersign_objection(
            objection=objection, institution=hospital, by=compliance, now=now
        ),
    )
    answer.reviewed_from(stage.workdays.before(stage.today, 1))


def panel_to_be_drawn(stage: Stage) -> None:
    """The reviewer has referred a professional question; another officer has to draw the panel."""
    course = _received(stage, "panel to be drawn", days_ago=12)
    said = Said(text=INDICATION, professional=True, evidence="the report of the operation")
    answer = _objected(stage, course, 9, said, statement="申请同行评议。")
    answer.reviewed_from(stage.workdays.before(stage.today, 7))
    _refer(answer, days_ago=2, specialty=Specialty.ORTHOPAEDICS)


def panel_voting(stage: Stage) -> None:
    """Drawn; two of three have voted, and nobody sees how before the third has.

    The hospital was asked to countersign at the filing and has not answered: nothing waited for it.
    """
    course = _received(stage, "panel voting", days_ago=17)
    said = Said(text=INDICATION, professional=True, evidence="the findings before the operation")
    answer = _objected(stage, course, 14, said, statement="申请同行评议。")
    answer.signature_asked(stage.workdays.before(stage.today, 14), role="panel voting")
    answer.reviewed_from(stage.workdays.before(stage.today, 12))
    panel = _refer(answer, days_ago=10, specialty=Specialty.ORTHOPAEDICS)
    answer.drawn(stage.workdays.before(stage.today, 9), panel)
    answer.voted(stage.workdays.before(stage.today, 4), panel, ("annulled", None, "指征明确，检查符合规范。"))
    answer.voted(stage.workdays.before(stage.today, 2), panel, ("reduced", 2, "部分检查可以省略，情节较轻。"))


def panel_that_could_not_be_drawn(stage: Stage) -> None:
    """Only two experts know the subject: no panel, and the reviewer goes on without."""
    course = _received(stage, "panel failed", days_ago=16)
    said = Said(text="种植手术操作规范，收费编码选择有争议。", professional=True)
    answer = _objected(stage, course, 13, said, statement="申请口腔专业同行评议。")
    answer.reviewed_from(stage.workdays.before(stage.today, 11))
    panel = _refer(answer, days_ago=8, specialty=Specialty.DENTISTRY)
    reason = "专家库中口腔专业专家不足三名"

    def give_up(_objection: Objection, officers: Officers, now: datetime) -> None:
        fail_panel(panel=panel.made, reason=reason, by=officers.second, now=now)

    answer.then(stage.workdays.before(stage.today, 5), give_up)


def withdrawn(stage: Stage) -> None:
    """Taken back: the window is open again, as long as it was."""
    course = _received(stage, "objection withdrawn", days_ago=6)
    answer = _objected(stage, course, 4, statement="对分值有异议。")

    def take_back(objection: Objection, _officers: Officers, now: datetime) -> None:
        withdraw_objection(objection=objection, reason="经沟通已理解认定依据", acting=for_practitioner(), now=now)

    answer.then(stage.workdays.before(stage.today, 2), take_back)


def too_late(stage: Stage) -> None:
    """Late, once without good cause and once with: the second waits for an officer to admit it."""
    part = Part(person=stage.role("objection late"), grade=Grade.PRINCIPAL)
    course, held_on = overtaken(stage, CHANGSHA_CENTRE, ("2-01", part), ("2-02", part), overtaken_by=stage.ago(34))
    first, refused, second = (stage.workdays.after(held_on, days) for days in (1, 2, 3))
    cause = "近期门诊工作繁忙，未及时处理"
    answer = objects(stage, course, first, statement="请求复核。", good_cause=cause, place=CHANGSHA_CENTRE)
    answer.then(refused, _refuse_late)
    cause = "窗口期内因急性阑尾炎住院手术，有出院记录为证"
    said = Said(text="处罚决定所列部分病例并非本人经治。", evidence="the discharge from hospital")
    objects(stage, course, second, said, statement="请求复核。", good_cause=cause, place=CHANGSHA_CENTRE)


def appeals_against_points_and_standing(stage: Stage) -> None:
    """Points on record are appealed, and a termination with everything it rests on."""
    course = stage.courses["five instead of four"]
    statement = "加重一分的理由与事实不符。"
    answer = appeals(stage, course, stage.ago(9), statement=statement, place=BUSY_HOSPITAL, evidence="a letter")
    answer.reviewed_from(stage.workdays.after(stage.ago(9), 2))
    course = stage.courses["terminated in Hengyang"]
    appeals(stage, course, stage.ago(4), statement="两次处罚系同一事实。", place=HENGYANG, standing=True)


def _received(stage: Stage, role: str, *, days_ago: int) -> Course:
    """Points proposed at the busy hospital that the person was told of so many working days ago."""
    received_on = stage.workdays.before(stage.today, days_ago)
    days = days_until(stage, received_on)
    part = Part(person=stage.role(role), grade=Grade.IMPORTANT)
    made_on = stage.workdays.before(days.identified_on, 5)
    return case(stage, place=BUSY_HOSPITAL, situation="2-01", made_on=made_on, parts=[part], days=days, by_acts=True)


def _objected(stage: Stage, course: Course, days_ago: int, *said: Said, statement: str) -> Answer:
    on = stage.workdays.before(stage.today, days_ago)
    return objects(stage, course, on, *said, statement=statement, place=BUSY_HOSPITAL)


def _refer(answer: Answer, *, days_ago: int, specialty: Specialty) -> Later[Panel]:
    on = answer.stage.workdays.before(answer.stage.today, days_ago)
    return answer.referred(on, points=[1], question=QUESTION, specialty=specialty)


def _refuse_late(objection: Objection, officers: Officers, now: datetime) -> None:
    grounds = "工作繁忙不构成正当理由"
    refuse_late(objection=objection, grounds=grounds, by=officers.reviewer, now=now)
