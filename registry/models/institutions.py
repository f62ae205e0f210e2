"""Places and bodies: regions, agencies, authorities, institutions, and who is registered where."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7
from registry.models.people import Category, Practitioner

NATION = "100000"
"""The code of the whole country, of which every region is a part."""


class DateRange(Func):
    """Half-open range of days [from, until) of two columns; an empty `until` is endless."""

    function = "daterange"


class Region(models.Model):
    """An administrative division of GB/T 2260: six digits, two each for province, city and county."""

    code = models.CharField(_("region code"), max_length=6, primary_key=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[1-9][0-9]{5}$"), name="a_region_code_has_six_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the moment; the Chinese one where there is no other."""
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en

    @property
    def prefix(self) -> str:
        """The digits that all codes inside begin with: none for the nation, 2, 4 or 6 for province, city, county."""
        if self.code == NATION:
            return ""
        if self.code.endswith("0000"):
            return self.code[:2]
        return self.code[:4] if self.code.endswith("00") else self.code


class Agency(models.Model):
    """A healthcare security agency (医保经办机构): handles agreements, records points, suspends and terminates."""

    code = models.CharField(_("agency code"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("of a body", "name"), max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="agencies")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Authority(models.Model):
    """An authority that imposes penalties or has to be told."""

    class Kind(models.TextChoices):
        HEALTHCARE_SECURITY = "healthcare_security", _("healthcare security authority")
        HEALTH = "health", _("health authority")
        DRUG = "drug", _("drug authority")

    code = models.CharField(_("authority code"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("of a body", "name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="authorities")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A designated medical institution (code H and 11 digits) or retail pharmacy (code P and 11 digits)."""

    class Kind(models.TextChoices):
        MEDICAL = "medical", _("medical institution")
        PHARMACY = "pharmacy", _("retail pharmacy")

    code = models.CharField(_("institution code"), max_length=12, unique=True)
    name = models.CharField(pgettext_lazy("of a body", "name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    public = models.BooleanField(_("publicly owned"), default=False)
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="institutions")
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name=_("agency"), related_name="institutions")
    recorded_at = models.DateTimeField(_("recorded at"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="institution_name_part")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="medical", code__regex=r"^H[0-9]{11}$")
                | Q(kind="pharmacy", code__regex=r"^P[0-9]{11}$"),
                name="an_institution_code_is_h_or_p_and_11_digits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class KnownPeriod(models.Model):
    """A period of days as this register knew it from `recorded_at` until `superseded_at`.

    A correction adds a row with the same `record` and supersedes the older one, so that what was known at any past
    time can be told exactly. `ends_on` is the first day that no longer counts.
    """

    record = models.UUIDField(default=uuid7, db_index=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        abstract = True


class ServiceAgreement(KnownPeriod):
    """A service agreement (服务协议) between an agency and an institution; staff are qualified while it is in force."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="agreements")
    number = models.CharField(_("agreement number"), max_length=60)

    history = HistoricalRecords(no_db_index=["record", "institution"])

    class Meta:
        verbose_name = _("service agreement")
        verbose_name_plural = _("service agreements")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="an_agreement_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["record"], condition=Q(superseded_at=None), name="an_agreement_has_one_present_version"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Registration(KnownPeriod):
    """A practitioner's registration (登记备案) at one institution; several at once are normal (多点执业)."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="registrations", db_index=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="registrations", db_index=False)
    department = models.CharField(_("department"), max_length=100, blank=True)
    committed_on = models.DateField(_("commitment signed on"), null=True, blank=True)

    history = HistoricalRecords(no_db_index=["record", "practitioner", "institution"])

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["starts_on", "id"]
        indexes = [
            models.Index(fields=["practitioner", "institution"], name="registration_of_person_at"),
            models.Index(fields=["institution", "practitioner"], name="registration_at_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_registration_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["record"], condition=Q(superseded_at=None), name="a_registration_has_one_present_version"
            ),
            ExclusionConstraint(
                name="a_person_is_registered_once_at_an_institution_on_a_day",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} @ {self.institution_id}"


class Whereabouts(models.Model):
    """That somebody is or was registered in a province, a city or a county: how the people of a region are found.

    It follows from the registrations and from where the institutions lie. PostgreSQL keeps it as they come and move
    (triggers); nobody else writes here.
    """

    pk = models.CompositePrimaryKey("prefix", "practitioner")
    prefix = models.CharField(_("region"), max_length=6)
    """The digits that the codes inside begin with: 2 of a province, 4 of a city, 6 of a county."""

    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="whereabouts", db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = _("whereabouts")
        verbose_name_plural = _("whereabouts")
        ordering = ["prefix", "practitioner"]

    def __str__(self) -> str:
        return f"{self.practitioner_id} in {self.prefix}"


class StaffRecord(models.Model):
    """What the institution's roster says of one of its people; the roster's own words, kept as given."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="staff_records", db_index=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="staff_records")
    status = models.CharField(_("staff status"), max_length=40, blank=True)
    contract_from = models.DateField(_("contract from"), null=True, blank=True)
    contract_until = models.DateField(_("contract until"), null=True, blank=True)
    title = models.CharField(_("professional title"), max_length=100, blank=True)
    extra = models.JSONField(_("further columns"), default=dict, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    history = HistoricalRecords(no_db_index=["practitioner", "institution"])

    class Meta:
        verbose_name = _("staff record")
        verbose_name_plural = _("staff records")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "institution"], name="a_person_stands_once_on_an_institutions_roster"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} @ {self.institution_id}"


class PhaseIn(models.Model):
    """The day from which a category of practitioners is in scope in a region; earlier conduct is not scored."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="phase_ins")
    category = models.CharField(_("category"), max_length=24, choices=Category)
    starts_on = models.DateField(_("in scope from"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("phase-in day")
        verbose_name_plural = _("phase-in days")
        ordering = ["region", "category"]
        constraints = [
            models.UniqueConstraint(fields=["region", "category"], name="a_category_has_one_phase_in_day_in_a_region"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.category} {self.starts_on}"
