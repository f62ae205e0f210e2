"""Panels of experts: the draw, the seats, and the votes that stay secret until all are in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appeals.models.experts import Expert
from appeals.models.objections import Objection, PointOfDispute, Result
from registry.models.identifiers import uuid7
from registry.models.vault import Vault


class Panel(models.Model):
    """Experts drawn by lot for the professional points of an objection.

    The seed is made by the register and sealed; its `commitment` is published before the pool is frozen. `draw` is the
    whole draw (draw.json), from which anybody can draw again; `size` and `years_apart` are the policy's.
    """

    class State(models.TextChoices):
        COMMITTED = "committed", _("seed committed")
        VOTING = "voting", _("experts vote")
        CONCLUDED = "concluded", _("concluded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="panels")
    points = models.ManyToManyField(PointOfDispute, related_name="panels")
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.COMMITTED)
    question = models.TextField(_("question to the experts"))
    specialty = models.CharField(_("specialty"), max_length=40)
    size = models.PositiveSmallIntegerField(_("seats"))
    years_apart = models.PositiveSmallIntegerField(_("years apart from an institution"))
    sealed_seed = models.BinaryField(editable=False)
    commitment = models.CharField(_("commitment of the seed"), max_length=64)
    committed_at = models.DateTimeField(_("committed at"))
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, blank=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    draw = models.JSONField(_("draw"), null=True, blank=True)
    reserves = models.JSONField(_("reserves in their order"), default=list, blank=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["sealed_seed"])

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(state__in=["committed", "voting"]),
                name="an_objection_has_one_open_panel",
            ),
            models.CheckConstraint(condition=Q(size__in=[3, 5]), name="a_panel_has_3_or_5_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.specialty}"

    @property
    def vault(self) -> Vault:
        """What seals the seed and the salt."""
        return Vault(self.uuid, "panel-seed")


class Seat(models.Model):
    """One expert's place on a panel. The vote is sealed until all are in; then it becomes rows of Vote."""

    class State(models.TextChoices):
        SEATED = "seated", _("asked to vote")
        VOTED = "voted", _("voted")
        RECUSED = "recused", _("recused")
        REPLACED = "replaced", _("replaced, silent")
        RELEASED = "released", _("released")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats")
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.SEATED)
    seated_at = models.DateTimeField(_("seated at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    sealed_votes = models.BinaryField(null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["sealed_votes"])

    class Meta:
        verbose_name = _("seat on a panel")
        verbose_name_plural = _("seats on panels")
        ordering = ["panel", "id"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="an_expert_sits_once_on_a_panel"),
            models.CheckConstraint(
                condition=~Q(state="voted") | Q(sealed_votes__isnull=False), name="who_voted_has_a_vote"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.expert_id} {self.state}"

    @property
    def vault(self) -> Vault:
        """What seals the votes."""
        return Vault(self.uuid, "vote")


class Vote(models.Model):
    """What one expert said of one point of dispute, opened when all votes were in."""

    append_only = True

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="votes")
    point = models.ForeignKey(PointOfDispute, models.PROTECT, related_name="votes")
    result = models.CharField(_("vote"), max_length=8, choices=Result)
    points = models.PositiveSmallIntegerField(_("reduced to"), null=True, blank=True)
    reasons = models.TextField(_("reasons"))
    dissenting = models.BooleanField(_("differs from the majority"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["seat", "point"]
        constraints = [models.UniqueConstraint(fields=["seat", "point"], name="an_expert_votes_once_on_a_point")]

    def __str__(self) -> str:
        return f"{self.result} {self.points or ''}".rstrip()
