"""Files that people handed in, given out to those who may see the record that they belong to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from registry.actions.files import read_file
from registry.admin.roles import scope
from registry.models import StoredFile
from registry.queries.files import may_read

NOTHING_RUNS = "default-src 'none'; sandbox"


def stored_file_page(site: Any) -> Callable[..., HttpResponse]:
    """The page that hands one file out: always as an attachment, never kept by anybody between, never run."""

    @never_cache
    def stored_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
        file = StoredFile.objects.filter(uuid=uuid).first()
        if file is None or not may_read(scope(request), file):
            raise Http404
        response = HttpResponse(read_file(file), content_type=file.media_type)
        response["Content-Disposition"] = content_disposition_header(True, file.name)
        response["Content-Security-Policy"] = NOTHING_RUNS
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return stored_file
