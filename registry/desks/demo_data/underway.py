"""Cases that are under way today, one at each stage, at the agency whose officers sign in to the demo."""

from datetime import date

from registry.actions.decisions import decide_held
from registry.actions.handlings import identify_responsibility
from registry.actions.proposals import propose, withdraw_proposal
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.cast import CHANGSHA_CENTRE, CHANGSHA_TCM
from registry.desks.demo_data.course import Channel, Course, Days, Part, Upto, days_until
from registry.desks.demo_data.people import LARGE_DEPARTMENT
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import at
from registry.models import Grade, Practitioner
from registry.rules.periods import next_day

DEPARTMENT_SIZE = 40


def tell_all(stage: Stage) -> None:
    """Plan every case."""
    for story in (
        somebody_identified,
        points_proposed,
        points_proposed_again,
        waiting_for_a_countersignature,
        notice_not_opened,
        notice_to_be_served_by_hand,
        notice_at_the_institution,
        window_open,
        window_closing_today,
        waiting_for_an_officer,
        waited_and_decided,
        whole_department,
    ):
        story(stage)


def somebody_identified(stage: Stage) -> None:
    """Identified yesterday; nobody has proposed points."""
    _waiting(stage, BUSY_HOSPITAL, "2-01", "identified", Grade.IMPORTANT, Upto.IDENTIFIED, working_days=1)


def points_proposed(stage: Stage) -> None:
    """Proposed two working days ago; the notice has to be sent."""
    _waiting(stage, BUSY_HOSPITAL, "1-01", "proposed", Grade.PRINCIPAL, Upto.PROPOSED, working_days=2)


def points_proposed_again(stage: Stage) -> None:
    """The part was a smaller one: the proposal was taken back, and another one made of the new grade."""
    person, officers = stage.role("proposed again"), stage.officers_of(stage.institutions[BUSY_HOSPITAL])
    first = _waiting(stage, BUSY_HOSPITAL, "2-01", "proposed again", Grade.PRINCIPAL, Upto.TOLD, working_days=5)
    withdrawn, identified, proposed = (stage.workdays.before(stage.today, days) for days in (3, 2, 1))
    stage.plan(
        at(withdrawn, hour=11),
        lambda: withdraw_proposal(
            proposal=first.proposal(),
            reason="经补充调查，责任程度认定偏重，重新认定后另行告知",
            by=officers.scorer,
            now=at(withdrawn, hour=11),
        ),
    )
    again = stage.plan(
        at(identified, hour=11),
        lambda: identify_responsibility(
            handling=first.proposal().responsibility.handling,
            practitioner=person,
            grade=Grade.GENERAL,
            grounds="仅按科室安排参与，未主动实施",
            identified_on=identified,
            by=officers.identifier,
            now=at(identified, hour=11),
        ),
    )
    items = Part(person=person, grade=Grade.GENERAL).items("2-01")
    stage.plan(
        at(proposed, hour=11),
        lambda: propose(responsibility=again.made, items=items, by=officers.scorer, now=at(proposed, hour=11)),
    )


def waiting_for_a_countersignature(stage: Stage) -> None:
    """Twelve points at once terminate: nobody is told before a second officer has signed."""
    role = "waits for a countersignature"
    _waiting(stage, BUSY_HOSPITAL, "4-01", role, Grade.PRINCIPAL, Upto.PROPOSED, working_days=3)


def notice_not_opened(stage: Stage) -> None:
    """Sent to the portal two working days ago; it is not received before it is opened."""
    role = "has not opened the notice"
    _waiting(stage, CHANGSHA_CENTRE, "1-99", role, Grade.GENERAL, Upto.TOLD, working_days=2)


def notice_to_be_served_by_hand(stage: Stage) -> None:
    """Nobody opened it for five working days: the agency has to hand it over."""
    _waiting(stage, CHANGSHA_TCM, "2-01", "to be served by hand", Grade.GENERAL, Upto.TOLD, working_days=8)


def notice_at_the_institution(stage: Stage) -> None:
    """The hospital has to hand the notice over and to keep the receipt."""
    role = "told through the institution"
    channel = Channel.INSTITUTION
    _waiting(stage, BUSY_HOSPITAL, "1-01", role, Grade.GENERAL, Upto.TOLD, working_days=2, channel=channel)


def window_open(stage: Stage) -> None:
    """Received three working days ago. Late in December nobody can say when the window ends."""
    _waiting(stage, BUSY_HOSPITAL, "2-02", "has days left", Grade.IMPORTANT, Upto.RECEIVED, working_days=3)


