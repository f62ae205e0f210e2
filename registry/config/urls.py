"""Addresses: each face under its own."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.cache import never_cache

import registry.api.urls
from registry.config.health import health, ready, status
from registry.config.metrics import metrics

handler500 = "registry.config.faults.failed"

urlpatterns = [
    path("healthz", health, name="health"),
    path("readyz", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("registry.pages.sign_in.urls")),
    path("account/", include("registry.pages.reading")),
    path("admin/", admin.site.urls),
    path("api/", include("registry.api.urls")),
    path("api/", include("appeals.api.urls")),
    path("api/", include("notifications.api.urls")),
    path("api/", include(registry.api.urls.nothing)),
    path("registers/", include("notifications.api.inbound")),
    path("fhir/", include("registry.api.fhir.urls")),
    path("public/status/", never_cache(status), name="public_status"),
    path("", include("registry.pages.public.urls")),
    path("", include("registry.pages.showing.urls")),
    path("", include("notifications.pages.urls")),
    path("", include("appeals.pages.urls")),
    path("", include("appeals.pages.repair_urls")),
    path("", include("appeals.pages.experts.urls")),
    path("", include("registry.pages.own_file.urls")),
]
