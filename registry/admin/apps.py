"""The admin as an application: our own site, and the pages that are put on it."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig

PAGES = ("people", "institutions", "places", "cases", "ledger", "measures", "calendar", "access", "rosters")


class OfficeConfig(AdminConfig):
    """Takes the place of `django.contrib.admin` among the installed applications."""

    default_site = "registry.admin.site.Office"

    def ready(self) -> None:
        """Put the lists on the site once the models are loaded."""
        super().ready()
        for page in PAGES:
            import_module(f"registry.admin.{page}")
