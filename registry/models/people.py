"""People: one practitioner, one file, for life."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models import sealing
from registry.models.identifiers import uuid7
from registry.models.pinyin import LONGEST_INITIALS, LONGEST_PINYIN, InitialsField, PinyinField


class Characters(models.Func):
    """A text as an array of its characters, by which a part of a name is found.

    Most Chinese names have two or three characters, and parts of them one or two: too few for trigrams.
    """

    function = "string_to_array"
    template = "%(function)s(%(expressions)s, NULL)"
    arity = 1
    output_field = ArrayField(models.TextField())


class Category(models.TextChoices):
    """Who is in scope (the qualification follows the work, not the licence)."""

    PHYSICIAN = "physician", _("physician")
    NURSE = "nurse", _("nurse")
    PHARMACIST = "pharmacist", _("pharmacist")
    TECHNICIAN = "technician", _("technician")
    BILLING_REVIEWER = "billing_reviewer", _("billing reviewer")
    PHARMACY_PRINCIPAL = "pharmacy_principal", _("principal responsible person of a pharmacy")


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")
    UNKNOWN = "unknown", _("not stated")


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("resident identity card")
    PASSPORT = "passport", _("passport")
    HK_MACAU_PERMIT = "hk_macau_permit", _("Hong Kong and Macau permit")
    TAIWAN_PERMIT = "taiwan_permit", _("Taiwan permit")
    FOREIGN_RESIDENT = "foreign_resident", _("foreign permanent resident card")
    OTHER = "other", _("other document")


class Practitioner(models.Model):
    """A person in scope and their one file (一人一档), kept for a whole career.

    `code` is the personal code in force; every code the person ever had stays in PersonalCode and is never reused.
    `uuid` stands for the person where the code must not be shown. `pinyin` and `initials` are the name as it is typed
    in Latin letters: keys to search by, which follow the name and tell nothing more, so history leaves them out.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.CharField(_("personal code"), max_length=64, unique=True)
    provisional = models.BooleanField(_("provisional code"), default=False)
    name = models.CharField(_("name"), max_length=100)
    pinyin = PinyinField(_("name in pinyin"), max_length=LONGEST_PINYIN, editable=False)
    initials = InitialsField(_("initials in pinyin"), max_length=LONGEST_INITIALS, editable=False)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    category = models.CharField(_("category"), max_length=24, choices=Category)
    recorded_at = models.DateTimeField(_("recorded at"))

    history = HistoricalRecords(no_db_index=["uuid", "code"], excluded_fields=["pinyin", "initials"])

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["category", "id"], name="practitioner_category"),
            models.Index(OpClass("name", "text_pattern_ops"), name="practitioner_name_prefix"),
            GinIndex(Characters(Upper("name")), name="practitioner_name_characters"),
            models.Index(OpClass("pinyin", "text_pattern_ops"), name="practitioner_pinyin_prefix"),
            models.Index(OpClass("initials", "text_pattern_ops"), name="practitioner_initials_prefix"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="a_practitioner_has_a_code"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_practitioner_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(category__in=Category.values), name="a_practitioner_is_of_a_known_category"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class PersonalCode(models.Model):
    """A code that means, or meant, this person. Unique for ever: a code is never given to somebody else."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="codes")
    code = models.CharField(_("personal code"), max_length=64, unique=True)
    provisional = models.BooleanField(_("provisional code"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("personal code")
        verbose_name_plural = _("personal codes")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class PractitionerName(models.Model):
    """A name the person was known by, from the time this register learnt it until `superseded_at`."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=100)
    recorded_at = models.DateTimeField(_("recorded at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("name of a practitioner")
        verbose_name_plural = _("names of practitioners")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner"],
                condition=models.Q(superseded_at=None),
                name="a_practitioner_has_one_present_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdentityDocument(models.Model):
    """A document of the person; its number is sealed, and findable only by the whole number."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(_("kind of document"), max_length=20, choices=DocumentKind)
    sealed_number = models.BinaryField()
    number_index = models.BinaryField(db_index=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "kind", "number_index"], name="a_document_stands_once_in_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def number(self) -> str:
        """The whole number, unsealed. Showing it to a person is an act with a reason; use `masked` on screens."""
        return sealing.unseal(bytes(self.sealed_number), bound_to=str(self.practitioner.uuid))

    @property
    def masked(self) -> str:
        return sealing.masked(self.number)


class Certificate(models.Model):
    """A professional certificate (执业证书) as rosters state it."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="certificates", db_index=False)
    number = models.CharField(_("practising certificate"), max_length=64)
    practice_institution = models.CharField(_("institution of practice"), max_length=200, blank=True)
    practice_category = models.CharField(_("category of practice"), max_length=100, blank=True)
    scope = models.CharField(_("scope of practice"), max_length=200, blank=True)
    level = models.CharField(_("level of practice"), max_length=100, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    history = HistoricalRecords(no_db_index=["practitioner"])

    class Meta:
        verbose_name = _("professional certificate")
        verbose_name_plural = _("professional certificates")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "number"], name="a_certificate_stands_once_in_a_file"),
        ]

    def __str__(self) -> str:
        return self.number


class FileMerge(models.Model):
    """Two files that are one person: a dated, reversible link. Nothing in either file is rewritten.

    From `recorded_at` until `undone_at` the facts of `absorbed` are read as facts of `kept`.
    """

    kept = models.ForeignKey(Practitioner, models.PROTECT, related_name="merges_kept")
    absorbed = models.ForeignKey(Practitioner, models.PROTECT, related_name="merges_absorbed")
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    undone_reason = models.TextField(_("reason of undoing"), blank=True)

    class Meta:
        verbose_name = _("merge of two files")
        verbose_name_plural = _("merges of files")
        ordering = ["-recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(undone_at=None), name="a_file_is_absorbed_by_one_file_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("absorbed")), name="a_file_is_not_merged_with_itself"
            ),
            models.CheckConstraint(
                condition=~models.Q(recorded_by=models.F("confirmed_by")), name="a_merge_needs_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="who_undid_a_merge_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"
