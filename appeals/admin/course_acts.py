"""Acts on a study on the web: how its test is taken, lessons, and questions of the bank."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.actions.courses import (
    FEWEST_CHOICES,
    LONGEST_LESSON,
    MOST_ATTEMPTS,
    MOST_CHOICES,
    MOST_QUESTIONS,
    MOST_WAITING,
    Asked,
    put_lesson,
    put_question,
    set_course,
)
from appeals.admin.activities import activity_url
from appeals.admin.activity_acts import OnActivity
from appeals.models import Activity, Attempt, Course, Lesson, Question
from appeals.queries.applications import offered_by
from appeals.queries.sides import offering
from registry.actions.procedure import Acting
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import prose_field, text_field, tick_field, whole_field
from registry.models import User
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import Scope


class CourseForm(ActForm):
    """How the test is taken."""

    questions_drawn = whole_field(_("Questions of an attempt"), least=1, most=MOST_QUESTIONS)
    attempts_most = whole_field(_("Attempts at most"), least=1, most=MOST_ATTEMPTS)
    waiting_days = whole_field(_("Full days between two attempts"), least=0, most=MOST_WAITING)


class SetCourse(OnActivity):
    """Say how the test on the web is taken."""

    title = _("Test on the web")
    explains = _(
        "Whoever is enrolled reads the lessons and takes the test here; the register scores it. Once somebody has begun an attempt, nothing of it changes any more."  # noqa: E501
    )
    do = _("Keep it so")
    form_class = CourseForm

    def may(self, activity: Activity, seen: Scope) -> bool:
        """The side that offers a study with a test."""
        return offered_by(activity, seen) and activity.kind == Activity.Kind.STUDY_WITH_TEST

    def initial(self) -> dict[str, Any]:
        """What is kept, or what is usual."""
        course = Course.objects.filter(activity=self.subject).first()
        if course is None:
            return {"questions_drawn": 10, "attempts_most": 3, "waiting_days": 1}
        fields = ("questions_drawn", "attempts_most", "waiting_days")
        return {field: getattr(course, field) for field in fields}

    def perform(self, data: dict[str, Any], second: User | None) -> Course:
        """Keep."""
        acting = offering(self.subject, self.scope, self.user)
        assert acting is not None  # the subject is found for the offering side only
        return set_course(activity=self.subject, acting=acting, now=self.now, **data)


class OnCourse(GuidedAct):
    """An act on a part of a study that the user offers."""

    previewed = False
    allowed = STAFF_KEEPERS
    template = "appeals/on_activity.html"
    subject: Any

    @property
    def course(self) -> Course:
        """The study that the act is about."""
        return self.subject if isinstance(self.subject, Course) else self.subject.course

    def mine(self, course: Course | None, seen: Scope) -> bool:
        """Whether the user offers it, and nobody has begun it."""
        if course is None or not offered_by(course.activity, seen):
            return False
        return not Attempt.objects.filter(attendance__activity=course.activity_id).exists()

    def find(self, seen: Scope) -> Any:
        """The study of the activity with the id in the address."""
        rows = Course.objects.filter(activity=self.kwargs["pk"])
        course = rows.select_related("activity__agency__region", "activity__institution").first()
        return course if self.mine(course, seen) else None

    def acting(self) -> Acting:
        """For the side that offers."""
        acting = offering(self.course.activity, self.scope, self.user)
        assert acting is not None  # the subject is found for the offering side only
        return acting

    def next_url(self, outcome: Any) -> str:
        """Back to the activity."""
        return activity_url(self.course.activity) + "#study"

    def crumbs(self) -> list[tuple[Words, str]]:
        """Activities, then this one."""
        return [
            (_("Activities"), reverse("admin:appeals_activity_changelist")),
            (self.course.activity.title, activity_url(self.course.activity)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the activity."""
        return {"activity": self.course.activity}


