"""The pool of experts: who they are, where they work and worked, when they can sit, and what they may not judge."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models import Institution, Practitioner
from registry.models.identifiers import uuid7


class Specialty(models.TextChoices):
    """Subjects that a panel can be asked for: those of medical institutions, and the other professions in scope."""

    INTERNAL_MEDICINE = "internal_medicine", _("internal medicine")
    SURGERY = "surgery", _("surgery")
    ORTHOPAEDICS = "orthopaedics", _("orthopaedics")
    OBSTETRICS = "obstetrics_and_gynaecology", _("obstetrics and gynaecology")
    PAEDIATRICS = "paediatrics", _("paediatrics")
    OPHTHALMOLOGY = "ophthalmology", _("ophthalmology")
    ENT = "ent", _("ear, nose and throat")
    DENTISTRY = "dentistry", _("dentistry")
    DERMATOLOGY = "dermatology", _("dermatology")
    PSYCHIATRY = "psychiatry", _("psychiatry")
    INFECTIOUS_DISEASES = "infectious_diseases", _("infectious diseases")
    ONCOLOGY = "oncology", _("oncology")
    EMERGENCY = "emergency_medicine", _("emergency medicine")
    INTENSIVE_CARE = "intensive_care", _("intensive care")
    ANAESTHESIA = "anaesthesia", _("anaesthesia and pain medicine")
    REHABILITATION = "rehabilitation", _("rehabilitation")
    GENERAL_PRACTICE = "general_practice", _("general practice")
    IMAGING = "imaging", _("medical imaging")
    LABORATORY = "laboratory", _("laboratory medicine")
    PATHOLOGY = "pathology", _("pathology")
    CHINESE_MEDICINE = "chinese_medicine", _("traditional Chinese medicine")
    PHARMACY = "pharmacy", _("pharmacy")
    NURSING = "nursing", _("nursing")
    BILLING = "billing", _("fees and settlement")


class Expert(models.Model):
    """A medical expert who may be drawn for panels; signs in with `user`. One who left is no longer `active`."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=100)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="expert",
        null=True,
        blank=True,
        verbose_name=_("account"),
    )
    practitioner = models.OneToOneField(
        Practitioner,
        models.PROTECT,
        related_name="expert",
        null=True,
        blank=True,
        verbose_name=_("own file in the register"),
    )
    specialties = ArrayField(models.CharField(max_length=40), verbose_name=_("specialties"))
    active = models.BooleanField(_("in the pool"), default=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=~Q(specialties=[]), name="an_expert_has_a_specialty")]

    def __str__(self) -> str:
        return self.name


class ExpertPlace(models.Model):
    """An institution where the expert works or worked."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="places")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("institution"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("workplace of an expert")
        verbose_name_plural = _("workplaces of experts")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="a_workplace_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.starts_on}"


class ExpertAvailability(models.Model):
    """Days on which the expert can sit."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="availability")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("availability of an expert")
        verbose_name_plural = _("availability of experts")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="availability_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"


class ExpertConflict(models.Model):
    """A conflict that the expert declared, with an institution or with a person; it is never withdrawn."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="conflicts")
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("institution")
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("practitioner")
    )
    reason = models.TextField(_("reason"))
    declared_at = models.DateTimeField(_("declared at"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("declared conflict")
        verbose_name_plural = _("declared conflicts")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=False, practitioner=None)
                | Q(institution=None, practitioner__isnull=False),
                name="a_conflict_is_with_an_institution_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
