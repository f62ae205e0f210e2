"""That workers are there: when one last looked whether something is to be announced or sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(models.Model):
    """The last look at one kind of work. It says nothing about what was found."""

    class Work(models.TextChoices):
        ANNOUNCING = "announcing", _("announcing")
        PUSHING = "pushing", _("pushing")

    work = models.CharField(_("work"), max_length=12, choices=Work, primary_key=True)
    at = models.DateTimeField(_("looked at"))

    class Meta:
        verbose_name = _("look of a worker")
        verbose_name_plural = _("looks of workers")
        ordering = ["work"]

    def __str__(self) -> str:
        return f"{self.work} {self.at}"
