"""Practitioners and their own file: the code with which they get in, and what they ask to be corrected."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7
from registry.models.institutions import Agency, Institution
from registry.models.people import Practitioner


class EnrolmentCode(models.Model):
    """A code that was handed to a person who showed who they are, and opens their own file once.

    The code itself is on paper only; here stands its digest. `attempts` are those since it was last typed correctly.
    A newer code ends an older one: `ended_at`.
    """

    class Kind(models.TextChoices):
        ENROL = "enrol", _("first access")
        RECOVER = "recover", _("recovery of the access")

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="enrolment_codes")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    digest = models.BinaryField(max_length=32)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("institution"))
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    history = HistoricalRecords(excluded_fields=["digest", "attempts"])

    class Meta:
        verbose_name = _("code of access")
        verbose_name_plural = _("codes of access")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner"],
                condition=Q(used_at=None, ended_at=None),
                name="a_file_has_one_code_of_access_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(ended_at=None), name="a_code_of_access_is_used_or_ended"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")), name="no_code_of_access_is_used_late"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.practitioner_id}"


class CorrectionRequest(models.Model):
    """What a person says is wrong in their own file, for an agency to look at; its answer stays with it."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="correction_requests", verbose_name=_("practitioner")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    what = models.TextField(_("what is wrong"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="an_answered_request_has_its_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.asked_at:%Y-%m-%d}"
