"""A study as the person who takes it sees it: lessons, attempts, when the next is possible, and the paper of one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from appeals.models import Activity, Attempt, Attendance, Course, Lesson, Question
from appeals.rules.study import Drawn, Marked, draw, mark
from registry.ledger.days import shanghai_day

MOST_ATTEMPTS = 300
"""So many attempts, the latest, are shown to the side that offers the study."""


@dataclass(frozen=True, slots=True)
class Study:
    """The study of one part on a day. `next_on` is the first day of the next attempt; None where there is none."""

    part: Attendance
    course: Course
    lessons: tuple[Lesson, ...]
    attempts: tuple[Attempt, ...]
    in_bank: int
    today: date

    @property
    def under_way(self) -> Attempt | None:
        """The attempt that was begun and not handed in."""
        return next((each for each in self.attempts if each.handed_in_at is None), None)

    @property
    def left(self) -> int:
        """How many attempts are left."""
        return max(0, self.course.attempts_most - len(self.attempts))

    @property
    def is_ready(self) -> bool:
        """There is something to read, and the bank holds enough for an attempt."""
        return bool(self.lessons) and self.in_bank >= self.course.questions_drawn

    @property
    def runs(self) -> bool:
        """The person may still take it, on this day of the activity."""
        activity = self.part.activity
        return self.part.state == Attendance.State.ENROLLED and activity.starts_on <= self.today <= activity.ends_on

    @property
    def next_on(self) -> date | None:
        """The first day on which another attempt may be begun; None where none is left before the activity ends."""
        if not self.left:
            return None
        earliest = max((_free_after(each, self.course) for each in self.attempts), default=self.part.activity.starts_on)
        return earliest if earliest <= self.part.activity.ends_on else None

    @property
    def may_begin(self) -> bool:
        """Whether an attempt can be begun today."""
        return (
            self.runs
            and self.is_ready
            and not self.under_way
            and self.next_on is not None
            and self.next_on <= self.today
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as it is shown: its number on the paper, and its choices in the drawn order with their places there.

    `taken` are the places that were chosen.
    """

    number: int
    question: Question
    order: tuple[int, ...]
    taken: frozenset[int]

    @property
    def several(self) -> bool:
        """Whether more than one choice is right."""
        return len(self.question.right) > 1

    @property
    def is_right(self) -> bool:
        """Exactly the right choices were taken."""
        return {self.order[place] for place in self.taken} == set(self.question.right)

    @property
    def lines(self) -> list[tuple[int, str, bool, bool]]:
        """Place, words, whether it was taken, whether it is right; the last is for papers that were handed in."""
        question = self.question
        return [
            (place, question.choices[original], place in self.taken, original in question.right)
            for place, original in enumerate(self.order)
        ]


@dataclass(frozen=True, slots=True)
class Bank:
    """All of a study, with the right choices, for the side that offers it, and the attempts at its test."""

    course: Course | None
    lessons: tuple[Lesson, ...] = ()
    questions: tuple[Question, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def begun(self) -> bool:
        """Somebody has begun an attempt, so nothing changes any more."""
        return bool(self.attempts)


def has_begun(activity: Activity) -> bool:
    """Whether somebody has begun the test of the activity."""
    return Attempt.objects.filter(attendance__activity=activity).exists()


def bank_of(activity: Activity) -> Bank:
    """What is kept for the study of the activity; without a course, nothing."""
    course = Course.objects.filter(activity=activity).first()
    if course is None:
        return Bank(None)
    attempts = Attempt.objects.filter(attendance__activity=activity).select_related("attendance__practitioner")
    return Bank(course, tuple(course.lessons.all()), tuple(course.questions.all()), tuple(attempts[:MOST_ATTEMPTS]))


def study_of(part: Attendance, today: date) -> Study | None:
    """The study of a part; None where the activity is not studied on the web."""
    in_bank = Count("questions", filter=Q(questions__left_out=False))
    course = Course.objects.annotate(in_bank=in_bank).filter(activity=part.activity_id).first()
    if course is None:
        return None
    lessons = tuple(course.lessons.filter(left_out=False).order_by("number"))
    attempts = tuple(Attempt.objects.filter(attendance=part).order_by("number"))
    return Study(part, course, lessons, attempts, course.in_bank, today)


def unfinished_before(moment: datetime) -> QuerySet[Attempt]:
    """The attempts that were never handed in and cannot be now: their activity ended before the day of `moment`."""
    ended = Attempt.objects.filter(attendance__activity__ends_on__lt=shanghai_day(moment))
    return ended.filter(handed_in_at=None)


def drawn(attempt: Attempt, course: Course) -> tuple[tuple[Drawn, ...], dict[int, Question]]:
    """What was drawn for the attempt, and the questions of the bank by their numbers."""
    bank = {each.pk: each for each in course.questions.filter(left_out=False)}
    sizes = {number: len(each.choices) for number, each in bank.items()}
    return draw(attempt.seed, sizes, course.questions_drawn), bank


def paper_of(attempt: Attempt, course: Course) -> list[Shown]:
    """The questions of the attempt in their order."""
    found, bank = drawn(attempt, course)
    return [
        Shown(number, bank[each.question], each.order, _taken(attempt, each))
        for number, each in enumerate(found, start=1)
    ]


def marked(attempt: Attempt, course: Course) -> Marked:
    """What the answers of the attempt score."""
    found, bank = drawn(attempt, course)
    answers = {int(number): chosen for number, chosen in attempt.answers.items()}
    return mark({each.question: bank[each.question].right for each in found}, answers)


def _taken(attempt: Attempt, each: Drawn) -> frozenset[int]:
    chosen = attempt.answers.get(str(each.question), [])
    return frozenset(place for place, original in enumerate(each.order) if original in chosen)


def _free_after(attempt: Attempt, course: Course) -> date:
    """The first day after the waiting days that follow an attempt; of one under way, as if it ended when it began."""
    ended = attempt.handed_in_at or attempt.begun_at
    return shanghai_day(ended) + timedelta(days=course.waiting_days + 1)
