"""What is announced, and to whom: written once, and never altered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.models.bodies import BODIES, OfABody
from registry.models import Practitioner, ProcedureStep, StandingChange, Task
from registry.models.identifiers import uuid7
from registry.queries import recipients

SOURCES = ("change", "step", "deadline", "missed")
"""The columns of an event that say what it announces; one of them is filled."""


class Kind(models.TextChoices):
    """What is announced; the values are those of the rules (notifications.rules.happenings)."""

    POINTS_RECORDED = "points.recorded", _("points recorded")
    SUSPENDED = "standing.suspended", _("suspended")
    TERMINATED = "standing.terminated", _("terminated")
    RESTORED = "standing.restored", _("registered again")
    SUSPENSION_BEGAN = "suspension.began", _("a suspension began")
    SUSPENSION_ENDED = "suspension.ended", _("a suspension ended")
    BAR_OVER = "bar.over", _("may be registered again")
    FILES_MERGED = "files.merged", _("files merged or parted")
    ENTRY_ANNULLED = "entry.annulled", _("entry annulled")
    ENTRY_REVISED = "entry.revised", _("entry revised")
    POINTS_RELIEVED = "points.relieved", _("points relieved")
    PERIOD_SHORTENED = "period.shortened", _("period shortened")
    OBJECTION = "objection.moved", _("an objection went on")
    APPLICATION = "application.moved", _("an application for repair went on")
    DEADLINE_SET = "deadline.set", _("a deadline runs")
    DEADLINE_MISSED = "deadline.missed", _("a deadline was missed")
    TEST = "endpoint.test", _("test of an endpoint")
    SETTLED = "letter.settled", _("what became of a letter")


class Event(models.Model):
    """One change that others are told of: made once for its source, numbered in the order of the person's file.

    `uuid` is its id towards others. A test of an endpoint has no source and is about nobody. What became of a `letter`
    of another register is told to that register alone: `outcome` is the state of the letter then.
    """

    append_only = True

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="events", null=True, db_index=False, verbose_name=_("practitioner")
    )
    sequence = models.PositiveIntegerField(_("number in the file"))
    change = models.OneToOneField(StandingChange, models.PROTECT, related_name="event", null=True)
    step = models.OneToOneField(ProcedureStep, models.PROTECT, related_name="event", null=True)
    deadline = models.OneToOneField(Task, models.PROTECT, related_name="event_of_deadline", null=True)
    missed = models.OneToOneField(Task, models.PROTECT, related_name="event_of_missing", null=True)
    letter = models.ForeignKey("notifications.Letter", models.PROTECT, related_name="events", null=True)
    outcome = models.CharField(max_length=10, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    made_at = models.DateTimeField(_("announced at"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "sequence"], name="a_file_numbers_its_events_once"),
            models.CheckConstraint(
                condition=Q(kind="endpoint.test", practitioner=None, letter=None, **dict.fromkeys(SOURCES))
                | Q(kind="letter.settled", practitioner=None, letter__isnull=False, **dict.fromkeys(SOURCES))
                | Q(practitioner__isnull=False, letter=None)
                & ~Q(kind__in=["endpoint.test", "letter.settled"])
                & (
                    Q(change__isnull=False, step=None, deadline=None, missed=None)
                    | Q(change=None, step__isnull=False, deadline=None, missed=None)
                    | Q(change=None, step=None, deadline__isnull=False, missed=None)
                    | Q(change=None, step=None, deadline=None, missed__isnull=False)
                ),
                name="an_event_announces_one_thing_of_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"


class Because(models.TextChoices):
    """Why somebody was told, besides what the register itself gives as reasons (registry.queries.recipients)."""

    SUBSCRIBED = "subscribed", _("It asked to be told of this person.")
    WAS_TOLD = "was_told", _("It was told what is now otherwise.")
    ITS_DEADLINE = "its_deadline", _("It has to act until a day.")
    ABOVE = "above", _("It stands above whoever missed the day.")
    TESTED = "tested", _("Its endpoint is tested.")
    WROTE = "wrote", _("Its register wrote the letter.")


class FurtherRecipient(models.TextChoices):
    """Who is told because they asked, besides those whom the register itself lists (registry.queries.recipients)."""

    HEALTHCARE_SECURITY_AUTHORITY = "healthcare_security_authority", _("healthcare security authority")


def _recipient() -> Q:
    """The column that is filled is that of the kind of recipient."""
    columns = {
        "practitioner": "practitioner",
        "institution": "institution",
        "agency": "agency",
        "health_authority": "authority",
        "drug_authority": "authority",
        "healthcare_security_authority": "authority",
        "region": "region",
    }
    rule = Q(pk__in=[])
    for kind, column in columns.items():
        others = {other: None for other in ("practitioner", *BODIES) if other != column}
        rule |= Q(recipient=kind, **{f"{column}__isnull": False}, **others)
    return rule


class Notice(OfABody):
    """What one recipient is told of one event (通报 / 告知). `recalls` are earlier ones to them that it corrects."""

    append_only = True

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="notices", db_index=False, verbose_name=_("event"))
    recipient = models.CharField(
        _("told"), max_length=32, choices=[*recipients.RecipientKind.choices, *FurtherRecipient.choices]
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="notices", null=True, verbose_name=_("practitioner")
    )
    because = models.CharField(_("because"), max_length=24, choices=[*recipients.Because.choices, *Because.choices])
    made_at = models.DateTimeField(_("announced at"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=[column, "id"], name=f"notices_of_{column}", condition=Q(**{f"{column}__isnull": False})
            )
            for column in BODIES
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "practitioner", *BODIES],
                nulls_distinct=False,
                name="a_recipient_is_told_of_an_event_once",
            ),
            models.CheckConstraint(condition=_recipient(), name="a_notice_has_one_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.event_id}"


class Recall(models.Model):
    """The line from a notice that corrects to an earlier one, to the same recipient, that told it wrong."""

    append_only = True

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="recalls", db_index=False)
    earlier = models.ForeignKey(Notice, models.PROTECT, related_name="recalled_by")

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "earlier"], name="a_notice_recalls_another_once"),
            models.CheckConstraint(condition=~Q(notice=F("earlier")), name="a_notice_does_not_recall_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.earlier_id}"
