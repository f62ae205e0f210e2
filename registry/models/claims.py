"""Files of claims that settlement systems handed in to be checked, how far that is, and the results. All sealed.

A check is a row here, never a message somewhere: a worker claims it for as long as its lease runs, and its `fence`
tells the worker that lost the lease from the one that has it. Each chunk of rows is one transaction with the lines
told of them, so that whoever goes on tells each row once.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.access import ApiKey
from registry.models.identifiers import uuid7
from registry.models.vault import Vault


class ClaimsCheck(models.Model):
    """One file of claims of one settlement system, from its receipt to its result.

    `known_at` is the moment of knowledge of every answer: the one asked for (`past`), else that at which the work
    began. `since`, for restitution, is the earlier moment that is compared with it. `counts` are of the rows done.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("being received")
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being checked")
        DONE = "done", _("checked")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", verbose_name=_("key of a system"))
    filename = models.CharField(_("file name"), max_length=255, blank=True)
    received_at = models.DateTimeField(_("received at"))
    size = models.PositiveBigIntegerField(_("size (bytes)"), default=0)
    language = models.CharField(_("language"), max_length=10)
    every = models.BooleanField(_("every row is told"), default=False)
    past = models.BooleanField(default=False)
    known_at = models.DateTimeField(_("as known at"), null=True)
    since = models.DateTimeField(_("restitution since"), null=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVING)
    kind = models.CharField(_("kind of file"), max_length=10, blank=True)
    further = models.JSONField(_("columns not looked at"), default=list)
    about = models.PositiveBigIntegerField(_("rows, about"), default=0)
    counts = models.JSONField(_("rows by outcome"), default=dict)
    problem = models.CharField(_("reason of refusal"), max_length=40, blank=True)
    problem_text = models.TextField(_("why and what to do"), blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    forgotten = models.BooleanField(_("file and result are no longer kept"), default=False)

    next_at = models.DateTimeField(_("next attempt at"), null=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    fence = models.PositiveIntegerField(_("claim number"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("check of claims")
        verbose_name_plural = _("checks of claims")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], name="claims_checks_to_be_done", condition=~Q(next_at=None)),
            models.Index(fields=["key", "-id"], name="claims_checks_of_a_key"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def vault(self) -> Vault:
        """What seals the pieces."""
        return Vault(self.uuid, "claims")


class ClaimsPiece(models.Model):
    """A piece of a file of claims or of its result; those of one part, in the order of their numbers, are the whole."""

    class Part(models.TextChoices):
        FILE = "file", _("file")
        RESULT = "result", _("result")

    check_of = models.ForeignKey(ClaimsCheck, models.CASCADE, related_name="pieces", db_index=False)
    part = models.CharField(max_length=6, choices=Part)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("piece of claims")
        verbose_name_plural = _("pieces of claims")
        ordering = ["check_of", "part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "part", "number"], name="a_piece_of_claims_has_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.part} {self.number}"
