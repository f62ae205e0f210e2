"""What was done in a procedure, and what somebody owes until a day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.casework import Case, Proposal
from registry.models.files import StoredFile
from registry.models.identifiers import uuid7
from registry.models.institutions import Agency, Authority, Institution
from registry.models.people import Practitioner


class ProcedureStep(models.Model):
    """One act in a procedure: who did it, in which capacity, on which day, and why. Written once.

    `procedure` names the procedure (registry.rules.procedures, appeals.rules.procedures), `subject` the row that
    moved. `role` is the capacity in which somebody acted; the clock acts without an actor.
    """

    append_only = True

    class Capacity(models.TextChoices):
        CLOCK = "clock", _("the clock")
        PRACTITIONER = "practitioner", _("practitioner")
        INSTITUTION = "institution", _("institution")
        AGENCY = "agency", _("agency")
        AUTHORITY = "authority", _("authority")
        EXPERT = "expert", _("expert")
        ADMINISTRATOR = "administrator", _("administrator")

    procedure = models.CharField(_("procedure"), max_length=16)
    subject = models.UUIDField(_("subject"))
    act = models.CharField(_("act"), max_length=24)
    state_before = models.CharField(_("state before"), max_length=16, blank=True)
    state_after = models.CharField(_("state after"), max_length=16)
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", null=True)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="procedure_steps", null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    role = models.CharField(_("capacity"), max_length=16, choices=Capacity)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", null=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", null=True)
    on_day = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"))
    grounds = models.TextField(_("grounds"), blank=True)
    document_number = models.CharField(_("document number"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("step of a procedure")
        verbose_name_plural = _("steps of procedures")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject", "id"], name="steps_of_a_subject"),
            models.Index(fields=["recorded_at"], name="steps_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.act} {self.on_day}"


class Task(models.Model):
    """What somebody must do, or may still do, until the end of a day.

    The clock counts `working_days` after `starts_on`. `due_on` is the last day; while it is empty and `missing_year`
    is not, the calendar of that year is missing and nothing lapses. A due day, once told, never moves earlier.
    `subject` is what the task is about: a proposal, an objection, a seat, a person's tier in a year … `change` is the
    change of standing that a talk follows; `held_on` the day on which the talk took place.
    """

    class Kind(models.TextChoices):
        IDENTIFY = "identify", _("identify who answers")
        COUNTERSIGN = "countersign", _("countersign the proposal")
        NOTIFY = "notify", _("send the advance notice")
        OPEN_NOTICE = "open_notice", _("open the advance notice")
        SERVE = "serve", _("serve the notice by hand")
        OBJECT = "object", _("state or object")
        DECIDE = "decide", _("decide what waits")
        ADMIT = "admit", _("decide on the late objection")
        ASSIGN = "assign", _("assign a reviewer")
        REVIEW = "review", _("review and decide")
        DRAW = "draw", _("draw the panel")
        VOTE = "vote", _("vote")
        TALK = "talk", _("talk with the person")
        INTERVIEW = "interview", _("interview, key supervision")
        TRAINING = "training", _("talk and training after the sanction")
        CONVENE = "convene", _("call experts to deliberate")
        DELIBERATE = "deliberate", _("deliberate on the application")
        GRANT = "grant", _("decide on the application")
        MEASURE = "measure", _("propose or decide a measure")
        CORRECT = "correct", _("answer a request for a correction")

    class Holder(models.TextChoices):
        PRACTITIONER = "practitioner", _("practitioner")
        INSTITUTION = "institution", _("institution")
        AGENCY = "agency", _("agency")
        EXPERT = "expert", _("expert")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        LAPSED = "lapsed", _("lapsed")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("task"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    holder = models.CharField(_("who must act"), max_length=16, choices=Holder)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="tasks", null=True, verbose_name=_("agency"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="tasks", null=True, verbose_name=_("institution")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", null=True, verbose_name=_("who it is given to")
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="tasks", null=True, verbose_name=_("practitioner")
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", null=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="tasks", null=True)
    subject = models.UUIDField(_("subject"))
    change = models.ForeignKey("registry.StandingChange", models.PROTECT, related_name="tasks", null=True)
    policy = models.CharField(_("policy"), max_length=40)
    clock = models.CharField(_("clock"), max_length=24)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    starts_on = models.DateField(_("runs from (day not counted)"))
    due_on = models.DateField(_("due on"), null=True)
    missing_year = models.PositiveSmallIntegerField(_("calendar year that is missing"), null=True)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    held_on = models.DateField(_("held on"), null=True)
    result = models.TextField(_("result"), blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["agency", "due_on", "id"], name="tasks_of_agency", condition=Q(state="open")),
            models.Index(
                fields=["institution", "due_on", "id"], name="tasks_of_institution", condition=Q(state="open")
            ),
            models.Index(fields=["due_on", "id"], name="tasks_by_day", condition=Q(state="open")),
            models.Index(fields=["subject"], name="tasks_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "holder", "agency", "institution", "user"],
                nulls_distinct=False,
                condition=Q(state="open"),
                name="a_task_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, missing_year=None) | Q(due_on=None, missing_year__isnull=False),
                name="a_task_has_a_due_day_or_waits_for_the_calendar",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="a_closed_task_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class ChangeSeen(models.Model):
    """A change of standing of which the talks and trainings it asks for have been opened as tasks."""

    change = models.OneToOneField("registry.StandingChange", models.PROTECT, primary_key=True, related_name="seen")
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("change of standing that was seen")
        verbose_name_plural = _("changes of standing that were seen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)
