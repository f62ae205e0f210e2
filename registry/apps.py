"""The register as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Who stands where, and why."""

    name = "registry"
    verbose_name = _("register")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tasks find their Celery application wherever Django runs, and the own file its first page."""
        from registry.config import celery  # noqa: F401
        from registry.pages.own_file.extensions import offer_way

        offer_way(_("My file"), "my_file", 10)
