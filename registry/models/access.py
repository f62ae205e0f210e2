"""Who may act: users, their assignments, and the keys of systems."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models.institutions import Agency, Authority, DateRange, Institution, Region
from registry.models.people import Practitioner


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
    """What a person may do. Systems have no role but the scope of their key (`ApiKey.Scope`); the last one here is of
    keys alone.
    """

    ADMINISTRATOR = "administrator", _("administrator")
    SECURITY_ADMINISTRATOR = "security_administrator", _("security administrator")
    AUDITOR = "auditor", _("auditor")
    AGENCY_OFFICER = "agency_officer", _("agency officer")
    REVIEWER = "reviewer", _("reviewer")
    AUTHORITY_OFFICER = "authority_officer", _("authority officer")
    HEALTH_OR_DRUG_OFFICER = "health_or_drug_officer", _("officer of a health or drug authority")
    COMPLIANCE_OFFICER = "compliance_officer", _("compliance officer")
    EXPERT = "expert", _("expert")
    PRACTITIONER = "practitioner", _("practitioner")
    SUPPORT = "support", _("support")
    OTHER_REGION = "other_region", _("register of another region")


PLACES: Mapping[str, str] = MappingProxyType(
    {
        Role.AGENCY_OFFICER: "agency",
        Role.REVIEWER: "agency",
        Role.AUTHORITY_OFFICER: "authority",
        Role.HEALTH_OR_DRUG_OFFICER: "authority",
        Role.COMPLIANCE_OFFICER: "institution",
        Role.PRACTITIONER: "practitioner",
    }
)
"""Where each role is held: the column that must be filled, all others empty. An administrator's region may be."""

HELD_BY_KEYS = frozenset({Role.OTHER_REGION})
"""What nobody is assigned: the key says it."""


def role_at(authority: Authority) -> Role:
    """As what an officer of the authority reads: of the healthcare security authority what the office sees, of a health
    or drug authority what is published to it.
    """
    own = authority.kind == Authority.Kind.HEALTHCARE_SECURITY
    return Role.AUTHORITY_OFFICER if own else Role.HEALTH_OR_DRUG_OFFICER


APART = frozenset({Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""The three administrations (of the system, of security, of the audit), which are three people."""


def _held_where_it_belongs() -> Q:
    empty = {"agency": None, "institution": None, "authority": None, "practitioner": None, "region": None}
    rule = Q(role=Role.ADMINISTRATOR, **{name: None for name in empty if name != "region"})
    nowhere = [role for role in Role if role not in PLACES and role not in {Role.ADMINISTRATOR, *HELD_BY_KEYS}]
    rule |= Q(role__in=nowhere, **empty)
    for column in dict.fromkeys(PLACES.values()):
        others = {name: None for name in empty if name != column}
        roles = [role for role, held_at in PLACES.items() if held_at == column]
        rule |= Q(role__in=roles, **{f"{column}__isnull": False}, **others)
    return rule


class Assignment(models.Model):
    """A role that a user holds from a day until a day: at an agency, an authority, an institution, in a region (without
    one in the whole country), over the own file, or over the whole register.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("agency"))
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, verbose_name=_("institution"))
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, verbose_name=_("authority"))
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("practitioner")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["user", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=_held_where_it_belongs(), name="a_role_is_held_where_it_belongs"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="an_assignment_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="system_security_and_audit_are_three_people",
                expressions=[
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(role__in=sorted(APART)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {Role(self.role).label}"

    @property
    def place(self) -> Any:
        """The agency, authority, institution, region or file at which it is held; None for the whole register."""
        return self.agency or self.institution or self.authority or self.region or self.practitioner


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
