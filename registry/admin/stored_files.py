"""Files that people handed in, given out to those who may see the record that they belong to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from registry.actions.files import read_file
from registry.admin import extensions
from registry.admin.roles import scope
from registry.models import CaseFile, Delivery, StoredFile, Task
from registry.queries.scope import Scope

NOTHING_RUNS = "default-src 'none'; sandbox"


def stored_file_page(site: Any) -> Callable[..., HttpResponse]:
    """The page that hands one file out: always as an attachment, never kept by anybody between, never run."""

    @never_cache
    def stored_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
        file = StoredFile.objects.filter(uuid=uuid).first()
        if file is None or not (_of_the_register(scope(request), file) or extensions.may_read(request, file)):
            raise Http404
        response = HttpResponse(read_file(file), content_type=file.media_type)
        response["Content-Disposition"] = content_disposition_header(True, file.name)
        response["Content-Security-Policy"] = NOTHING_RUNS
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return stored_file


def _of_the_register(seen: Scope, file: StoredFile) -> bool:
    """Documents of a case are for its agency, a dated receipt for whoever sees its proposal, what came of a task for
    those who have it. Administrators read all three."""
    if seen.sees_everything:
        kinds = (
            CaseFile.objects.filter(file=file),
            Delivery.objects.filter(receipt=file),
            Task.objects.filter(file=file),
        )
        return any(rows.exists() for rows in kinds)
    documents = CaseFile.objects.filter(file=file, case__in=seen.cases()).select_related("case__agency")
    return (
        any(seen.acts_for(document.case) for document in documents)
        or Delivery.objects.filter(receipt=file, proposal__in=seen.proposals()).exists()
        or any(_has(seen, task) for task in Task.objects.filter(file=file).select_related("agency", "institution"))
    )


def _has(seen: Scope, task: Task) -> bool:
    """Whether the task is one of the user's agencies or institutions."""
    of_agency = task.agency is not None and seen.covers_region(task.agency.region_id)
    return of_agency or (task.institution is not None and seen.covers(task.institution))
