"""A study on the web: its lessons, its bank of questions, and the attempts at its test."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appeals.models.remediation import Activity, Attendance
from registry.models.identifiers import uuid7


class Course(models.Model):
    """How the test of an activity is taken: questions of an attempt, attempts, and full days between two of them.

    Nothing of a course changes once somebody has begun an attempt; the database refuses it.
    """

    activity = models.OneToOneField(Activity, models.PROTECT, related_name="course")
    questions_drawn = models.PositiveSmallIntegerField(_("questions of an attempt"))
    attempts_most = models.PositiveSmallIntegerField(_("attempts at most"))
    waiting_days = models.PositiveSmallIntegerField(_("waiting days between two attempts"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("study on the web")
        verbose_name_plural = _("studies on the web")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(questions_drawn__gte=1, attempts_most__gte=1), name="a_test_has_questions_and_attempts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}"


class Lesson(models.Model):
    """One part of what is studied, in plain paragraphs; what is left out is not shown."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="lessons")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    left_out = models.BooleanField(_("left out"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="lessons_of_a_study_have_their_own_numbers"),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question of the bank: its choices, the places of the right ones, and why; what is left out is not drawn."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="questions")
    text = models.TextField(_("question"))
    choices = ArrayField(models.CharField(max_length=300), verbose_name=_("choices"))
    right = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("right choices"))
    explanation = models.TextField(_("explanation"))
    provision = models.CharField(_("provision"), max_length=200, blank=True)
    left_out = models.BooleanField(_("left out"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("question of a test")
        verbose_name_plural = _("questions of a test")
        ordering = ["course", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(choices__len__gte=2, choices__len__lte=6), name="a_question_has_two_to_six_choices"
            ),
            models.CheckConstraint(condition=Q(right__len__gte=1), name="a_question_has_a_right_choice"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Attempt(models.Model):
    """One attempt at the test: the seed from which it is drawn, and the answers by question, as places in the bank.

    Answers are saved as they come; once handed in, nothing of the row changes any more, and the database refuses it.
    One that was never handed in is forgotten after the days of the policy (`retention.unfinished_attempts`).
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    attendance = models.ForeignKey(Attendance, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    seed = models.CharField(_("seed"), max_length=64)
    answers = models.JSONField(_("answers"), default=dict)
    begun_at = models.DateTimeField(_("begun at"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True)
    score = models.PositiveSmallIntegerField(_("score (of 100)"), null=True)

    class Meta:
        verbose_name = _("attempt at a test")
        verbose_name_plural = _("attempts at tests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["attendance", "number"], name="attempts_of_a_part_are_counted"),
            models.UniqueConstraint(
                fields=["attendance"], condition=Q(handed_in_at=None), name="one_attempt_is_under_way"
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at=None, score=None) | Q(handed_in_at__isnull=False, score__lte=100),
                name="what_is_handed_in_has_a_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance_id} {self.number}"