def window_closing_today(stage: Stage) -> None:
    """Today, or on the next working day, is the last one to object; silence decides in the night after."""
    last_day = stage.workdays.since(stage.today)
    received_on = stage.workdays.before(last_day, 1)
    while (ends := stage.workdays.window_ends(received_on)) is None or ends > last_day:
        received_on = stage.workdays.before(received_on, 1)
    _one(stage, CHANGSHA_CENTRE, "2-01", "on the last day", Grade.GENERAL, days_until(stage, received_on))


def waiting_for_an_officer(stage: Stage) -> None:
    """Six points, nobody objected, but six others were decided meanwhile: both terminate, and nobody had signed."""
    first = Part(person=stage.role("held"), grade=Grade.PRINCIPAL)
    overtaken(stage, BUSY_HOSPITAL, ("2-01", first), ("2-02", first), overtaken_by=stage.ago(32))


def waited_and_decided(stage: Stage) -> None:
    """Nine points and one month, until one more point made it ten, for which one month is too short."""
    person = stage.role("held and decided")
    short = Part(person=person, grade=Grade.PRINCIPAL, months=1, reason="主动退回违规费用")
    other = Part(person=person, grade=Grade.GENERAL)
    course, held_on = overtaken(stage, CHANGSHA_TCM, ("1-01", other), ("3-99", short), overtaken_by=stage.ago(50))
    officers = stage.officers_of(stage.institutions[CHANGSHA_TCM])
    now = at(stage.workdays.after(held_on, 3), hour=14)
    stage.plan(
        now,
        lambda: decide_held(
            proposal=course.proposal(),
            default_months=True,
            by=officers.reviewer,
            second=officers.second,
            now=now,
        ),
    )


def whole_department(stage: Stage) -> None:
    """Forty people of one department in one case; each has a proposal and a window of their own."""
    people = _of_the_department(stage)
    if not people:
        return  # a very small demo has nobody left
    grades = [Grade.PRINCIPAL, *[Grade.IMPORTANT] * 4, *[Grade.GENERAL] * DEPARTMENT_SIZE]
    received_on = stage.workdays.before(stage.today, 4)
    case(
        stage,
        place=BUSY_HOSPITAL,
        situation="1-01",
        made_on=stage.workdays.before(received_on, 9),
        parts=[Part(person=person, grade=grade) for person, grade in zip(people, grades, strict=False)],
        days=days_until(stage, received_on),
        channel=Channel.INSTITUTION,
        department=LARGE_DEPARTMENT,
    )


def _of_the_department(stage: Stage) -> list[Practitioner]:
    free = [profile for profile in stage.mainly_at[BUSY_HOSPITAL] if stage.is_free(profile.code)]
    free.sort(key=lambda profile: profile.posts[0].department != LARGE_DEPARTMENT)
    codes = [profile.code for profile in free[:DEPARTMENT_SIZE]]
    for code in codes:
        stage.reserve(code)
    return [stage.people[code] for code in codes]


def _waiting(
    stage: Stage,
    place: str,
    situation: str,
    role: str,
    grade: Grade,
    upto: Upto,
    *,
    working_days: int,
    channel: Channel = Channel.PORTAL,
) -> Course:
    """A case whose last step was so many working days before today."""
    days = days_until(stage, stage.workdays.before(stage.today, working_days), upto=upto)
    return _one(stage, place, situation, role, grade, days, channel=channel)


def _one(
    stage: Stage,
    place: str,
    situation: str,
    role: str,
    grade: Grade,
    days: Days,
    *,
    channel: Channel = Channel.PORTAL,
) -> Course:
    made_on = stage.workdays.before(days.identified_on, 4)
    part = Part(person=stage.role(role), grade=grade)
    return case(stage, place=place, situation=situation, made_on=made_on, parts=[part], days=days, channel=channel)


def overtaken(
    stage: Stage, place: str, first: tuple[str, Part], second: tuple[str, Part], *, overtaken_by: date
) -> tuple[Course, date]:
    """Two cases of one person: the second one is told just before the first is decided, by `overtaken_by`.

    The course of the second one, and the day on which its window is over.
    """
    workdays = stage.workdays
    received_on = workdays.received_for(overtaken_by)
    ends = workdays.window_ends(received_on)
    assert ends is not None  # received_for sees to it
    made_on = workdays.before(received_on, 8)  # of both, so that one year owns their points
    case(stage, place=place, situation=first[0], made_on=made_on, parts=[first[1]], days=days_until(stage, received_on))
    days = days_until(stage, workdays.since(next_day(ends)))
    situation, part = second
    course = case(stage, place=place, situation=situation, made_on=made_on, parts=[part], days=days, by_acts=True)
    return course, workdays.window_ends(days.received_on) or stage.today