class LessonForm(ActForm):
    """Title and text."""

    title = text_field(_("Title"))
    text = prose_field(_("Text"), help_text=_("Plain paragraphs with an empty line between them."))
    left_out = tick_field(_("Leave it out"), help_text=_("A lesson that is left out is not shown."))

    def prepare(self) -> None:
        """A lesson may be long."""
        self.fields["text"].max_length = LONGEST_LESSON  # type: ignore[attr-defined]  # a text field
        self.fields["text"].widget.attrs["rows"] = 14


class AddLesson(OnCourse):
    """Add a lesson at the end."""

    title = _("Add a lesson")
    do = _("Keep the lesson")
    form_class = LessonForm

    def perform(self, data: dict[str, Any], second: User | None) -> Lesson:
        """Keep."""
        lesson = self.subject if isinstance(self.subject, Lesson) else None
        return put_lesson(course=self.course, lesson=lesson, acting=self.acting(), now=self.now, **data)


class ChangeLesson(AddLesson):
    """Change a lesson."""

    title = _("Change the lesson")

    def find(self, seen: Scope) -> Lesson | None:
        """A lesson of a study that the user offers."""
        rows = Lesson.objects.select_related("course__activity__agency__region", "course__activity__institution")
        lesson = rows.filter(pk=self.kwargs["pk"]).first()
        return lesson if lesson and self.mine(lesson.course, seen) else None

    def initial(self) -> dict[str, Any]:
        """What is kept."""
        return {name: getattr(self.subject, name) for name in ("title", "text", "left_out")}


class QuestionForm(ActForm):
    """The question; a choice in each line, the right ones marked with a star."""

    text = prose_field(_("Question"))
    choices = prose_field(
        _("Choices"), help_text=_("One in a line, 2 to 6 of them; a star (*) before each that is right.")
    )
    explanation = prose_field(_("Explanation"), help_text=_("Shown after handing in, to who answered wrongly."))
    provision = text_field(_("Provision"), required=False)
    left_out = tick_field(_("Leave it out"), help_text=_("A question that is left out is not drawn."))

    def clean_choices(self) -> list[tuple[str, bool]]:
        """Each choice with whether it is right."""
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        if not FEWEST_CHOICES <= len(lines) <= MOST_CHOICES:
            raise ValidationError(_("A question has 2 to 6 choices, each in a line of its own."))
        return [(line.lstrip("*").strip(), line.startswith("*")) for line in lines]


class AddQuestion(OnCourse):
    """Add a question to the bank."""

    title = _("Add a question")
    do = _("Keep the question")
    form_class = QuestionForm

    def perform(self, data: dict[str, Any], second: User | None) -> Question:
        """Keep."""
        choices = data.pop("choices")
        asked = Asked(
            choices=[words for words, _right in choices],
            right=[place for place, (_words, right) in enumerate(choices) if right],
            **data,
        )
        question = self.subject if isinstance(self.subject, Question) else None
        return put_question(course=self.course, question=question, asked=asked, acting=self.acting(), now=self.now)

    def refused(self, form: ActForm, refusal: Any) -> ActForm:
        """What is wrong with the right ones is said at the choices."""
        if refusal.field == "right":
            refusal.field = "choices"
        return super().refused(form, refusal)


class ChangeQuestion(AddQuestion):
    """Change a question of the bank."""

    title = _("Change the question")

    def find(self, seen: Scope) -> Question | None:
        """A question of a study that the user offers."""
        rows = Question.objects.select_related("course__activity__agency__region", "course__activity__institution")
        question = rows.filter(pk=self.kwargs["pk"]).first()
        return question if question and self.mine(question.course, seen) else None

    def initial(self) -> dict[str, Any]:
        """What is kept, with stars."""
        row = self.subject
        lines = [f"* {words}" if place in row.right else words for place, words in enumerate(row.choices)]
        fields = ("text", "explanation", "provision", "left_out")
        return {"choices": "\n".join(lines), **{name: getattr(row, name) for name in fields}}
