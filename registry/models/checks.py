"""What a settlement system claimed when it asked, where the claim itself must be kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.access import ApiKey
from registry.models.institutions import Institution
from registry.models.people import Practitioner


class EmergencyCheck(models.Model):
    """An eligibility question that carried the emergency mark, with the reason given. Only ever added.

    `practitioner` is the file whose code was asked for, also where it was merged into another one. `granted` tells
    whether the emergency exemption made the service payable. `known_at` is set where the question was about the past.
    """

    append_only = True

    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="emergency_checks", verbose_name=_("practitioner")
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="emergency_checks", verbose_name=_("institution")
    )
    service_on = models.DateField(_("day of service"))
    reason = models.CharField(_("reason of the emergency"), max_length=500)
    granted = models.BooleanField(_("exemption granted"))
    known_at = models.DateTimeField(_("as known at"), null=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="emergency_checks", verbose_name=_("key of a system"))
    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("emergency claimed")
        verbose_name_plural = _("emergencies claimed")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_emergency_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} @ {self.institution_id} {self.service_on}"
