"""The addresses of what practitioners make in order to show it."""

from django.urls import path
from django.views.decorators.cache import never_cache

from registry.pages.showing import certificates, sharing

urlpatterns = [
    path("my/certificates/", never_cache(certificates.my_certificates), name="my_certificates"),
    path("my/certificates/<uuid:certificate>.pdf", never_cache(certificates.my_certificate), name="my_certificate"),
    path("my/sharing/", never_cache(sharing.my_sharing), name="my_sharing"),
    path("my/sharing/<uuid:code>/stop/", never_cache(sharing.stop), name="stop_sharing"),
]
