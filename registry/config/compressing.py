"""Pages, style sheets and scripts go out compressed; what systems read does not.

The ETags of the REST faces name the exact bytes and come back with ``If-Match``, so answers there stay as they are.
Compressing a page that holds a secret beside what a stranger can put into it lets the length of the answer betray the
secret (BREACH). The secrets in our pages are the tokens of forms, which Django masks anew in every answer, and Django
pads each answer by up to 100 random bytes.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = frozenset({"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"})
FOR_SYSTEMS = ("/api/", "/fhir/", "/registers/")


class CompressedPages(GZipMiddleware):
    """Compresses what a browser shows, static files included where they are not compressed on the disk already."""

    def process_request(self, request: HttpRequest) -> None:
        """WhiteNoise compares letter by letter, so it is asked for the strong ETag that it gave."""
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        if known.startswith("W/") and request.path_info.startswith(f"/{settings.STATIC_URL.lstrip('/')}"):
            request.META["HTTP_IF_NONE_MATCH"] = known.removeprefix("W/")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """By kind of content and address; never a part of a file."""
        kind = response.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in COMPRESSED or request.path_info.startswith(FOR_SYSTEMS) or response.status_code == 206:
            return response
        return super().process_response(request, response)
