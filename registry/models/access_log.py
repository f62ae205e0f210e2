"""Who looked into whose file: written once, chained for each file."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.access import ApiKey
from registry.models.people import Practitioner


class AccessRecord(models.Model):
    """One look into one person's file: by whom, through what, why, and when.

    `user` is the person who looked, `key` the key of the program that looked for them; a system that acts for nobody
    has a key only. `reason` is what the reader gave where the file is outside their work. The hash covers the record
    and the one before it in the same file, as facts are chained.
    """

    append_only = True

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened the file")
        HISTORY = "history", _("read the history")
        SEARCHED = "searched", _("found by document number")
        UNMASKED = "unmasked", _("saw a whole document number")
        EXPORTED = "exported", _("took the file away")

    class Face(models.TextChoices):
        OFFICE = "office", _("the office")
        API = "api", _("a program")

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="readings", db_index=False)
    chain_no = models.PositiveIntegerField(_("number in the file"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings", null=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="readings", null=True, db_index=False)
    kind = models.CharField(_("what was done"), max_length=12, choices=Kind)
    face = models.CharField(_("through"), max_length=8, choices=Face)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("recorded at"))
    salt = models.BinaryField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("look into a file")
        verbose_name_plural = _("looks into files")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["practitioner", "id"], name="readings_of_a_file"),
            models.Index(fields=["at"], name="readings_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "chain_no"], name="a_file_numbers_its_readings_once"),
            models.CheckConstraint(condition=Q(user__isnull=False) | Q(key__isnull=False), name="somebody_looked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.practitioner_id}"
