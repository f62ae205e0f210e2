"""Files that people hand in: evidence, receipts, signatures. Sealed in their row, kept as long as the record."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.identifiers import uuid7
from registry.models.vault import Vault


class StoredFile(models.Model):
    """One file as it was handed in: never changed, never executed, handed out only as an attachment.

    The content is sealed and bound to the row; `digest` is the SHA-256 of what was handed in, `media_type` what the
    content is, whatever its name said.
    """

    append_only = True
    resealed = True

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    media_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveIntegerField(_("size (bytes)"))
    digest = models.BinaryField(max_length=32, editable=False)
    sealed = models.BinaryField(editable=False)
    handed_in_at = models.DateTimeField(_("handed in at"))
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(size__gte=1), name="a_file_is_not_empty")]

    def __str__(self) -> str:
        return self.name

    @property
    def vault(self) -> Vault:
        """What seals the content."""
        return Vault(self.uuid, "files")
