"""Imports of staff rosters: the uploaded file, how far its checking or applying is, and what came out of each row.

A job is a row here, never a message somewhere: a worker claims it for as long as its lease runs, and its `fence`
tells the worker that lost the lease from the one that has it. What may name people is sealed and goes when the file
is purged.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.identifiers import uuid7
from registry.models.institutions import Institution
from registry.models.people import Category, Practitioner
from registry.models.vault import Vault


class RosterJob(models.Model):
    """One uploaded roster of one institution, from the dry run to its application."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("refused")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="roster_jobs", verbose_name=_("institution")
    )
    filename = models.CharField(_("file name"), max_length=255)
    sealed_file = models.BinaryField(null=True, editable=False)
    file_digest = models.BinaryField(max_length=32, editable=False)
    category = models.CharField(_("category of rows that name none"), max_length=24, choices=Category, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows in all"), default=0)
    counts = models.JSONField(_("rows by outcome"), default=dict, blank=True)
    headings = models.JSONField(_("headings"), default=dict, blank=True)
    shown_digest = models.BinaryField(max_length=32, null=True, editable=False)
    stale = models.BooleanField(_("the register changed after the check"), default=False)
    problem = models.CharField(_("reason of refusal"), max_length=40, blank=True)
    problem_text = models.TextField(_("why and what to do"), blank=True)

    accepted_rows = models.JSONField(_("accepted rows"), null=True, blank=True)
    end_left = models.BooleanField(_("end the registrations of those who left"), default=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    next_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    fence = models.PositiveIntegerField(_("claim number"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], name="roster_jobs_to_be_done", condition=~Q(next_at=None)),
            models.Index(fields=["institution", "-id"], name="roster_jobs_of_institution"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def vault(self) -> Vault:
        """What seals the file and the words of its rows."""
        return Vault(self.uuid, "rosters")


class RosterRow(models.Model):
    """What the check found about one row that is not as the register has it already.

    `number` is the line of the sheet; somebody missing from the sheet has none, but a `practitioner`. The words of
    the row, its problems and changes are sealed.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        LEFT = "left", _("left the roster")
        DOUBTFUL = "doubtful", _("doubtful")
        WRONG = "wrong", _("wrong")

    job = models.ForeignKey(RosterJob, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(_("row of the sheet"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    acceptable = models.BooleanField(_("may be accepted"))
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", null=True, blank=True)
    sealed = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("row of a roster import")
        verbose_name_plural = _("rows of roster imports")
        ordering = ["job", "outcome", "number", "id"]
        indexes = [models.Index(fields=["job", "outcome", "number", "id"], name="roster_rows_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="a_row_of_a_roster_has_one_outcome"),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(outcome="left"), name="a_row_without_a_number_left_the_roster"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"
