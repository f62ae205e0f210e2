"""A study on the web is put together by who offers it: lessons, questions, and how the test is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.activities import require_offering
from appeals.models import Activity, Attempt, Course, Lesson, Question
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import Acting, locked
from registry.actions.requirements import required

MOST_QUESTIONS, MOST_ATTEMPTS, MOST_WAITING = 50, 10, 30
FEWEST_CHOICES, MOST_CHOICES = 2, 6
LONGEST_LESSON = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question as it is to be: its choices in order, the places of the right ones (from 0), and why."""

    text: str
    choices: Sequence[str]
    right: Sequence[int]
    explanation: str
    provision: str = ""
    left_out: bool = False


def set_course(
    *, activity: Activity, questions_drawn: int, attempts_most: int, waiting_days: int, acting: Acting, now: datetime
) -> Course:
    """Say how the test is taken: questions of an attempt, attempts at most, full days between two of them.

    Refused for what is no study with a test, and once somebody has begun an attempt.
    """
    with transaction.atomic():
        activity = locked(activity)
        require_offering(activity, acting)
        if activity.kind != Activity.Kind.STUDY_WITH_TEST:
            raise Refused("no_study_with_test", _("“%(title)s” has no test.") % {"title": activity.title})
        for field, value, least, most in (
            ("questions_drawn", questions_drawn, 1, MOST_QUESTIONS),
            ("attempts_most", attempts_most, 1, MOST_ATTEMPTS),
            ("waiting_days", waiting_days, 0, MOST_WAITING),
        ):
            _require_between(field, value, least, most)
        course = Course.objects.filter(activity=activity).first()
        course = _unfrozen(course) if course else Course(activity=activity)
        course.questions_drawn, course.attempts_most, course.waiting_days = questions_drawn, attempts_most, waiting_days
        keep(course, by=acting.by, now=now)
        return course


def put_lesson(
    *,
    course: Course,
    lesson: Lesson | None = None,
    title: str,
    text: str,
    left_out: bool = False,
    acting: Acting,
    now: datetime,
) -> Lesson:
    """Add a lesson at the end, or change `lesson`. Refused once somebody has begun an attempt."""
    with transaction.atomic():
        course = _unfrozen(course)
        require_offering(course.activity, acting)
        if lesson is None:
            lesson = Lesson(course=course, number=course.lessons.count() + 1)
        lesson.title = required(title, field="title", most=200)
        lesson.text = required(text, field="text", most=LONGEST_LESSON)
        lesson.left_out = left_out
        keep(lesson, by=acting.by, now=now)
        return lesson


def put_question(
    *, course: Course, question: Question | None = None, asked: Asked, acting: Acting, now: datetime
) -> Question:
    """Add a question to the bank, or change `question`. Refused once somebody has begun an attempt."""
    with transaction.atomic():
        course = _unfrozen(course)
        require_offering(course.activity, acting)
        question = question or Question(course=course)
        question.text = required(asked.text, field="text", most=1000)
        question.choices, question.right = _choices(asked)
        question.explanation = required(asked.explanation, field="explanation")
        question.provision = asked.provision.strip()
        question.left_out = asked.left_out
        keep(question, by=acting.by, now=now)
        return question


def _choices(asked: Asked) -> tuple[list[str], list[int]]:
    choices = [each.strip() for each in asked.choices]
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES or not all(choices) or len(set(choices)) < len(choices):
        raise Refused(
            "choices_wrong",
            _("A question has %(least)s to %(most)s choices, none empty and no two alike.")
            % {"least": FEWEST_CHOICES, "most": MOST_CHOICES},
            field="choices",
        )
    right = sorted(set(asked.right))
    if not right or not set(right) <= set(range(len(choices))):
        raise Refused("right_choice_missing", _("Mark at least one of the choices as right."), field="right")
    return choices, right


def _unfrozen(course: Course) -> Course:
    """The course, locked. Raises Refused once somebody has begun an attempt."""
    course = locked(course, "activity")
    if Attempt.objects.filter(attendance__activity=course.activity_id).exists():
        raise Refused(
            "course_frozen",
            _("Somebody has begun the test of “%(title)s”, so it stays as it is. Offer a new study for a new edition.")
            % {"title": course.activity.title},
            field=None,
        )
    return course


def _require_between(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refused(
            f"{field}_outside",
            _("%(value)s is not between %(least)s and %(most)s.") % {"value": value, "least": least, "most": most},
            field=field,
            value=value,
        )
