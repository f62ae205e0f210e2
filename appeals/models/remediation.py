"""Repair: activities that are offered, who took part, and applications for relief or a shorter period."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appeals.models.experts import Expert
from registry.models import Agency, Fact, Institution, Practitioner, StoredFile
from registry.models.identifiers import uuid7


class Activity(models.Model):
    """What an agency or an institution offers for remediation: study with a test, training, publicity, inspections."""

    class Kind(models.TextChoices):
        POLICY_PUBLICITY = "policy_publicity", _("policy publicity")
        TRAINING = "training", _("training")
        STUDY_WITH_TEST = "study_with_test", _("study with a test")
        JOINING_INSPECTIONS = "joining_inspections", _("joining inspections")
        REPORTING = "reporting", _("reporting of violations")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("activity"), max_length=24, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, verbose_name=_("agency"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="+", null=True, verbose_name=_("institution")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (of 100)"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered at"))
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, institution=None) | Q(agency=None, institution__isnull=False),
                name="an_activity_is_offered_by_an_agency_or_an_institution",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="an_activity_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(kind="study_with_test", pass_mark__isnull=False, pass_mark__lte=100)
                | ~Q(kind="study_with_test") & Q(pass_mark=None),
                name="a_study_with_a_test_has_a_pass_mark",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Application(models.Model):
    """A request for relief of points (减免记分) or a shorter period (缩短期限), with the activities that support it."""

    class Kind(models.TextChoices):
        RELIEF = "relief", _("relief of points")
        SHORTENING = "shortening", _("a shorter period")

    class State(models.TextChoices):
        FILED = "filed", _("filed")
        DELIBERATING = "deliberating", _("experts deliberate")
        DELIBERATED = "deliberated", _("deliberated, to be decided")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.FILED)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="applications", verbose_name=_("practitioner")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    policy = models.CharField(_("policy"), max_length=40)
    amount = models.PositiveSmallIntegerField(_("points or days"))
    statement = models.TextField(_("statement"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decision = models.TextField(_("decision"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    document_number = models.CharField(_("document number of the decision"), max_length=120, blank=True)
    fact = models.OneToOneField(Fact, models.PROTECT, related_name="application", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("application for remediation")
        verbose_name_plural = _("applications for remediation")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="an_application_asks_for_something"),
            models.CheckConstraint(
                condition=Q(state="granted", fact__isnull=False) | ~Q(state="granted") & Q(fact=None),
                name="only_what_was_granted_has_a_fact",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Attendance(models.Model):
    """One person's part in one activity, with its result and evidence; it supports one application."""

    class State(models.TextChoices):
        ENROLLED = "enrolled", _("enrolled")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("not completed")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="attendances")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="attendances", verbose_name=_("practitioner")
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.ENROLLED)
    enrolled_at = models.DateTimeField(_("enrolled at"))
    score = models.PositiveSmallIntegerField(_("score (of 100)"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    remark = models.TextField(_("remark"), blank=True)
    application = models.ForeignKey(Application, models.PROTECT, related_name="attendances", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "practitioner"],
                condition=~Q(state="cancelled"),
                name="a_person_takes_part_once_in_an_activity",
            ),
            models.CheckConstraint(
                condition=Q(application=None) | Q(state="completed"), name="only_a_completed_activity_supports"
            ),
            models.CheckConstraint(condition=Q(score=None) | Q(score__lte=100), name="a_score_is_of_100"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.practitioner_id}"


class Opinion(models.Model):
    """What a deliberating expert said of an application, signed once."""

    append_only = True

    application = models.ForeignKey(Application, models.PROTECT, related_name="opinions")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="opinions")
    in_favour = models.BooleanField(_("in favour"))
    reasons = models.TextField(_("reasons"))
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "expert"], name="an_expert_signs_an_application_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.in_favour}"
