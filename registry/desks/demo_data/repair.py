"""Repair: activities that are offered, who took part, and applications for relief or a shorter period at each stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appeals.actions.activities import cancel_enrolment, enrol, offer_activity
from appeals.actions.applications import file_application, withdraw_application
from appeals.actions.courses import put_lesson, put_question, set_course
from appeals.actions.deliberations import convene, sign_opinion
from appeals.actions.grants import grant_application
from appeals.actions.results import Result, record_results
from appeals.models import Activity, Application, Attendance
from appeals.queries.deliberators import possible_deliberators
from registry.actions.procedure import Acting, for_agency, for_institution, for_practitioner
from registry.desks.demo_data import law_course
from registry.desks.demo_data.cast import BEIJING, HANGZHOU, NINGBO, SHENYANG, TIANJIN, TIANJIN_TCM, ZHENGZHOU
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Later, Officers, Stage
from registry.desks.demo_data.timeline import at, same_year
from registry.models import Institution, Practitioner, Task

Kind = Activity.Kind
RELIEF, SHORTENING = Application.Kind.RELIEF, Application.Kind.SHORTENING
WORDS = {
    RELIEF: "已参加医保政策培训并通过考核，申请减免记分。",
    SHORTENING: "已积极整改并参与本机构医保管理，申请缩短期限。",
}
EVIDENCE = "签到表与考核记录附卷"


@dataclass(frozen=True, slots=True)
class Request:
    """An application on its way, each act planned for a day."""

    stage: Stage
    institution: Institution
    application: Later[Application]

    @property
    def officers(self) -> Officers:
        """Of the agency that decides it."""
        return self.stage.officers_of(self.institution)

    def then(self, day: date, act: Callable[[Application, Acting, datetime], object]) -> None:
        """Plan an act of the agency on it."""
        now, acting = at(day, hour=11), for_agency(self.officers.scorer, self.institution.agency)
        self.stage.plan(now, lambda: act(Application.objects.get(pk=self.application.made.pk), acting, now))

    def called(self, day: date, *, experts: int = 2) -> None:
        """The agency calls experts who may deliberate."""
        self.then(day, lambda application, acting, now: _call(application, experts, acting, now))

    def signed(self, day: date, *, in_favour: bool = True) -> None:
        """The next expert who was called signs."""
        self.then(day, lambda application, _acting, now: _sign(application, in_favour=in_favour, now=now))

    def granted(self, day: date) -> None:
        """Two officers grant it."""
        number = self.stage.document_number(self.institution.agency, day, "修复")
        acting = for_agency(self.officers.reviewer, self.institution.agency, self.officers.second)
        self.then(
            day,
            lambda application, _acting, now: grant_application(
                application=application,
                grounds="经专家评议，同意。",
                document_number=number,
                acting=acting,
                now=now,
            ),
        )

    def withdrawn(self, day: date) -> None:
        """The person does not ask any more."""
        self.then(
            day,
            lambda application, _acting, now: withdraw_application(
                application=application, reason="拟补充活动后再行申请", acting=for_practitioner(), now=now
            ),
        )


def tell_all(stage: Stage) -> None:
    """Plan the activities and every application."""
    for story in (granted, applications_under_way, activities_of_today, course_of_today):
        story(stage)


def granted(stage: Stage) -> None:
    """Relief of a point for training, and periods that were shortened: bars that ran out by it, and a suspension."""
    for role, place, days, on in (
        ("bar over", NINGBO, 140, stage.ago(100)),
        ("bar over in Zhengzhou", ZHENGZHOU, 140, stage.ago(100)),
        ("registered again", TIANJIN, 150, stage.ago(150)),
        ("suspension shortened", TIANJIN, 40, stage.ago(20)),
    ):
        _granted(stage, place, role, SHORTENING, days, on)
    for role, place in (("relieved", TIANJIN_TCM), ("relieved in Changsha", BUSY_HOSPITAL)):
        _granted(stage, place, role, RELIEF, 1, relief_day(stage))


def relief_day(stage: Stage) -> date:
    """The day of the reliefs: in the year of the points, so early in a year the last one of the year before."""
    return same_year(stage.ago(8), days_before=60)[1]


def applications_under_way(stage: Stage) -> None:
    """Filed, with the experts, to be decided, refused by the experts, and withdrawn."""
    _filed(stage, SHENYANG, "suspended", SHORTENING, 15, _ago(stage, 2))
    asked = _filed(stage, BUSY_HOSPITAL, "important part in the fraud", SHORTENING, 30, _ago(stage, 6))
    asked.called(_ago(stage, 4), experts=3)
    asked.signed(_ago(stage, 2))
    agreed = _filed(stage, BUSY_HOSPITAL, "general part in the fraud", SHORTENING, 20, _ago(stage, 8))
    agreed.called(_ago(stage, 6))
    for days in (4, 2):
        agreed.signed(_ago(stage, days))
    refused = _filed(stage, HANGZHOU, "suspended in Hangzhou", SHORTENING, 60, _ago(stage, 8))
    refused.called(_ago(stage, 7))
    for days in (5, 3):
        refused.signed(_ago(stage, days), in_favour=False)
    _filed(stage, BEIJING, "suspended in Beijing", SHORTENING, 20, _ago(stage, 6)).withdrawn(_ago(stage, 3))


def activities_of_today(stage: Stage) -> None:
    """A study with a test that somebody passed and somebody failed, and a training of the hospital that is open."""
    hospital = stage.institutions[BUSY_HOSPITAL]
    agency = for_agency(stage.officers_of(hospital).scorer, hospital.agency)
    own = for_institution(stage.compliance[hospital.pk], hospital)
    people = [stage.role(role) for role in ("calm", "calm too", "five instead of four")]
    study = _offer(stage, agency, Kind.STUDY_WITH_TEST, "医保政策学习与测试", _ago(stage, 9), days=30, pass_mark=60)
    _take_part(stage, study, people, agency, _ago(stage, 8))
    results = ((people[0], 85), (people[1], 45))
    now = at(_ago(stage, 4), hour=16)
    stage.plan(now, lambda: _tested(study.made, results, agency, now))
    training = _offer(stage, own, Kind.TRAINING, "病历书写与收费规范培训", _ago(stage, 5), days=25, places=60)
    _take_part(stage, training, people, own, _ago(stage, 3))
    cancelled = at(_ago(stage, 1), hour=16)
    stage.plan(
        cancelled,
        lambda: cancel_enrolment(
            attendance=training.made.attendances.get(practitioner=people[1]),
            reason="与值班冲突",
            acting=for_practitioner(),
            now=cancelled,
        ),
    )


def course_of_today(stage: Stage) -> None:
    """A course on the law that people of the hospital study on the web; one of them, whose file opens, is enrolled."""
    hospital = stage.institutions[BUSY_HOSPITAL]
    own = for_institution(stage.compliance[hospital.pk], hospital)
    study = _offer(
        stage, own, Kind.STUDY_WITH_TEST, law_course.TITLE, _ago(stage, 6), days=60, places=200, pass_mark=80
    )
    now = at(_ago(stage, 6), hour=9)
    stage.plan(now, lambda: _put_together(study.made, own, now))
    _take_part(stage, study, [stage.role("relieved in Changsha"), stage.role("calm too")], own, _ago(stage, 5))


def _put_together(activity: Activity, acting: Acting, now: datetime) -> None:
    course = set_course(activity=activity, questions_drawn=10, attempts_most=3, waiting_days=1, acting=acting, now=now)
    for title, text in law_course.LESSONS:
        put_lesson(course=course, title=title, text=text, acting=acting, now=now)
    for asked in law_course.QUESTIONS:
        put_question(course=course, asked=asked, acting=acting, now=now)


def _granted(stage: Stage, place: str, role: str, kind: str, amount: int, on: date) -> None:
    """Filed eight working days before; three days before the second expert has signed."""
    day = stage.workdays.until(on)
    request = _filed(stage, place, role, kind, amount, stage.workdays.before(day, 8))
    request.called(stage.workdays.before(day, 6))
    for days in (4, 3):
        request.signed(stage.workdays.before(day, days))
    request.granted(day)


def _filed(stage: Stage, place: str, role: str, kind: str, amount: int, on: date) -> Request:
    """An application with one training that was completed four working days before."""
    institution, person = stage.institutions[place], stage.role(role)
    agency = for_agency(stage.officers_of(institution).scorer, institution.agency)
    trained_on = stage.workdays.before(on, 4)
    title = f"医保政策培训（{trained_on:%Y年%-m月}）"
    activity = _offer(stage, agency, Kind.TRAINING, title, trained_on, days=1)
    _take_part(stage, activity, [person], agency, trained_on)
    now = at(trained_on, hour=17)
    stage.plan(now, lambda: _trained(activity.made, agency, trained_on, now))
    filed_at = at(on, hour=10)
    application = stage.plan(
        filed_at,
        lambda: file_application(
            practitioner=person,
            kind=kind,
            amount=amount,
            attendances=list(Attendance.objects.filter(activity=activity.made, practitioner=person)),
            statement=WORDS[Application.Kind(kind)],
            agency=institution.agency,
            acting=for_practitioner(),
            now=filed_at,
        ),
    )
    return Request(stage, institution, application)


def _offer(
    stage: Stage,
    acting: Acting,
    kind: Activity.Kind,
    title: str,
    starts_on: date,
    *,
    days: int,
    places: int | None = None,
    pass_mark: int | None = None,
) -> Later[Activity]:
    """An activity over so many days, announced a week before."""
    now = at(starts_on - timedelta(7), hour=9)
    return stage.plan(
        now,
        lambda: offer_activity(
            kind=kind,
            title=title,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days - 1),
            place="线上",
            places=places,
            pass_mark=pass_mark,
            acting=acting,
            now=now,
        ),
    )


def _take_part(
    stage: Stage, activity: Later[Activity], people: Sequence[Practitioner], acting: Acting, on: date
) -> None:
    now = at(on, hour=9, minute=30)
    stage.plan(now, lambda: enrol(activity=activity.made, practitioners=people, acting=acting, now=now))


def _trained(activity: Activity, acting: Acting, on: date, now: datetime) -> None:
    parts = activity.attendances.all()
    results = [Result(attendance=part, attended=True, completed_on=on, remark=EVIDENCE) for part in parts]
    record_results(results=results, acting=acting, now=now)


def _tested(activity: Activity, scores: Sequence[tuple[Practitioner, int]], acting: Acting, now: datetime) -> None:
    results = [
        Result(
            attendance=activity.attendances.get(practitioner=person),
            attended=True,
            completed_on=now.date(),
            score=score,
            remark=EVIDENCE,
        )
        for person, score in scores
    ]
    record_results(results=results, acting=acting, now=now)


def _call(application: Application, experts: int, acting: Acting, now: datetime) -> None:
    """Experts who may; those of the next application come after them in the pool."""
    possible = possible_deliberators(application, now.date())
    first = experts * Application.objects.filter(pk__lt=application.pk).count() % len(possible)
    convene(application=application, experts=[*possible[first:], *possible][:experts], acting=acting, now=now)


def _sign(application: Application, *, in_favour: bool, now: datetime) -> None:
    called = Task.objects.filter(subject=application.uuid, kind=Task.Kind.DELIBERATE, state=Task.State.OPEN)
    expert = called.select_related("user").order_by("pk")[0].user
    assert expert is not None  # who is called can sign in
    reasons = "整改措施落实到位。" if in_favour else "整改尚不到位，建议不予缩短。"
    sign_opinion(application=application, in_favour=in_favour, reasons=reasons, by=expert, now=now)


def _ago(stage: Stage, working_days: int) -> date:
    return stage.workdays.before(stage.today, working_days)
