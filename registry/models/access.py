"""Who may act: users, their assignments, and the keys of systems."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models.institutions import Agency, Authority, Institution, Region


class User(AbstractUser):
    """A person who signs in. What they may do and see stands in their assignments."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)

    def get_full_name(self) -> str:
        """The name as Chinese writes it: the family name first."""
        return f"{self.last_name}{self.first_name}".strip()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    AGENCY_OFFICER = "agency_officer", _("agency officer")
    COMPLIANCE_OFFICER = "compliance_officer", _("compliance officer")
    EXPERT = "expert", _("expert")


class Assignment(models.Model):
    """A role that a user holds from a day until a day: at an agency, at an institution, or over the whole register."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("agency"))
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, verbose_name=_("institution"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["user", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[Role.ADMINISTRATOR, Role.EXPERT], agency=None, institution=None)
                | Q(role=Role.AGENCY_OFFICER, agency__isnull=False, institution=None)
                | Q(role=Role.COMPLIANCE_OFFICER, agency=None, institution__isnull=False),
                name="a_role_is_held_where_it_belongs",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="an_assignment_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {Role(self.role).label}"


class ApiKey(models.Model):
    """The key of a system. The key itself is shown once; here stands its digest only.

    `user` is the person for whom a program acts, with that person's roles and nothing more; `region` the region whose
    register asks; `authority` the health or drug authority whose system reads. `networks` are those from which the key
    is taken (CIDR); none means from anywhere. `replaces` is the key that this one takes over from: both hold until the
    older one ends.
    """

    class Scope(models.TextChoices):
        SETTLEMENT = "settlement_system", _("settlement system")
        PERSON = "person", _("program of a person")
        REGION = "other_region", _("system of another region")
        AUTHORITY = "authority_system", _("system of a health or drug authority")

    name = models.CharField(pgettext_lazy("of a body", "name"), max_length=120)
    scope = models.CharField(_("role"), max_length=24, choices=Scope)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="keys", null=True, blank=True, verbose_name=_("user")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("region")
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("authority")
    )
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True, verbose_name=_("networks"))
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="successors", null=True, blank=True, verbose_name=_("replaces")
    )
    prefix = models.CharField(_("first characters"), max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["digest", "last_used_at"])

    class Meta:
        verbose_name = _("key of a system")
        verbose_name_plural = _("keys of systems")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="settlement_system", user=None, region=None, authority=None)
                | Q(scope="person", user__isnull=False, region=None, authority=None)
                | Q(scope="other_region", user=None, region__isnull=False, authority=None)
                | Q(scope="authority_system", user=None, region=None, authority__isnull=False),
                name="a_key_says_for_whom_it_speaks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}…"
