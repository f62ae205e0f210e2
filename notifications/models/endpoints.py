"""Where systems receive what is pushed to them, and the keys by which they know that it comes from here."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.models.bodies import BODIES, OfABody, one_of
from registry.models.identifiers import uuid7


class Endpoint(OfABody):
    """An address at which the system of a body receives its notices, as a national administrator approved it.

    `networks` (CIDR) are all that the name of the host may lead to. `issuer` is the certificate authority in PEM by
    which the receiver proves who it is, `certificate` ours in PEM for receivers that ask, with its key sealed.
    `takes_batches` says that it takes several letters in one request.
    `rests_until` and `failures` keep a receiver that fails from being asked by everybody at once; below a few failures
    it rests not at all, and `rests_until` is when it failed last.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        DISABLED = "disabled", _("disabled: it said that it is gone")
        RETIRED = "retired", _("retired")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("system"), max_length=120)
    url = models.CharField(_("address"), max_length=500)
    networks = ArrayField(models.CharField(max_length=43), verbose_name=_("networks"))
    issuer = models.TextField(_("certificate authority"), blank=True)
    certificate = models.TextField(_("our certificate"), blank=True)
    sealed_key = models.BinaryField(null=True)
    takes_batches = models.BooleanField(_("takes batches"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    rests_until = models.DateTimeField(_("left alone until"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["sealed_key", "failures", "rests_until"])

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=one_of(*BODIES), name="an_endpoint_is_of_one_body"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "retired"]) | Q(approved_at__isnull=False),
                name="an_endpoint_in_use_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(certificate="", sealed_key=None) | ~Q(certificate="") & Q(sealed_key__isnull=False),
                name="our_certificate_comes_with_its_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EndpointKey(models.Model):
    """A pair of keys (ed25519) for one endpoint. All that have not ended sign: two of them while one takes over."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="keys", verbose_name=_("endpoint"))
    public = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    ends_at = models.DateTimeField(_("signs until"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["sealed"])

    class Meta:
        verbose_name = _("key of an endpoint")
        verbose_name_plural = _("keys of endpoints")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ends_at=None), name="an_endpoint_has_one_key_without_an_end"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
