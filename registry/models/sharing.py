"""Codes by which somebody whom the practitioner names sees the standing of the moment, and each look at it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7
from registry.models.people import Practitioner


class SharingCode(models.Model):
    """A code for one recipient, until a time and for so many looks, unless the person takes it back before.

    The code itself is shown once; here stands a keyed digest of it.
    """

    class Scope(models.TextChoices):
        STANDING = "standing", _("standing only")
        POINTS = "points", _("standing, and points of this year")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="sharing_codes", verbose_name=_("practitioner")
    )
    recipient = models.CharField(_("recipient"), max_length=100)
    scope = models.CharField(_("what is shown"), max_length=8, choices=Scope)
    digest = models.BinaryField(max_length=32, unique=True)
    most_looks = models.PositiveSmallIntegerField(_("looks allowed"))
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords(excluded_fields=["digest"])

    class Meta:
        verbose_name = _("sharing code")
        verbose_name_plural = _("sharing codes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_sharing_code_ends_after_it_began"),
            models.CheckConstraint(condition=Q(most_looks__gte=1), name="a_sharing_code_allows_a_look"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.expires_at:%Y-%m-%d}"


class SharedLook(models.Model):
    """One look with a sharing code: when, and what was shown."""

    append_only = True

    code = models.ForeignKey(SharingCode, models.PROTECT, related_name="looks")
    number = models.PositiveSmallIntegerField(_("number"))
    at = models.DateTimeField(_("seen at"))
    status = models.CharField(_("standing"), max_length=10)

    class Meta:
        verbose_name = _("look with a sharing code")
        verbose_name_plural = _("looks with sharing codes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="a_sharing_code_numbers_its_looks_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="looks_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id}/{self.number}"
