"""The admin as an application: our own site, and the pages that are put on it."""

from importlib import import_module

from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig

NOT_OURS = ("account", "mfa", "socialaccount")
"""Applications that put lists of their own on every site; nobody edits second factors by hand."""

PAGES = ("people", "institutions", "places", "cases", "casework", "ledger", "measures", "calendar", "access", "rosters")


class OfficeConfig(AdminConfig):
    """Takes the place of `django.contrib.admin` among the installed applications."""

    default_site = "registry.admin.site.Office"

    def ready(self) -> None:
        """Put the lists on the site once the models are loaded."""
        super().ready()
        for model in [model for model in site._registry if model._meta.app_label in NOT_OURS]:
            site.unregister(model)
        for page in PAGES:
            import_module(f"registry.admin.{page}")
