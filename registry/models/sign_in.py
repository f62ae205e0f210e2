"""Attempts to sign in, how old a password is, and who somebody is at a provider of identities."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class SignInAttempt(models.Model):
    """How often somebody tried, of late and without success: one row for an account name, an address, a second factor.

    `subject` is a keyed digest, so that the table names nobody, whether an account of that name exists or not.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("attempt to sign in")
        verbose_name_plural = _("attempts to sign in")
        ordering = ["subject"]

    def __str__(self) -> str:
        return f"{self.subject[:8]}… {self.tries}"


class PasswordAge(models.Model):
    """When a user's password was last changed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("age of a password")
        verbose_name_plural = _("ages of passwords")
        ordering = ["user"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.changed_at:%Y-%m-%d}"


class OutsideIdentity(models.Model):
    """Who a user is at a provider of identities, as a security administrator said; empty once that was taken back.

    `server` is the issuer that knows them by `identifier`: another issuer may call somebody else the same.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="outside_identity")
    server = models.CharField(_("server"), max_length=200)
    identifier = models.CharField(_("identifier"), max_length=255, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("identity at a provider")
        verbose_name_plural = _("identities at a provider")
        ordering = ["user"]
        constraints = [
            models.UniqueConstraint(
                fields=["server", "identifier"], condition=~Q(identifier=""), name="an_identity_opens_one_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.identifier}"
