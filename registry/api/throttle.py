"""How often one person's programs may ask: counted in each process, so that no request waits for a count."""

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from registry.api.authentication import System


class PerPerson(SimpleRateThrottle):
    """`REGISTRY_REQUESTS_PER_MINUTE` requests a minute for each key, in each process of the server."""

    scope = "person"
    cache = caches["counts"]

    def get_rate(self) -> str:
        return f"{settings.REGISTRY_REQUESTS_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"asked-by-{request.user.key.pk}" if isinstance(request.user, System) else None
