"""What was answered to a write: the same request under the same key is answered the same, for ever."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.identifiers import uuid7
from registry.models.vault import Vault


class GivenAnswer(models.Model):
    """The answer to a write that came with an `Idempotency-Key`, written with what it did, in one transaction.

    `asker` is who asked (a user or a key), `digest` SHA-256 of the request: method, address and body. The answer is
    sealed, for it may hold personal data. A refused request did nothing and leaves nothing here.
    """

    append_only = True
    resealed = True

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    asker = models.CharField(_("who asked"), max_length=40)
    key = models.CharField(_("idempotency key"), max_length=200)
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(_("status of the answer"))
    sealed = models.BinaryField()
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("answer given")
        verbose_name_plural = _("answers given")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["asker", "key"], name="an_idempotency_key_is_used_once_by_its_holder"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def vault(self) -> Vault:
        """What seals the answer."""
        return Vault(self.uuid, "answers")
