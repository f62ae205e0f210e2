"""Files that were handed in, given back only as attachments, to those whom the case or the proposal concerns."""

from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from registry.actions.files import read_file
from registry.admin.roles import scope
from registry.models import CaseFile, Delivery, StoredFile
from registry.queries.scope import Scope


@require_GET
def stored_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file as it was handed in. What is not yours is not there."""
    file = StoredFile.objects.filter(uuid=uuid).first()
    if file is None or not may_read(scope(request), file):
        raise Http404
    return as_attachment(file)


def may_read(seen: Scope, file: StoredFile) -> bool:
    """Documents of a case are for its agency; a dated receipt is for whoever sees its proposal. Auditors see both."""
    if seen.sees_everything:
        return CaseFile.objects.filter(file=file).exists() or Delivery.objects.filter(receipt=file).exists()
    documents = CaseFile.objects.filter(file=file, case__in=seen.cases()).select_related("case__agency")
    if any(seen.acts_for(document.case) for document in documents):
        return True
    return Delivery.objects.filter(receipt=file).filter(proposal__in=seen.proposals()).exists()


def as_attachment(file: StoredFile) -> HttpResponse:
    """The content, never shown inside a page and never executed."""
    response = HttpResponse(read_file(file), content_type=file.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
