"""Objections and appeals that were decided, and what a court and a reconsideration said."""

from datetime import date

from appeals.actions.external import Ruling, record_external_outcome
from appeals.actions.objections import declare_out_of_scope
from appeals.models import ExternalOutcome, Specialty
from registry.actions.proposals import Item
from registry.desks.demo_data.answers import Said, appeals, objects
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.cast import CHANGSHA_CENTRE, CHANGSHA_TCM, CHENGDU, HAIKOU, HANGZHOU, MIANYANG
from registry.desks.demo_data.course import Channel, Course, Part, days_until
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import at
from registry.models import Grade

Body = ExternalOutcome.Body


def tell_all(stage: Stage) -> None:
    """Plan every answer that was decided."""
    for story in (
        surgeon_wins_one_of_three_points,
        nothing_is_left,
        annulled_after_suspension,
        revised_on_appeal,
        about_something_else,
        judgment_lowers_points,
        reconsideration_upholds,
    ):
        story(stage)


def surgeon_wins_one_of_three_points(stage: Stage) -> None:
    """Nine points in three situations; a panel, in which one expert fell silent, finds for the surgeon in one.

    The hospital was asked to countersign and declined, which delayed nothing.
    """
    workdays, today = stage.workdays, stage.today
    part = Part(
        person=stage.role("three points of dispute"),
        grade=Grade.IMPORTANT,
        also=(Item(situation="1-01"), Item(situation="1-99")),
    )
    course = _told(stage, BUSY_HOSPITAL, "2-01", part, workdays.before(today, 58), channel=Channel.BY_HAND)
    answer = objects(
        stage,
        course,
        workdays.before(today, 54),
        Said(item=0, text="检查均有指征，并非过度检查。", professional=True, evidence="the findings"),
        Said(item=1, text="超量开药系慢性病长处方。"),
        Said(item=2, text="进销存记录由药学部负责。"),
        statement="三项认定均有异议，逐项说明如上。",
        place=BUSY_HOSPITAL,
    )
    answer.signature_asked(workdays.before(today, 54), role="three points of dispute")
    answer.signature_declined(workdays.before(today, 53), reason="药品进销存及长处方管理问题属实，本院不支持整体撤销。")
    answer.reviewed_from(workdays.before(today, 52))
    question = "所列检查是否符合骨科诊疗规范？"
    panel = answer.referred(workdays.before(today, 50), points=[1], question=question, specialty=Specialty.ORTHOPAEDICS)
    answer.drawn(workdays.before(today, 48), panel)
    needed, superfluous = ("annulled", None, "全部检查均有指征。"), ("reduced", 2, "其中一项检查并非必要。")
    answer.voted(workdays.before(today, 45), panel, superfluous)
    answer.voted(workdays.before(today, 42), panel, needed)
    answer.voted(workdays.before(today, 22), panel, superfluous)  # the reserve, for who had been silent
    answer.decided(
        workdays.before(today, 18),
        [
            ("reduced", 2, "采纳同行评议意见。"),
            ("upheld", None, "长处方未按规定备案。"),
            ("upheld", None, "科室负有共同管理责任。"),
        ],
        decision="第一项减轻，其余两项维持。",
    )


def nothing_is_left(stage: Stage) -> None:
    """The only situation is annulled on review: the proposal is dropped and nothing reaches the file."""
    part = Part(person=stage.role("dropped after review"), grade=Grade.GENERAL)
    course = _told(stage, CHANGSHA_TCM, "2-01", part, stage.workdays.before(stage.today, 30))
    said = Said(text="当日本人不在岗，未参与相关诊疗。", evidence="the duty roster")
    on = stage.workdays.before(stage.today, 27)
    answer = objects(stage, course, on, said, statement="请求撤销。", place=CHANGSHA_TCM)
    answer.reviewed_from(stage.workdays.before(stage.today, 25))
    found = [("annulled", None, "经核查排班记录属实。")]
    answer.decided(stage.workdays.before(stage.today, 15), found, decision="撤销记分建议。")


