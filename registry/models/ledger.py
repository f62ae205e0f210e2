"""The ledger: facts that are only ever added, and what follows from them.

Facts and changes of standing can be read and added, never altered: the application's database role may not, and
triggers refuse it to everybody. Periods and spans are a projection: recomputed from the facts whenever one is added,
and never a place where something is decided.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.identifiers import uuid7
from registry.models.institutions import Agency, DateRange
from registry.models.people import Practitioner


class FactKind(models.TextChoices):
    POINTS_SCORED = "points_scored", _("points recorded")
    ENTRY_ANNULLED = "entry_annulled", _("entry annulled")
    ENTRY_REVISED = "entry_revised", _("entry revised")
    POINTS_RELIEVED = "points_relieved", _("points relieved")
    PERIOD_SHORTENED = "period_shortened", _("period shortened")
    REREGISTERED = "reregistered", _("registered again")


class StandingStatus(models.TextChoices):
    NORMAL = "normal", _("normal")
    SUSPENDED = "suspended", _("suspended")
    TERMINATED = "terminated", _("terminated")


class Fact(models.Model):
    """Something that happened to a practitioner, decided once and kept for ever.

    Two times are kept: `effective_on`, the day from which it counts, and `recorded_at`, when this register learnt it.
    `origin`, `origin_id` and `origin_seq` name it in the register that decided it, so that all registers put the same
    facts into the same order. `chain_no`, `prev_hash` and `hash` chain the facts of one file (registry.ledger.chain).
    """

    append_only = True

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="facts", db_index=False)
    chain_no = models.PositiveIntegerField(_("number in the file"))
    kind = models.CharField(_("kind"), max_length=20, choices=FactKind)
    effective_on = models.DateField(_("effective on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    decided_at = models.DateTimeField(_("decided at"))
    origin = models.CharField(_("register of origin"), max_length=32)
    origin_id = models.UUIDField(_("identifier in the register of origin"), default=uuid7)
    origin_seq = models.BigIntegerField(_("number in the register of origin"))
    legacy = models.BooleanField(_("taken over from an older register"), default=False)

    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    counted_on = models.DateField(_("counted on"), null=True, blank=True)
    policy = models.CharField(_("policy"), max_length=40, blank=True)
    months = models.PositiveSmallIntegerField(_("months of suspension"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    entry = models.ForeignKey(
        "self", models.PROTECT, related_name="corrections", null=True, blank=True, verbose_name=_("entry corrected")
    )

    reason = models.TextField(_("reason"), blank=True)
    document_number = models.CharField(_("document number"), max_length=120, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, verbose_name=_("deciding agency"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    salt = models.BinaryField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["practitioner", "chain_no"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "chain_no"], name="a_file_numbers_its_facts_once"),
            models.UniqueConstraint(fields=["origin", "origin_id"], name="a_fact_of_a_register_is_kept_once"),
            models.UniqueConstraint(fields=["origin", "origin_seq"], name="a_register_numbers_its_facts_once"),
            models.CheckConstraint(condition=Q(kind__in=FactKind.values), name="a_fact_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["points_scored", "entry_revised"], points__isnull=False, points__gte=1, points__lte=12
                )
                | Q(kind="points_relieved", points__isnull=False, points__gte=1)
                | Q(kind__in=["entry_annulled", "period_shortened", "reregistered"], points=None),
                name="points_are_1_to_12_where_points_belong",
            ),
            models.CheckConstraint(
                condition=Q(kind="points_scored", counted_on__isnull=False, counted_on__lte=F("effective_on"))
                & ~Q(policy="")
                | ~Q(kind="points_scored") & Q(counted_on=None, policy=""),
                name="scored_points_have_a_day_and_a_policy",
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(months__gte=1, months__lte=6, kind__in=["points_scored", "entry_revised"]),
                name="a_suspension_is_1_to_6_months",
            ),
            models.CheckConstraint(
                condition=Q(kind="period_shortened", days__isnull=False, days__gte=1)
                | ~Q(kind="period_shortened") & Q(days=None),
                name="a_period_is_shortened_by_days",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["entry_annulled", "entry_revised"], entry__isnull=False)
                | ~Q(kind__in=["entry_annulled", "entry_revised"]) & Q(entry=None),
                name="a_correction_names_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_on}"


class SanctionPeriod(models.Model):
    """Projection: a suspension or termination that the facts of a file produce."""

    class Kind(models.TextChoices):
        SUSPENSION = "suspension", _("suspension")
        TERMINATION = "termination", _("termination")

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="periods")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)
    barred_until = models.DateField(_("barred until"), null=True, blank=True)
    because = ArrayField(models.UUIDField(), verbose_name=_("because of"))
    single = models.BooleanField(_("one entry alone reached the threshold"))

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["practitioner", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="a_period_is_not_empty"
            ),
            ExclusionConstraint(
                name="suspensions_of_a_person_do_not_overlap",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="suspension"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"


class StandingSpan(models.Model):
    """Projection: a run of days on which the standing of a file is the same, so that a check is one look-up by day.

    A file without facts has no spans and is normal with 0 points. Nothing here changes because time passes.
    """

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="spans", db_index=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"), null=True, blank=True)
    status = models.CharField(_("standing"), max_length=10, choices=StandingStatus)
    until = models.DateField(_("until"), null=True, blank=True)
    points = models.PositiveSmallIntegerField(_("points of the year"))
    may_reregister = models.BooleanField(_("may be registered again"))

    class Meta:
        verbose_name = _("standing on days")
        verbose_name_plural = _("standings on days")
        ordering = ["practitioner", "starts_on"]
        indexes = [
            models.Index(fields=["status", "starts_on"], name="span_by_status", condition=~Q(status="normal")),
            models.Index(fields=["points"], name="span_near", condition=Q(status="normal", points__gt=0)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "starts_on"], name="a_standing_begins_once_on_a_day"),
            models.CheckConstraint(condition=Q(points__lte=12), name="shown_points_are_at_most_12"),
            models.CheckConstraint(condition=Q(status__in=StandingStatus.values), name="a_standing_is_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.starts_on}"


class StandingChange(models.Model):
    """History and outbox in one: the standing of a file changed, by a fact, a merge, or because a day came."""

    append_only = True

    class Cause(models.TextChoices):
        FACT = "fact", _("a fact")
        MERGE = "merge", _("a merge of files")
        DAY = "day", _("the day came")

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="changes")
    cause = models.CharField(_("cause"), max_length=8, choices=Cause)
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="changes", null=True, blank=True)
    edge = models.CharField(_("edge"), max_length=80, blank=True)
    on_day = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"))
    status_before = models.CharField(_("standing before"), max_length=10, choices=StandingStatus)
    status_after = models.CharField(_("standing after"), max_length=10, choices=StandingStatus)
    until_before = models.DateField(_("until before"), null=True)
    until_after = models.DateField(_("until after"), null=True)
    points_before = models.PositiveSmallIntegerField(_("points before"))
    points_after = models.PositiveSmallIntegerField(_("points after"))

    class Meta:
        verbose_name = _("change of standing")
        verbose_name_plural = _("changes of standing")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "edge"], condition=~Q(edge=""), name="an_edge_of_a_period_is_told_once"
            ),
            models.UniqueConstraint(
                fields=["fact"], condition=Q(cause="fact"), name="a_fact_changes_the_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status_before} → {self.status_after} {self.on_day}"
