"""Certificates of standing (登记备案状态证明): what the register stated of a person, signed, to be shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.identifiers import uuid7
from registry.models.people import Practitioner


class StandingCertificate(models.Model):
    """One certificate: what it states, as it was signed, and by which key.

    `content` is canonical JSON; `signature` (Ed25519) is under it and the id of the key. The file for printing is made
    from the row whenever it is asked for. `on_day` is the day that it is about, `known_at` the instant of knowledge.
    """

    append_only = True

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="standing_certificates", verbose_name=_("practitioner")
    )
    number = models.CharField(_("number"), max_length=60, unique=True)
    content = models.TextField(_("content"))
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(_("key"), max_length=40)
    on_day = models.DateField(_("day"))
    known_at = models.DateTimeField(_("as known at"))
    language = models.CharField(_("language"), max_length=8, choices=Language)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("certificate of standing")
        verbose_name_plural = _("certificates of standing")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
