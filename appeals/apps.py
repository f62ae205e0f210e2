"""Appeals as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    """The practitioner answers back."""

    name = "appeals"
    verbose_name = _("appeals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say whose the files of appeals are."""
        from appeals.queries.files import reads
        from registry.queries.files import offer_readers

        offer_readers(reads)
