"""The standard pattern of a list: the change list of Django's own admin, as a project would have it.

Its own templates; the columns of the table, a search over two of them, a filter by choices. It counts, as it does by
itself, and pages by offset. It is asked without any middleware and with full sight, both in its favour.
"""

from pathlib import Path
from typing import Any

import django.contrib.admin
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django.test.utils import override_settings
from django.urls import include, path

from registry.models import Practitioner

PER_PAGE = 50
STOCK = "stock"


class People(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list of people as anybody would write it."""

    list_display = ("name", "code", "category", "recorded_at")
    search_fields = ("name", "code")
    list_filter = ("category",)
    ordering = ("code",)
    list_per_page = PER_PAGE
    show_full_result_count = True
    list_max_show_all = 0


site = admin.AdminSite(name="admin")
site.register(Practitioner, People)
urlpatterns = [path("admin/", site.urls), path("i18n/", include("django.conf.urls.i18n"))]


class Anybody(AnonymousUser):
    """May do everything."""

    is_active = is_staff = is_superuser = True  # type: ignore[assignment]
    pk: Any = 1

    def has_perm(self, *args: Any) -> bool:
        return True

    def has_module_perms(self, *args: Any) -> bool:
        return True

    def has_usable_password(self) -> bool:
        return True

    def get_short_name(self) -> str:
        return "admin"


def _templates() -> list[dict[str, Any]]:
    """Those of Django alone, with the same processors."""
    ours = settings.TEMPLATES[0]
    folder = Path(django.contrib.admin.__file__).parent / "templates"
    return [{**ours, "NAME": STOCK, "DIRS": [folder], "APP_DIRS": False}]


def ask(query: dict[str, str]) -> bytes:
    """The page as it would be sent."""
    request = RequestFactory().get("/admin/registry/practitioner/", query)
    request.user = Anybody()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    with override_settings(TEMPLATES=_templates(), ROOT_URLCONF=__name__):
        response: Any = site._registry[Practitioner].changelist_view(request)
        assert response.status_code == 200, response.status_code
        return bytes(response.render().content)
