"""The register as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Who stands where, and why."""

    name = "registry"
    verbose_name = _("register")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tasks find their Celery application wherever Django runs, the own file its pages, a paper its check."""
        from registry.config import celery  # noqa: F401
        from registry.pages.own_file import advance
        from registry.pages.own_file.extensions import offer_deed, offer_happenings, offer_way
        from registry.pages.public.extensions import offer_paper
        from registry.pages.public.verifying import certificate_on_paper

        offer_way(_("My file"), "my_file", 10)
        offer_way(_("Certificates of standing"), "my_certificates", 70)
        offer_way(_("Sharing"), "my_sharing", 80)
        offer_way(_("My data"), "my_data", 90)
        offer_deed(advance.deeds)
        offer_happenings(advance.happenings)
        offer_paper(certificate_on_paper)
