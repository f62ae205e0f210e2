"""What the recipient of a notice did with it: read it, acknowledged it, and what an authority then did of its own."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.notices import Notice
from registry.models import ApiKey
from registry.models.identifiers import uuid7


class TakenNote(models.Model):
    """Somebody, or the program that asked for them, on the side of the recipient."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(_("recorded at"))

    class Meta:
        abstract = True


class Receipt(TakenNote):
    """That a notice was read, or acknowledged, by whoever of its recipient was the first to do it."""

    append_only = True

    class Kind(models.TextChoices):
        READ = "read", _("read")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="receipts", db_index=False)
    kind = models.CharField(_("what was done"), max_length=12, choices=Kind)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "kind"], name="a_notice_is_read_and_acknowledged_once"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(key__isnull=False), name="somebody_took_note_of_a_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"


class FollowUp(TakenNote):
    """What a health or drug authority did after a notice, in its own procedure. A later one does not undo an earlier.

    `decided_on` is the day on which it was decided there.
    """

    append_only = True

    class Outcome(models.TextChoices):
        INQUIRY = "inquiry", _("an inquiry was opened")
        MEASURE = "measure", _("a measure or penalty of its own")
        REFERRED = "referred", _("passed on to another authority")
        NOTHING = "nothing", _("nothing further follows")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="follow_ups")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    decided_on = models.DateField(_("decided on"))
    document_number = models.CharField(_("document number"), max_length=120, blank=True)
    words = models.TextField(_("in words"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("outcome of a follow-up")
        verbose_name_plural = _("outcomes of follow-ups")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(by__isnull=False), name="somebody_answers_for_an_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.outcome}"
