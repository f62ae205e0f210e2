"""What an agency does about an institution where too many people are suspended or terminated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7
from registry.models.institutions import Agency, Institution, KnownPeriod


class InstitutionMeasure(models.Model):
    """A measure against an institution (settlement paused, agreement suspended), from its proposal to its end.

    `sanctions` and `staff` are the person-times of the year and the registered staff on the day of the proposal.
    `lighter_reason` says why settlement is only paused although the share suspends the agreement.
    """

    class Kind(models.TextChoices):
        SETTLEMENT_PAUSED = "settlement_paused", _("settlement paused")
        AGREEMENT_SUSPENDED = "agreement_suspended", _("agreement suspended")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        IN_FORCE = "in_force", pgettext_lazy("of a measure", "in force")
        ENDED = "ended", _("ended")
        DROPPED = "dropped", _("dropped")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="measures")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    kind = models.CharField(_("measure"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PROPOSED)
    year = models.PositiveSmallIntegerField(_("year"))
    sanctions = models.PositiveIntegerField(_("sanctions (person-times)"))
    staff = models.PositiveIntegerField(_("registered staff"))
    policy = models.CharField(_("policy"), max_length=40)
    grounds = models.TextField(_("grounds"))
    lighter_reason = models.TextField(_("reason for the lighter measure"), blank=True)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    document_number = models.CharField(_("document number"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("measure against an institution")
        verbose_name_plural = _("measures against institutions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind"],
                condition=Q(state__in=["proposed", "in_force"]),
                name="a_measure_is_open_once_at_an_institution",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.kind} {self.state}"


class MeasurePeriod(KnownPeriod):
    """The days on which a measure holds, as this register knew them."""

    measure = models.ForeignKey(InstitutionMeasure, models.PROTECT, related_name="periods")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="measure_periods")
    kind = models.CharField(_("measure"), max_length=20, choices=InstitutionMeasure.Kind)

    history = HistoricalRecords(no_db_index=["record", "institution", "measure"])

    class Meta:
        verbose_name = _("days of a measure")
        verbose_name_plural = _("days of measures")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_measure_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(superseded_at=None),
                name="days_of_a_measure_have_one_present_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"
