"""Addresses for e-mail that users gave, and whether they proved that these are theirs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7


class MailAddress(models.Model):
    """An address of a user; it counts once a link that was sent there was opened and confirmed.

    The link is new in each mail and stands nowhere but there: `digest` is that of the newest. It holds until
    `expires_at`. A user has one address that counts, and beside it at most one that waits to take over from it. The
    history says when and by whom, and keeps no address.
    """

    class Ending(models.TextChoices):
        REPLACED = "replaced", _("another address was confirmed")
        WITHDRAWN = "withdrawn", _("taken back")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mail_addresses")
    address = models.CharField(_("e-mail address"), max_length=254)
    digest = models.BinaryField(max_length=32, unique=True, null=True)
    asked_at = models.DateTimeField(_("link asked for at"))
    expires_at = models.DateTimeField(_("link holds until"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("why it ended"), max_length=9, choices=Ending, blank=True)

    history = HistoricalRecords(excluded_fields=["address", "digest"])

    class Meta:
        verbose_name = _("address for e-mail")
        verbose_name_plural = _("addresses for e-mail")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None, confirmed_at__isnull=False), name="one_address_counts"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None, confirmed_at=None), name="one_address_waits"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
                name="an_address_that_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.uuid}"