def annulled_after_suspension(stage: Stage) -> None:
    """Ten points suspended somebody who had been on leave: annulled on appeal, the days were wrongly blocked."""
    statement, evidence = "违规行为发生期间本人休产假，未参与相关诊疗。", "the certificate of leave"
    answer = appeals(
        stage, stage.courses["annulled"], stage.ago(55), statement=statement, place=CHENGDU, evidence=evidence
    )
    answer.reviewed_from(stage.ago(51))
    found = [("annulled", None, "休假证明属实。")]
    answer.decided(stage.ago(30), found, decision="经复核，本人未参与相关诊疗，撤销记分。", signed=True)


def revised_on_appeal(stage: Stage) -> None:
    """Eleven points become ten, for the part was a cooperating one; nine become seven, and no suspension."""
    for role, place, points in (("revised", MIANYANG, 10), ("revised below nine", HAIKOU, 7)):
        course = stage.courses[role]
        answer = appeals(stage, course, stage.ago(85), statement="本人仅起配合作用。", place=place)
        answer.reviewed_from(stage.ago(80))
        found = [("reduced", points, "责任程度认定偏重。")]
        answer.decided(stage.ago(62), found, decision="经复核，责任程度认定偏重，予以减轻。")


def about_something_else(stage: Stage) -> None:
    """An appeal that is about the penalty of the hospital, which is not decided here."""
    course = stage.courses["seven instead of six"]
    answer = appeals(stage, course, stage.ago(18), statement="行政处罚本身违法。", place=HAIKOU)
    grounds = "对行政处罚不服应依法申请行政复议，不属于本申诉范围"
    answer.then(
        stage.ago(14),
        lambda objection, officers, now: declare_out_of_scope(
            objection=objection, grounds=grounds, by=officers.reviewer, now=now
        ),
    )


def judgment_lowers_points(stage: Stage) -> None:
    """A court found the part a smaller one: nine points become seven, and the suspension never was."""
    course = stage.courses["suspension over in Changsha"]
    _elsewhere(stage, course, CHANGSHA_CENTRE, Body.COURT, "演示人民法院", stage.ago(47), "reduced", 7)


def reconsideration_upholds(stage: Stage) -> None:
    """The second six points, reconsidered and upheld: nothing changes in the file."""
    course = stage.courses["terminated"]
    _elsewhere(stage, course, HANGZHOU, Body.RECONSIDERATION, "演示行政复议机关", stage.ago(20), "upheld", None)


def _elsewhere(
    stage: Stage, course: Course, place: str, body: str, name: str, decided_on: date, result: str, points: int | None
) -> None:
    institution = stage.institutions[place]
    officers, now = stage.officers_of(institution), at(stage.workdays.since(decided_on), hour=15)
    number = f"（{decided_on.year}）演示行{'初' if body == Body.COURT else '复'}{decided_on:%m%d}号"

    def record() -> ExternalOutcome:
        entry = course.entry()
        return record_external_outcome(
            practitioner=entry.practitioner,
            body=body,
            name=name,
            document_number=number,
            decided_on=decided_on,
            rulings=[Ruling(entry=entry, result=result, points=points)],
            grounds="责任程度认定偏重" if points else "认定事实清楚，程序合法",
            agency=institution.agency,
            by=officers.reviewer,
            now=now,
        )

    stage.plan(now, record)


def _told(
    stage: Stage, place: str, situation: str, part: Part, received_on: date, *, channel: Channel = Channel.PORTAL
) -> Course:
    days = days_until(stage, received_on)
    made_on = stage.workdays.before(days.identified_on, 6)
    return case(
        stage,
        place=place,
        situation=situation,
        made_on=made_on,
        parts=[part],
        days=days,
        channel=channel,
        by_acts=True,
    )
