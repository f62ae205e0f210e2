"""Appeals as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    """The practitioner answers back."""

    name = "appeals"
    verbose_name = _("appeals")
    default_auto_field = "django.db.models.BigAutoField"
