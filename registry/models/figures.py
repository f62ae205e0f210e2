"""Figures of the whole register that take long to count where it is large."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptFigures(models.Model):
    """Figures under a name as they were counted at an instant. They name nobody; counted again, the row is replaced."""

    name = models.CharField(_("figures"), max_length=40, primary_key=True)
    counted_at = models.DateTimeField(_("counted at"))
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("kept figures")
        verbose_name_plural = _("kept figures")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
